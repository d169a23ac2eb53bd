"""Receives a log into PostgreSQL, and seals one there that was moved elsewhere."""

import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

from presslog.store.blobs import compressed
from presslog.store.errors import StoreUnsafe
from presslog.store.log import EventLog, Stored

from .postgres import PostgresLog
from .postgres_schema import LOCK
from .postgres_server import ARRIVED, MOVED_TO, facts_of, is_moving, make_log, note, refuse_moved, refuse_unsafe
from .postgres_session import Connection, Session

TAKE = """
insert into presslog.events (position, stream, key, index, recorded_at, id, type, data, meta)
select * from unnest(
  %b::bigint[], %b::bytea[], %b::bytea[], %b::bigint[], %b::float8[],
  %b::bytea[], %b::bytea[], %b::bytea[], %b::bytea[])
"""
KEEP = """
insert into presslog.blobs select * from unnest(%b::bytea[], %b::bigint[], %b::bytea[]) on conflict do nothing
"""
HELD = "select digest from presslog.blobs where digest = any(%b::bytea[])"
ERASE = "select presslog.erase(%b::bigint[], %b::bytea[], %b::bytea[])"


class PostgresReceiver:
    """A Receiver in the schema ``presslog`` of a database."""

    def __init__(self, address: str, folder: Path, log_id: str) -> None:
        """Make the tables, or go on with those that an earlier move has left.

        Raises:
            ConfigError: the address is none of PostgreSQL, or holds a password.
            LogUnavailable: the server does not answer.
            StoreUnsafe: the server runs with settings that lose events, or its log was moved elsewhere.
        """
        self._log_id = log_id
        self._session = Session(address, self._begin)
        self.place = self._session.place
        with self._session.used() as connection:
            refuse_moved(connection, self.place)
            self.is_finished = not is_moving(facts_of(connection))
        self._log = PostgresLog(address, folder, readonly=True, may_be_moving=True)

    def _begin(self, connection: Connection) -> None:
        refuse_unsafe(connection, self._session.place)
        make_log(connection, self._session.place, moving=self._log_id)

    @property
    def log(self) -> EventLog:
        """What was received so far."""
        return self._log

    def is_at(self, address: str) -> bool:
        """Whether it is the very log at an address, however that is spelt: both were made in one moment."""
        if not address.startswith("postgresql://"):
            return False
        session = Session(address, lambda _: None)
        try:
            with session.used() as connection, self._session.used() as own:
                return facts_of(connection).get("schema 1") == facts_of(own).get("schema 1")
        finally:
            session.close()

    def missing(self, digests: Collection[str]) -> set[str]:
        """Those of these blobs that are not there."""
        with self._session.used() as connection:
            found = connection.execute(HELD, ([bytes.fromhex(each) for each in digests],), binary=True)
            return set(digests) - {row[0].hex() for row in found}

    def take(self, events: Sequence[Stored], blobs: Sequence[bytes]) -> None:
        """Store events exactly as they are, and blobs, in one transaction."""
        rows = compressed(blobs)
        told = [(*_bytes(event[:3]), event.index, event.recorded_at, *_bytes(event[5:])) for event in events]
        with self._session.used() as connection, connection.transaction():
            for statement, values in ((KEEP, rows), (TAKE, told)):
                if values:
                    connection.execute(statement, [list(column) for column in zip(*values, strict=True)])

    def erase(self, events: Sequence[Stored], digests: Sequence[str]) -> None:
        """Erase what was erased elsewhere since it was taken."""
        positions, metas = [event.position for event in events], [event.meta for event in events]
        with self._session.used() as connection:
            connection.execute(ERASE, (positions, metas, [bytes.fromhex(each) for each in digests]))
            with suppress(psycopg.Error):  # else the server's own vacuum takes it away
                connection.execute("vacuum presslog.events, presslog.blobs")

    def finish(self) -> None:
        """Note that all has arrived."""
        if not self.is_finished:
            with self._session.used() as connection:
                note(connection, ARRIVED, str(time.time()))
            self.is_finished = True

    def close(self) -> None:
        """Close the connections; a second call does nothing."""
        self._log.close()
        self._session.close()


def seal(address: str, to: str) -> None:
    """Have a log grow no more, on no host: it was moved elsewhere, and who wants to append hears where to.

    Raises:
        LogUnavailable: the server does not answer; do it again.
        StoreUnsafe: it was moved to another place before.
    """
    session = Session(address, lambda connection: make_log(connection, session.place))
    try:
        with session.used() as connection, connection.transaction():
            connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
            before = facts_of(connection).get(MOVED_TO)
            if before is None:
                note(connection, MOVED_TO, to)
                connection.execute("notify presslog")
            elif before != to:
                raise StoreUnsafe(f"the log at {session.place} was moved to {before} already: finish that move")
    finally:
        session.close()


def _bytes(values: Sequence[object]) -> list[object]:
    """Text as it is kept here."""
    return [value.encode() if isinstance(value, str) else value for value in values]
