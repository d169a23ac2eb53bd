"""Where articles come from: agencies and papers with their counts, and what is known of one of them."""

from datetime import datetime
from typing import NamedTuple

import msgspec

from .asking import matching
from .facets import Facets, count_facets
from .filters import source_ids
from .names import bindable
from .query import Filter, Query
from .search import Hit, Wish, search, with_times
from .tables import Row, Tables

ALL = "select * from sources order by article_count desc, name"
ONE = "select * from sources where id in (select value from json_each(:ids)) order by article_count desc, id limit 1"
OF_THESE = """
select
  found.id, name, kind, country, domains, found.first_seen_at, found.last_seen_at, found.article_count,
  found.revision_count, round(1.0 * (found.revision_count - found.article_count) / found.article_count, 2)
    as revision_rate,
  found.first_position, found.last_position
from (
  select source_id as id, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at,
    count(*) as article_count, sum(revision_count) as revision_count,
    min(first_position) as first_position, max(last_position) as last_position
  from articles where {where} group by source_id
) as found join sources on sources.id = found.id
order by found.article_count desc, name
"""
NAMES = """
select source as name, count(*) as article_count from articles
where source_id = :id group by source order by article_count desc, name
"""
FAILURES = """
select count(*) from failures
where exists (
  select 1 from revisions where feed = failures.feed and path = failures.path and source_id = :id
)
"""
FACETS = ("day", "month", "hour", "lang", "section")
NEWEST = 5


class Portrait(NamedTuple):
    """What is known of a source.

    ``source`` is its row of the view ``sources``; ``names`` are what its articles call it, with counts; ``facets`` are
    those of FACETS. ``failure_count`` counts refusals of files at paths that its articles were read from: of a file
    that never could be read nobody knows whose it is.
    """

    source: Row
    names: list[Row]
    facets: Facets
    failure_count: int
    newest: list[Hit]


def sources(tables: Tables, text: str, now: datetime, *, since: str = "", until: str = "") -> list[Row]:
    """Agencies and papers with their counts, the largest first; where something is asked, those of what it finds.

    Raises:
        BadQuery: the query cannot be understood.
    """
    if not (text.strip() or since or until):
        return all_sources(tables)
    where, values = matching(tables, text, now, since=since, until=until)
    return [_whole(row) for row in tables.rows(OF_THESE.format(where=where), **values)]


def all_sources(tables: Tables) -> list[Row]:
    """The view ``sources``, the largest first; an article counts once, under that of its head."""
    return [_whole(row) for row in tables.rows(ALL)]


def find_source(tables: Tables, name: str) -> Row | None:
    """The source that an id, an alias or any of its names means, the larger one of two; None where there is none."""
    row = tables.row(ONE, ids=msgspec.json.encode(source_ids(tables, bindable(name))).decode())
    return _whole(row) if row else None


def portrait(tables: Tables, source: Row, now: datetime, *, since: str = "", until: str = "") -> Portrait:
    """What is known of a source; its volume and its newest articles between two times, where these are given."""
    query = with_times(Query("", (Filter("source", source["id"]),)), since, until)
    return Portrait(
        source,
        list(tables.rows(NAMES, id=source["id"])),
        count_facets(tables, query, FACETS, now),
        int(tables.tuples(FAILURES, id=source["id"])[0][0]),
        search(tables, query, Wish(limit=NEWEST, is_by_time=True), now).hits,
    )


def _whole(row: Row) -> Row:
    return row | {"domains": msgspec.json.decode(row["domains"])}
