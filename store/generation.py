"""One generation of the views: a file of tables, each view with its checkpoint, moved together with its rows."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from . import making
from .comparing import digest_of
from .errors import LogDiverged, PresslogError
from .events import Event
from .log import EventLog
from .pages import next_page
from .sqlite import Connection, connect, is_about_the_file, seized, still, transaction, translated
from .times import now_text

APPLICATION_ID = 0x70726C76  # "prlv"
BATCH_EVENTS = 500
PAGE_EVENTS = 100
"""Events in memory at once: of at most 1 MiB each, so that a view of an archive of long texts stays below 150 MB."""
LIVE_SECONDS = 0.2

SCHEMA = (
    """
    create table meta ( -- of the file
      name text primary key, -- log_id: the log that it was built from
      value text not null
    ) strict
    """,
    """
    create table checkpoints ( -- how far each view has come in the log
      view text primary key,
      version integer not null, -- of the program that makes it
      position integer not null, -- of the last event that it holds
      event_id text not null,
      state text not null, -- live, paused
      error text not null, -- why it is paused
      updated_at text not null
    ) strict
    """,
    making.SCHEMA,
)


class View(NamedTuple):
    """A read model: events in, rows out, nothing else read but its own tables.

    ``version`` grows whenever the rows of the same events would differ. ``apply`` gets events in order and writes
    inside the caller's transaction. ``tables`` names what the digest covers, ``types`` the events it wants (all, where
    empty). ``before_rebuild``, ``after_rebuild`` and ``optimise`` are statements that only change speed. ``compared``
    names what a rebuild compares of a hundred thousand articles, where ``tables`` would take too long.
    """

    name: str
    version: int
    tables: tuple[str, ...]
    schema: tuple[str, ...]
    apply: Callable[[Connection, Sequence[Event]], None]
    types: frozenset[str] = frozenset()
    before_rebuild: tuple[str, ...] = ()
    after_rebuild: tuple[str, ...] = ()
    optimise: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()


class Checkpoint(NamedTuple):
    """How far a view has come; ``state`` is ``live``, or ``paused`` by the ``error`` of the next event."""

    view: str
    version: int
    position: int
    event_id: str
    state: str
    error: str
    updated_at: str


class ViewMoved(PresslogError):
    """Another process moved a view's checkpoint, or the link to the generation: open it again."""


class _Poison(Exception):
    """A view failed: the batch is applied once more, and then so that what the others wrote can stay."""


def is_right() -> None:
    """A check that finds nothing wrong."""


def note_choice(connection: Connection, chosen: Iterable[str]) -> None:
    """Write down which views a generation is built for: only a rebuild that wants the same may go on with it."""
    value = msgspec.json.encode(sorted(chosen)).decode()
    connection.execute("insert or replace into meta values ('chosen', ?)", (value,))


