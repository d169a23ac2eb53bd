"""A connection for writing that is given up when the disk fails it, and opened anew for whoever writes next."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from .errors import StorageFailed
from .sqlite import Connection, sqlite3, transaction, translated


class Handle:
    """A database open for writing; one thread at a time uses it.

    Nothing is asked of a connection again that the disk has failed once: what was refused is written anew through a
    fresh one, on pages that were forgotten first (doubt.py). SQLite itself writes again whatever it did not see synced:
    a transaction from its first frame in the WAL on, a checkpoint from its first page on. Readers stay: so the index
    of the WAL stays, and a transaction that was refused does not come to life. And so the main file may keep its
    handle: to close it would take away the locks of those who read it (fcntl(2)).
    """

    def __init__(self, path: Path, opened: Callable[[], Connection]) -> None:
        """Open it by ``opened``, which is called again after each failure of the disk."""
        self._path = path
        self._opened = opened
        self._connection: Connection | None = None
        self._users = 0
        self._has_failed = False
        with self.used():
            """What is wrong with it is known at once."""

    @contextmanager
    def used(self) -> Iterator[Connection]:
        """The connection for a block, whose errors about the file are turned into ours.

        Raises:
            StorageFailed: the disk refused, or the file cannot be opened yet.
        """
        self._users += 1
        try:
            with translated(self._path):
                if self._connection is None:
                    self._connection = self._opened()
                yield self._connection
        except StorageFailed:
            self._has_failed = True
            raise
        finally:
            self._users -= 1
            if self._has_failed and not self._users:
                self.close()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The same in one write transaction: committed at its end, rolled back on any error."""
        with self.used() as connection, transaction(connection):
            yield connection

    def close(self) -> None:
        """Close the connection; who asks for it next gets a new one."""
        connection, self._connection, self._has_failed = self._connection, None, False
        if connection is not None:
            # What cannot be brought over at the end stays in the WAL, for the next one who opens it.
            with suppress(sqlite3.Error):
                connection.close()
