"""intake.db: what this host has seen of its folders, and which bytes the log holds; both can be lost and made again."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from .errors import LogDiverged
from .events import ArticleRedacted, FileReceived, read_event
from .handle import Handle
from .log import EventLog, Stored
from .sqlite import Connection, connect, database

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
    "create table ledger (log_id text not null, position integer not null) strict",
)
MOUNTS = """
create table mounts (
  feed text not null,
  folder blob not null,
  device integer not null,
  inode integer not null,
  primary key (feed, folder)
) strict, without rowid
"""
ERASED = "create table erased (digest text primary key) strict, without rowid"
PAGE_EVENTS = 200
PAGE_NAMES = 1000


class Stamp(NamedTuple):
    """What tells one state of a file from another without reading it; all four move when the bytes may have."""

    inode: int
    size_bytes: int
    mtime_ns: int
    ctime_ns: int


Known = tuple[int, int, int, int, str]
"""Inode, size, mtime, ctime and state of a file, as the registry has them."""


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
        self._handle = Handle(self.path, self._connected)
        self._erased: frozenset[str] | None = None
        self.position = 0
        """Up to where the log is known."""

    def _connected(self) -> Connection:
        connection = connect(self.path)
        _make(database(connection))
        return connection

    def _rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._handle.used() as connection:
            return list(connection.execute(query, values))

    def known(self, feed: str, folder: bytes, names: Sequence[bytes] | None = None) -> dict[bytes, Known]:
        """What a scan compares of the files of a folder: of these names, or of all.

        Measured: all are read at 2 us a file, chosen names at 6 us.
        """
        which = "" if names is None else f"and name in ({_marks(len(names))})"
        query = f"""
        select name, inode, size_bytes, mtime_ns, ctime_ns, state from files where feed = ? and folder = ? {which}
        """
        return {row[0]: row[1:] for row in self._rows(query, feed, folder, *(names or ()))}

    def count(self, feed: str, folder: bytes) -> int:
        """How many files of a folder are known."""
        query = "select count(*) from files where feed = ? and folder = ?"
        return int(self._rows(query, feed, folder)[0][0])

    def entry(self, feed: str, folder: bytes, name: bytes) -> Entry | None:
        """What is known of one file."""
        return self.chosen(feed, folder, [name]).get(name)

    def chosen(self, feed: str, folder: bytes, names: Sequence[bytes]) -> dict[bytes, Entry]:
        """What is known of some files of a folder, by name."""
        entries: dict[bytes, Entry] = {}
        for start in range(0, len(names), PAGE_NAMES):
            page = names[start : start + PAGE_NAMES]
            query = f"select * from files where feed = ? and folder = ? and name in ({_marks(len(page))})"
            entries |= {row[2]: _entry(row) for row in self._rows(query, feed, folder, *page)}
        return entries

    def entries(self, feed: str, folder: bytes) -> Iterator[Entry]:
        """What is known of every file of a folder, read in pages."""
        query = "select * from files where feed = ? and folder = ? and name > ? order by name limit 1000"
        after = b""
        while rows := self._rows(query, feed, folder, after):
            yield from map(_entry, rows)
            after = rows[-1][2]

    def folders(self, feed: str, below: bytes = b"") -> list[bytes]:
        """Folders of a feed, or of one folder of it, in which files are known; the folder itself is left out."""
        where, values = ("folder > ? and folder < ?", (below + b"/", below + b"0")) if below else ("folder > ?", (b"",))
        query = f"select distinct folder from files where feed = ? and {where}"
        return [row[0] for row in self._rows(query, feed, *values)]

    def mounts(self, feed: str) -> dict[bytes, tuple[int, int]]:
        """Device and inode of the feed's root (empty path) and of what was mounted below it, as seen last."""
        rows = self._rows("select folder, device, inode from mounts where feed = ?", feed)
        return {folder: (device, inode) for folder, device, inode in rows}

    def remember_mount(self, feed: str, folder: bytes, identity: tuple[int, int]) -> None:
        """Remember which file system stands at the feed's root or at a folder below it."""
        with self._handle.writing() as connection:
            connection.execute("insert or replace into mounts values (?, ?, ?, ?)", (feed, folder, *identity))

    def forget_mount(self, feed: str, folder: bytes) -> None:
        """Drop a folder that is no mount any more."""
        with self._handle.writing() as connection:
            connection.execute("delete from mounts where feed = ? and folder = ?", (feed, folder))

    def record(
        self,
        entries: Sequence[Entry],
        received: Sequence[tuple[str, str]] = (),
        *,
        forgotten: Iterable[tuple[str, bytes, bytes]] = (),
        reached: Stored | None = None,
    ) -> None:
        """Write what was learnt of some files in one transaction.

        ``received`` pairs digests that the log took with their streams, ``forgotten`` names files that are gone (feed,
        folder, name); ``reached`` is the last event of the log that is known.
        """
        rows = [(*entry[:3], *entry.stamp, *entry[4:]) for entry in entries]
        with self._handle.writing() as connection:
            connection.executemany(f"insert or replace into files values ({_marks(13)})", rows)
            connection.executemany("insert or ignore into received values (?, ?)", received)
            connection.executemany("delete from files where feed = ? and folder = ? and name = ?", forgotten)
            if reached is not None:
                at = (reached.position, reached.id)
                connection.execute("update ledger set position = ?, event_id = ?", at)
        if reached is not None:
            self.position = reached.position

    def first_stream(self, digest: str) -> str:
        """The stream of the file that brought these bytes first; empty where the log does not hold them."""
        return self.first_streams([digest]).get(digest, "")

    def first_streams(self, digests: Sequence[str]) -> dict[str, str]:
        """The same of many, by digest, in one question; what the log does not hold is left out."""
        query = f"select digest, stream from received where digest in ({_marks(len(digests))})"
        return dict(self._rows(query, *digests))

    def is_erased(self, digest: str) -> bool:
        """Whether these bytes were erased by order: they may not come back."""
        if self._erased is None:
            self._erased = frozenset(row[0] for row in self._rows("select digest from erased"))
        return digest in self._erased

    def forbid(self, digests: Iterable[str]) -> None:
        """Let bytes that were erased never be taken again."""
        rows = [(digest,) for digest in digests]
        if rows:
            with self._handle.writing() as connection:
                connection.executemany("insert or ignore into erased values (?)", rows)
            self._erased = None

    def catch_up(self, log: EventLog) -> None:
        """Learn from the log which bytes it holds: this memory may be older, lost, or of another log."""
        self.position = self._learnt(log)
        self.keep_up(log)

    def keep_up(self, log: EventLog) -> None:
        """Learn what has come since, by other writers: where there is nothing it costs a look at the head."""
        while self.position < log.head() and (events := log.read(self.position, PAGE_EVENTS)):
            self.learn(events, reached=events[-1])

    def learn(self, events: Sequence[Stored], *, reached: Stored | None = None) -> None:
        """Learn from some events; ``reached`` is the last one of all that are known then."""
        telling = [event for event in events if event.type in ("file-received", "article-redacted")]
        facts = [(event.stream, read_event(event).fact) for event in telling]
        self.forbid(each for _, fact in facts if isinstance(fact, ArticleRedacted) for each in fact.digests)
        received = [(fact.digest, stream) for stream, fact in facts if isinstance(fact, FileReceived)]
        self.record((), received, reached=reached)

    def _learnt(self, log: EventLog) -> int:
        for log_id, position, event_id in self._rows("select log_id, position, event_id from ledger"):
            if log_id == log.log_id and _holds(log, position, event_id):
                return int(position)
        with self._handle.writing() as connection:
            for table in ("received", "erased", "files", "ledger"):
                connection.execute(f"delete from {table}")
            connection.execute("insert into ledger values (?, 0, '')", (log.log_id,))
        self._erased = None
        return 0

    def close(self) -> None:
        """Close the file."""
        self._handle.close()


def _make(db: "Database") -> None:
    from sqlite_utils import Migrations

    migrations = Migrations("presslog.intake")

    @migrations()
    def files_and_ledger(db: "Database") -> None:
        for statement in SCHEMA:
            db.execute(statement)

    @migrations()
    def mounts_of_feeds(db: "Database") -> None:
        db.execute("drop table if exists roots")
        db.execute(MOUNTS)

    @migrations()
    def event_of_the_ledger(db: "Database") -> None:
        db.execute("alter table ledger add column event_id text not null default ''")

    @migrations()
    def bytes_that_were_erased(db: "Database") -> None:
        db.execute(ERASED)

    migrations.apply(db)


def _holds(log: EventLog, position: int, event_id: str) -> bool:
    """Whether the log still holds what was learnt: one from a backup has the same id, and grows as far again."""
    try:
        if position:
            log.check(position, event_id)
    except LogDiverged:
        return False
    return True


def _marks(count: int) -> str:
    return ", ".join("?" * count)


def _entry(row: tuple[str, bytes, bytes, int, int, int, int, str, str, str, str, int, float]) -> Entry:
    return Entry(row[0], row[1], row[2], Stamp(*row[3:7]), *row[7:])
