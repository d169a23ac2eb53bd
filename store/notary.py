"""The notary: it follows the log, keeps its Merkle tree in ``<store>/notary.db`` and signs how far it has come.

The log is the truth and the tree can be computed from it at any time; a note that was signed binds the log for ever.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from .check_proof import Checkpoint
from .errors import LogDiverged, NoSuchStore, NotProven, StoreUnsafe
from .keys import STREAM, checkpoint_of, key_at, keys_of
from .leaf import leaf
from .log import EventLog
from .merkle import HASH_BYTES, WIDTH, Tree, grown
from .notes import Signer, origin_of
from .sqlite import Connection, connect, connect_readonly, transaction, translated
from .whole import write_whole

FILE = "notary.db"
CHECKPOINT = "checkpoint"
"""The newest note as text, for whoever wants to copy it away."""

VERSION = "1"
PAGE_EVENTS = 100
"""So many events are held at once: each may have a megabyte."""
STEP_EVENTS = 5_000
"""So many go into one transaction."""

SCHEMA = (
    "create table notary (name text primary key, value text not null) strict",
    """
    create table tiles ( -- c2sp.org/tlog-tiles: up to 256 hashes of 32 bytes side by side
      level integer not null,
      number integer not null,
      hashes blob not null,
      primary key (level, number)
    ) strict
    """,
    "create table notes (size integer primary key, note text not null, signed_at real not null) strict",
)


class Notarised:
    """What a notary has done, for reading beside it: the tree, how far it goes, the notes."""

    def __init__(self, path: Path, connection: Connection) -> None:
        self._path = path
        self._connection = connection
        self.tree = Tree(self.tile)

    @property
    def log_id(self) -> str:
        """The log whose tree this is; StoreUnsafe where the file does not say so any more."""
        row = self._row("select value from notary where name = 'log_id'")
        if not row:
            raise StoreUnsafe(f"{self._path} is damaged, it names no log: delete it, and `presslog run` makes it anew")
        return str(row[0])

    @property
    def size(self) -> int:
        """How many events are in the tree."""
        row = self._row("select number, length(hashes) from tiles where level = 0 order by number desc limit 1")
        return int(row[0] * WIDTH + row[1] // HASH_BYTES) if row else 0

    def latest(self) -> str | None:
        """The note of the largest size; None where nothing was signed yet."""
        row = self._row("select note from notes order by size desc limit 1")
        return str(row[0]) if row else None

    def checkpoints(self, after: int = 0) -> Iterator[str]:
        """The notes of sizes above ``after``, in order."""
        while row := self._row("select size, note from notes where size > ? order by size limit 1", after):
            after = row[0]
            yield str(row[1])

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._connection.close()

    def tile(self, level: int, number: int) -> bytes:
        """The hashes of a tile: 256 of 32 bytes, fewer or none at the right edge."""
        row = self._row("select hashes from tiles where level = ? and number = ?", level, number)
        return bytes(row[0]) if row else b""

    def _row(self, statement: str, *values: int) -> tuple[int, ...] | tuple[()]:
        with translated(self._path):
            return self._connection.execute(statement, values).fetchone() or ()


def notarised(folder: Path) -> Notarised:
    """Open what the notary of a store has done, for reading.

    Raises:
        NoSuchStore: there was no notary yet.
    """
    path = folder / FILE
    if not path.exists():
        raise NoSuchStore(f"nothing is signed in {folder} yet: `presslog run` does it")
    connection = connect_readonly(path)
    if not _is_made(connection):
        connection.close()
        raise NoSuchStore(f"{path} is not finished: run `presslog run` once")
    return Notarised(path, connection)


class Notary(Notarised):
    """The one that writes; whoever writes the log makes it, in the same process."""

    def __init__(self, folder: Path, log: EventLog, signer: Signer, *, now: Callable[[], float] = time.time) -> None:
        """Open or make the tree, and see that it is the tree of this log.

        Raises:
            LogDiverged: the log is another one than the one that was signed, or shorter.
            StoreUnsafe: a newer presslog wrote the tree.
        """
        path = folder / FILE
        connection = connect(path, synchronous="full")
        super().__init__(path, connection)
        self._log = log
        self._signer = signer
        self._now = now
        self._text = folder / CHECKPOINT
        self._keys = keys_of(log)
        self._kept = ""
        try:
            with translated(path), transaction(connection):
                _make(connection, log.log_id)
            self._refuse_another_log()
            self._note, self._signed = self._newest()
            self._refuse_fork()
        except BaseException:
            self.close()
            raise

    def advance(self) -> int:
        """Take the next events, at most STEP_EVENTS, into the tree in one transaction, and say how many they were.

        Raises:
            StoreUnsafe: a position is missing in the log.
        """
        size = self.size
        leaves = self._leaves(size, size + STEP_EVENTS)
        if leaves:
            tiles = grown(self.tile, size, leaves)
            rows = [(level, number, hashes) for (level, number), hashes in tiles.items()]
            with translated(self._path), transaction(self._connection):
                self._connection.executemany("insert or replace into tiles values (?, ?, ?)", rows)
        return len(leaves)

    def sign(self) -> str | None:
        """The note of everything in the tree, durable before anybody can see it; None while there is nothing to sign.

        Raises:
            LogDiverged: the tree does not go on from the last note.
            StoreUnsafe: the log names another key by now.
        """
        size, signed = self.size, self._signed.size if self._signed else 0
        if size > 0 and size >= signed:
            self._refuse_fork()
            if size > signed and self._may_sign(size):
                self._signed = Checkpoint(origin_of(self._log.log_id), size, self.tree.root(size))
                self._note = self._signer.sign(self._signed)
            self._keep()
        return self.latest()

    def _keep(self) -> None:
        """Have the newest note stand in both places, also after one of them was lost or could not be written."""
        if self._signed and self._note != self._kept:
            row = (self._signed.size, self._note, self._now())
            with translated(self._path), transaction(self._connection):
                self._connection.execute("insert or ignore into notes values (?, ?, ?)", row)
            write_whole(self._text, self._note.encode())
            self._kept = self._note

    def _may_sign(self, size: int) -> bool:
        """Whether our key counts at this size; one that is recorded further on has to wait."""
        newest = self._log.last(STREAM)
        if newest and (not self._keys or newest.position != self._keys[-1].position):
            self._keys = keys_of(self._log)
        current = key_at(self._keys, size)
        if current and current.verifier == self._signer.vkey:
            return True
        if any(key.position > size and key.verifier == self._signer.vkey for key in self._keys):
            return False
        raise StoreUnsafe("the log names another key than the one that signs here: start again")

    def _refuse_another_log(self) -> None:
        if self.log_id != self._log.log_id:
            raise self._diverged(f"belongs to the log {self.log_id}, not to {self._log.log_id}")
        size, head = self.size, self._log.head()
        if head < size:
            raise self._diverged(f"knows {size} events, the log holds {head}")
        number = max(0, size - 1) // WIDTH
        known = self.tile(0, number)
        for place, found in enumerate(self._leaves(number * WIDTH, size)):
            if found != known[place * HASH_BYTES : (place + 1) * HASH_BYTES]:
                raise self._diverged(f"knows another event {number * WIDTH + place + 1} than the log")

    def _leaves(self, after: int, last: int) -> list[bytes]:
        leaves: list[bytes] = []
        while page := self._log.read(after, min(PAGE_EVENTS, last - after)):
            expected = range(after + 1, after + 1 + len(page))
            if page[-1].position != expected[-1]:
                found = {event.position for event in page}
                missing = next(position for position in expected if position not in found)
                raise StoreUnsafe(f"event {missing} is missing in the log: restore it from a backup")
            leaves += map(leaf, page)
            after = expected[-1]
        return leaves

    def _newest(self) -> tuple[str, Checkpoint | None]:
        """What was signed last: in this file, or, where this file was lost, in the text beside it."""
        newest: tuple[str, Checkpoint | None] = ("", None)
        for note in (self.latest() or "", _text(self._text)):
            with suppress(NotProven):  # whoever can write nonsense there could delete it as well
                checkpoint = checkpoint_of(note, self._keys)
                if newest[1] is None or newest[1].size < checkpoint.size:
                    newest = (note, checkpoint)
        if newest[1] and newest[1].size > self._log.head():
            raise self._diverged(f"signed {newest[1].size} events, the log holds {self._log.head()}")
        return newest

    def _refuse_fork(self) -> None:
        signed = self._signed
        if signed and self.size >= signed.size and self.tree.root(signed.size) != signed.root:
            raise self._diverged(f"does not hold what was signed as the first {signed.size} events")

    def _diverged(self, what: str) -> LogDiverged:
        return LogDiverged(
            f"{self._path} {what}: bring back the log that was signed; where this one is meant, put notary.db and "
            f"{CHECKPOINT} aside, and whoever holds a checkpoint will see that the log was replaced"
        )


def _make(connection: Connection, log_id: str) -> None:
    """Make the tables where there are none."""
    if _is_made(connection):
        version = connection.execute("select value from notary where name = 'version'").fetchone()[0]
        if version != VERSION:
            raise StoreUnsafe(f"notary.db has format {version}: a newer presslog wrote it, upgrade this one")
        return
    for statement in SCHEMA:
        connection.execute(statement)
    connection.executemany("insert into notary values (?, ?)", [("log_id", log_id), ("version", VERSION)])


def _is_made(connection: Connection) -> bool:
    return bool(connection.execute("select 1 from sqlite_master where name = 'notary'").fetchone())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return ""
