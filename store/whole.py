"""Files that are written whole or not at all: a reader, and a crash, find the old bytes or the new ones."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from .errors import StorageFailed, StorageFull
from .names import event_id

PREFIX = ".presslog-"
"""Names that begin so are never read by a watcher of ours, should somebody write into a watched folder."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def whole(path: Path, *, is_durable: bool = True) -> Iterator[BinaryIO]:
    """A file for the block that takes its name at the end; after any error what stood there stands there still.

    Its rights stay as they were, and a link keeps pointing to it.

    Raises:
        StorageFailed: it cannot be written, or what stands there is no regular file.
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        raise StorageFailed(f"{path} is a folder or a device: name a file")
    fresh = place.with_name(f"{PREFIX}{event_id()}")
    try:
        with _explained(path), fresh.open("xb") as file:
            if place.exists():
                os.fchmod(file.fileno(), place.stat().st_mode & 0o777)
            yield file
            file.flush()
            if is_durable:
                os.fsync(file.fileno())
            fresh.replace(place)
            if is_durable:
                sync_folder(place.parent)
    finally:
        fresh.unlink(missing_ok=True)


def write_whole(path: Path, content: bytes) -> None:
    """Put bytes in the place of a file, durably; StorageFailed where that cannot be."""
    with whole(path) as file:
        file.write(content)


def made_folder(path: Path) -> None:
    """Make a folder where there is none; StorageFailed where that cannot be."""
    with _explained(path):
        path.mkdir(parents=True, exist_ok=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise StorageFailed(f"{path} cannot be written: {why}; check the folder, its rights and its space") from error


@contextmanager
def on_disk(path: Path) -> Iterator[None]:
    """Turn the errors of files and names at a path into StorageFailed, which a daemon waits out."""
    try:
        yield
    except OSError as error:
        failed = StorageFull if error.errno in NO_ROOM else StorageFailed
        raise failed(f"{path} cannot be written: {error.strerror}; check disk space and rights") from error


def hand_over(path: Path) -> None:
    """Give what was made to whom its folder belongs to: root must not lock a daemon out.

    Nobody else is asked to: the sandbox of the unit forbids it even where it changes nothing.
    """
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.chown(path, owner.st_uid, owner.st_gid, follow_symlinks=False)


def sync_folder(path: Path) -> None:
    """Have the names of a folder survive a power cut."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
