"""The log in PostgreSQL: several hosts append to it, each by one call of one function, and any number follow it."""

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from presslog.store.blobs import BlobRow, compressed
from presslog.store.errors import KeyReused, LogDiverged
from presslog.store.leaf import erased_meta
from presslog.store.lock import WriterLock
from presslog.store.log import (
    About,
    Append,
    Conflict,
    Erasure,
    Receipt,
    Stored,
    follow,
    refuse_impossible,
    refuse_strangers,
    runs,
)

from .memory import MAX_EVENT_BYTES
from .postgres_blobs import PostgresBlobs
from .postgres_schema import KEY_REUSED, MOVED
from .postgres_server import about, log_id_of, make_log, moved, refuse_moved, refuse_unsafe
from .postgres_session import Connection, Session, bounded, one, writable

LIMIT_SECONDS = 20.0
"""An append that has no answer by then is given up: a daemon that waits longer is one that hangs, for systemd.

Half of it may be spent on waiting for who appends now: one of them, given up, may wait for a standby itself.
"""
POLL_SECONDS = 2.0
"""A server says when the log has grown; so often it is asked as well, for a word may be lost with a connection."""
COLUMNS = "position, stream, key, index, recorded_at, id, type, data, meta"
END = """
select coalesce(max(position), 0), (select value from presslog.log where name = 'moved') from presslog.events
"""
NEWEST = f"""
select newest.* from unnest(%b::bytea[]) as asked (name) cross join lateral (
  select {COLUMNS} from presslog.events where sha256(stream) = sha256(asked.name) order by position desc limit 1
) as newest
"""
CALL = """
select first, last, repeated, actual from presslog.append(
  %b::bytea[], %b::bytea[], %b::bigint[], %b::bigint[],
  %b::bigint[], %b::bigint[], %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[],
  %b::bytea[], %b::bigint[], %b::bytea[])
"""


