"""Receives a log into a file: it is made in ``<folder>/moving``, and gets its name when it is whole."""

import shutil
from collections.abc import Collection, Sequence
from pathlib import Path

from presslog.store.blobs import compressed
from presslog.store.erase_rows import empty, zeroing
from presslog.store.erase_traces import empty_wal
from presslog.store.log import EventLog, Stored
from presslog.store.opening import FILE, MOVING
from presslog.store.shelf import give_to_owner_of
from presslog.store.sqlite import Connection, connect, database, transaction, translated
from presslog.store.whole import on_disk, sync_folder

from .schema import make_log
from .sqlite import SqliteLog
from .storing import COLUMNS

INSERT_EVENT = f"insert into events ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
INSERT_BLOB = "insert into blobs select ?1, ?2, ?3 where not exists (select 1 from blobs where digest = ?1)"


class SqliteReceiver:
    """A Receiver in ``<folder>/log.db``; whoever makes one holds the writer lock of the folder."""

    def __init__(self, folder: Path, log_id: str) -> None:
        """Make the file, or go on with the one that an earlier move has left.

        Raises:
            StorageFailed: the folder cannot be written.
        """
        self.place = str(folder)
        self._folder = folder
        self._fresh = folder / MOVING
        self.is_finished = (folder / FILE).exists() and not (self._fresh / FILE).exists()
        self._path = (folder if self.is_finished else self._fresh) / FILE
        if not self.is_finished:
            with on_disk(folder):
                self._fresh.mkdir(mode=0o700, exist_ok=True)
                sync_folder(folder)
        self._writer: Connection = connect(self._path, synchronous="full")
        try:
            if not self.is_finished:
                with translated(self._path):
                    make_log(database(self._writer), log_id)
            self._log = SqliteLog(self._path.parent, readonly=True)
        except BaseException:
            self._writer.close()
            raise

    @property
    def log(self) -> EventLog:
        """What was received so far."""
        return self._log

    def is_at(self, address: str) -> bool:  # noqa: ARG002  the port's
        """No file is at an address."""
        return False

    def missing(self, digests: Collection[str]) -> set[str]:
        """Those of these blobs that are not there."""
        query = "select 1 from blobs where digest = ?"
        with translated(self._path):
            return {each for each in digests if not self._writer.execute(query, (bytes.fromhex(each),)).fetchone()}

    def take(self, events: Sequence[Stored], blobs: Sequence[bytes]) -> None:
        """Store events exactly as they are, and blobs, in one transaction."""
        rows = compressed(blobs)
        with translated(self._path), transaction(self._writer):
            self._writer.executemany(INSERT_BLOB, rows)
            self._writer.executemany(INSERT_EVENT, events)

    def erase(self, events: Sequence[Stored], digests: Sequence[str]) -> None:
        """Erase what was erased elsewhere since it was taken, with zeros over what was there."""
        with translated(self._path), zeroing(self._writer), transaction(self._writer):
            empty(self._writer, events, digests)

    def finish(self) -> None:
        """Give the file its name."""
        if not self.is_finished:
            self.close()
            empty_wal(self._fresh)
            give_to_owner_of(self._folder, self._path)
            with on_disk(self._folder):
                self._path.replace(self._folder / FILE)
                sync_folder(self._fresh)
                sync_folder(self._folder)
            self.is_finished = True
        shutil.rmtree(self._fresh, ignore_errors=True)

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._log.close()
        self._writer.close()
