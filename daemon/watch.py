"""The doorbell: watchdog's events ring, and only ring. What they miss, the scan finds."""

import logging
import os
import warnings
from collections.abc import Callable, Sequence

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from .bell import Bell, Scan
from .places import Folder, Ignored, Place

EVENTS: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]
"""Narrowed on purpose: with opens and modifications the kernel's queue of 16,384 overflows after 4,096 files."""

Unwatched = Callable[[Folder, OSError], None]


class _Ringer(FileSystemEventHandler):
    """Translates the events of one feed into rings; it never raises, or watchdog's thread would die for ever."""

    def __init__(self, folder: Folder, bell: Bell, ignored: Ignored, *, lost: Callable[[str], None]) -> None:
        self._lost = lost
        self._feed = folder.feed
        self._is_done = folder.is_done
        self._root = os.fsencode(os.path.abspath(folder.root))
        self._bell = bell
        self._ignored = ignored

    def dispatch(self, event: FileSystemEvent) -> None:
        """Ring for both ends of an event."""
        is_closed = isinstance(event, FileClosedEvent | FileMovedEvent)
        for path in (event.src_path, event.dest_path):
            below = self._below(path)
            if below is None or self._ignored.holds(below) or self._is_done(below):
                continue
            if not below and isinstance(event, DirDeletedEvent):
                self._lost(self._feed)
            if event.is_directory:
                self._bell.ring_scan(Scan(self._feed, below, reason="folder"))
            else:
                self._bell.ring(Place(self._feed, below, is_closed=is_closed))

    def _below(self, path: bytes | str) -> bytes | None:
        """The path below the root, empty for the root itself; None for what lies elsewhere."""
        whole, prefix = os.fsencode(path), self._root.rstrip(b"/") + b"/"
        if whole == self._root:
            return b""
        return whole.removeprefix(prefix) if whole.startswith(prefix) else None


class _OverflowListener(logging.Handler):
    """watchdog tells of a lost queue only in its log; all feeds are scanned then."""

    def __init__(self, bell: Bell, folders: Sequence[Folder]) -> None:
        super().__init__(logging.WARNING)
        self._bell = bell
        self._folders = folders

    def emit(self, record: logging.LogRecord) -> None:
        """Ask for a scan of every feed."""
        if "overflow" in record.getMessage():
            for folder in self._folders:
                self._bell.ring_scan(Scan(folder.feed, reason="overflow"))


class Watch:
    """Watches the folders of all feeds until it is stopped."""

    def __init__(self, folders: Sequence[Folder], bell: Bell, ignored: Ignored, *, unwatched: Unwatched) -> None:
        self._folders = {folder.feed: folder for folder in folders}
        self._bell = bell
        self._ignored = ignored
        self._unwatched = unwatched
        self._observer = Observer()
        self._watches: dict[str, object] = {}
        self._roots: dict[str, tuple[int, int] | None] = {}
        self._overflow = _OverflowListener(bell, folders)

    def start(self) -> None:
        """Begin to watch; a folder that cannot be watched is reported and left to the scan."""
        # A harmless race inside watchdog warns with the list of every watch it holds: megabytes.
        warnings.filterwarnings("ignore", message="Callback with id", category=RuntimeWarning)
        logging.getLogger("watchdog").addHandler(self._overflow)
        self._observer.start()
        for feed in self._folders:
            self.watch(feed)

    def watch(self, feed: str) -> None:
        """Watch a feed's folder, anew where it had been lost."""
        folder = self._folders[feed]
        self._roots[feed] = _identity(folder)
        old = self._watches.pop(feed, None)
        if old is not None:
            self._observer.unschedule(old)  # type: ignore[arg-type]
        ringer = _Ringer(folder, self._bell, self._ignored, lost=self._forget)
        root = os.path.abspath(folder.root)
        try:
            self._watches[feed] = self._observer.schedule(ringer, root, recursive=True, event_filter=EVENTS)
        except OSError as error:
            self._unwatched(folder, error)

    def _forget(self, feed: str) -> None:
        """A folder that is deleted can be made anew with the same inode."""
        self._roots[feed] = None

    def replaced(self) -> list[Folder]:
        """Feeds whose root is no longer the folder that is watched: deleted, renamed, mounted over, or made anew.

        No event tells of it: measured, a renamed root goes on ringing for the old folder (watchdog 7.1).
        """
        return [folder for feed, folder in self._folders.items() if _identity(folder) != self._roots.get(feed)]

    def stop(self) -> None:
        """Stop watching, if it had begun, and wait for the threads."""
        logging.getLogger("watchdog").removeHandler(self._overflow)
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(timeout=5.0)


def _identity(folder: Folder) -> tuple[int, int] | None:
    try:
        status = os.stat(folder.root)
    except OSError:
        return None
    return status.st_dev, status.st_ino
