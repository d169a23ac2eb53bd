"""Hits: what newsrooms published that matches a query, in the order of the log, from one position to the next.

A revision counts that was current once. What only a newer handler reads otherwise is no hit, and neither is an old
version that came late: neither says anything new.
"""

from datetime import datetime
from typing import Any, NamedTuple

from .filters import Conditions, conditions
from .query import Query
from .tables import Row, Tables, with_lists

SNIPPET_WORDS = 24
BEGINNING_LETTERS = 160
MARKS = ("[", "]")
MOST_COUNTED = 1000
"""Whether a revision matches for the first time takes 0.3 ms to find out: nobody waits for the count of an archive."""
LEADERS = ("revisions", "search")
"""Views that a hit is read from: what one of them has not seen yet is not there, even where it is paused."""

# Filters of queries speak of articles: here every revision that counted is one. Without the other indexes a range of
# positions leads, and a filter by source does not look at all that the source ever wrote.
COUNTED = """
(
  select *, position as head_position, article_id as id, revision as revision_count, position as last_position,
    valid_from_at as last_seen_at
  from revisions {indexes}
  where valid_to_position is null or valid_to_position > position
) as articles
"""
ANY_INDEX = COUNTED.format(indexes="")
BY_POSITION = COUNTED.format(indexes="not indexed")
NEWSROOM = "articles.change_kind <> 'reread'"
WITHIN = "articles.position > :after and articles.position <= :until"
COLUMNS = """
articles.position, articles.id, articles.revision, articles.from_revision, articles.valid_from_at as at,
articles.change_kind, articles.change_note, articles.salience, articles.is_silent, articles.headline_changed,
articles.numbers_changed, articles.quotes_changed, articles.names_changed, articles.sentences_added,
articles.sentences_removed, articles.sentences_changed, articles.status, articles.embargoed_until, articles.title,
articles.source, articles.published_at, articles.updated_at, articles.first_seen_at, articles.byline, articles.authors,
articles.language, articles.section, articles.keywords, articles.subjects, articles.url, articles.uri, articles.feed,
articles.path, articles.inside, articles.word_count, articles.description
"""
# cross join keeps the order of the tables: the index of words leads, and its range of rows is all that is read.
BY_WORDS = f"""
select {COLUMNS} from revisions_fts cross join {ANY_INDEX} on articles.position = revisions_fts.rowid
where revisions_fts match :match and revisions_fts.rowid > :after and revisions_fts.rowid <= :until
  and {NEWSROOM} and {{where}}
order by revisions_fts.rowid limit :limit
"""
BY_FILTERS = f"""
select {COLUMNS} from {BY_POSITION} where {WITHIN} and {NEWSROOM} and {{where}} order by articles.position limit :limit
"""
HAS_WORDS = """
exists (select 1 from revisions_fts where revisions_fts match :match and revisions_fts.rowid = articles.position)
"""
MATCHES = f"select 1 from {ANY_INDEX} where articles.position = :position and {{where}}"
MATCHED_EARLIER = f"""
select 1 from {ANY_INDEX}
where articles.article_id = :id and articles.position < :position and {NEWSROOM} and {{where}} limit 1
"""
REVISED = f"""
select {COLUMNS}, (
  select before.position from revisions as before
  where before.article_id = articles.article_id and before.valid_to_position = articles.position
    and before.position < articles.position
) as before_position
from {BY_POSITION} where {WITHIN} and {NEWSROOM} and articles.from_revision is not null
order by articles.position
"""
WORDS = f"revisions_fts cross join {ANY_INDEX} on articles.position = revisions_fts.rowid"
# What took the place of a revision that matches is a change of it, whether it matches itself or not.
NEWEST = """
with matching as materialized (
  select articles.position, articles.from_revision, articles.valid_to_position from {tables} where {where}
), changes (position) as (
  select position from matching where from_revision is not null
  union
  select valid_to_position from matching where valid_to_position is not null
)
select changes.position from changes join revisions on revisions.position = changes.position
where revisions.change_kind <> 'reread' order by changes.position desc limit :limit
"""
# A newer handler that reads a revision otherwise does not make it newer.
CURRENT = """
with touched as materialized (
  select articles.id, (
    select max(written.position) from revisions as written
    where written.article_id = articles.id and written.revision = articles.revision
      and written.change_kind <> 'reread'
  ) as position
  from articles where {where}
)
select articles.*, written.valid_from_at as at
from (select * from touched order by position desc limit :limit) as newest
join articles on articles.id = newest.id join revisions as written on written.position = newest.position
order by newest.position desc
"""
WITH_WORDS = "select rowid from revisions_fts where revisions_fts match :match"
ONE = f"select {COLUMNS} from {ANY_INDEX} where articles.position = :position"
SNIPPET = """
select snippet(revisions_fts, 1, :start, :end, '…', :words)
from revisions_fts where revisions_fts match :match and rowid = :position
"""
BEGINNING = f"""
select case when length(text) > {BEGINNING_LETTERS} then substr(text, 1, {BEGINNING_LETTERS}) || '…' else text end
from revisions where position = :position
"""


class Hit(NamedTuple):
    """A revision that matches, by its columns without its text, and a piece of the text with marks around the words.

    ``is_new`` says that no earlier revision of the article matched. ``matches`` is false where the one before did and
    this one does not any more.
    """

    revision: Row
    is_new: bool
    matches: bool
    snippet: str

    @property
    def position(self) -> int:
        """Where its event stands in the log."""
        return int(self.revision["position"])


