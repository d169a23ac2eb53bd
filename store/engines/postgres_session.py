"""A connection to the PostgreSQL that keeps a log: made when somebody needs it, and made anew after it was lost."""

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from presslog.store.errors import ConfigError, LogUnavailable, StoreUnsafe

Connection = psycopg.Connection[tuple[Any, ...]]

CONNECT_SECONDS = 5
STANDBY_WAIT = "SyncRepWaitForLSN"
"""Where in PostgreSQL a warning comes from that says so: its code says nothing, and its words have a language."""
DEFAULTS: dict[str, Any] = {
    "target_session_attrs": "read-write",  # of several hosts the one that is primary now
    "connect_timeout": CONNECT_SECONDS,
    "application_name": "presslog",
    # A host that is gone answers nothing: the kernel finds out after so many seconds of silence.
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""What a connection string of libpq gets where it says nothing else."""


REMEDY = "let its administrator see deploy/postgres-roles.sql: who appends, who reads, and who may change the schema"


@contextmanager
def bounded(connection: Connection, seconds: float) -> Iterator[None]:
    """Give a block's connection up after so many seconds: its standbys or its server leave it without an answer.

    The server is not told to cancel: it would let others see what no standby has.
    """
    timer = threading.Timer(seconds, _cut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _cut(connection: Connection) -> None:
    with suppress(psycopg.Error, OSError), socket.socket(fileno=os.dup(connection.fileno())) as wire:
        wire.shutdown(socket.SHUT_RDWR)


class Session:
    """One connection, for one caller at a time; a failure is ours, and the next caller gets a new connection."""

    def __init__(self, url: str, prepare: Callable[[Connection], None]) -> None:
        """Make one that connects when it is used; ``prepare`` is called with each new connection.

        Raises:
            ConfigError: the URL is none of PostgreSQL.
        """
        self._told = _told(url)
        self.place = _place(self._told)
        self._prepare = prepare
        self._turn = threading.Lock()
        self._connection: Connection | None = None
        self._is_in_doubt = False

    @contextmanager
    def used(self) -> Iterator[Connection]:
        """The connection for a block.

        Raises:
            LogUnavailable: the server cannot be reached, or was lost; nothing is known about what it has done.
            StoreUnsafe: it refuses what a log needs.
        """
        with self._turn:
            self._is_in_doubt = False
            try:
                yield self._connection or self._connected()
            except psycopg.Error as error:
                self._forget()
                raise _ours(error, self.place) from error
            if self._is_in_doubt:
                self._forget()
                raise LogUnavailable(f"the log at {self.place} gave up waiting for its standbys: ask again")

    def _connected(self) -> Connection:
        connection = psycopg.connect(self._told, autocommit=True)
        connection.add_notice_handler(self._heed)
        try:
            self._prepare(connection)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection

    def _heed(self, notice: psycopg.errors.Diagnostic) -> None:
        """A commit that its server stopped waiting for stands on the primary alone."""
        self._is_in_doubt |= notice.source_function == STANDBY_WAIT

    def _forget(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()

    def close(self) -> None:
        """Close the connection; who uses it next gets a new one."""
        with self._turn:
            self._forget()


def _ours(error: psycopg.Error, place: str) -> LogUnavailable | StoreUnsafe:
    """What an error means, with the remedy."""
    plain = _plain(error)
    match error:
        case psycopg.errors.LockNotAvailable():
            return LogUnavailable(f"the log at {place}: an append before this one gets no answer: see to its standbys")
        case psycopg.OperationalError() | psycopg.InterfaceError() | psycopg.InternalError():
            return LogUnavailable(
                f"the log at {place} does not answer: start the server, or put engine right ({plain})"
            )
        case psycopg.errors.InsufficientPrivilege():
            return StoreUnsafe(f"the log at {place}: {plain}; {REMEDY}")
    return StoreUnsafe(f"the log at {place} cannot be used: {plain}")


def _told(url: str) -> str:
    try:
        told = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        raise ConfigError(f"{url!r} is no address of PostgreSQL: {_plain(error)}") from error
    if "password" in told:
        # Else it would stand in settings that everybody reads, and among the arguments of processes.
        raise ConfigError("the address of the log holds a password: put it into a file and name that, passfile=PATH")
    return make_conninfo(**DEFAULTS | told)


def _place(told: str) -> str:
    """Where a log is, for people: HOST:PORT of each server, and the database."""
    words = conninfo_to_dict(told)
    hosts, ports = (str(words.get(name, "")).split(",") for name in ("host", "port"))
    named = [host or "this host" for host in hosts]
    each = [f"{host}:{port}" if port else host for host, port in zip(named, cycle(ports), strict=False)]
    return f"{','.join(each)}, database {words.get('dbname', 'of this user')}"


def _plain(error: Exception) -> str:
    return " ".join(str(error).split())


def writable(session: Session | None) -> Session:
    """A session to write with; StoreUnsafe where there is none."""
    if session is None:
        raise StoreUnsafe("the log is open for reading only")
    return session


def one(session: Session, query: str, values: tuple[object, ...]) -> tuple[Any, ...] | None:
    """The one row that answers a question, in binary; None where there is none."""
    with session.used() as connection:
        return connection.execute(query, values, binary=True).fetchone()
