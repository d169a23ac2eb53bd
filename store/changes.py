"""What the newsrooms changed, and when presslog recorded it: counts and lists out of the view ``changes``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .filters import conditions
from .matching import holding
from .query import parse
from .tables import Row, Tables
from .when import moment

KINDS = ("first", "update", "writethru", "correction", "withdrawal", "reread")
NO_TIME = "~"
"""Sorts after all times."""
BY_NEWSROOMS = KINDS[:-1]
"""What we read anew is no change of a newsroom."""
ORDERS = {
    "salience": "changes.salience desc, changes.position desc",
    "time": "changes.position desc",
    "log": "changes.position",
}
REVERSED = {"salience": "changes.salience, changes.position", "time": ORDERS["log"], "log": ORDERS["time"]}

# Revisions stand under the name that the filters of the query language know, with its columns.
FILTERED = """
changes join (select *, position as head_position from revisions) as articles on articles.position = changes.position
"""
# The clock of a host can be set back: a span begins with the first position that has such a time. With the plus the
# index on the time is walked, and not the table from its beginning.
FIRST = "select min(+position) - 1 from revisions where valid_from_at >= :at"
LAST = "select max(+position) from revisions where valid_from_at <= :at"
RANGE = """
changes.position > :after and changes.position <= :last and changes.at >= :since and changes.at <= :until
"""
COUNTS = """
select changes.change_kind, changes.source, count(*), sum(changes.is_silent),
  sum(changes.headline_changed > 0),
  sum(changes.headline_changed = 0 and changes.numbers_changed > 0),
  sum(changes.headline_changed = 0 and changes.numbers_changed = 0 and changes.quotes_changed > 0),
  sum(changes.headline_changed = 0 and changes.numbers_changed = 0 and changes.quotes_changed = 0
    and changes.names_changed > 0)
from {tables}
where {where}
group by 1, 2
"""
"""A change counts once, under the most telling of what it changed."""
LISTED = "select changes.* from {tables} where {where} and {kinds} order by {order} limit :limit"
OF_KINDS = """
(changes.change_kind in (select value from json_each(:kinds))
  or changes.change_kind <> 'reread' and changes.is_silent and :with_silent)
"""
FAILED = """
select count(*) from failures
where resolved_at is null and last_position > :cursor and last_position <= :known
  and failed_at >= :since and failed_at <= :until
"""


class Span(NamedTuple):
    """Changes after one position up to another, and between two times of UTC.

    ``cursor`` is the position that was asked for, ``known`` what the archive holds.
    """

    after: int
    last: int
    since: str
    until: str
    cursor: int
    known: int


class Counts(NamedTuple):
    """How many changes there were of which kind, and which new articles came from where, the largest source first.

    ``told`` is what revisions changed most tellingly: headline, numbers, quotes, names, wording. ``silent`` are among
    the revised.
    """

    new: int
    by_source: list[tuple[str, int]]
    revised: int
    told: dict[str, int]
    corrected: int
    withdrawn: int
    silent: int
    reread: int
    failed: int


class Asked(NamedTuple):
    """Changes of a span that a query finds: tables, condition and the values of both."""

    span: Span
    tables: str
    where: str
    values: dict[str, Any]


class Which(NamedTuple):
    """Of these kinds, or silent where that is asked too; in one of ORDERS, at most so many."""

    kinds: Sequence[str] = BY_NEWSROOMS
    with_silent: bool = False
    order: str = "salience"
    is_reversed: bool = False
    limit: int = 20


def span(tables: Tables, now: datetime, *, since: str = "", until: str = "", after: int = 0) -> Span:
    """The span that people mean by times and by a position, which both count where both are given.

    Raises:
        BadQuery: a time cannot be read.
    """
    from_at = moment(since, now) if since else ""
    until_at = moment(until, now, is_end=True) if until else NO_TIME
    known = tables.reached()
    first = _position(tables, FIRST, from_at, known) if since else 0
    last = _position(tables, LAST, until_at, 0) if until else known
    return Span(max(after, first), min(last, known), from_at, until_at, after, known)


def _position(tables: Tables, statement: str, at: str, otherwise: int) -> int:
    found = tables.tuples(statement, at=at)[0][0]
    return otherwise if found is None else int(found)


def asked(tables: Tables, text: str, within: Span, now: datetime) -> Asked:
    """Changes of a span for a query: its filters and words are those of the newer revision.

    Raises:
        BadQuery: the query cannot be understood.
    """
    values = {name: getattr(within, name) for name in ("after", "last", "since", "until")}
    if not text.strip():
        return Asked(within, "changes", RANGE, values)
    query = parse(text)
    where, bound = conditions(query.filters, tables, now)
    found, words = holding(query, tables, within="rowid > :after and rowid <= :last")
    held = f"and changes.position in ({found})" if found else ""
    return Asked(within, FILTERED, f"{RANGE} and {where} {held}", values | bound | words)


def counts(tables: Tables, what: Asked) -> Counts:
    """How many changes there were; files that failed meanwhile and still do are counted whatever is asked."""
    rows = tables.tuples(COUNTS.format(tables=what.tables, where=what.where), **what.values)
    by_kind = {kind: [row for row in rows if row[0] == kind] for kind in KINDS}
    new = sorted(((source, count) for _, source, count, *_ in by_kind["first"]), key=lambda pair: (-pair[1], pair[0]))
    revised = by_kind["update"] + by_kind["writethru"]
    told = dict(zip(("headline", "numbers", "quotes", "names"), _sums(revised, 4), strict=True))
    total = _total(revised)
    return Counts(
        new=_total(by_kind["first"]),
        by_source=new,
        revised=total,
        told=told | {"wording": total - sum(told.values())},
        corrected=_total(by_kind["correction"]),
        withdrawn=_total(by_kind["withdrawal"]),
        silent=sum(row[3] for row in rows if row[0] in BY_NEWSROOMS),
        reread=_total(by_kind["reread"]),
        failed=_failed(tables, what.span),
    )


def _failed(tables: Tables, span: Span) -> int:
    values = {name: getattr(span, name) for name in ("cursor", "known", "since", "until")}
    return int(tables.tuples(FAILED, **values)[0][0])


def _total(rows: Sequence[tuple[Any, ...]]) -> int:
    return sum(row[2] for row in rows)


def _sums(rows: Sequence[tuple[Any, ...]], first: int) -> list[int]:
    return [sum(row[number] for row in rows) for number in range(first, first + 4)]


def listed(tables: Tables, what: Asked, which: Which) -> list[Row]:
    """The rows of the view ``changes``, whole."""
    order = (REVERSED if which.is_reversed else ORDERS)[which.order]
    statement = LISTED.format(tables=what.tables, where=what.where, kinds=OF_KINDS, order=order)
    kinds = msgspec.json.encode(list(which.kinds)).decode()
    values = what.values | {"kinds": kinds, "with_silent": which.with_silent, "limit": which.limit}
    return list(tables.rows(statement, **values))
