"""A rebuild: a new generation beside the serving one, filled, compared, and put in its place; killed, it is resumed."""

import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

from . import candidate
from .candidate import Watch
from .comparing import Compared, count_of, is_same
from .differing import TableChange, table_change
from .errors import LogUnavailable, NoSuchStore, StoreLocked, StoreUnsafe
from .generation import Checkpoint, Generation, View
from .links import make_empty, point, remove_copies, remove_retired, unfinished
from .lock import WriterLock, owner
from .log import EventLog
from .sqlite import Connection, connect_readonly, sqlite3

LOCK = "rebuild.lock"
BATCH_SECONDS = 3.0
"""Who stops a rebuild, or watches whether it lives, waits no longer than for one batch."""
NEAR_EVENTS = 100
MOST_EVENTS_HELD = 500
"""So many are applied at most while the serving generation is held: a few tenths of a second."""
SWITCH_TRIES = 100


class Rebuilt(NamedTuple):
    """The new generation, how its views compare with those before, and how long nobody else could write them."""

    path: Path
    compared: tuple[Compared, ...]
    held_seconds: float


class Rebuilding:
    """A generation that is being built beside the serving one, ``old``, which is None where none serves."""

    def __init__(
        self,
        old: Generation | None,
        new: Generation,
        views: Sequence[View],
        *,
        log: EventLog,
        watch: Watch,
        must_be_whole: bool,
    ) -> None:
        self.old = old
        self.new = new
        self._log = log
        self._watch = watch
        self._must_be_whole = must_be_whole
        self.views = [view for view in views if view.name in (new.chosen() or frozenset())]

    def tick(self) -> None:
        """Say how far the new generation is."""
        self._watch.progress(self.new.position(), self._log.head())

    def fill(self) -> None:
        """Apply the log up to where the serving generation stands, or to its head where none serves."""
        self.tick()
        self._tune(*(view.before_rebuild for view in self.views))
        while self.new.position() < self._aim():
            self._advance(self._aim())

    def _tune(self, *statements: Sequence[str]) -> None:
        self.new.tune([each for some in statements for each in some])

    def _aim(self) -> int:
        """Where both generations can be compared: the position of the old one."""
        if self.old is None:
            return self._log.head()
        live = [checkpoint for checkpoint in self.old.checkpoints() if checkpoint.state == "live"]
        return max((c.position for c in self._alike().values() or live), default=self._log.head())

    def _alike(self) -> dict[str, Checkpoint]:
        """The serving checkpoints of the views that are rebuilt and were live in this same version."""
        live = {checkpoint.view: checkpoint for checkpoint in self.old.live()} if self.old else {}
        return {view.name: live[view.name] for view in self.views if view.name in live}

    def _advance(self, until: int) -> None:
        self.new.advance(events=self._watch.batch_events, seconds=BATCH_SECONDS, until=until)
        self.tick()

    @contextmanager
    def level(self) -> Iterator[tuple[Connection, Connection]]:
        """Both generations for reading, at one position, while others write; what does not serve has no tables."""
        if self.old is None:
            with closing(sqlite3.connect(":memory:")) as nothing, self.new.still() as alone:
                yield nothing, alone
            return
        while self._alike() and self.old.position() < (until := self._furthest()):
            self.old.advance(until=until)
        with self.old.still() as before:
            aim = self._aim()
            while self.new.position() < aim:
                self._advance(aim)
            with self.new.still() as after:
                yield before, after

    def _furthest(self) -> int:
        return max(self.new.position(), self._aim())

    def compare(self) -> tuple[Compared, ...]:
        """Each rebuilt view before and after, at the same position of the log."""
        with self.level() as both:
            held = {checkpoint.view: checkpoint for checkpoint in self.old.checkpoints()} if self.old else {}
            return tuple(self._compared(view, held.get(view.name), both) for view in self.views)

    def _compared(self, view: View, before: Checkpoint | None, both: tuple[Connection, Connection]) -> Compared:
        tables = view.compared or view.tables
        version_before = before.version if before else None
        rows_before = count_of(both[0], tables) if before else None
        rows = count_of(both[1], tables) or 0
        is_equal = is_same(both, tables, self.tick) if self.is_level(view, before) else None
        return Compared(view.name, version_before, view.version, rows_before, rows, is_equal)

    def is_level(self, view: View, before: Checkpoint | None) -> bool:
        """Whether a view can be compared row by row: live in one version and at one position in both generations."""
        after = next(checkpoint for checkpoint in self.new.checkpoints() if checkpoint.view == view.name)
        return before is not None and before[1:5] == after[1:5] and after.state == "live"

    def changes(self, most_examples: int) -> list[TableChange]:
        """Each table of the rebuilt views before and after, at the same position of the log."""
        with self.level() as both:
            return [
                table_change(both, view.name, table, most_examples=most_examples, tick=self.tick)
                for view in self.views
                for table in view.compared or view.tables
            ]

    def switch(self, folder: Path) -> float:
        """Let the new generation serve, with nothing missing that the old one had; the seconds that the old was held.

        Raises:
            LogUnavailable: the serving generation moves faster than it can be followed.
            StoreUnsafe: a view stopped earlier than it did before; the old generation goes on serving, unless this
                program has to have another.
        """
        self._come_near()
        self._tune(*(view.after_rebuild for view in self.views), ["pragma wal_checkpoint(truncate)"])
        for _ in range(SWITCH_TRIES):
            self._come_near()
            seconds = self._switched(folder)
            if seconds is not None:
                return seconds
        raise LogUnavailable(
            f"{self.new.path} is built but never came near enough to the serving views to take their place: "
            "rebuild again when less arrives, it goes on where it is"
        )

    def _switched(self, folder: Path) -> float | None:
        """Apply what the old one has more and switch the link while nobody writes; None where that would take long."""
        with self.old.seized() if self.old else nullcontext():
            began, reached = time.monotonic(), self._reached()
            if reached - self.new.position() > MOST_EVENTS_HELD:
                return None
            while self.new.position() < reached:
                self.new.advance(until=reached)
            if self._must_be_whole:
                self._refuse_less()
            point(folder, self.new.path)
            return time.monotonic() - began

    def _come_near(self) -> None:
        while self._reached() - self.new.position() > NEAR_EVENTS:
            self._advance(self._log.head())

    def _reached(self) -> int:
        """How far the old one is: whatever was asked of it can be asked of the new one from there."""
        live = self.old.live() if self.old else []
        return max((checkpoint.position for checkpoint in live), default=self._log.head())

    def _refuse_less(self) -> None:
        alike = self._alike()
        for checkpoint in self.new.checkpoints():
            before = alike.get(checkpoint.view)
            if checkpoint.state == "paused" and before and before.position > checkpoint.position:
                raise StoreUnsafe(
                    f"view {checkpoint.view} cannot be rebuilt, {checkpoint.error}: "
                    "the old generation goes on serving; mend the view and rebuild again"
                )


