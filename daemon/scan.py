"""The scan: the folder is the truth, compared with what is known of it, and only differences are handed on."""

import errno
import os
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from presslog.store.registry import Known, Registry

from .ground import NO_HANDLES, FolderLost, Ground, is_gone, learn
from .places import Folder, Ignored, Place
from .take import Root

CHUNK_FILES = 200
LISTING_FILES = 1000
WHOLE_FOLDER = 20_000
"""Up to so many known files of a folder are read at once; of a larger one those that are listed together."""
FINAL = ("read", "copy", "refused")
STAYING = ("refused",)
"""What may still be there in a feed that moves or deletes; what was read is handed on until it has left."""
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
        if not ground.holds(below):
            return
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
        if not ground.holds(here) or ground.folder.is_done(here):
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
        if not here and error.errno not in NO_HANDLES:
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
        with os.scandir(handle) as listing:
            while entries := list(islice(listing, LISTING_FILES)):
                found = _listed(entries)
                known = self.registry.known(feed, here, list(found)) if whole is None else whole
                count -= sum(1 for name in found if name in known)
                yield self._compared(ground, here, found, known)
        # Where every known file was listed none is gone, and nothing more is asked.
        if count > 0:
            yield from ((chunk, []) for chunk in self._gone(ground, here))

    def _compared(
        self, ground: Ground, here: bytes, found: dict[bytes, os.stat_result], known: dict[bytes, Known]
    ) -> tuple[list[Place], list[bytes]]:
        """The files that are new or changed, and the sub-folders; what is unchanged costs no further thought."""
        final = FINAL if ground.folder.after_read == "keep" else STAYING
        news: list[Place] = []
        folders: list[bytes] = []
        for name, status in found.items():
            row = known.get(name)
            if (row is not None and row[4] in final and _is_unchanged(row, status)) or name in self.ignored:
                continue
            path = here + b"/" + name if here else name
            if stat.S_ISDIR(status.st_mode):
                if not ground.folder.is_done(path):
                    folders.append(path)
            else:
                news.append(Place(ground.folder.feed, path))
        return news, folders

    def _gone(self, ground: Ground, here: bytes) -> Iterator[list[Place]]:
        """Files that are known in a folder and not there any more; unreadable is not gone."""
        feed = ground.folder.feed
        if not ground.holds(here):
            return
        entries = self.registry.entries(feed, here)
        while chunk := list(islice(entries, CHUNK_FILES)):
            paths = [os.path.join(here, entry.name) for entry in chunk]
            gone = [Place(feed, path) for path in paths if is_gone(ground.folder.path(path))]
            if gone:
                ground.check()
                yield gone


def _opened(folder: Folder, here: bytes) -> int:
    """A handle of a folder below the root, reached without following a link."""
    with Root(folder.root) as root:
        return os.dup(root.folder(here))


def _listed(entries: Iterable[os.DirEntry[str]]) -> dict[bytes, os.stat_result]:
    """What a listing names, with the state of each."""
    found = {}
    for entry in entries:
        with suppress(OSError):
            found[os.fsencode(entry.name)] = entry.stat(follow_symlinks=False)
    return found


def _is_unchanged(row: Known, status: os.stat_result) -> bool:
    inode, size_bytes, mtime_ns, ctime_ns, _ = row
    return (
        ctime_ns == status.st_ctime_ns
        and inode == status.st_ino
        and size_bytes == status.st_size
        and mtime_ns == status.st_mtime_ns
    )


def _mount_of(ground: Ground, here: bytes) -> bytes:
    """The innermost known mount on which a folder stands."""
    return max((point for point in ground.identities if not point or here.startswith(point + b"/")), key=len)


def _sliced(places: list[Place]) -> Iterator[list[Place]]:
    """So many that one transaction takes them, and what rings meanwhile does not wait long."""
    for first in range(0, len(places), CHUNK_FILES):
        yield places[first : first + CHUNK_FILES]
