"""The drain: what rang, what waits and what a scan finds go through the intake, the newest ring before the backlog."""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from presslog.store.errors import LogUnavailable, StorageFailed
from presslog.store.log import EventLog
from presslog.store.registry import Registry

from .bell import Bell, Scan
from .intake import LOST_SECONDS, Intake
from .outcome import Outcome
from .places import Folder, Ignored, Place
from .pulse import Pulse
from .scan import FolderLost, scan
from .waits import Waitlist

RETRY_SECONDS = (0.5, 1, 2, 5)
"""Pauses after the store refused; the last one is repeated until it takes again."""


class Watched(NamedTuple):
    """What the drain tells its owner: outcomes of files; the store's trouble (empty: over); a folder, what happened to
    it, why, and how many files were recovered; that there is nothing left to do for now.
    """

    files: Callable[[Sequence[Outcome]], None]
    storage: Callable[[str], None]
    folder: Callable[[Folder, str, str, int], None]
    idle: Callable[[], None] = lambda: None


class Sources(NamedTuple):
    """Where files come from: what rang, what waits, and the folders that a scan goes through."""

    bell: Bell
    waits: Waitlist
    folders: Mapping[str, Folder]
    ignored: Ignored


@dataclass(eq=False, slots=True)
class _Scanning:
    asked: Scan
    chunks: Iterator[list[Place]]
    recovered: int = 0


class Drain:
    """Feeds the intake from bell, waitlist and scans. One thread runs it."""

    def __init__(
        self,
        sources: Sources,
        *,
        intake: Intake,
        log: EventLog,
        registry: Registry,
        watched: Watched,
        batch_files: int,
    ) -> None:
        self._bell, self._waits, self._folders, self._ignored = sources
        self._intake = intake
        self._log = log
        self._registry = registry
        self._watched = watched
        self._batch_files = batch_files
        self._scanning: deque[_Scanning] = deque()
        self._lost: dict[str, float] = {}
        self.pulse = Pulse()

    @property
    def backlog(self) -> int:
        """Files that rang and are not looked at yet; at least 1 while a scan is under way."""
        return len(self._bell) + len(self._scanning)

    @property
    def waiting(self) -> int:
        """Files that are not ready yet."""
        return len(self._waits)

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; sleep without waking up while there is nothing to do."""
        while not stop.is_set():
            self.pulse.beat()
            while self.step(stop) and not stop.is_set():
                self.pulse.beat()
            self._watched.idle()
            self.pulse.rest()
            self._bell.wait(self._next_seconds())

    def once(self, stop: threading.Event) -> None:
        """Look through all folders until no file is left that is ready or settling."""
        for feed in self._folders:
            self._bell.ring_scan(Scan(feed, reason="once"))
        while not stop.is_set():
            if not self.step(stop):
                if not self._waits.is_settling():
                    return
                self._bell.wait(self._waits.next_seconds())

    def step(self, stop: threading.Event) -> bool:
        """Process the next batch; False where there is nothing to do now."""
        places = self._bell.take(self._batch_files) or self._waits.due(self._batch_files)
        if not places:
            return self._scan_on(stop)
        self._process(places, stop)
        return True

    def _scan_on(self, stop: threading.Event) -> bool:
        """Take the next chunk of the scan in hand; it ends with what it recovered."""
        self._scan_again_for_the_lost()
        self._begin_scan()
        if not self._scanning:
            return False
        current = self._scanning[0]
        folder = self._folders[current.asked.feed]
        try:
            chunk = next(current.chunks, None)
        except FolderLost as error:
            self._scanning.remove(current)
            self._lose(folder, str(error))
            return True
        self._find(folder)
        if chunk:
            current.recovered += self._process(chunk, stop)
            return True
        self._scanning.remove(current)
        if current.asked.reason == "overflow":
            self._watched.folder(folder, "folder-overflowed", "", current.recovered)
        return True

    def _begin_scan(self) -> None:
        asked = self._bell.take_scan()
        if asked is None:
            return
        if not asked.folder:
            self._intake.recover(asked.feed)
        chunks = scan(self._folders[asked.feed], self._registry, ignored=self._ignored, below=asked.folder)
        # A new sub-folder does not wait behind a backlog in the rest.
        add = self._scanning.appendleft if asked.folder else self._scanning.append
        add(_Scanning(asked, chunks))

    def _lose(self, folder: Folder, reason: str) -> None:
        if folder.feed not in self._lost:
            self._watched.folder(folder, "folder-lost", reason, 0)
        self._lost[folder.feed] = time.monotonic() + LOST_SECONDS

    def _find(self, folder: Folder) -> None:
        if self._lost.pop(folder.feed, None) is not None:
            self._watched.folder(folder, "folder-restored", "", 0)

    def _scan_again_for_the_lost(self) -> None:
        for feed, due in self._lost.items():
            if due <= time.monotonic():
                self._lost[feed] = time.monotonic() + LOST_SECONDS
                self._bell.ring_scan(Scan(feed, reason="lost"))

    def _next_seconds(self) -> float | None:
        lost = [due - time.monotonic() for due in self._lost.values()]
        known = [seconds for seconds in (self._waits.next_seconds(), *lost) if seconds is not None]
        return max(0.0, min(known)) if known else None

    def _beating(self, places: Iterable[Place]) -> Iterator[Place]:
        """The same places; each is a new piece of work, so that a batch of huge files does not look like a hang."""
        for place in places:
            self.pulse.beat()
            yield place

    def _process(self, places: list[Place], stop: threading.Event) -> int:
        """Bring files in; while the store refuses, keep them and try again with pauses. How many became events."""
        tries = 0
        while True:
            try:
                if tries:
                    self._registry.catch_up(self._log)
                outcomes = self._intake.process(self._beating(places))
            except LogUnavailable as error:
                word = "failed" if isinstance(error, StorageFailed) else "unavailable"
                self._watched.storage(f"{word}: {error}")
                self.pulse.rest()
                if stop.wait(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)]):
                    return 0
                tries += 1
                continue
            if tries:
                self._watched.storage("")
            self._watched.files(outcomes)
            return sum(1 for outcome in outcomes if outcome.position)
