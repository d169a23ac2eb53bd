"""The views of a store: opened, kept level with the log, and rebuilt so that nobody notices."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from .candidate import BATCH_EVENTS, Progress, Watch, ignore_progress, ignore_words
from .differing import TableChange
from .errors import LogDiverged, LogUnavailable, StorageFailed, StoreLocked, StoreUnsafe
from .generation import BATCH_EVENTS as LIVE_EVENTS
from .generation import LIVE_SECONDS, Generation, View, ViewMoved
from .links import remove_retired, retired, serving_path, switched_at
from .lock import WriterLock
from .log import EventLog
from .rebuild import LOCK, Rebuilt, rebuilding


class Stride(NamedTuple):
    """How many events are applied in one transaction at most, and about how long that may take."""

    events: int
    seconds: float


LIVE = Stride(LIVE_EVENTS, LIVE_SECONDS)
"""What comes can be asked for at once."""
FLOW = Stride(BATCH_EVENTS, 1.0)
"""Where much waits, many at a time cost less: pages of indexes are written once for all of them, and words merged less.

Measured at 50,000 articles: 0.8 ms an article, against 1.2.
"""
RETIRED_SECONDS = 3600.0
"""So long a generation that served is kept for readers that found its name before the switch."""


class Views:
    """The read models of a store, kept level with its log by one writer.

    Readers open ``views.db``: a link to the serving generation. ``advance`` notices when a rebuild in another process
    has switched the link, and goes on there.
    """

    def __init__(
        self,
        folder: Path,
        views: Sequence[View],
        log: EventLog,
        *,
        now: Callable[[], float] = time.time,
        batch_events: int = BATCH_EVENTS,
    ) -> None:
        self._folder = folder
        self._views = views
        self._log = log
        self._now = now
        self._batch_events = batch_events
        self._serving: Generation | None = None
        self._fits = False

    def open(
        self, progress: Progress = ignore_progress, *, told: Callable[[str], None] = ignore_words
    ) -> Rebuilt | None:
        """Open the serving generation; build what does not fit this program. What was built, None where nothing was.

        A view that was paused by a poison event gets another try.
        """
        if self.open_serving():
            return None
        return self.rebuild(progress, names=None, told=told)

    def open_serving(self) -> bool:
        """Open the serving generation as it is; whether it is there and fits this program.

        One that does not fit is open all the same where it is of this log: the views that fit are kept level.
        """
        path = serving_path(self._folder)
        if path is None:
            return False
        try:
            generation = Generation(path, self._views, self._log)
        except LogDiverged:
            return False
        self._swap(generation)
        if self._fits:
            generation.retry()
        return self._fits

    def check(self) -> None:
        """Raise LogDiverged where the views that serve were built from events that this log does not hold."""
        path = serving_path(self._folder)
        if path:
            Generation(path, self._views, self._log).close()

    @property
    def serving(self) -> Generation:
        """The open generation."""
        if self._serving is None:
            raise StoreUnsafe(f"the views in {self._folder} are not open")
        return self._serving

    def reached(self) -> int:
        """How far the views of this program are that serve, whoever moves them; 0 where none do."""
        if self._serving is None or not self._serves(self._serving):
            self.open_serving()
        return self.serving.position() if self._fits else 0

    @property
    def is_built(self) -> bool:
        """Whether a generation of them serves, of whatever program."""
        return serving_path(self._folder) is not None

    @property
    def is_current(self) -> bool:
        """Whether the open generation is the one that serves, and fits this program."""
        return self._fits and self._serves(self.serving)

    def _serves(self, generation: Generation) -> bool:
        return serving_path(self._folder) == generation.path

    def _swap(self, generation: Generation | None) -> None:
        if self._serving:
            self._serving.close()
        self._serving = generation
        self._fits = generation is not None and generation.fits()

    def advance(self, stride: Stride = LIVE) -> int:
        """Apply the next batch of events; 0 when the views stand at the head.

        Raises:
            ViewMoved: the link was switched meanwhile; the next call goes on where it points to.
        """
        if not self._serves(self.serving):
            self.open()
        return self._advance(self.serving, stride)

    def _advance(self, generation: Generation, stride: Stride = LIVE) -> int:
        try:
            return generation.advance(events=stride.events, seconds=stride.seconds, check=self._refuse_retired)
        except StorageFailed:
            # Opened anew before the next try: see Handle.
            self._swap(None)
            raise

    def _refuse_retired(self) -> None:
        # Only inside the transaction is this certain: a rebuild switches the link while it holds the same lock. What
        # a retired generation got now, its readers would see, and then no more.
        if not self._serves(self.serving):
            raise ViewMoved(f"{self.serving.path} does not serve any more")

    def catch_up(self, progress: Progress = ignore_progress) -> None:
        """Bring the views to the head of the log, wherever the link points meanwhile."""
        applied = 1
        while applied:
            with suppress(ViewMoved):
                applied = self.advance(FLOW)
                progress(self.serving.position(), self._log.head())

    def rebuild(
        self,
        progress: Progress = ignore_progress,
        *,
        names: Sequence[str] | None = (),
        told: Callable[[str], None] = ignore_words,
    ) -> Rebuilt:
        """Build a new generation beside the serving one, compare the two, then switch the link atomically.

        All views are made from the whole log, or only those of these ``names``; None means those that changed. Killed
        anywhere, it leaves the old generation serving and an unfinished file that the next rebuild goes on with. An
        open generation is kept level meanwhile.

        Raises:
            StoreLocked: another rebuild is running; the message names its pid.
        """

        watch = self._watch(progress, told)
        with rebuilding(self._folder, self._views, self._log, names=names, watch=watch) as work:
            work.fill()
            compared = work.compare()
            held_seconds = work.switch(self._folder)
        self._swap(Generation(work.new.path, self._views, self._log))
        return Rebuilt(work.new.path, compared, held_seconds)

    def changes(
        self,
        progress: Progress = ignore_progress,
        *,
        names: Sequence[str] | None = (),
        most_examples: int = 10,
        told: Callable[[str], None] = ignore_words,
    ) -> list[TableChange]:
        """What a rebuild of these views would change, table by table; nothing is switched.

        What was built for it is kept: a rebuild of the same views goes on with it, and is soon done.
        """
        watch = self._watch(progress, told)
        with rebuilding(self._folder, self._views, self._log, names=names, watch=watch) as work:
            work.fill()
            return work.changes(most_examples)

    def _watch(self, progress: Progress, told: Callable[[str], None]) -> Watch:
        def watched(position: int, head: int) -> None:
            progress(position, head)
            self.keep_level()

        return Watch(watched, told, self._batch_events)

    def keep_level(self) -> None:
        """Apply the next batch to the views that are open and fit this program, if they still serve."""
        if self._serving:
            with suppress(ViewMoved, LogUnavailable):
                self._advance(self._serving)

    def optimise(self) -> None:
        """Merge search indexes and let SQLite refresh its statistics; short enough for a quiet hour.

        Generations that served more than an hour ago are deleted.
        """
        self.serving.tune([statement for view in self._views for statement in view.optimise])
        self.serving.tune(["pragma optimize", "pragma wal_checkpoint(truncate)"])
        if retired(self._folder) and self._now() - switched_at(self._folder) > RETIRED_SECONDS:
            with suppress(StoreLocked), WriterLock(self._folder, LOCK):
                remove_retired(self._folder)

    def close(self) -> None:
        """Close the serving generation."""
        self._swap(None)
