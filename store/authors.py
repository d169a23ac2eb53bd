"""Who writes: the people in bylines, with how much they wrote, when and for whom."""

from datetime import datetime

import msgspec

from .asking import matching
from .filters import SEEN
from .tables import Row, Tables

DAY = f"substr({SEEN}, 1, 10)"
AUTHORS = f"""
select
  authors.id, authors.name,
  count(distinct articles.id) as article_count,
  min({DAY}) as first_day,
  max({DAY}) as last_day,
  json_group_array(distinct coalesce(outlets.name, articles.source)) filter (where articles.source > '') as sources,
  json_group_array(distinct role) as roles
from articles
  join revision_authors on revision_authors.position = articles.head_position
  join authors on authors.id = author_id
  left join outlets on outlets.id = articles.source_id
where {{where}}
group by authors.id
order by article_count desc, authors.id
limit :limit
"""
LISTS = ("sources", "roles")


def authors(
    tables: Tables, text: str, now: datetime, *, since: str = "", until: str = "", limit: int = 20
) -> list[Row]:
    """Who is credited in the current articles that match, who wrote most first; all where nothing is asked.

    ``first_day`` and ``last_day`` are those of their articles, as the publishers say; ``roles`` how they are credited.

    Raises:
        BadQuery: the query cannot be understood.
    """
    where, values = matching(tables, text, now, since=since, until=until)
    rows = tables.rows(AUTHORS.format(where=where), **values, limit=limit)
    return [row | {name: sorted(msgspec.json.decode(row[name])) for name in LISTS} for row in rows]
