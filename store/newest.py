"""The newest of a search: articles that match, and changes of them, the last first."""

from datetime import datetime

from .counted import ANY_INDEX, COLUMNS, IN_INDEX, Asked, Hit, ask, hit, is_match, lost
from .matching import holding
from .query import Query
from .tables import Row, Tables, with_lists

MATCHING = """
select articles.position, articles.from_revision, articles.valid_to_position from {tables} where {where}
"""
# What took the place of a revision that matches is a change of it, whether it matches itself or not.
CHANGES = """
with matching as materialized ({matching}), changes (position) as (
  select position from matching where from_revision is not null
  union
  select valid_to_position from matching where valid_to_position is not null
)
select changes.position from changes join revisions on revisions.position = changes.position
where revisions.change_kind <> 'reread' order by changes.position desc limit :limit
"""
ONE = f"select {COLUMNS} from {ANY_INDEX} where articles.position = :position"
# A newer handler that reads a revision otherwise does not make it newer.
ARTICLES = """
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


def newest_changes(tables: Tables, query: Query, *, limit: int, now: datetime) -> list[Hit]:
    """The newest changes of articles that match, or did until then."""
    with tables:
        asked = ask(tables, query, now)
        found = tables.tuples(CHANGES.format(matching=_matching(asked)), limit=limit, **asked.values)
        rows = [row for (position,) in found for row in tables.rows(ONE, position=position)]
        return [
            hit(tables, asked, row) if is_match(tables, asked, row["position"]) else lost(tables, row) for row in rows
        ]


def newest_articles(tables: Tables, query: Query, *, limit: int, now: datetime) -> list[Row]:
    """Articles that match now, whole, those that a newsroom touched last first; ``at`` says when that was."""
    with tables:
        asked = ask(tables, query, now)
        found, _ = holding(query, tables)
        held = f"articles.head_position in ({found})" if found else "true"
        statement = ARTICLES.format(where=f"{held} and ({asked.filters.where})")
        return [with_lists(row) for row in tables.rows(statement, limit=limit, **asked.values)]


def _matching(asked: Asked) -> str:
    """All revisions that match, looked up by their words where there are any."""
    where = asked.filters.where
    if not asked.indexes:
        return MATCHING.format(tables=ANY_INDEX, where=where)
    return " union ".join(
        MATCHING.format(
            tables=IN_INDEX.format(index=index.name),
            where=f"{index.name} match :match_{number} and {index.also} and ({where})",
        )
        for number, index in enumerate(asked.indexes)
    )
