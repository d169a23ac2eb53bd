"""The scan: the folder is the truth, compared with what is known of it, and only differences are handed on."""

import errno
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from presslog.store.registry import Known, Registry

from .ground import FolderLost, Ground, is_gone, learn
from .places import Folder, Ignored, Place
from .take import Root

CHUNK_FILES = 200
LISTING_FILES = 1000
WHOLE_FOLDER = 20_000
"""Up to so many known files of a folder are read at once; of a larger one those that are listed together."""
FINAL = ("read", "copy", "refused")
NO_FOLDER = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP)


class Doors(NamedTuple):
    """What is told of folders while they are looked through.

    ``enter`` comes before a folder is listed, with an open handle: what happens in it from then on must ring.
    ``leave`` says that it is gone, ``refused`` that it cannot be listed; ``is_entered`` asks whether it was entered.
    """

    enter: Callable[[Folder, bytes, int], None]
    leave: Callable[[Folder, bytes], None]
    refused: Callable[[Folder, bytes, OSError], None]
    is_entered: Callable[[Folder, bytes], bool]


NO_DOORS = Doors(lambda *_: None, lambda *_: None, lambda *_: None, lambda *_: True)
"""Nobody listens: the folders are looked through once."""


class Scanner(NamedTuple):
    """Looks through folders; of what is known and unchanged it costs a stat each."""

    registry: Registry
    ignored: Ignored
    doors: Doors
    whole_folder: int = WHOLE_FOLDER

    def walk(self, ground: Ground, below: bytes = b"") -> Iterator[list[Place]]:
        """Files that are new, changed or gone in a folder and all below it, in chunks.

        Raises:
            FolderLost: the feed's root or a mount was taken away meanwhile; nothing counts as gone then.
        """
        seen: set[bytes] = set()
        waiting = [below]
        while waiting:
            here = waiting.pop()
            seen.add(here)
            for chunk, folders in self._look(ground, here):
                waiting += folders
                yield from _sliced(chunk)
        for hidden in self.registry.folders(ground.folder.feed, below):
            if hidden not in seen:
                yield from self._gone(ground, hidden)

    def poll(self, ground: Ground, places: Sequence[bytes]) -> Iterator[list[Place]]:
        """The same for these folders alone, and for folders that are new in them."""
        for here in places:
            for chunk, folders in self._look(ground, here):
                yield from _sliced(chunk)
                for new in folders:
                    if not self.doors.is_entered(ground.folder, new):
                        yield from self.walk(ground, new)

    def _look(self, ground: Ground, here: bytes) -> Iterator[tuple[list[Place], list[bytes]]]:
        """Chunks of one folder: files to look at, and sub-folders to go into."""
        if not ground.holds(here):
            return
        try:
            handle = _opened(ground.folder, here)
            try:
                self._enter(ground, here, handle)
                yield from self._compare(ground, here, handle)
            finally:
                os.close(handle)
        except OSError as error:
            yield from self._closed(ground, here, error)

    def _closed(self, ground: Ground, here: bytes, error: OSError) -> Iterator[tuple[list[Place], list[bytes]]]:
        """What follows where a folder cannot be listed: its files are gone with it, or it waits to be let in."""
        if error.errno in NO_FOLDER:
            self.doors.leave(ground.folder, here)
            yield from ((chunk, []) for chunk in self._gone(ground, here))
            return
        if not here:
            raise FolderLost(here, f"{ground.folder.root}: {error.strerror}") from error
        self.doors.refused(ground.folder, here, error)
        if error.errno in (errno.EACCES, errno.EPERM):
            yield [Place(ground.folder.feed, here)], []

    def _enter(self, ground: Ground, here: bytes, handle: int) -> None:
        status = os.fstat(handle)
        above = ground.identities.get(_mount_of(ground, here))
        if above and above[0] != status.st_dev:
            learn(ground, self.registry, here, (status.st_dev, status.st_ino))
        self.doors.enter(ground.folder, here, handle)

    def _compare(self, ground: Ground, here: bytes, handle: int) -> Iterator[tuple[list[Place], list[bytes]]]:
        feed, count = ground.folder.feed, self.registry.count(ground.folder.feed, here)
        whole = self.registry.known(feed, here) if count <= self.whole_folder else None
        matched = 0
        with os.scandir(handle) as listing:
            while entries := list(islice(listing, LISTING_FILES)):
                folders, found = self._listed(here, entries)
                known = self.registry.known(feed, here, list(found)) if whole is None else whole
                matched += sum(1 for name in found if name in known)
                news = [Place(feed, _join(here, name)) for name in found if _is_news(known.get(name), found[name])]
                yield news, folders
        # Where every known file was listed none is gone, and nothing more is asked.
        if matched < count:
            yield from ((chunk, []) for chunk in self._gone(ground, here))

    def _listed(
        self, here: bytes, entries: Sequence[os.DirEntry[str]]
    ) -> tuple[list[bytes], dict[bytes, tuple[int, int, int, int]]]:
        """The sub-folders, and the files with their stamps."""
        folders: list[bytes] = []
        found: dict[bytes, tuple[int, int, int, int]] = {}
        for entry in entries:
            name = os.fsencode(entry.name)
            if name in self.ignored:
                continue
            try:
                status = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.S_ISDIR(status.st_mode):
                folders.append(_join(here, name))
            else:
                found[name] = status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        return folders, found

    def _gone(self, ground: Ground, here: bytes) -> Iterator[list[Place]]:
        """Files that are known in a folder and not there any more; unreadable is not gone."""
        feed = ground.folder.feed
        if not ground.holds(here):
            return
        entries = self.registry.entries(feed, here)
        while chunk := list(islice(entries, CHUNK_FILES)):
            paths = [_join(here, entry.name) for entry in chunk]
            gone = [Place(feed, path) for path in paths if is_gone(ground.folder.path(path))]
            if gone:
                ground.check()
                yield gone


def _opened(folder: Folder, here: bytes) -> int:
    """A handle of a folder below the root, reached without following a link."""
    with Root(folder.root) as root:
        return os.dup(root.folder(here))


def _is_news(known: Known | None, stamp: tuple[int, int, int, int]) -> bool:
    return known is None or known[:4] != stamp or known[4] not in FINAL


def _mount_of(ground: Ground, here: bytes) -> bytes:
    """The innermost known mount on which a folder stands."""
    return max((point for point in ground.identities if not point or here.startswith(point + b"/")), key=len)


def _sliced(places: list[Place]) -> Iterator[list[Place]]:
    """So many that one transaction takes them, and what rings meanwhile does not wait long."""
    for first in range(0, len(places), CHUNK_FILES):
        yield places[first : first + CHUNK_FILES]


def _join(here: bytes, name: bytes) -> bytes:
    return here + b"/" + name if here else name