class Generation:
    """An open ``views-NNNN.db`` with the views that this program has."""

    def __init__(
        self, path: Path, views: Sequence[View], log: EventLog, *, chosen: Iterable[str] | None = None
    ) -> None:
        """Open the file, making its tables where it is new; ``chosen`` is then noted as what it is built for.

        Raises:
            LogDiverged: its rows come from another log, or from events that this log does not hold.
        """
        self.path = path
        self._views = {view.name: view for view in views}
        self._log = log
        self._is_careful = False
        self._connection = connect(path)
        try:
            with translated(path):
                self._make(chosen)
                self._check_log()
        except BaseException:
            self._connection.close()
            raise

    def _make(self, chosen: Iterable[str] | None) -> None:
        if self._connection.execute("pragma application_id").fetchone()[0] == APPLICATION_ID:
            return
        with transaction(self._connection):
            for statement in SCHEMA:
                self._connection.execute(statement)
            self._connection.execute("insert into meta values ('log_id', ?)", (self._log.log_id,))
            note_choice(self._connection, self._views if chosen is None else chosen)
            for view in self._views.values():
                making.make_view(self._connection, view)
            self._connection.execute(f"pragma application_id = {APPLICATION_ID}")

    def _check_log(self) -> None:
        log_id = self._connection.execute("select value from meta where name = 'log_id'").fetchone()[0]
        if log_id != self._log.log_id:
            raise LogDiverged(f"{self.path} was built from log {log_id}, not from {self._log.log_id}")
        for checkpoint in self.checkpoints():
            if checkpoint.position:
                self._log.check(checkpoint.position, checkpoint.event_id)

    def fits(self) -> bool:
        """Whether the file holds exactly this program's views in their versions."""
        return not self.stale()

    def stale(self) -> frozenset[str]:
        """The views that this program has in another version than the file, or only one of the two has."""
        held = {checkpoint.view: checkpoint.version for checkpoint in self.checkpoints()}
        names = held.keys() | self._views.keys()
        return frozenset(name for name in names if held.get(name) != getattr(self._views.get(name), "version", None))

    def chosen(self) -> frozenset[str] | None:
        """The views that the file was built for; None in one of an older presslog."""
        row = self._connection.execute("select value from meta where name = 'chosen'").fetchone()
        return frozenset(msgspec.json.decode(row[0])) if row and making.has_objects(self._connection) else None

    def checkpoints(self) -> list[Checkpoint]:
        """How far each view has come, by name."""
        with translated(self.path):
            rows = self._connection.execute("select * from checkpoints order by view").fetchall()
        return [Checkpoint._make(row) for row in rows]

    def retry(self) -> None:
        """Set paused views going again: the program may have been mended."""
        self.tune(["update checkpoints set state = 'live', error = '' where state = 'paused'"])

    def position(self) -> int:
        """The position that every live view has reached; the log's head where none is live."""
        return min((c.position for c in self.live()), default=self._log.head())

    def live(self) -> list[Checkpoint]:
        """The checkpoints of the views that go on: not paused, and of this program's version."""
        mine = {(view.name, view.version) for view in self._views.values()}
        return [c for c in self.checkpoints() if c.state == "live" and (c.view, c.version) in mine]

    def advance(
        self,
        *,
        events: int = BATCH_EVENTS,
        seconds: float = LIVE_SECONDS,
        until: int | None = None,
        check: Callable[[], None] = is_right,
    ) -> int:
        """Apply what follows the checkpoints, in one transaction of about so many events or seconds; 0 at the head.

        Nothing after position ``until`` is applied. ``check`` is called inside the transaction, before anything else.

        Raises:
            ViewMoved: another process moved a checkpoint; nothing was written.
            StorageFailed: the disk refused; nothing was written.
        """
        self._is_careful = False
        with suppress(_Poison):
            return self._advance(events, seconds, until, check)
        self._is_careful = True
        return self._advance(events, seconds, until, check)

    def _advance(self, events: int, seconds: float, until: int | None, check: Callable[[], None]) -> int:
        deadline = time.monotonic() + seconds
        applied = 0
        with translated(self.path), transaction(self._connection):
            check()
            before = {c.view: c for c in self.live()}
            position = min((c.position for c in before.values()), default=self._log.head())
            now = dict(before)
            while applied < events and now:
                page = next_page(self._log, position, min(PAGE_EVENTS, events - applied), until=until)
                if not page:
                    break
                now = {name: self._apply(checkpoint, page) for name, checkpoint in now.items()}
                position, applied = page[-1].position, applied + len(page)
                if time.monotonic() > deadline:
                    break
            for name, checkpoint in now.items():
                self._move(before[name], checkpoint)
        return applied

    @contextmanager
    def seized(self) -> Iterator[None]:
        """Keep every other writer out for the block, which writes nothing here."""
        with translated(self.path), seized(self._connection):
            yield

    @contextmanager
    def still(self) -> Iterator[Connection]:
        """The tables as they are now for the block, whoever goes on writing; for reading only."""
        with translated(self.path), still(self._connection):
            yield self._connection

    def _apply(self, checkpoint: Checkpoint, page: list[Event]) -> Checkpoint:
        if checkpoint.state != "live":
            return checkpoint
        view = self._views[checkpoint.view]
        news = [event for event in page if event.position > checkpoint.position]
        mine = [event for event in news if event.fact is not None and (not view.types or event.type in view.types)]
        poison = self._try(view, mine)
        if poison is None:
            return checkpoint._replace(position=news[-1].position, event_id=news[-1].id) if news else checkpoint
        done = [event for event in news if event.position < poison[0].position]
        reached = checkpoint._replace(position=done[-1].position, event_id=done[-1].id) if done else checkpoint
        return reached._replace(state="paused", error=f"event {poison[0].position} ({poison[0].type}): {poison[1]}")

    def _try(self, view: View, events: Sequence[Event]) -> tuple[Event, str] | None:
        """Apply events; on an error apply those before the poison one by one and return it with what it did."""
        if not events or self._attempt(view, events) is None:
            return None
        for event in events:
            error = self._attempt(view, [event])
            if error is not None:
                return event, error
        return None

    def _attempt(self, view: View, events: Sequence[Event]) -> str | None:
        if self._is_careful:  # not always: at each savepoint FTS5 writes down what it has gathered
            self._connection.execute("savepoint view")
        try:
            view.apply(self._connection, events)
        except Exception as error:
            if is_about_the_file(error):
                raise
            if not self._is_careful:
                raise _Poison from error
            return self._undo(error)
        if self._is_careful:
            self._connection.execute("release view")
        return None

    def _undo(self, error: Exception) -> str:
        self._connection.execute("rollback to view")
        self._connection.execute("release view")
        return f"{type(error).__name__}: {error}"

    def _move(self, before: Checkpoint, after: Checkpoint) -> None:
        if after == before:
            return
        moved = self._connection.execute(
            """
            update checkpoints set position = :position, event_id = :event_id, state = :state, error = :error,
              updated_at = :now
            where view = :view and version = :version and position = :before and state = 'live'
            """,
            {**after._asdict(), "before": before.position, "now": now_text()},
        )
        if moved.rowcount != 1:
            raise ViewMoved(f"view {before.view} in {self.path} was moved by another process")

    def digest(self, view: View) -> str:
        """SHA-256 over the rows of all tables of a view: equal rows, equal digest."""
        return digest_of(self._connection, view.tables).digest

    def tune(self, statements: Sequence[str]) -> None:
        """Run maintenance statements, each in its own transaction."""
        with translated(self.path):
            for statement in statements:
                self._connection.execute(statement)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()
