"""views.db open for reading: statements in, rows as dictionaries out, errors with their remedy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from .errors import NoSuchStore, StoreUnsafe
from .insight import attach_insight, hide_insight, insight_reached
from .names import LINK
from .past import Past, hide, position_of, reached
from .sqlite import connect_readonly, sqlite3, translated

LISTS = ("authors", "keywords", "subjects", "tail")
"""Columns of articles that hold JSON."""

MAPPED_BYTES = 1 << 40
"""All of it. Measured at 100,000 articles: a search that looks up 3,000 of them takes 11 ms instead of 18.

Only a file that shrinks under its reader is a danger, and a generation of the views never does.
"""
NO_END = (1 << 63) - 1
"""A position after all others."""

Row = dict[str, Any]
"""A row by the names of its columns; values are str, int, float, None, or lists where a column holds JSON."""


class Tables:
    """The serving generation of a store's views, as it was when this was opened.

    ``as_of`` is the position in the past that it answers as of, None for now; ``every_revision`` says that each
    revision counts as an article, ``with_insight`` that tables of what articles say stand beside them, as ``insight``.
    """

    def __init__(
        self, folder: Path, past: Past | None = None, *, every_revision: bool = False, with_insight: bool = False
    ) -> None:
        """Open the views of a store; with ``every_revision`` each revision counts as an article.

        Raises:
            NoSuchStore: there is no store, or its views are not built yet.
            BadQuery: the views have not come so far as ``past``.
        """
        self.path = folder / LINK
        if not self.path.exists():
            raise _missing(folder)
        self._connection = connect_readonly(self.path)
        self._connection.execute(f"pragma mmap_size = {MAPPED_BYTES}")
        self.as_of: int | None = None
        self.every_revision = every_revision
        self.with_insight = with_insight
        if with_insight:
            attach_insight(self._connection, folder)
        if past or every_revision:
            self._hide(past, every_revision=every_revision)

    def _hide(self, past: Past | None, *, every_revision: bool) -> None:
        with self._explained():
            self.as_of = position_of(self._connection, past) if past else None
            after = NO_END if self.as_of is None else self.as_of
            hide(self._connection, after=after, every_revision=every_revision)
            if self.with_insight and self.as_of is not None:
                hide_insight(self._connection, after=after)

    def reached(self) -> int:
        """The position that answers are as of: that of the past, else what every live view has; 0 where none lives."""
        if self.as_of is not None:
            return self.as_of
        with self._explained():
            both = reached(self._connection)
            return min(both, insight_reached(self._connection)) if self.with_insight else both

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
    from .opening import has_log

    if has_log(folder):
        return NoSuchStore(
            f"the views of {folder} are not built yet: start `presslog run`, or `presslog views rebuild`"
        )
    return NoSuchStore(
        f"there is no store in {folder}: start with `presslog init` and `presslog run`, or name it: --store DIR"
    )
