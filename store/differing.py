"""Two files of views side by side: which rows one has and the other has not, and which differ, read as streams."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from .comparing import columns_of, has_table, ignore_tick, key_of, rows_of
from .sqlite import Connection

MOST_LETTERS = 60
LONG_LETTERS = 300
"""A longer text is not shown, only its length."""
TICK_ROWS = 1000

Row = tuple[Any, ...]


class ChangedValue(NamedTuple):
    """A column of one row, before and after, as it is shown."""

    column: str
    before: str
    after: str


class Example(NamedTuple):
    """A row that was ``added``, ``removed`` or ``changed``, by its key, with what changed in it."""

    kind: str
    key: str
    values: tuple[ChangedValue, ...] = ()


class TableChange(NamedTuple):
    """What became of a table: numbers of rows, a few examples, and columns that only one of the two has."""

    view: str
    table: str
    before: int
    after: int
    added: int
    removed: int
    changed: int
    columns: tuple[str, ...]
    examples: tuple[Example, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is different."""
        return not (self.added or self.removed or self.changed or self.columns)


class Shape(NamedTuple):
    """How rows are read on both sides: these columns, in the order of those at the places ``key``."""

    columns: tuple[str, ...]
    key: tuple[int, ...]

    def key_of(self, row: Row) -> tuple[tuple[int, Any], ...]:
        """What rows are compared by, in the order that SQLite has: nothing, numbers, text, bytes."""
        return tuple(_ranked(row[place]) for place in self.key)


def table_change(
    both: tuple[Connection, Connection],
    view: str,
    table: str,
    *,
    most_examples: int,
    tick: Callable[[], None] = ignore_tick,
) -> TableChange:
    """Compare a table of two files by its primary key; by whole rows, where it has none or not the same."""
    columns = [columns_of(each, table) if has_table(each, table) else () for each in both]
    shape = _shape(columns[0], columns[1], key_of(both[1], table))
    counts = dict.fromkeys(("added", "removed", "changed", "same"), 0)
    found: list[Example] = []
    pairs = _pairs(_rows(both[0], table, shape), _rows(both[1], table, shape), shape)
    for number, (before, after) in enumerate(pairs, 1):
        kind = _kind(before, after)
        counts[kind] += 1
        if kind != "same" and len(found) < most_examples:
            found.append(_example(kind, before, after, shape))
        if number % TICK_ROWS == 0:
            tick()
    kept = counts.pop("same") + counts["changed"]
    rows = (kept + counts["removed"], kept + counts["added"])
    return TableChange(view, table, *rows, **counts, columns=_column_changes(*columns), examples=tuple(found))


def _shape(before: Sequence[str], after: Sequence[str], key: Sequence[str]) -> Shape:
    columns = tuple(column for column in after if column in before) if before and after else tuple(after or before)
    has_key = bool(key) and set(key) <= set(columns)
    return Shape(columns, tuple(columns.index(each) for each in (key if has_key else columns)))


def _rows(connection: Connection, table: str, shape: Shape) -> Iterator[Row]:
    if not has_table(connection, table):
        return iter(())
    return rows_of(connection, table, shape.columns, order=[shape.columns[place] for place in shape.key])


def _pairs(before: Iterator[Row], after: Iterator[Row], shape: Shape) -> Iterator[tuple[Row | None, Row | None]]:
    """The rows of two streams side by side, those of equal keys together."""
    was, now = next(before, None), next(after, None)
    while was is not None or now is not None:
        order = _order(was, now, shape)
        yield was if order <= 0 else None, now if order >= 0 else None
        was = next(before, None) if order <= 0 else was
        now = next(after, None) if order >= 0 else now


def _order(was: Row | None, now: Row | None, shape: Shape) -> int:
    if was is None or now is None:
        return 1 if was is None else -1
    before, after = shape.key_of(was), shape.key_of(now)
    return (before > after) - (before < after)


def _ranked(value: Any) -> tuple[int, Any]:
    if value is None:
        return 0, 0
    return (1, value) if isinstance(value, int | float) else (2 if isinstance(value, str) else 3, value)


def _kind(before: Row | None, after: Row | None) -> str:
    if before is None or after is None:
        return "added" if before is None else "removed"
    return "same" if before == after else "changed"


def _example(kind: str, before: Row | None, after: Row | None, shape: Shape) -> Example:
    row = before or after or ()
    key = " ".join(_shown(row[place]) for place in shape.key)
    if before is None or after is None:
        return Example(kind, _cut(key))
    changed = [place for place in range(len(row)) if before[place] != after[place]]
    values = [ChangedValue(shape.columns[place], _shown(before[place]), _shown(after[place])) for place in changed]
    return Example(kind, _cut(key), tuple(values))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bytes):
        return f"{len(value)} bytes"
    text = str(value)
    return f"text of {len(text)} letters" if len(text) > LONG_LETTERS else _cut(text)


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"


def _column_changes(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """Columns with a plus or a minus, where both sides have the table.

    >>> _column_changes(["id", "kind"], ["id", "lead"])
    ('+lead', '-kind')
    """
    if not before or not after:
        return ()
    added = [f"+{column}" for column in after if column not in before]
    return (*added, *(f"-{column}" for column in before if column not in after))
