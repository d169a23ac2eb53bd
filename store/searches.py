"""Saved searches: queries under a name that people gave them, out of the view `searches`."""

import re
from typing import NamedTuple

from .errors import BadQuery, NotFound
from .names import bindable
from .tables import Tables

_NAME = re.compile(r"[a-z0-9_-]{1,64}")


class Saved(NamedTuple):
    """A query under a name; the positions are those of the events that saved it first and last."""

    name: str
    query: str
    saved_at: str
    first_position: int
    last_position: int


def is_name(text: str) -> bool:
    """Whether a search can be called so: lower-case letters, digits, - and _, at most 64.

    >>> is_name("floods-2022"), is_name("source:Reuters")
    (True, False)
    """
    return _NAME.fullmatch(text) is not None


def checked_name(text: str) -> str:
    """The same text, where it can be a name.

    Raises:
        BadQuery: it cannot.
    """
    if is_name(text):
        return text
    raise BadQuery(f"a search cannot be called {text[:80]!r}: use lower-case letters, digits, - and _, at most 64")


def saved_searches(tables: Tables) -> list[Saved]:
    """All saved searches, by name."""
    statement = "select name, query, saved_at, first_position, last_position from searches order by name"
    return [Saved._make(row) for row in tables.tuples(statement)]


def find_saved(tables: Tables, name: str) -> Saved | None:
    """The search of that name; None where there is none."""
    statement = "select name, query, saved_at, first_position, last_position from searches where name = :name"
    return next((Saved._make(row) for row in tables.tuples(statement, name=bindable(name))), None)


def saved_search(tables: Tables, name: str) -> Saved:
    """The search of that name.

    Raises:
        NotFound: there is none; the message lists those that there are.
    """
    found = find_saved(tables, name)
    if found is None:
        known = ", ".join(each.name for each in saved_searches(tables))
        there_are = f"there are {known}" if known else "none is saved yet: `presslog search QUERY --save NAME`"
        raise NotFound(f"no search is saved as {name[:80]!r}: {there_are}")
    return found
