"""Facets: how the articles that match are spread over sources, days, authors, and what else they have in common."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .filters import SEEN, conditions
from .matching import indexes
from .query import Query
from .tables import Tables

COUNTED_MOST = 20_000
"""Counting goes through the rows of articles: 20,000 of them take 0.1 s a facet, a full hundred thousand 0.6 s."""

PRECISE = "case when length(articles.published_at) > 10 then strftime('%H', articles.published_at) end"
FACETS = {
    "source": "coalesce((select name from outlets where id = articles.source_id), articles.source)",
    "day": f"substr({SEEN}, 1, 10)",
    "month": f"substr({SEEN}, 1, 7)",
    "hour": f"coalesce({PRECISE}, strftime('%H', articles.first_seen_at))",
    "author": "(select json_group_array(distinct authors.name) from revision_authors"
    " join authors on authors.id = author_id where revision_authors.position = articles.head_position)",
    "feed": "articles.feed",
    "lang": "articles.language",
    "section": "articles.section",
    "status": "articles.status",
}
"""What can be counted, as it is read from an article; a day is its publisher's, else that of its first sight.

An hour is one of the day in UTC, of the publication where that is so precise.
"""
IN_TIME = ("day", "month", "hour")

NEWEST = """
select {values} from {index} cross join articles on articles.head_position = {index}.rowid
where {index} match :match and {also} and {where}
order by {index}.rowid desc limit :most
"""
NEWEST_OF_ALL = "select {values} from articles where {where} order by articles.head_position desc limit :most"


class Count(NamedTuple):
    """A value of a facet, empty where articles have none, and how many articles have it."""

    value: str
    articles: int


class Facets(NamedTuple):
    """Counts by facet: days and months in time, others the largest first.

    ``counted`` articles were looked at; where ``is_bounded`` there are more, and these are the newest.
    """

    counts: dict[str, list[Count]]
    counted: int
    is_bounded: bool


def count_facets(
    tables: Tables, query: Query, fields: Sequence[str], now: datetime, *, most: int = COUNTED_MOST
) -> Facets:
    """Count the articles that match by each of some FACETS; an article with two authors counts for both."""
    rows = _rows(tables, query, fields, now, most)
    counted = rows[:most]
    counts = {field: _counts(field, (row[1 + number] for row in counted)) for number, field in enumerate(fields)}
    return Facets(counts, len(counted), len(rows) > most)


def _rows(tables: Tables, query: Query, fields: Sequence[str], now: datetime, most: int) -> list[tuple[Any, ...]]:
    """The position and the values of the newest articles that match, and one to tell that there are more."""
    asked = conditions(query.filters, tables, now)
    values = ", ".join(["articles.head_position", *(FACETS[field] for field in fields)])
    if not query.has_words:
        statement = NEWEST_OF_ALL.format(values=values, where=asked.where)
        return tables.tuples(statement, most=most + 1, **asked.values)
    rows = []
    for index in indexes(query, tables):
        statement = NEWEST.format(values=values, index=index.name, also=index.also, where=asked.where)
        rows += tables.tuples(statement, match=index.match, most=most + 1, **asked.values)
    return sorted(rows, reverse=True)


def _counts(field: str, values: Iterable[str]) -> list[Count]:
    if field == "author":
        values = (name for names in values for name in msgspec.json.decode(names) or [""])
    counts = [Count(value, articles) for value, articles in Counter(values).items()]
    return sorted(counts, key=lambda each: each.value if field in IN_TIME else (-each.articles, each.value))