class Running(NamedTuple):
    """A rebuild that runs in the process ``pid``, or that was killed where it is None; and how far it is."""

    pid: int | None
    path: Path
    position: int


def running(folder: Path) -> Running | None:
    """The rebuild that runs on this store, or that the next one resumes; None where there is neither."""
    paths = unfinished(folder)
    if not paths:
        return None
    query = "select min(position) from checkpoints where state = 'live'"
    with suppress(NoSuchStore, sqlite3.DatabaseError), closing(connect_readonly(paths[0])) as connection:
        position = connection.execute(query).fetchone()[0]
        return Running(owner(folder, LOCK), paths[0], position or 0)
    return None


@contextmanager
def rebuilding(
    folder: Path, views: Sequence[View], log: EventLog, *, names: Sequence[str] | None, watch: Watch
) -> Iterator[Rebuilding]:
    """The rebuild of the views of these names, begun or resumed; all where none is named, the stale ones for None.

    Views that have changed are always among them. Only one rebuild runs at a time.

    Raises:
        StoreLocked: another rebuild is running; the message names its pid.
    """
    with locked(folder), ExitStack() as stack:
        remove_copies(folder)
        remove_retired(folder)
        old = candidate.serving(folder, views, log, watch)
        if old:
            stack.callback(old.close)
        chosen = candidate.choice(old, views, names)
        resumed = candidate.resumed(folder, views, log, chosen, watch)
        new = resumed or candidate.begun(folder, views, log, chosen, old, watch)
        stack.callback(new.close)
        known = {view.name for view in views}
        for name in sorted({checkpoint.view for checkpoint in old.checkpoints()} - known if old else ()):
            watch.told(f"view {name} is no more")
        yield Rebuilding(old, new, views, log=log, watch=watch, must_be_whole=names is not None)


def locked(folder: Path) -> WriterLock:
    """Be the only one that rebuilds the views of this store; StoreLocked names who else does."""
    if folder.is_dir():
        make_empty(folder / LOCK)
    try:
        return WriterLock(folder, LOCK)
    except StoreLocked as error:
        raise StoreLocked(
            f"the views in {folder} are being rebuilt by pid {owner(folder, LOCK) or 'unknown'}: "
            "wait for its end, `presslog views` says how far it is"
        ) from error
