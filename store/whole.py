"""Files that are written whole or not at all: a reader, and a crash, find the old bytes or the new ones."""

import os
from pathlib import Path

from .errors import StorageFailed


def write_whole(path: Path, content: bytes) -> None:
    """Put bytes in the place of a file, durably; its rights stay, and a link keeps pointing to it.

    Raises:
        StorageFailed: the folder cannot be written, or has no room.
    """
    path = Path(os.path.realpath(path))
    fresh = path.with_name(f".{path.name[:200]}.{os.getpid()}.new")
    try:
        _write(fresh, content, like=path)
        fresh.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StorageFailed(
            f"{path} cannot be written: {error.strerror}; check the folder, its rights and the room on the disk"
        ) from error
    finally:
        fresh.unlink(missing_ok=True)


def _write(path: Path, content: bytes, *, like: Path) -> None:
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    with open(handle, "wb") as file:
        if like.exists():
            os.fchmod(handle, like.stat().st_mode & 0o777)
        file.write(content)
        file.flush()
        os.fsync(handle)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
