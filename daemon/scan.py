"""The scan: the folder is the truth, compared with what is known of it, and only differences are handed on."""

import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from presslog.store.errors import LogUnavailable, PresslogError
from presslog.store.registry import FINAL, Entry, Registry, Stamp

from .places import Folder, Ignored, Place
from .take import stamp_of

CHUNK_FILES = 500


class FolderLost(PresslogError):
    """The root of a feed is gone or cannot be listed."""


def scan(folder: Folder, registry: Registry, *, ignored: Ignored, below: bytes = b"") -> Iterator[list[Place]]:
    """Files that are new, changed or gone, in chunks; what is known and unchanged costs a stat each.

    Raises:
        FolderLost: the feed's root cannot be listed; nothing counts as gone then.
    """
    root = os.fsencode(folder.root)
    _check_root(folder, registry)
    seen: set[bytes] = set()
    waiting = [below]
    while waiting:
        here = waiting.pop()
        seen.add(here)
        for chunk, folders in _compare(folder, root, here, registry, ignored):
            waiting += folders
            if chunk:
                yield chunk
        yield from _gone(folder.feed, root, here, registry)
    for lost in registry.folders(folder.feed):
        if lost not in seen and (not below or lost.startswith(below + b"/")):
            yield from _gone(folder.feed, root, lost, registry)


def _check_root(folder: Folder, registry: Registry) -> None:
    """Raise FolderLost where the root is gone, or is another folder than before and empty: most likely a lost mount."""
    try:
        status = os.stat(folder.root)
        with os.scandir(folder.root) as listing:
            is_empty = next(listing, None) is None
    except OSError as error:
        raise FolderLost(f"{folder.root}: {error.strerror}") from error
    known, now = registry.root(folder.feed), (status.st_dev, status.st_ino)
    if known == now:
        return
    if known and is_empty:
        raise FolderLost(f"{folder.root}: an empty folder stands where another one was; is it mounted?")
    with suppress(LogUnavailable):
        registry.remember_root(folder.feed, *now)


def _compare(
    folder: Folder, root: bytes, here: bytes, registry: Registry, ignored: Ignored
) -> Iterator[tuple[list[Place], list[bytes]]]:
    """Chunks of one folder: files to look at, and sub-folders to go into."""
    try:
        listing = os.scandir(os.path.join(root, here) if here else root)
    except OSError:
        return
    with listing:
        while entries := list(islice(listing, CHUNK_FILES)):
            found: dict[bytes, Stamp] = {}
            folders = []
            for entry in entries:
                if entry.name in ignored:
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if not folder.is_done(path := os.path.join(here, entry.name)):
                        folders.append(path)
                    continue
                try:
                    found[entry.name] = stamp_of(entry.stat(follow_symlinks=False))
                except OSError:
                    continue
            # What is read should not be there any more in a feed that moves or deletes: it is handed on each time.
            final = FINAL if folder.after_read == "keep" else ("refused",)
            known = registry.stamps(folder.feed, here, found, final=final)
            news = [name for name, stamp in found.items() if known.get(name) != stamp]
            yield [Place(folder.feed, os.path.join(here, name)) for name in news], folders


def _gone(feed: str, root: bytes, here: bytes, registry: Registry) -> Iterator[list[Place]]:
    entries = registry.entries(feed, here)
    while chunk := list(islice(entries, CHUNK_FILES)):
        gone = [Place(feed, os.path.join(here, entry.name)) for entry in chunk if not _is_there(root, entry)]
        if gone:
            yield gone


def _is_there(root: bytes, entry: Entry) -> bool:
    return os.path.lexists(os.path.join(root, entry.folder, entry.name))
