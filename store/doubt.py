"""What is believed of a database after a crash or a failed sync: what the disk gives back, not what memory holds.

Three things were staged and measured (Linux 6.18, ext4; docs/decisions/0012):

- SQLite takes for committed what it finds whole in a WAL, also where the writer was killed before it had synced it:
  it stood in memory alone, was confirmed to whoever asked again, and a power cut took it away.
- Where fsync(2) fails, the kernel counts the pages as clean, and the next fsync says that all is well.
- Such pages can be written once more and synced with success, and are zeros at the next mount: ext4 had reserved their
  blocks before it failed. Forgotten first, they are written as they should.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .names import event_id
from .whole import PREFIX, on_disk, sync_folder

PROBE_BYTES = 4096
READ_BYTES = 1 << 20


def forget_what_is_in_doubt(path: Path) -> None:
    """Sync what stands in the WAL of a database, and have the kernel forget its pages of both files.

    Where there is no WAL, or none any more, the database was closed well, and nothing is in doubt. While the disk
    refuses nothing is forgotten: what is in memory can be read.

    Raises:
        StorageFailed: the disk refuses.
    """
    with on_disk(path):
        try:
            wal = os.open(f"{path}-wal", os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return
        try:
            _probe(path.parent)
            os.fsync(wal)
            os.posix_fadvise(wal, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(wal)
        sync_folder(path.parent)
        _forget(path)


def is_unreadable(path: Path) -> bool:
    """Whether the disk refuses to give a part of an open database: SQLite calls that damage, and it may pass."""
    try:
        for handle in _handles(path):
            at = 0
            with _closed_is_fine():
                while part := os.pread(handle, READ_BYTES, at):
                    at += len(part)
    except OSError:
        return True
    return False


def _probe(folder: Path) -> None:
    """Raise OSError while the disk takes nothing: a sync of what counts as clean would not show it."""
    probe = folder / f"{PREFIX}{event_id()}"
    try:
        with open(probe, "xb", buffering=0) as file:
            file.write(bytes(PROBE_BYTES))
            os.fsync(file.fileno())
    finally:
        probe.unlink(missing_ok=True)


def _forget(path: Path) -> None:
    """Have the kernel forget the pages of a file through a handle that stays; another thread may close any."""
    while handles := _handles(path):
        for handle in handles:
            with _closed_is_fine():
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
        if set(handles) & set(_handles(path)):
            return
    with open(path, "rb", buffering=0) as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _handles(path: Path) -> list[int]:
    """The handles that this process has of a file: one more, once closed, would take SQLite's locks away (fcntl(2))."""
    real, found = os.path.realpath(path), []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            if os.readlink(f"/proc/self/fd/{name}") == real:
                found.append(int(name))
    return found


@contextmanager
def _closed_is_fine() -> Iterator[None]:
    """Pass over a handle that another thread has closed since it was found."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
