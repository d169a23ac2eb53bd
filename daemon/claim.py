"""The claim: one presslog watches a folder, and a second one is told who is the first."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from presslog.store.errors import StoreLocked

from .ground import identity_of
from .places import Folder

LOCKS = Path("/proc/locks")


class FolderClaimed(StoreLocked):
    """Another presslog watches this folder; the message names its pid where the kernel tells it."""


@contextmanager
def claimed(folders: Sequence[Folder], store: Path) -> Iterator[None]:
    """Hold folders against every other presslog; nothing is written, and a claim ends with its process at the latest.

    A folder that is not there, or whose file system knows no locks, is not claimed. A claim keeps its file system from
    being unmounted: where files stay, two readers do no harm, and only folders on the file systems of the store and of
    the machine's root, which are in use anyway, are claimed.

    Raises:
        FolderClaimed: another one holds a folder; none is held then.
    """
    in_use = {identity[0] for path in (store, Path("/")) if (identity := identity_of(os.fsencode(path)))}
    with ExitStack() as stack:
        for folder in folders:
            identity = identity_of(folder.path())
            if folder.after_read == "keep" and identity and identity[0] not in in_use:
                continue
            handle = _open(folder)
            if handle is not None:
                stack.callback(os.close, handle)
                _lock(handle, folder)
        yield


def _open(folder: Folder) -> int | None:
    try:
        return os.open(folder.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None


def _lock(handle: int, folder: Folder) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = owner(os.fstat(handle))
        who = f"presslog with pid {pid}" if pid else "another process"
        raise FolderClaimed(
            f"{folder.root} (feed {folder.feed}) is watched by {who}: "
            "stop that one first, or give this feed a folder of its own"
        ) from error
    except OSError:
        # Not every file system has locks for folders: NFS wants the file open for writing, some have none at all.
        return


def owner(status: os.stat_result, *, locks: Path = LOCKS) -> int | None:
    """Pid of the process that holds a flock on a file; None where the kernel does not tell it to us.

    Source: proc_locks(5); the device is written in hexadecimal, the inode in decimal digits.
    """
    major, minor = os.major(status.st_dev), os.minor(status.st_dev)
    wanted = f"{major:02x}:{minor:02x}:{status.st_ino}"
    try:
        lines = locks.read_text("ascii", "replace").splitlines()
    except OSError:
        return None
    for line in lines:
        match line.split():
            case [_, "FLOCK", _, _, pid, file, *_] if file == wanted and pid.isdecimal():
                return int(pid) or None
    return None
