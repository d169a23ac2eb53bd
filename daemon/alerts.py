"""Alerts: the hits of one search, from its cursor on, delivered in order and at least once."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from presslog.store.counted import Hit
from presslog.store.cursors import Cursor
from presslog.store.errors import LogDiverged, LogUnavailable
from presslog.store.hits import hits, settled
from presslog.store.links import serving_path
from presslog.store.opening import which_log
from presslog.store.query import parse
from presslog.store.searches import saved_search
from presslog.store.standing import standing
from presslog.store.tables import Tables

from .deliveries import Batch, Deliver, Undelivered

POLL_SECONDS = 0.25
LONGEST_SLEEP_SECONDS = 60.0
"""A digest that is not due is thought of so often: somebody may set the clock."""
BATCH_HITS = 500
DIGEST_HITS = 10_000
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 300.0
MOST_REFUSALS = 5
"""A side that refuses a batch so often does not want it; one that cannot be reached is tried for ever."""


class Wish(NamedTuple):
    """What to watch: a saved search by its name, or a query.

    ``digest_seconds`` is 0 for alerts at once; a delivery holds at most so many hits.
    """

    query: str
    name: str = ""
    with_changes: bool = False
    digest_seconds: float = 0
    most_hits: int = BATCH_HITS


class Serving:
    """The tables of the generation that serves, whichever that is now, of one and the same log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = which_log(folder)
        self._path: Path | None = None
        self._tables: Tables | None = None

    def tables(self) -> Tables:
        """The open tables; a rebuild that switched the link is followed.

        Raises:
            LogDiverged: the log was restored meanwhile: what was delivered may not be in it.
        """
        if which_log(self._folder) != self._log:
            raise LogDiverged(f"the log in {self._folder} was restored: start again, from where it is then said")
        path = serving_path(self._folder)
        if self._tables is None or path != self._path:
            self.close()
            self._tables, self._path = Tables(self._folder), path
        return self._tables

    def close(self) -> None:
        """Close the file."""
        if self._tables:
            self._tables.close()
        self._tables = None


class Clock(NamedTuple):
    """The time, and a pause."""

    now: Callable[[], float] = time.time
    pause: Callable[[float], None] = time.sleep


REAL = Clock()


class Alerts:
    """One search, one way of delivery, and how far it is; ``keep`` gets each cursor that has to outlive this process.

    ``told`` gets what people should know.
    """

    def __init__(
        self,
        serving: Serving,
        wish: Wish,
        cursor: Cursor,
        *,
        deliver: Deliver,
        keep: Callable[[Cursor], None],
        told: Callable[[str], None],
        clock: Clock = REAL,
    ) -> None:
        self.cursor = cursor
        self._serving = serving
        self._wish = wish
        self._deliver = deliver
        self._keep = keep
        self._told = told
        self._clock = clock
        self._looked_at = cursor.delivered_at

    def begin(self) -> None:
        """Deliver a batch without hits: a feed shows what there is, before something new comes.

        Raises:
            Undelivered: it did not arrive.
        """
        position = self.cursor.position
        self._deliver(Batch(self._wish.name, self._wish.query, position, position, ()))

    def once(self) -> int:
        """Deliver what is new, where that is due, and return how many hits it was.

        Raises:
            Undelivered: it did not arrive; the cursor stays.
        """
        if not self._is_due():
            return 0
        delivered = 0
        while batch := self._next():
            if batch.hits:
                self._deliver(batch)
            self._move(batch, is_kept=True)
            delivered += len(batch.hits)
        return delivered

    def follow(self) -> None:
        """Deliver what comes, as it comes, for good; between two looks it sleeps.

        Raises:
            Undelivered: the other side refuses a batch, again and again.
            NotFound: the search was removed.
        """
        self._looked_at = self._looked_at or self._clock.now()
        while True:
            if not self._is_due():
                self._clock.pause(min(self._left(), LONGEST_SLEEP_SECONDS))
                continue
            try:
                self._deliver_all()
            except LogUnavailable as error:
                self._told(f"{error}; trying again")
                self._clock.pause(FIRST_PAUSE_SECONDS)
                continue
            self._looked_at = self._clock.now()
            self._clock.pause(POLL_SECONDS)

    def _deliver_all(self) -> None:
        while batch := self._next():
            if batch.hits:
                self._insist(batch)
            self._move(batch, is_kept=bool(batch.hits))

    def _insist(self, batch: Batch) -> None:
        """Deliver the very same batch until it arrives."""
        attempts = 0
        while True:
            try:
                self._deliver(batch)
            except Undelivered as error:
                attempts += 1
                if error.is_refused and attempts >= MOST_REFUSALS:
                    raise
                pause = max(min(FIRST_PAUSE_SECONDS * 2 ** (attempts - 1), LONGEST_PAUSE_SECONDS), error.wait_seconds)
                self._told(f"not delivered: {error}; again in {pause:g} s")
                self._clock.pause(pause)
            else:
                return

    def _next(self) -> Batch | None:
        """What follows the cursor; None where nothing does."""
        tables, after = self._serving.tables(), self.cursor.position
        if settled(tables) <= after:
            return None
        query = saved_search(tables, self._wish.name).query if self._wish.name else self._wish.query
        limit, now = self._wish.most_hits, datetime.now(UTC)
        found = hits(tables, parse(query), after, limit=limit, now=now, with_changes=self._wish.with_changes)
        return Batch(self._wish.name, query, after, found.until, [row_of(hit, now) for hit in found.hits])

    def _move(self, batch: Batch, *, is_kept: bool) -> None:
        delivered_at = self._clock.now() if batch.hits else self.cursor.delivered_at
        self.cursor = Cursor(batch.position, self.cursor.log_id, delivered_at)
        if is_kept:
            self._keep(self.cursor)

    def _is_due(self) -> bool:
        """Whether another interval has begun since the last look; they are counted from midnight, UTC."""
        every = self._wish.digest_seconds
        return not every or self._clock.now() // every != self._looked_at // every

    def _left(self) -> float:
        every = self._wish.digest_seconds
        return every - self._clock.now() % every


def row_of(hit: Hit, now: datetime) -> dict[str, Any]:
    """A hit as it is delivered."""
    return {
        **hit.revision,
        "is_new": hit.is_new,
        "matches": hit.matches,
        "standing": standing(hit.revision, now),
        "snippet": hit.snippet,
    }