class PostgresLog:
    """An EventLog in the schema ``presslog`` of a database; the folder is that of this host's views.

    Of the processes of one host one may write, held by a lock in the folder; hosts are held apart by the server.
    """

    max_event_bytes = MAX_EVENT_BYTES
    is_shared = True

    def __init__(
        self,
        address: str,
        folder: Path,
        *,
        readonly: bool = False,
        may_be_moving: bool = False,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        """Open the log, making it where it is missing; one into which a log is being moved only who moves it.

        Raises:
            ConfigError: the address is none of PostgreSQL, or holds a password.
            StoreLocked: another process of this host writes to it.
            LogUnavailable: the server does not answer.
            NoSuchStore: there is no log to read.
            StoreUnsafe: the server runs with settings that lose events, a move to it is not finished, or the log is to
                be written and was moved elsewhere.
        """
        self.log_id = ""
        self._address = address
        self._may_be_moving = may_be_moving
        self._limit_seconds = limit_seconds
        self._closed = threading.Event()
        self._listeners: list[Session] = []
        self._reader = Session(address, self._identify)
        self._writer = None if readonly else Session(address, self._begin_writing)
        self._lock = None if readonly else WriterLock(folder)
        self.blobs = PostgresBlobs(self._reader, self._writer)
        try:
            for session in (self._writer, self._reader):
                if session:
                    with session.used():
                        """What is wrong with it is known at once."""
        except BaseException:
            self.close()
            raise

    def _begin_writing(self, connection: Connection) -> None:
        # Whatever the database is set to: with an older snapshot nobody would see what was stored while he waited.
        connection.execute("set default_transaction_isolation = 'read committed'")
        connection.execute("select set_config('lock_timeout', %s, false)", (f"{int(self._limit_seconds * 500)}ms",))
        refuse_unsafe(connection, self._reader.place)
        make_log(connection, self._reader.place)
        self._identify(connection)
        refuse_moved(connection, self._reader.place)

    def _begin_listening(self, connection: Connection) -> None:
        self._identify(connection)
        connection.execute("listen presslog")

    def _identify(self, connection: Connection) -> None:
        """Learn which log this is; after a new connection it has to be the same."""
        found = log_id_of(connection, self._reader.place, may_be_moving=self._may_be_moving)
        if self.log_id not in ("", found):
            raise LogDiverged(f"the log at {self._reader.place} is another one than before: start again")
        self.log_id = found

    def about(self) -> About:
        """Which server this is, how its standbys are, and what of it an operator should know."""
        with self._reader.used() as connection:
            return about(connection, self._reader.place)

    def append(self, batch: Sequence[Append], *, blobs: Sequence[bytes] = ()) -> list[Receipt | Conflict]:
        """Store each Append atomically in one transaction; answers in the order asked."""
        for append in batch:
            refuse_impossible(append, self.max_event_bytes)
        rows = compressed(blobs)
        first, *others = runs(batch)
        with self._appending() as connection, bounded(connection, self._limit_seconds):
            if not others:  # a single statement is a transaction by itself
                return _call(connection, first, rows)
            with connection.transaction():
                answers = _call(connection, first, rows)
                return answers + [answer for run in others for answer in _call(connection, run)]

    def erase(self, erasure: Erasure) -> Receipt | Conflict:
        """Append what is said of it and erase, both or nothing; what was there leaves the tables too."""
        refuse_impossible(erasure.said, self.max_event_bytes)
        with self._appending() as connection:
            with connection.transaction():
                [answer] = _call(connection, [erasure.said])
                if isinstance(answer, Receipt) and not answer.repeated:
                    _empty(connection, erasure)
            with suppress(psycopg.Error):  # else the server's own vacuum takes it away
                connection.execute("vacuum presslog.events, presslog.blobs")
        return answer

    @contextmanager
    def _appending(self) -> Iterator[Connection]:
        with writable(self._writer).used() as connection:
            try:
                yield connection
            except psycopg.Error as error:
                if error.sqlstate == KEY_REUSED:
                    raise KeyReused(error.diag.message_primary or "") from error
                if error.sqlstate == MOVED:
                    raise moved(self._reader.place, error.diag.message_primary or "") from error
                raise

    def read(self, after: int, limit: int, stream: str | None = None) -> list[Stored]:
        """Up to ``limit`` events with position > after, ascending."""
        values: tuple[object, ...] = (after, limit) if stream is None else (stream.encode(), after, limit)
        which = "" if stream is None else "sha256(stream) = sha256(%b) and "
        query = f"select {COLUMNS} from presslog.events where {which}position > %s order by position limit %s"
        with self._reader.used() as connection:
            return [_stored(row) for row in connection.execute(query, values, binary=True)]

    def last(self, stream: str) -> Stored | None:
        """The newest event of a stream."""
        which = "sha256(stream) = sha256(%b) order by position desc limit 1"
        row = one(self._reader, f"select {COLUMNS} from presslog.events where {which}", (stream.encode(),))
        return _stored(row) if row else None

    def newest(self, streams: Collection[str]) -> dict[str, Stored]:
        """The newest event of each of these streams, by its name."""
        with self._reader.used() as connection:
            rows = connection.execute(NEWEST, ([stream.encode() for stream in set(streams)],), binary=True)
            return {event.stream: event for event in map(_stored, rows)}

    def head(self) -> int:
        """Position of the newest durable event; 0 for an empty log."""
        with self._reader.used() as connection:
            return _head(connection)

    def wait(self, after: int, timeout: float) -> bool:
        """Sleep until the log is longer than ``after`` or ``timeout`` seconds are over, or it is closed."""
        deadline = time.monotonic() + timeout
        with self._listening() as session, session.used() as connection:
            while not self._is_beyond(connection, after):
                left = deadline - time.monotonic()
                if left <= 0 or self._closed.is_set():
                    return False
                for _ in connection.notifies(timeout=min(left, POLL_SECONDS), stop_after=1):
                    """It has grown."""
        return True

    def _is_beyond(self, connection: Connection, after: int) -> bool:
        """Whether it is longer; LogDiverged where nothing can come any more."""
        head, to = connection.execute(END).fetchone() or (0, None)
        if head <= after and to is not None:
            raise LogDiverged(str(moved(self._reader.place, to)))
        return bool(head > after)

    @contextmanager
    def _listening(self) -> Iterator[Session]:
        """A session that hears of every commit, for one caller alone."""
        session = self._listeners.pop() if self._listeners else Session(self._address, self._begin_listening)
        try:
            yield session
        finally:
            self._listeners.append(session)
            if self._closed.is_set():
                session.close()

    def follow(self, after: int, *, stop: threading.Event) -> Iterator[list[Stored]]:
        """Catch up, then follow the live tail until ``stop`` is set."""
        return follow(self, after, stop=stop)

    def check(self, position: int, event_id: str) -> None:
        """Raise LogDiverged unless that event is at that position."""
        found = self.read(position - 1, 1)
        if not found or found[0].position != position or found[0].id != event_id:
            raise LogDiverged(f"the log at {self._reader.place} does not hold event {event_id} at position {position}")

    def close(self) -> None:
        """Close all connections and release the writer lock; a second call does nothing."""
        self._closed.set()
        for session in (self._reader, self._writer, *self._listeners):
            if session:
                session.close()
        if self._lock:
            self._lock.release()


def _call(connection: Connection, run: Sequence[Append], blobs: Sequence[BlobRow] = ()) -> list[Receipt | Conflict]:
    """Have the server store Appends, no two of which are for one stream."""
    asked = [(each.stream.encode(), each.key.encode(), each.expected, len(each.events)) for each in run]
    told = [
        (owner, index, event.id.encode(), event.type.encode(), event.data, event.meta)
        for owner, each in enumerate(run, 1)
        for index, event in enumerate(each.events)
    ]
    words = [*_columns(asked, 4), *_columns(told, 6), *_columns(blobs, 3)]
    return [
        Conflict(actual) if first is None else Receipt(first, last, repeated)
        for first, last, repeated, actual in connection.execute(CALL, words)
    ]


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def _empty(connection: Connection, erasure: Erasure) -> None:
    """Take away content, in the transaction that is open."""
    query = f"select {COLUMNS} from presslog.events where stream = %b and position = any(%b::bigint[])"
    words = (erasure.said.stream.encode(), list(erasure.positions))
    found = [_stored(row) for row in connection.execute(query, words, binary=True).fetchall()]
    refuse_strangers(erasure, {event.position for event in found})
    connection.execute(
        "select presslog.erase(%b::bigint[], %b::bytea[], %b::bytea[])",
        (
            [event.position for event in found],
            [erased_meta(event) for event in found],
            [bytes.fromhex(each) for each in erasure.digests],
        ),
    )


def _head(connection: Connection) -> int:
    row = connection.execute("select coalesce(max(position), 0) from presslog.events").fetchone()
    return int(str(row[0])) if row else 0


def _stored(row: tuple[Any, ...]) -> Stored:
    position, stream, key, index, recorded_at, identity, kind, data, meta = row
    return Stored(
        position, stream.decode(), key.decode(), index, recorded_at, identity.decode(), kind.decode(), data, meta
    )
