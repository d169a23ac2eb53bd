"""Cuts a copy of a log, and of what its notary did, back to an earlier position: what came later was never there."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from .guards import lifted
from .merkle import HASH_BYTES, HEIGHT, WIDTH
from .receiver import NAMED
from .sqlite import Connection, sqlite3, transaction, translated
from .whole import on_disk

STEP_EVENTS = 2_000


def cut_log(path: Path, position: int) -> None:
    """Leave the events up to a position, the originals that they name, and no trace of others in the file.

    The rows that stay are the same bytes; the file must be a copy that nobody else has open.
    """
    with _alone(path) as connection:
        with transaction(connection), lifted(connection):
            connection.execute("delete from events where position > ?", (position,))
            connection.execute("update sqlite_sequence set seq = ? where name = 'events'", (position,))
            _keep_named(connection, position)
        # Not in place: that would need as much room wherever temporary files go.
        fresh = path.with_suffix(".cut")
        connection.execute("vacuum into ?", (str(fresh),))
    with on_disk(path.parent):
        fresh.replace(path)


def _keep_named(connection: Connection, position: int) -> None:
    connection.execute("create temp table named (digest blob primary key) without rowid")
    for after in range(0, position, STEP_EVENTS):
        rows = connection.execute("select data from events where position > ? limit ?", (after, STEP_EVENTS))
        digests = {bytes.fromhex(found.decode()) for (data,) in rows.fetchall() for found in NAMED.findall(data)}
        connection.executemany("insert or ignore into named values (?)", [(digest,) for digest in digests])
    connection.execute("delete from blobs where digest not in (select digest from named)")
    connection.execute("drop table named")


def cut_notary(path: Path, size: int) -> None:
    """Leave the tree of the first events and the notes up to there; a smaller tree stays as it is."""
    with _alone(path) as connection, transaction(connection):
        connection.execute("delete from notes where size > ?", (size,))
        levels = connection.execute("select ifnull(max(level), -1) + 1 from tiles").fetchone()[0]
        for level in range(levels):
            number, place = divmod(size >> (level * HEIGHT), WIDTH)
            edge = {"level": level, "number": number, "length": place * HASH_BYTES}
            connection.execute(
                "update tiles set hashes = substr(hashes, 1, :length) where level = :level and number = :number", edge
            )
            connection.execute("delete from tiles where level = :level and number > :number", edge)
        connection.execute("delete from tiles where length(hashes) = 0")


@contextmanager
def _alone(path: Path) -> Iterator[Connection]:
    with translated(path), closing(sqlite3.connect(str(path), isolation_level=None)) as connection:
        # Of a copy that is not whole nobody ever hears.
        connection.execute("pragma synchronous = off")
        connection.execute("pragma journal_mode = off")
        connection.execute("pragma temp_store = memory")
        yield connection
