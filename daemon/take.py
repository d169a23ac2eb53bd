"""Taking bytes out of a hostile folder: no link is followed, nothing blocks, a half-read file is never handed on."""

import errno
import hashlib
import os
import stat
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NamedTuple

from presslog.store.registry import Stamp

from .places import Place
from .settle import Waiting

READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FIRST_READ = 65_536
"""Measured: a 1 MiB buffer reads 5 KB files at a quarter of the speed."""
RETRY_SECONDS = 1.0
MOST_FOLDERS = 2
"""So many folders of a feed, the root among them, are kept open for the next file."""

LINKED = Waiting("hard-link", "it has a second name elsewhere, and not everyone may read it: copy it", RETRY_SECONDS)

_KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFBLK: "a device", stat.S_IFCHR: "a device"}


class Taken(NamedTuple):
    """The bytes of a complete file, with the stamp that held before and after they were read.

    ``taken_at`` is when the reading began, in seconds since 1970.
    """

    content: bytes
    digest: str
    stamp: Stamp
    taken_at: float


class Refused(NamedTuple):
    """The file will not be read as it is: a stable code and a reason for people."""

    code: str
    reason: str
    stamp: Stamp


class Gone(NamedTuple):
    """There is no such file any more."""


class Waits(NamedTuple):
    """Not yet, with the stamp that was seen."""

    waiting: Waiting
    stamp: Stamp


Answer = Taken | Refused | Gone | Waits
IsSettled = Callable[[int, Stamp], Waiting | None]


class Root:
    """An open folder of a feed; sub-folders are opened one by one, so that a link among them leads nowhere."""

    def __init__(self, path: Path) -> None:
        """Open the root itself, which the operator named and which may be a link.

        Raises:
            OSError: it is gone, or cannot be entered.
        """
        self._handles = {b"": os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)}

    @property
    def identity(self) -> tuple[int, int]:
        """Device and inode of the root."""
        status = os.fstat(self._handles[b""])
        return status.st_dev, status.st_ino

    def folder(self, path: bytes) -> int:
        """A handle of a sub-folder, kept until the root is closed or tidied up."""
        known = self._handles.get(path)
        if known is None:
            known = self._handles[path] = self._reached(path)
        return known

    def _reached(self, path: bytes) -> int:
        here = self._handles[b""]
        for name in path.split(b"/"):
            try:
                below = os.open(name, FOLDER, dir_fd=here)
            finally:
                if here != self._handles[b""]:
                    os.close(here)
            here = below
        return here

    def tidy(self) -> None:
        """Close sub-folders between two files: files in many folders need no more handles than files in one."""
        if len(self._handles) > MOST_FOLDERS:
            root = self._handles.pop(b"")
            self.__exit__(None, None, None)
            self._handles = {b"": root}

    def make(self, path: bytes) -> int:
        """A handle of a sub-folder, which is made where it is missing."""
        try:
            return self.folder(path)
        except FileNotFoundError:
            above, name = os.path.split(path)
            with suppress(FileExistsError):
                os.mkdir(name, dir_fd=self.make(above))
            return self.folder(path)

    def __enter__(self) -> "Root":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for handle in self._handles.values():
            os.close(handle)


def take(root: Root, place: Place, *, limit_bytes: int, is_settled: IsSettled) -> Answer:
    """Read one file, or say why not."""
    stamp = Stamp(0, 0, 0, 0)
    try:
        folder = root.folder(place.folder)
        before = os.stat(place.name, dir_fd=folder, follow_symlinks=False)
        stamp = stamp_of(before)
        if stat.S_ISDIR(before.st_mode):
            return _enter(folder, place.name)
        refused = _refuse(before, stamp, limit_bytes)
        if refused:
            return refused
        if before.st_nlink > 1 and not _may_be_linked(before, os.fstat(folder)):
            return Waits(LINKED, stamp)
        return _read(folder, place.name, stamp, limit_bytes, is_settled)
    except OSError as error:
        return _explain(error, stamp)


def _enter(folder: int, name: bytes) -> Gone:
    """A folder holds no article; what is in it is found by a scan, once it lets us in."""
    os.close(os.open(name, FOLDER, dir_fd=folder))
    return Gone()


def _refuse(status: os.stat_result, stamp: Stamp, limit_bytes: int) -> Refused | None:
    if stat.S_ISLNK(status.st_mode):
        return Refused("symlink", "a symbolic link, and links are not followed; drop the file itself", stamp)
    if not stat.S_ISREG(status.st_mode):
        kind = _KINDS.get(stat.S_IFMT(status.st_mode), "no regular file")
        return Refused("special-file", f"{kind}, not a file with an article", stamp)
    if status.st_size > limit_bytes:
        return Refused("too-large", f"{status.st_size} bytes, the limit is {limit_bytes}; raise limit_bytes", stamp)
    return None


def _may_be_linked(status: os.stat_result, folder: os.stat_result) -> bool:
    """Whether who gave a file its name here could have read it: all can, or its owner alone puts files there.

    Where fs.protected_hardlinks is 0 anyone may link to what presslog may read and he may not: its key, its log.
    """
    others_write = folder.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    return bool(status.st_mode & stat.S_IROTH) or (status.st_uid == folder.st_uid and not others_write)


def _read(folder: int, name: bytes, stamp: Stamp, limit_bytes: int, is_settled: IsSettled) -> Answer:
    handle = os.open(name, READ, dir_fd=folder)
    try:
        waiting = is_settled(handle, stamp)
        if waiting:
            return Waits(waiting, stamp)
        taken_at = time.time()
        content = os.read(handle, FIRST_READ)
        if len(content) == FIRST_READ:
            content = _read_on(handle, content, limit_bytes)
        after = stamp_of(os.fstat(handle))
    finally:
        os.close(handle)
    if after != stamp or len(content) != after.size_bytes:
        return Waits(Waiting("changing", "it changed while it was read", RETRY_SECONDS), after)
    return Taken(content, hashlib.sha256(content).hexdigest(), stamp, taken_at)


def _read_on(handle: int, start: bytes, limit_bytes: int) -> bytes:
    parts, size = [start], len(start)
    while size <= limit_bytes and (part := os.read(handle, 1 << 20)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)


def _explain(error: OSError, stamp: Stamp) -> Answer:
    match error.errno:
        case errno.ENOENT | errno.ENOTDIR:
            return Gone()
        case errno.ELOOP:
            return Refused("symlink", "a symbolic link on the way, and links are not followed", stamp)
        case errno.EACCES | errno.EPERM:
            waiting = Waiting("permission-denied", "presslog may not read it: chmod or chown it", RETRY_SECONDS)
        case errno.EMFILE | errno.ENFILE:
            waiting = Waiting("too-many-open-files", "raise LimitNOFILE or ulimit -n", RETRY_SECONDS)
        case _:
            waiting = Waiting("io-error", f"{error.strerror} while reading", RETRY_SECONDS)
    return Waits(waiting, stamp)


def stamp_of(status: os.stat_result) -> Stamp:
    """The stamp of a file's state."""
    return Stamp(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
