"""Files that are there whole or not at all: written beside their place, and renamed when they are done."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from presslog.store.errors import StorageFailed
from presslog.store.names import event_id

PREFIX = ".presslog-"
"""Names that begin so are never read by a watcher of ours, should somebody export into a watched folder."""


@contextmanager
def landing(path: Path, *, is_durable: bool = True) -> Iterator[BinaryIO]:
    """A file for the block that takes its name at the end; after any error what stood there stands there still.

    Raises:
        StorageFailed: it cannot be written, or what stands there is no regular file.
    """
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():
        raise StorageFailed(f"{path} is a folder or a device: name a file")
    beside = place.with_name(f"{PREFIX}{event_id()}")
    try:
        with _explained(path), beside.open("xb") as handle:
            yield handle
            handle.flush()
            if is_durable:
                os.fsync(handle.fileno())
            beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


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
