"""Files that still lie in a feed's folder, or where they were moved from there, with bytes that were erased."""

import hashlib
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from presslog.store.names import unescape_path

from .aside import marked
from .places import Folder


def lying(folders: Sequence[Folder], paths: Sequence[str], digests: Collection[str]) -> Iterator[Path]:
    """The files on the disk, of those that are named as FEED/PATH, that hold such bytes."""
    roots = {folder.feed: folder for folder in folders}
    for path in paths:
        feed, _, below = path.partition("/")
        if feed in roots:
            yield from (each for each in _places(roots[feed], unescape_path(below), digests) if _holds(each, digests))


def _places(folder: Folder, path: bytes, digests: Collection[str]) -> Iterator[Path]:
    yield Path(os.fsdecode(folder.path(path)))
    if folder.done:
        above, name = os.path.split(path)
        names = [name, *(marked(name, digest[:letters]) for digest in digests for letters in (8, None))]
        for each in names:
            yield Path(os.fsdecode(folder.path(os.path.join(folder.done, above, each))))


def _holds(path: Path, digests: Collection[str]) -> bool:
    with suppress(OSError):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() in digests
    return False
