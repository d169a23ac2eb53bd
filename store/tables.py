"""views.db open for reading: statements in, rows as dictionaries out, errors with their remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from .errors import NoSuchStore, StoreUnsafe
from .names import LINK
from .sqlite import connect_readonly, sqlite3, translated

LISTS = ("authors", "keywords", "subjects", "tail")
"""Columns of articles that hold JSON."""

Row = dict[str, Any]
"""A row by the names of its columns; values are str, int, float, None, or lists where a column holds JSON."""


class Tables:
    """The serving generation of a store's views, as it was when this was opened."""

    def __init__(self, folder: Path) -> None:
        """Open the views of a store.

        Raises:
            NoSuchStore: there is no store, or its views are not built yet.
        """
        self.path = folder / LINK
        if not self.path.exists():
            raise _missing(folder)
        self._connection = connect_readonly(self.path)

    def rows(self, statement: str, **values: Any) -> Iterator[Row]:
        """The rows of a statement, fetched as they are asked for."""
        with self._explained():
            cursor = self._connection.execute(statement, values)
            names = [column[0] for column in cursor.description]
            for row in cursor:
                yield dict(zip(names, row, strict=True))

    def row(self, statement: str, **values: Any) -> Row | None:
        """The first row of a statement."""
        return next(self.rows(statement, **values), None)

    def tuples(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        """All rows of a statement, without names."""
        with self._explained():
            return list(self._connection.execute(statement, values))

    def __enter__(self) -> "Tables":
        """Hold one state of the tables for the block, however many statements it takes."""
        self._connection.execute("begin")
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.execute("rollback")

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            with translated(self.path):
                yield
        except sqlite3.OperationalError as error:
            raise StoreUnsafe(
                f"{self.path} was made by another version of presslog ({error}): run `presslog views rebuild`"
            ) from error


def with_lists(row: Row) -> Row:
    """The same row with its columns that hold JSON as lists."""
    return row | {name: msgspec.json.decode(row[name]) for name in LISTS if name in row}


def _missing(folder: Path) -> NoSuchStore:
    if (folder / "log.db").exists():
        return NoSuchStore(
            f"the views of {folder} are not built yet: start `presslog run`, or `presslog views rebuild`"
        )
    return NoSuchStore(
        f"there is no store in {folder}: start with `presslog init` and `presslog run`, or name it: --store DIR"
    )
