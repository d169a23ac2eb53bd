"""Files that are not ready yet: when to look again, and how long each has stood still."""

import heapq
import time
from collections.abc import Callable
from typing import NamedTuple

from presslog.store.registry import Stamp

from .outcome import PASSING
from .places import Place
from .settle import Waiting

LONGEST_SECONDS = 60.0
LONGEST_DENIED_SECONDS = 10.0
"""Nothing rings when a file may be read at last, and whoever has just said so looks on."""

Key = tuple[str, bytes]


class Wait(NamedTuple):
    """One file that waits, and how often it was tried.

    ``still_since`` is when this stamp was first seen and ``due`` when to look again, by the clock that never jumps;
    ``since`` is when it began to wait for this code by that clock, ``since_at`` in seconds since 1970; ``is_told`` says
    that it was told to wait long.
    """

    place: Place
    stamp: Stamp
    waiting: Waiting
    still_since: float
    attempts: int
    due: float
    since: float
    since_at: float
    is_told: bool = False

    @property
    def is_worth_a_row(self) -> bool:
        """Whether the disk should know: not of what is only being written as files are, then ever more rarely."""
        is_passing = self.attempts == 1 and self.waiting.code in PASSING
        return not is_passing and self.attempts & (self.attempts - 1) == 0


class Waitlist:
    """The files that wait, by when they are due; ``monotonic`` never jumps, ``now`` is the clock of people."""

    def __init__(self, monotonic: Callable[[], float], now: Callable[[], float] = time.time) -> None:
        self._monotonic = monotonic
        self._now = now
        self._waits: dict[Key, Wait] = {}
        self._due: list[tuple[float, Key]] = []

    def add(self, place: Place, stamp: Stamp, waiting: Waiting) -> tuple[Wait, bool]:
        """Let a file wait; True where that is news. Repeated waits back off to a minute."""
        now, known = self._monotonic(), self._waits.get(place[:2])
        is_same = known is not None and known.waiting.code == waiting.code
        attempts = known.attempts + 1 if known and is_same else 1
        still_since = known.still_since if known and known.stamp == stamp else now
        delay = (
            waiting.retry_seconds if waiting.code == "settling" else waiting.retry_seconds * 2 ** min(attempts - 1, 6)
        )
        longest_seconds = LONGEST_DENIED_SECONDS if waiting.code == "permission-denied" else LONGEST_SECONDS
        wait = Wait(place, stamp, waiting, still_since, attempts, now + min(delay, longest_seconds), now, self._now())
        if known and is_same:
            wait = wait._replace(since=known.since, since_at=known.since_at, is_told=known.is_told)
        self._waits[place[:2]] = wait
        heapq.heappush(self._due, (wait.due, place[:2]))
        return wait, attempts == 1 or (attempts == 2 and waiting.code in PASSING)

    def forget(self, place: Place) -> bool:
        """Drop a file that waits no more; True where it waited."""
        return self._waits.pop(place[:2], None) is not None

    def still_seconds(self, place: Place, stamp: Stamp) -> float:
        """How long this stamp of the file has been seen here."""
        known = self._waits.get(place[:2])
        return self._monotonic() - known.still_since if known and known.stamp == stamp else 0.0

    def due(self, limit: int) -> list[Place]:
        """Files whose time has come; they stay on the list until they are forgotten or wait again."""
        now = self._monotonic()
        places: list[Place] = []
        while self._due and self._due[0][0] <= now and len(places) < limit:
            due, key = heapq.heappop(self._due)
            wait = self._waits.get(key)
            if wait and wait.due == due:
                places.append(wait.place._replace(is_closed=False))
        return places

    def overdue(self, seconds: float) -> list[Wait]:
        """Files that have waited so long for one thing, each told once."""
        before = self._monotonic() - seconds
        late = [wait for wait in self._waits.values() if wait.since <= before and not wait.is_told]
        self._waits.update({wait.place[:2]: wait._replace(is_told=True) for wait in late})
        return late

    def next_seconds(self) -> float | None:
        """Seconds until the next file is due; None where none waits."""
        while self._due:
            due, key = self._due[0]
            wait = self._waits.get(key)
            if wait and wait.due == due:
                return max(0.0, due - self._monotonic())
            heapq.heappop(self._due)
        return None

    def is_settling(self) -> bool:
        """Whether some file only has to stand still a little longer."""
        return any(wait.waiting.code in ("settling", "changing") for wait in self._waits.values())

    def __len__(self) -> int:
        return len(self._waits)
