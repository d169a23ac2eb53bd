"""The drain: what rang, what waits and what a scan finds go through the intake, the newest ring before the backlog."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from presslog.store.errors import LogUnavailable, Overtaken, StorageFailed, StorageFull
from presslog.store.log import EventLog
from presslog.store.registry import Registry

from .bell import Bell, Scan
from .doorbell import Polled
from .errands import Errands
from .intake import Intake
from .outcome import Outcome
from .places import Place
from .pulse import Pulse
from .scans import Scans, Told
from .waits import Wait, Waitlist

RETRY_SECONDS = (0.5, 1, 2, 5)
"""Pauses after the store refused; the last one is repeated until it takes again."""
CHECK_SECONDS = 5.0
"""How often roots, mounts and the clock are looked at: nothing rings when they change."""
MOST_BEHIND_EVENTS = 4_000
"""About two seconds of work for the views."""
PAUSE_SECONDS = 0.1
LOOK_AGAIN_SECONDS = 0.02

_T = TypeVar("_T")


class Watched(NamedTuple):
    """What the drain tells its owner, and asks of it.

    ``files`` hears outcomes of files; ``storage`` the store's trouble (empty: over); ``folder`` what happened to a
    folder, why, and how many files were recovered; ``polled`` of a folder that no event tells all of; ``idle`` that
    there is nothing left to do for now. ``check`` is called every CHECK_SECONDS, ``behind`` says how many events the
    views lack.
    """

    files: Callable[[Sequence[Outcome]], None]
    storage: Callable[[str], None]
    folder: Told
    polled: Callable[[Polled], None] = lambda _: None
    idle: Callable[[], None] = lambda: None
    check: Callable[[], None] = lambda: None
    behind: Callable[[], int] = lambda: 0


class Sources(NamedTuple):
    """Where files come from: what rang, what waits, and what scans find in the folders of these feeds."""

    bell: Bell
    waits: Waitlist
    scans: Scans
    feeds: Sequence[str]


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
        pulse: Pulse,
    ) -> None:
        self._bell, self._waits, self._scans, self._feeds = sources
        self._intake = intake
        self._log = log
        self._registry = registry
        self._watched = watched
        self._batch_files = batch_files
        self._check_at = time.monotonic() + CHECK_SECONDS
        self.pulse = pulse
        self.errands = Errands(self._bell.wake)

    @property
    def backlog(self) -> int:
        """Files that rang and are not looked at yet; at least 1 while a scan is under way."""
        return len(self._bell) + len(self._scans)

    @property
    def waiting(self) -> int:
        """Files that are not ready yet."""
        return len(self._waits)

    def overdue(self, seconds: float) -> list[Wait]:
        """Files that have waited so long, each told once."""
        return self._waits.overdue(seconds)

    def run(self, stop: threading.Event) -> None:
        """Work until ``stop`` is set; sleep while there is nothing to do."""
        while not stop.is_set():
            self.pulse.beat()
            has_worked = False
            while self.step(stop) and not stop.is_set():
                has_worked = True
                self.pulse.beat()
            if has_worked:
                self._watched.idle()
            self.pulse.rest()
            self._bell.wait(self._next_seconds())

    def once(self, stop: threading.Event) -> None:
        """Look through all folders until no file is left that is ready, settling or read."""
        for feed in self._feeds:
            self._bell.ring_scan(Scan(feed, reason="once"))
        while not stop.is_set():
            if not self.step(stop):
                if not self._waits.is_settling() and not len(self._intake.pending):
                    return
                self._bell.wait(self._waits.next_seconds())

    def step(self, stop: threading.Event) -> bool:
        """Process what rang or is due, then one chunk of a scan; False where there is nothing to do now."""
        self.errands.run()
        if time.monotonic() >= self._check_at:
            self._check_at = time.monotonic() + CHECK_SECONDS
            self._watched.check()
            self._scans.look_for_lost()
        limit, pending = self._limit(stop), self._intake.pending
        places = self._waits.due(limit // 4 + 1) + pending.next() + self._bell.take(limit)
        has_work = bool(places) or pending.has_finished
        if has_work:
            self._process(places, stop)
        return self._scan_on(limit, stop) or has_work

    def _limit(self, stop: threading.Event) -> int:
        """How many files to take: few and after a pause, of a backlog, while the views are far behind.

        So what rings now can be asked for soon, and not after the backlog; nothing waits where there is none.
        """
        if len(self._bell) <= self._batch_files and not len(self._scans):
            return self._batch_files
        until = time.monotonic() + PAUSE_SECONDS
        while self._watched.behind() > MOST_BEHIND_EVENTS:
            if time.monotonic() >= until or stop.wait(LOOK_AGAIN_SECONDS):
                return self._batch_files // 4 + 1
        return self._batch_files

    def _scan_on(self, limit: int, stop: threading.Event) -> bool:
        """Take what the scans in hand find next, unless too many files wait for readers already."""
        if self._intake.pending.is_crowded:
            return False
        for scan in self._intake.pending.dropped():
            self._bell.ring_scan(scan)
        places = self._insist(lambda: self._scans.take(limit), stop)
        if places is None:
            return False
        # What rang as well need not be looked at twice: of a flood that is half of all work.
        self._scans.recovered(self._process(self._bell.answer(places), stop) if places else ())
        return True

    def _next_seconds(self) -> float:
        polls = None if self._intake.pending.is_crowded else self._scans.next_seconds()
        known = (self._waits.next_seconds(), polls, self._check_at - time.monotonic())
        return max(0.0, min(seconds for seconds in known if seconds is not None))

    def _process(self, places: list[Place], stop: threading.Event) -> Sequence[Outcome]:
        """Bring files in, and tell what became of them."""
        outcomes = self._insist(lambda: self._intake.process(places, self.pulse.beat), stop)
        if outcomes is None:
            return ()
        self._watched.files(outcomes)
        return outcomes

    def _insist(self, work: Callable[[], _T], stop: threading.Event) -> _T | None:
        """Do a piece of work; while the store refuses, keep it and try again with pauses. None where told to stop."""
        tries = 0
        while True:
            try:
                if tries:
                    self._registry.catch_up(self._log)
                done = work()
            except Overtaken:
                # Another host was first with one of these articles: the next try sees it, and nothing is wrong.
                if stop.is_set():
                    return None
                continue
            except LogUnavailable as error:
                self._watched.storage(f"{_word(error)}: {error}")
                self.pulse.rest()
                if stop.wait(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)]):
                    return None
                tries += 1
                continue
            if tries:
                self._watched.storage("")
            return done


def _word(error: LogUnavailable) -> str:
    if isinstance(error, StorageFull):
        return "full"
    return "failed" if isinstance(error, StorageFailed) else "unavailable"