class Hits(NamedTuple):
    """Hits in the order of the log, and the position up to which there are no others: where to go on."""

    hits: list[Hit]
    until: int


class _Asked(NamedTuple):
    """A query with its filters as a condition on ``articles``, with and without its words."""

    query: Query
    filters: Conditions

    @property
    def where(self) -> str:
        return f"({self.filters.where}) and {HAS_WORDS}" if self.query.match else self.filters.where

    @property
    def values(self) -> dict[str, Any]:
        return self.filters.values | ({"match": self.query.match} if self.query.match else {})


def hits(
    tables: Tables,
    query: Query,
    after: int,
    *,
    limit: int,
    now: datetime,
    with_changes: bool = False,
) -> Hits:
    """What came after a position: articles that newly match, and ``with_changes`` also what became of those that did.

    Where there is more than the limit, ``until`` is before the end, and asking again from there gives the rest:
    whoever goes on so skips nothing and sees nothing twice.
    """
    with tables:
        end = settled(tables)
        if end <= after:
            return Hits([], after)
        asked = _Asked(query, conditions(query.filters, tables, now))
        rows = _matching(tables, asked, after=after, until=end, limit=limit)
        until = rows[-1]["position"] if len(rows) == limit else end
        found = [_hit(tables, asked, row) for row in rows]
        if not with_changes:
            return Hits([hit for hit in found if hit.is_new], until)
        found += _all_lost(tables, asked, {hit.position for hit in found}, after=after, until=until)
        return Hits(sorted(found, key=lambda hit: hit.position), until)


def newest_changes(tables: Tables, query: Query, *, limit: int, now: datetime) -> list[Hit]:
    """The newest changes of articles that match, or did until then; the last first."""
    with tables:
        asked = _Asked(query, conditions(query.filters, tables, now))
        where = f"revisions_fts match :match and ({asked.filters.where})" if query.match else asked.filters.where
        statement = NEWEST.format(tables=WORDS if query.match else ANY_INDEX, where=where)
        found = tables.tuples(statement, limit=limit, **asked.values)
        rows = [row for (position,) in found for row in tables.rows(ONE, position=position)]
        return [
            _hit(tables, asked, row) if _matches(tables, asked, row["position"]) else _lost(tables, row) for row in rows
        ]


def newest_articles(tables: Tables, query: Query, *, limit: int, now: datetime) -> list[Row]:
    """Articles that match now, whole, those that a newsroom touched last first; ``at`` says when that was."""
    with tables:
        asked = _Asked(query, conditions(query.filters, tables, now))
        where = f"articles.head_position in ({WITH_WORDS}) and ({asked.filters.where})" if query.match else asked.where
        return [with_lists(row) for row in tables.rows(CURRENT.format(where=where), limit=limit, **asked.values)]


def count_new(tables: Tables, query: Query, after: int, *, now: datetime) -> int:
    """How many articles match since a position that did not before; of the first MOST_COUNTED revisions that do."""
    with tables:
        asked = _Asked(query, conditions(query.filters, tables, now))
        rows = _matching(tables, asked, after=after, until=settled(tables), limit=MOST_COUNTED)
        return sum(1 for row in rows if _is_new(tables, asked, row))


def settled(tables: Tables) -> int:
    """The position up to which every hit can be found: of the past, or of the views that hits are read from."""
    if tables.as_of is not None:
        return tables.as_of
    statement = "select min(position) from checkpoints where view in (:first, :second)"
    first, second = LEADERS
    return int(tables.tuples(statement, first=first, second=second)[0][0] or 0)


def _matching(tables: Tables, asked: _Asked, *, after: int, until: int, limit: int) -> list[Row]:
    statement = BY_WORDS if asked.query.match else BY_FILTERS
    return list(
        tables.rows(statement.format(where=asked.filters.where), after=after, until=until, limit=limit, **asked.values)
    )


def _hit(tables: Tables, asked: _Asked, row: Row) -> Hit:
    words: dict[str, Any] = {"match": asked.query.match, "words": SNIPPET_WORDS, "start": MARKS[0], "end": MARKS[1]}
    found = tables.tuples(SNIPPET, position=row["position"], **words) if asked.query.match else ()
    snippet = found[0][0] if found else _beginning(tables, row)
    return Hit(with_lists(row), _is_new(tables, asked, row), matches=True, snippet=snippet)


def _lost(tables: Tables, row: Row) -> Hit:
    return Hit(with_lists(row), is_new=False, matches=False, snippet=_beginning(tables, row))


def _beginning(tables: Tables, row: Row) -> str:
    return str(tables.tuples(BEGINNING, position=row["position"])[0][0])


def _is_new(tables: Tables, asked: _Asked, row: Row) -> bool:
    if row["from_revision"] is None:
        return True
    statement = MATCHED_EARLIER.format(where=asked.where)
    return not tables.tuples(statement, id=row["id"], position=row["position"], **asked.values)


def _matches(tables: Tables, asked: _Asked, position: int) -> bool:
    return bool(tables.tuples(MATCHES.format(where=asked.where), position=position, **asked.values))


def _all_lost(tables: Tables, asked: _Asked, matching: set[int], *, after: int, until: int) -> list[Hit]:
    """Revisions that do not match, of articles that did until then."""
    found = []
    for row in tables.rows(REVISED, after=after, until=until):
        before = row.pop("before_position")
        if row["position"] not in matching and before is not None and _matches(tables, asked, before):
            found.append(_lost(tables, row))
    return found
