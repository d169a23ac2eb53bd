"""Clusters: articles that are one text in the main, who was first, and how much later the others came; now or then."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .asking import matching
from .kinship import FIELDS, Text, kinship, together
from .tables import Row, Tables

# Revisions of the past are told by ``articles``: of two that are alike both have to be the ones that counted then.
STORY = f"""
with recursive story (position) as (
  select head_position from articles where id = :id
  union
  select other_position
  from story join insight.near_duplicates as alike on alike.position = story.position
  join articles on articles.head_position = other_position
  union
  select alike.position
  from story join insight.near_duplicates as alike on alike.other_position = story.position
  join articles on articles.head_position = alike.position
)
select {FIELDS} from insight.fingerprints where position in (select position from story)
"""
COLUMNS = """
head_position, id, source, title, status, revision, published_at, published_precision, first_seen_at, url, feed, path
"""
MEMBERS = f"""
select {COLUMNS} from articles where head_position in (select value from json_each(:positions))
"""
TEXTS = "select id, text from articles where id in (select value from json_each(:ids))"
NOW = "select cluster_id, position from insight.cluster_members"
THEN = "select value ->> 0, value ->> 1 from json_each(:groups)"
ALIKE = """
select position, other_position from insight.near_duplicates
where position in (select head_position from articles) and other_position in (select head_position from articles)
"""
ORDERS = {"size": "size desc, last_at desc, id", "time": "last_at desc, id"}
LISTED = """
with members (cluster_id, position) as materialized ({members}),
told as (
  select
    cluster_id, article_id, title, source_id, came_out_at, first_position,
    row_number() over (partition by cluster_id order by came_out_at, first_position) as place
  from members join insight.fingerprints using (position)
  where cluster_id in (
    select cluster_id from members join articles on articles.head_position = members.position where {where}
  )
)
select
  min(first_position) as id, count(*) as size, count(distinct nullif(source_id, '')) as source_count,
  min(came_out_at) as first_at, max(came_out_at) as last_at,
  max(article_id) filter (where place = 1) as lead_article_id, max(title) filter (where place = 1) as headline
from told group by cluster_id order by {order} limit :limit
"""


class Listing(NamedTuple):
    """Which clusters are listed: those with an article that a query finds, in one of ORDERS, at most so many."""

    text: str = ""
    since: str = ""
    until: str = ""
    order: str = "size"
    limit: int = 20


class Story(NamedTuple):
    """A cluster by its number, with the headline of its lead and how many articles carry it."""

    cluster_id: int
    headline: str
    story_size: int


def cluster(tables: Tables, identifier: str) -> list[Row]:
    """The articles of the cluster that an article is in, as of the moment that is asked: its lead, then as they came.

    Each with its ``relation``, ``similarity`` and ``lag_seconds`` to the lead. An article that is like no other stands
    alone; nothing comes of one that is not derived yet.
    """
    texts = [Text._make(row) for row in tables.tuples(STORY, id=identifier)]
    if not texts:
        return []
    positions = _json(text.position for text in texts)
    rows = {row.pop("head_position"): row for row in tables.rows(MEMBERS, positions=positions)}
    number = min(text.first_position for text in texts)
    return [
        rows[kin.text.position]
        | {"cluster_id": number, "came_out_at": kin.text.came_out_at, "is_timed": kin.text.is_timed}
        | {"relation": kin.relation, "similarity": round(kin.similarity, 2), "lag_seconds": kin.lag_seconds}
        for kin in kinship(texts)
    ]


def stories_of(tables: Tables, ids: Iterable[str]) -> dict[str, Story]:
    """The story of each of these articles that others carry too; as of the moment that is asked."""
    found: dict[str, Story] = {}
    for identifier in ids:
        members = cluster(tables, identifier) if identifier not in found else []
        if len(members) > 1:
            story = Story(members[0]["cluster_id"], members[0]["title"], len(members))
            found |= {row["id"]: story for row in members}
    return found


def texts_of(tables: Tables, ids: Iterable[str]) -> dict[str, str]:
    """The texts of articles by their ids."""
    return dict(tables.tuples(TEXTS, ids=_json(ids)))


def clusters(tables: Tables, wish: Listing, now: datetime) -> list[Row]:
    """Clusters with their lead and how many carried it, the largest or newest first.

    Raises:
        BadQuery: the query cannot be understood.
    """
    where, values = matching(tables, wish.text, now, since=wish.since, until=wish.until)
    members, grouped = (NOW, {}) if tables.as_of is None else (THEN, {"groups": _json(_groups(tables))})
    statement = LISTED.format(members=members, where=where, order=ORDERS[wish.order])
    return list(tables.rows(statement, limit=wish.limit, **values, **grouped))


def _groups(tables: Tables) -> Iterable[tuple[int, int]]:
    """The clusters of the past: a number for each, with the positions of its members."""
    for positions in together(tables.tuples(ALIKE)):
        yield from ((positions[0], position) for position in positions)


def _json(values: Iterable[Any]) -> str:
    return msgspec.json.encode(list(values)).decode()
