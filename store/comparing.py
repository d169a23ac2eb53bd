"""What a file of views holds: its rows counted and digested table by table, however many there are."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

import msgspec

from .sqlite import Connection

TICK_ROWS = 1000
DOCSIZE, ORIGIN = "_docsize", "origin"
"""FTS5 keeps lengths in a table of this name; of an index with ``contentless_delete`` also when each was flushed."""


class Contents(NamedTuple):
    """How many rows some tables have, and a SHA-256 over them: equal rows, equal digest."""

    rows: int
    digest: str


class Compared(NamedTuple):
    """A view before and after a rebuild; ``is_equal`` is None where the two could not be compared row by row.

    That is so where its version changed, where it is new, and where one of the two is paused.
    """

    view: str
    version_before: int | None
    version: int
    rows_before: int | None
    rows: int
    is_equal: bool | None


def ignore_tick() -> None:
    """Nobody wants to know that work goes on."""


def digest_of(connection: Connection, tables: Sequence[str], tick: Callable[[], None] = ignore_tick) -> Contents:
    """The contents of tables; ``tick`` is called every now and then."""
    total, count = hashlib.sha256(), 0
    encode = msgspec.json.Encoder().encode
    for table in tables:
        columns = columns_of(connection, table)
        for row in rows_of(connection, table, columns, order=key_of(connection, table) or columns):
            total.update(encode(row))
            count += 1
            if count % TICK_ROWS == 0:
                tick()
    return Contents(count, total.hexdigest())


def is_same(both: tuple[Connection, Connection], tables: Sequence[str], tick: Callable[[], None] = ignore_tick) -> bool:
    """Whether tables hold equal rows in both files; ``tick`` is called every now and then."""
    for table in tables:
        columns = columns_of(both[1], table)
        order = key_of(both[1], table) or columns
        rows = (rows_of(each, table, columns, order=order) for each in both)
        for number, (one, other) in enumerate(zip_longest(*rows), 1):
            if one != other:
                return False
            if number % TICK_ROWS == 0:
                tick()
    return True


def count_of(connection: Connection, tables: Sequence[str]) -> int | None:
    """How many rows these tables have; None where one of them is missing."""
    if not all(has_table(connection, table) for table in tables):
        return None
    return sum(int(connection.execute(f'select count(*) from "{table}"').fetchone()[0]) for table in tables)


def has_table(connection: Connection, table: str) -> bool:
    """Whether the file holds a table, a virtual table or a view of this name."""
    query = "select 1 from sqlite_master where name = ? and type in ('table', 'view')"
    return bool(connection.execute(query, (table,)).fetchone())


def rows_of(
    connection: Connection, table: str, columns: Sequence[str], *, order: Sequence[str]
) -> Iterator[tuple[Any, ...]]:
    """These columns of all rows of a table; in the order of its primary key nothing has to be sorted."""
    named = ", ".join(f'"{column}"' for column in columns)
    ordered = ", ".join(f'"{column}" collate binary' for column in order)
    return iter(connection.execute(f'select {named} from "{table}" order by {ordered}'))


def columns_of(connection: Connection, table: str) -> tuple[str, ...]:
    """The names of a table's columns, in order, but for those that say how it was written and not what it says."""
    names = (column[0] for column in connection.execute(f'select * from "{table}" limit 0').description)
    written = ORIGIN if table.endswith(DOCSIZE) else ""
    return tuple(name for name in names if name != written)


def key_of(connection: Connection, table: str) -> tuple[str, ...]:
    """The columns of a table's primary key, in order; none where it has none."""
    query = "select name from pragma_table_info(?) where pk > 0 order by pk"
    return tuple(name for (name,) in connection.execute(query, (table,)))
