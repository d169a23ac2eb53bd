"""Retiring: what the log holds leaves its feed's folder, moved or deleted, and nothing that was not read ever does."""

import errno
import os
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import NamedTuple

from loguru import logger

from presslog.store.names import escape_path
from presslog.store.registry import Entry, Registry

from .aside import (
    digest_aside,
    drop,
    inside,
    is_proved,
    left_aside,
    put,
    remove_empty_folders,
    return_beside,
    return_to_its_place,
    set_aside,
)
from .places import Folder, Place
from .settle import Waiting, nobody_writes
from .take import READ, Root, stamp_of

HELD = ("read", "copy")
"""States of files whose bytes the log holds."""

DELETED = "deleted"
CHANGED = Waiting("changing", "it changed after it was read", 1.0)
WRITTEN = Waiting("open-for-writing", "a program holds it open for writing after it was read", 1.0)
RIGHTS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})

Key = tuple[str, bytes]
"""Feed and path."""


class Fates(NamedTuple):
    """What became of files: where those that were retired are now, and why others must be looked at again."""

    retired: dict[Key, str]
    again: dict[Key, Waiting]


def key_of(entry: Entry) -> Key:
    """The file that an entry is about."""
    return entry.feed, os.path.join(entry.folder, entry.name)


class Retirer:
    """Moves and deletes files in feeds that say so; one thread calls it, and its presslog has claimed the folders."""

    def __init__(self, folders: Mapping[str, Folder], registry: Registry) -> None:
        self._folders = folders
        self._registry = registry
        self._feeds = {feed for feed, folder in folders.items() if folder.after_read != "keep"}
        self._told: set[tuple[str, int | None]] = set()
        self._unfit: set[str] = set()

    @property
    def is_needed(self) -> bool:
        """Whether any feed moves or deletes."""
        return bool(self._feeds)

    def due(self, entries: Iterable[Entry]) -> dict[Key, Entry]:
        """Those files that the log holds and that are not to stay; of several entries of one file the last counts."""
        newest = {key_of(entry): entry for entry in entries if entry.feed in self._feeds}
        return {
            (feed, path): entry
            for (feed, path), entry in newest.items()
            if entry.state in HELD and not self._folders[feed].is_done(path)
        }

    def retire(self, due: Mapping[Key, Entry]) -> Fates:
        """Retire files that were read with these stamps and digests; one that is no longer as it was read stays."""
        fates = Fates({}, {})
        for (feed, _), together in groupby(sorted(due.values()), key=lambda entry: entry[:2]):
            folder = self._folders[feed]
            # One root for each folder of files: however large a batch is, few handles are open.
            try:
                with Root(folder.root) as root:
                    for entry in together:
                        self._retire(root, folder, entry, fates)
                    remove_empty_folders(root)
            except OSError as error:
                self._tell(folder, folder.root.as_posix(), error)
        return fates

    def recover(self, feed: str) -> None:
        """Bring back what a crash has left aside, to be read, or known, and retired like any file."""
        folder = self._folders[feed]
        try:
            with Root(folder.root) as root:
                for path in left_aside(root):
                    self._recover(root, folder, path)
                remove_empty_folders(root)
        except FileNotFoundError:
            return
        except OSError as error:
            self._tell(folder, folder.root.as_posix(), error)

    def _recover(self, root: Root, folder: Folder, path: bytes) -> None:
        root.tidy()
        if return_to_its_place(root, path):
            return
        digest = digest_aside(root, path)
        if folder.feed in self._feeds and digest and self._registry.first_stream(digest):
            _finish(root, folder, path, digest)
        else:
            return_beside(root, path)

    def _retire(self, root: Root, folder: Folder, entry: Entry, fates: Fates) -> None:
        place = Place(*key_of(entry))
        if folder.feed in self._unfit:
            return
        root.tidy()
        try:
            fate = self._retire_one(root, folder, place, entry)
        except OSError as error:
            self._tell(folder, place.shown, error)
            return
        if isinstance(fate, Waiting):
            fates.again[place[:2]] = fate
        elif fate:
            fates.retired[place[:2]] = fate

    def _retire_one(self, root: Root, folder: Folder, place: Place, entry: Entry) -> str | Waiting:
        """Where a file is now; why it must be looked at again; empty where it is gone."""
        handle = _opened(root, entry)
        if handle is None or isinstance(handle, Waiting):
            return handle or ""
        try:
            if folder.done:
                _check_target(root.make(inside(folder.done, entry.folder)), os.fstat(handle))
            set_aside(root, place.path)
            return self._judge(root, folder, place, handle, entry.digest)
        finally:
            os.close(handle)

    def _judge(self, root: Root, folder: Folder, place: Place, handle: int, digest: str) -> str | Waiting:
        """Finish what stands aside if it is what was read, else bring it back to be read."""
        try:
            if is_proved(root, place.path, handle, digest):
                return _finish(root, folder, place.path, digest)
        except OSError:
            # What came back rings like any file that arrives: another try at once would go round for ever.
            self._unfit.add(folder.feed)
            _bring_back(root, place.path)
            raise
        _bring_back(root, place.path)
        return CHANGED

    def _tell(self, folder: Folder, shown: str, error: OSError) -> None:
        """Say once what keeps the files of a feed where they are."""
        if (folder.feed, error.errno) in self._told:
            return
        self._told.add((folder.feed, error.errno))
        told = "files stay though after_read={}: feed={} folder={} path={}: {}; {}"
        why = error.strerror or str(error)
        logger.warning(told, folder.after_read, folder.feed, folder.root, shown, why, self._remedy(folder, error))

    def _remedy(self, folder: Folder, error: OSError) -> str:
        if error.errno in RIGHTS:
            root = folder.root
            return f"let presslog write to {root} and what is in it; a systemd unit needs ReadWritePaths={root} as well"
        if error.errno == errno.EXDEV:
            return "it would have to go to another file system: give a folder that is a mount a feed of its own"
        is_over = folder.feed in self._unfit
        return (
            "presslog leaves the feed's files alone until it is restarted" if is_over else "the next scan tries again"
        )


def _opened(root: Root, entry: Entry) -> int | Waiting | None:
    """A handle of a file that is as it was read and that nobody writes; else why not, None where it is gone."""
    try:
        folder = root.folder(entry.folder)
        if stamp_of(os.stat(entry.name, dir_fd=folder, follow_symlinks=False)) != entry.stamp:
            return CHANGED
        handle = os.open(entry.name, READ, dir_fd=folder)
    except (FileNotFoundError, NotADirectoryError):
        return None
    is_same = stamp_of(os.fstat(handle)) == entry.stamp
    if is_same and nobody_writes(handle) is not False:
        return handle
    os.close(handle)
    return WRITTEN if is_same else CHANGED


def _check_target(target: int, status: os.stat_result) -> None:
    """Raise what a rename into a folder would raise, before anything is touched."""
    if os.fstat(target).st_dev != status.st_dev:
        raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
    if not os.access(b".", os.W_OK | os.X_OK, dir_fd=target):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _finish(root: Root, folder: Folder, path: bytes, digest: str) -> str:
    """Move or delete what stands aside; where it is now."""
    if folder.done:
        return escape_path(put(root, path, folder.done, digest))
    drop(root, path)
    return DELETED


def _bring_back(root: Root, path: bytes) -> None:
    """Bring back what must be read; where a newer file has its name by now, both are there to be read."""
    if not return_to_its_place(root, path):
        return_beside(root, path)
