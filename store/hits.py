"""Hits: what newsrooms published that matches a query, in the order of the log, from one position to the next.

A revision counts that was current once. What only a newer handler reads otherwise is no hit, and neither is an old
version that came late: neither says anything new.
"""

from datetime import datetime
from typing import NamedTuple

from .counted import BY_POSITION, COLUMNS, IN_INDEX, NEWSROOM, Asked, Hit, ask, hit, is_match, is_new, lost
from .query import Query
from .tables import Row, Tables

MOST_COUNTED = 1000
"""Whether a revision matches for the first time takes 0.3 ms to find out: nobody waits for the count of an archive."""

LEADERS = ("revisions", "search")
"""Views that a hit is read from: what one of them has not seen yet is not there, even where it is paused."""

WITHIN = "articles.position > :after and articles.position <= :until"
# The range of rows is all that is read of the index.
BY_WORDS = f"""
select {{columns}} from {IN_INDEX}
where {{index}} match :match and {{also}} and {{index}}.rowid > :after and {{index}}.rowid <= :until
  and {NEWSROOM} and {{where}}
order by {{index}}.rowid limit :limit
"""
BY_FILTERS = f"""
select {{columns}} from {BY_POSITION} where {WITHIN} and {NEWSROOM} and {{where}}
order by articles.position limit :limit
"""
IDENTITY = "articles.position, articles.id, articles.from_revision"
REVISED = f"""
select {COLUMNS}, (
  select before.position from revisions as before
  where before.article_id = articles.article_id and before.valid_to_position = articles.position
    and before.position < articles.position
) as before_position
from {BY_POSITION} where {WITHIN} and {NEWSROOM} and articles.from_revision is not null
order by articles.position
"""


class Hits(NamedTuple):
    """Hits in the order of the log, and the position up to which there are no others: where to go on."""

    hits: list[Hit]
    until: int


def hits(tables: Tables, query: Query, after: int, *, limit: int, now: datetime, with_changes: bool = False) -> Hits:
    """What came after a position: articles that newly match, and ``with_changes`` also what became of those that did.

    Where there is more than the limit, ``until`` is before the end, and asking again from there gives the rest:
    whoever goes on so skips nothing and sees nothing twice.
    """
    with tables:
        end = settled(tables)
        if end <= after:
            return Hits([], after)
        asked = ask(tables, query, now)
        rows = _matching(tables, asked, after=after, until=end, limit=limit)
        until = rows[-1]["position"] if len(rows) == limit else end
        found = [hit(tables, asked, row) for row in rows]
        if not with_changes:
            return Hits([each for each in found if each.is_new], until)
        found += _all_lost(tables, asked, {each.position for each in found}, after=after, until=until)
        return Hits(sorted(found, key=lambda each: each.position), until)


def count_new(tables: Tables, query: Query, after: int, *, now: datetime) -> int:
    """How many articles match since a position that did not before; of the first MOST_COUNTED revisions that do."""
    with tables:
        asked = ask(tables, query, now)
        rows = _matching(tables, asked, after=after, until=settled(tables), limit=MOST_COUNTED, columns=IDENTITY)
        return sum(1 for row in rows if is_new(tables, asked, row))


def settled(tables: Tables) -> int:
    """The position up to which every hit can be found: of the past, or of the views that hits are read from."""
    if tables.as_of is not None:
        return tables.as_of
    statement = "select min(position) from checkpoints where view in (:first, :second)"
    first, second = LEADERS
    return int(tables.tuples(statement, first=first, second=second)[0][0] or 0)


def _matching(tables: Tables, asked: Asked, *, after: int, until: int, limit: int, columns: str = COLUMNS) -> list[Row]:
    values = asked.filters.values | {"after": after, "until": until, "limit": limit}
    where = asked.filters.where
    if not asked.indexes:
        return list(tables.rows(BY_FILTERS.format(columns=columns, where=where), **values))
    rows: list[Row] = []
    for index in asked.indexes:
        statement = BY_WORDS.format(columns=columns, index=index.name, also=index.also, where=where)
        rows += tables.rows(statement, match=index.match, **values)
    return sorted(rows, key=lambda row: int(row["position"]))[:limit]


def _all_lost(tables: Tables, asked: Asked, matching: set[int], *, after: int, until: int) -> list[Hit]:
    """Revisions that do not match, of articles that did until then."""
    found = []
    for row in tables.rows(REVISED, after=after, until=until):
        before = row.pop("before_position")
        if row["position"] not in matching and before is not None and is_match(tables, asked, before):
            found.append(lost(tables, row))
    return found
