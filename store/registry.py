"""intake.db: what this host has seen of its folders, and which bytes the log holds; both can be lost and made again."""

from collections.abc import Container, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from .events import FileReceived, read_event
from .log import EventLog
from .sqlite import connect, database, transaction, translated

if TYPE_CHECKING:
    from sqlite_utils import Database

SCHEMA = (
    """
    create table files (
      feed text not null,
      folder blob not null,
      name blob not null,
      inode integer not null,
      size_bytes integer not null,
      mtime_ns integer not null,
      ctime_ns integer not null,
      state text not null,
      digest text not null,
      code text not null,
      reason text not null,
      attempts integer not null,
      since_at real not null,
      primary key (feed, folder, name)
    ) strict, without rowid
    """,
    "create index files_waiting on files (since_at) where state = 'waiting'",
    "create table received (digest text primary key, stream text not null) strict, without rowid",
    "create table roots (feed text primary key, device integer not null, inode integer not null) strict",
    "create table ledger (log_id text not null, position integer not null) strict",
)
FINAL = ("read", "copy", "refused")
PAGE_EVENTS = 200


class Stamp(NamedTuple):
    """What tells one state of a file from another without reading it; all four move when the bytes may have."""

    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


class Entry(NamedTuple):
    """What the registry knows of one file. ``folder`` and ``name`` are bytes below the feed's root.

    ``state`` is ``read``, ``copy``, ``refused`` or ``waiting``; ``since_at`` says since when, in seconds since 1970.
    """

    feed: str
    folder: bytes
    name: bytes
    stamp: Stamp
    state: str
    digest: str = ""
    code: str = ""
    reason: str = ""
    attempts: int = 0
    since_at: float = 0.0


class Registry:
    """The open intake.db; one thread writes it."""

    def __init__(self, folder: Path) -> None:
        """Open ``<folder>/intake.db``, making it where it is missing."""
        self.path = folder / "intake.db"
        self._connection = connect(self.path)
        _make(database(self._connection))

    def stamps(
        self, feed: str, folder: bytes, names: Iterable[bytes], *, final: Container[str] = FINAL
    ) -> dict[bytes, Stamp]:
        """Stamps of those names whose state is final: what need not be looked at while its stamp stays."""
        query = (
            "select inode, size_bytes, mtime_ns, ctime_ns, state from files where feed = ? and folder = ? and name = ?"
        )
        found = {}
        execute = self._connection.execute
        for name in names:
            row = execute(query, (feed, folder, name)).fetchone()
            if row and row[4] in final:
                found[name] = Stamp(*row[:4])
        return found

    def entry(self, feed: str, folder: bytes, name: bytes) -> Entry | None:
        """What is known of one file."""
        query = "select * from files where feed = ? and folder = ? and name = ?"
        row = self._connection.execute(query, (feed, folder, name)).fetchone()
        return _entry(row) if row else None

    def entries(self, feed: str, folder: bytes) -> Iterator[Entry]:
        """What is known of every file of a folder, read in pages."""
        query = "select * from files where feed = ? and folder = ? and name > ? order by name limit 1000"
        after = b""
        while rows := self._connection.execute(query, (feed, folder, after)).fetchall():
            yield from map(_entry, rows)
            after = rows[-1][2]

    def folders(self, feed: str) -> list[bytes]:
        """Folders of a feed in which files are known."""
        query = "select distinct folder from files where feed = ?"
        return [row[0] for row in self._connection.execute(query, (feed,))]

    def root(self, feed: str) -> tuple[int, int] | None:
        """Device and inode of the folder that the feed's root was last."""
        row = self._connection.execute("select device, inode from roots where feed = ?", (feed,)).fetchone()
        return (row[0], row[1]) if row else None

    def remember_root(self, feed: str, device: int, inode: int) -> None:
        """Remember which folder the feed's root is now."""
        with translated(self.path), transaction(self._connection):
            self._connection.execute("insert or replace into roots values (?, ?, ?)", (feed, device, inode))

    def record(
        self,
        entries: Sequence[Entry],
        received: Sequence[tuple[str, str]] = (),
        *,
        forgotten: Iterable[tuple[str, bytes, bytes]] = (),
        position: int | None = None,
    ) -> None:
        """Write what was learnt of some files in one transaction.

        ``received`` pairs digests that the log took with their streams, ``forgotten`` names files that are gone (feed,
        folder, name); ``position`` says how far the log is known.
        """
        rows = [(*entry[:3], *entry.stamp, *entry[4:]) for entry in entries]
        with translated(self.path), transaction(self._connection):
            self._connection.executemany(f"insert or replace into files values ({_marks(13)})", rows)
            self._connection.executemany("insert or ignore into received values (?, ?)", received)
            self._connection.executemany("delete from files where feed = ? and folder = ? and name = ?", forgotten)
            if position is not None:
                self._connection.execute("update ledger set position = ?", (position,))

    def first_stream(self, digest: str) -> str:
        """The stream of the file that brought these bytes first; empty where the log does not hold them."""
        row = self._connection.execute("select stream from received where digest = ?", (digest,)).fetchone()
        return row[0] if row else ""

    def catch_up(self, log: EventLog) -> None:
        """Learn from the log which bytes it holds: this memory may be older, lost, or of another log."""
        position = self._learnt(log)
        while events := log.read(position, PAGE_EVENTS):
            position = events[-1].position
            files = [event for event in events if event.type == "file-received"]
            facts = ((event.stream, read_event(event).fact) for event in files)
            self.record(
                (),
                [(fact.digest, stream) for stream, fact in facts if isinstance(fact, FileReceived)],
                position=position,
            )

    def _learnt(self, log: EventLog) -> int:
        row = self._connection.execute("select log_id, position from ledger").fetchone()
        if row and row[0] == log.log_id and row[1] <= log.head():
            return int(row[1])
        with translated(self.path), transaction(self._connection):
            for table in ("received", "files", "ledger"):
                self._connection.execute(f"delete from {table}")
            self._connection.execute("insert into ledger values (?, 0)", (log.log_id,))
        return 0

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _make(db: "Database") -> None:
    from sqlite_utils import Migrations

    migrations = Migrations("presslog.intake")

    @migrations()
    def files_and_ledger(db: "Database") -> None:
        for statement in SCHEMA:
            db.execute(statement)

    migrations.apply(db)


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _entry(row: tuple[str, bytes, bytes, int, int, int, int, str, str, str, str, int, float]) -> Entry:
    return Entry(row[0], row[1], row[2], Stamp(*row[3:7]), *row[7:])
