"""The log in one SQLite file: the embedded default. WAL, synchronous=FULL, append-only by triggers."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from presslog.store.blobs import SqliteBlobs, compressed
from presslog.store.erase_rows import emptied, zeroing
from presslog.store.errors import LogDiverged, NoSuchStore, StorageFailed, StoreUnsafe
from presslog.store.handle import Handle
from presslog.store.lock import WriterLock
from presslog.store.log import About, Append, Conflict, Erasure, Receipt, Stored, follow, refuse_impossible
from presslog.store.opening import identity, refuse_unfinished
from presslog.store.sqlite import Connection, connect, connect_readonly, database, sqlite3, transaction, translated
from presslog.store.switch import finish
from presslog.store.whole import on_disk, sync_folder

from .memory import MAX_EVENT_BYTES
from .schema import APPLICATION_ID, make_log, refuse_foreign
from .storing import COLUMNS, newest, store

POLL_SECONDS = 0.05
CHECKPOINT_PAGES = 1000
"""So many pages gather in the WAL, as SQLite has it by itself."""


class SqliteLog:
    """An EventLog in ``<folder>/log.db``: one writer, held by a lock, and any number of readers.

    ``readonly=True`` opens it beside a writer in another process.
    """

    max_event_bytes = MAX_EVENT_BYTES
    is_shared = False

    def __init__(self, folder: Path, *, readonly: bool = False, now: Callable[[], float] = time.time) -> None:
        """Open the log, making it where it is missing.

        Raises:
            StoreLocked: another process writes to it.
            NoSuchStore: there is none to read.
            StoreUnsafe: it cannot be durable here, it is no log of ours, or a move to it is not finished.
        """
        refuse_unfinished(folder)
        self.path = folder / "log.db"
        self._now = now
        self._file: tuple[int, int] | None = None
        self._writer: Handle | None = None
        self._lock = None if readonly else WriterLock(folder)
        try:
            if not readonly:
                self._writer = self._opened()
            with translated(self.path):
                self._reader = connect_readonly(self.path)
                self._file = identity(self.path)
                self.log_id = self._identify()
        except BaseException:
            self.close()
            raise
        self._changed = threading.Condition()
        self.blobs = SqliteBlobs(self.path, self._reader, writing=None if readonly else self._writing)
        self._reading = threading.Lock()
        self._head = self._stored_head()

    def _opened(self) -> Handle:
        finish(self.path.parent)
        refuse_foreign(self.path)
        is_new = not self.path.exists()
        handle = Handle(self.path, self._connected)
        with handle.used() as writer:
            make_log(database(writer))
        if is_new:
            # SQLite syncs the folder that it makes files in, but not the one in which we have made that folder.
            with on_disk(self.path.parent), suppress(PermissionError):
                sync_folder(self.path.parent.parent)
        return handle

    def _connected(self) -> Connection:
        """The writer's connection, and each one after it: no other file may have taken the place of the log."""
        self._refuse_another()
        writer = connect(self.path, synchronous="full")
        writer.execute("pragma wal_autocheckpoint = 0")
        # What moves from page to page leaves no copy behind, which an erasure would have to look for.
        writer.execute("pragma secure_delete = fast")
        return writer

    def _refuse_another(self) -> None:
        if self._file not in (None, identity(self.path)):
            raise StorageFailed(
                f"{self.path} is gone, or is another file than the one that was opened: "
                "mount its disk or put it back, or restart presslog"
            )

    def _identify(self) -> str:
        if self._reader.execute("pragma application_id").fetchone()[0] != APPLICATION_ID:
            raise StoreUnsafe(f"{self.path} is not a presslog log: name another folder with --store DIR")
        row = self._reader.execute("select value from log where name = 'log_id'").fetchone()
        if row is None:
            raise NoSuchStore(f"{self.path} is not finished: run `presslog run` once")
        return str(row[0])

    def append(self, batch: Sequence[Append], *, blobs: Sequence[bytes] = ()) -> list[Receipt | Conflict]:
        """Store each Append atomically in one transaction and one fsync; answers in the order asked."""
        for append in batch:
            refuse_impossible(append, self.max_event_bytes)
        rows = compressed(blobs)
        with self._alone() as writer:
            with transaction(writer):
                self.blobs.insert(writer, rows)
                answers = store(writer, batch, self._now())
            self._note(answers)
        return answers

    def erase(self, erasure: Erasure) -> Receipt | Conflict:
        """Append what is said of it and erase in one transaction, with zeros over what was there."""
        refuse_impossible(erasure.said, self.max_event_bytes)
        with self._alone() as writer:
            with zeroing(writer), transaction(writer):
                [answer] = store(writer, [erasure.said], self._now())
                if isinstance(answer, Receipt) and not answer.repeated:
                    emptied(writer, erasure, [Stored._make(row) for row in _content(writer, erasure)])
            self._note([answer])
        return answer

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """The writer's connection, for one caller at a time, about to begin a transaction."""
        if self._writer is None:
            raise StoreUnsafe(f"{self.path} is open for reading only")
        with self._changed, self._writer.used() as writer:
            self._refuse_another()
            _checkpoint(writer)
            yield writer

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._alone() as writer, transaction(writer):
            yield writer

    def _note(self, answers: Sequence[Receipt | Conflict]) -> None:
        """Wake whoever waits for what is stored now."""
        self._head = max([self._head, *(answer.last for answer in answers if isinstance(answer, Receipt))])
        self._changed.notify_all()

    def read(self, after: int, limit: int, stream: str | None = None) -> list[Stored]:
        """Up to ``limit`` events with position > after, ascending."""
        where = "" if stream is None else "and stream = :stream"
        query = f"select {COLUMNS} from events where position > :after {where} order by position limit :limit"
        with self._reading, translated(self.path):
            rows = self._reader.execute(query, {"after": after, "limit": limit, "stream": stream}).fetchall()
        return [Stored._make(row) for row in rows]

    def last(self, stream: str) -> Stored | None:
        """The newest event of a stream."""
        query = f"select {COLUMNS} from events where stream = ? order by position desc limit 1"
        with self._reading, translated(self.path):
            row = self._reader.execute(query, (stream,)).fetchone()
        return Stored._make(row) if row else None

    def newest(self, streams: Collection[str]) -> dict[str, Stored]:
        """The newest event of each of these streams, by its name."""
        with self._reading, translated(self.path):
            found = [Stored._make(row) for row in newest(self._reader, list(dict.fromkeys(streams)))]
        return {event.stream: event for event in found}

    def head(self) -> int:
        """Position of the newest durable event; 0 for an empty log."""
        return self._head if self._writer else self._stored_head()

    def _stored_head(self) -> int:
        with self._reading, translated(self.path):
            row = self._reader.execute("select max(position) from events").fetchone()
        return int(row[0] or 0)

    def wait(self, after: int, timeout: float) -> bool:
        """Sleep until the log is longer than ``after``; only a reader beside a foreign writer has to poll."""
        if self._writer:
            with self._changed:
                return self._changed.wait_for(lambda: self._head > after, timeout)
        deadline = time.monotonic() + timeout
        while self.head() <= after:
            if identity(self.path) != self._file:
                raise LogDiverged(f"{self.path} is another file than before, as after a restore: start again")
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def follow(self, after: int, *, stop: threading.Event) -> Iterator[list[Stored]]:
        """Catch up, then follow the live tail until ``stop`` is set."""
        return follow(self, after, stop=stop)

    def check(self, position: int, event_id: str) -> None:
        """Raise LogDiverged unless that event is at that position."""
        found = self.read(position - 1, 1)
        if not found or found[0].position != position or found[0].id != event_id:
            raise LogDiverged(f"{self.path} does not hold event {event_id} at position {position}")

    def about(self) -> About:
        """The library and the file."""
        return About(f"SQLite {sqlite3.sqlite_version}", str(self.path))

    def close(self) -> None:
        """Close the file and release the writer lock; a second call does nothing."""
        for connection in (getattr(self, "_reader", None), getattr(self, "_writer", None)):
            if connection is not None:
                connection.close()
        if self._lock:
            self._lock.release()


def _checkpoint(writer: Connection) -> None:
    """Bring over what has gathered in the WAL.

    SQLite itself would do it after a commit, and not say what fails: then a WAL grows until the disk is full. Before a
    transaction, the failure is one of a batch of which nothing is stored yet.
    """
    _, pages, done = writer.execute("pragma wal_checkpoint(noop)").fetchone()
    if pages - done >= CHECKPOINT_PAGES:
        writer.execute("pragma wal_checkpoint(passive)")


def _content(writer: Connection, erasure: Erasure) -> list[tuple[Any, ...]]:
    query = f"select {COLUMNS} from events where stream = ?"
    rows = writer.execute(query, (erasure.said.stream,)).fetchall()
    return [row for row in rows if row[0] in set(erasure.positions)]
