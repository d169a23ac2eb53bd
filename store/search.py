"""Search: the best or the newest articles for a query, with the words that were found marked."""

import heapq
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .filters import SEEN, Conditions, conditions
from .query import Filter, Query
from .tables import Row, Tables, with_lists

RANKED_MOST = 5000
"""Ranking all of a word that every article holds takes 90 ms at 100,000 articles; the newest 5,000 take about 10."""

WEIGHT_TITLE = 5.0
WEIGHT_TEXT = 1.0
SNIPPET_WORDS = 24
SNIPPET_LETTERS = 160

COLUMNS = """
articles.id, articles.revision, articles.revision_count, articles.title, articles.source, articles.published_at,
articles.published_precision, articles.first_seen_at, articles.status, articles.language, articles.url, articles.feed,
articles.path, articles.word_count, articles.head_position, articles.inside, articles.embargoed_until, articles.urgency,
articles.slugline, articles.located, articles.credit, articles.subjects, articles.keywords
"""
# cross join keeps the order of the tables: the index of words leads, and articles are looked up one by one.
CANDIDATES = """
select revisions_fts.rowid, {order} from revisions_fts
cross join articles on articles.head_position = revisions_fts.rowid
where revisions_fts match :match and {where}
order by revisions_fts.rowid desc limit :most
"""
MARKED = """
select highlight(revisions_fts, 0, :start, :end), snippet(revisions_fts, 1, :start, :end, '…', :words)
from revisions_fts where revisions_fts match :match and rowid = :position
"""
DATED = """
select articles.head_position, articles.published_at from articles
where articles.published_at > '' and {where} order by articles.published_at desc limit :most
"""
UNDATED = """
select articles.head_position, articles.first_seen_at from articles
where articles.published_at = '' and {where} order by articles.head_position desc limit :most
"""
COUNT = "select count(*) from (select 1 from articles where {where} limit :most)"
AT = "articles.head_position in (select value from json_each(:positions))"
BEGINNING = f"case when length(text) > {SNIPPET_LETTERS} then substr(text, 1, {SNIPPET_LETTERS}) || '…' else text end"


class Hit(NamedTuple):
    """An article that was found: its columns, its title and a piece of its text with marks around what was found."""

    article: Row
    marked_title: str
    snippet: str


class Found(NamedTuple):
    """What a search found: ``total`` articles; where ``is_bounded`` there are more, and the newest were ranked."""

    hits: list[Hit]
    total: int
    is_bounded: bool


class Wish(NamedTuple):
    """How to answer: so many hits, the best first or the newest, with these marks; at most so many are ranked."""

    limit: int = 20
    is_by_time: bool = False
    marks: tuple[str, str] = ("[", "]")
    ranked_most: int = RANKED_MOST


DEFAULT = Wish()


def search(tables: Tables, query: Query, wish: Wish, now: datetime) -> Found:
    """Find current revisions that match; without words, the newest first."""
    asked = conditions(query.filters, tables, now)
    if not query.match:
        return _newest(tables, asked, wish)
    order = SEEN if wish.is_by_time else f"-bm25(revisions_fts, {WEIGHT_TITLE}, {WEIGHT_TEXT})"
    statement = CANDIDATES.format(order=order, where=asked.where)
    candidates = tables.tuples(statement, match=query.match, most=wish.ranked_most + 1, **asked.values)
    is_bounded = len(candidates) > wish.ranked_most
    best = heapq.nlargest(wish.limit, candidates[: wish.ranked_most], key=lambda pair: (pair[1], pair[0]))
    hits = _marked(tables, query, [position for position, _ in best], wish)
    return Found(hits, min(len(candidates), wish.ranked_most), is_bounded)


def _marked(tables: Tables, query: Query, positions: Sequence[int], wish: Wish) -> list[Hit]:
    articles = _articles(tables, positions, COLUMNS)
    words: dict[str, Any] = {"match": query.match, "words": SNIPPET_WORDS, "start": wish.marks[0], "end": wish.marks[1]}
    marked = {position: tables.tuples(MARKED, position=position, **words)[0] for position in positions}
    return [Hit(articles[position], *marked[position]) for position in positions]


def _newest(tables: Tables, asked: Conditions, wish: Wish) -> Found:
    values = asked.values | {"most": wish.limit}
    found = [pair for each in (DATED, UNDATED) for pair in tables.tuples(each.format(where=asked.where), **values)]
    newest = heapq.nlargest(wish.limit, found, key=lambda pair: (pair[1], pair[0]))
    positions = [position for position, _ in newest]
    rows = _articles(tables, positions, f"{COLUMNS}, {BEGINNING} as beginning")
    total = tables.tuples(COUNT.format(where=asked.where), **(values | {"most": wish.ranked_most + 1}))[0][0]
    hits = [Hit(rows[position], rows[position]["title"], rows[position].pop("beginning")) for position in positions]
    return Found(hits, min(total, wish.ranked_most), total > wish.ranked_most)


def _articles(tables: Tables, positions: Sequence[int], columns: str) -> dict[int, Row]:
    rows = tables.rows(f"select {columns} from articles where {AT}", positions=_json(positions))
    return {row["head_position"]: with_lists(row) for row in rows}


def _json(positions: Sequence[int]) -> str:
    return msgspec.json.encode(positions).decode()


def between(since: str, until: str) -> tuple[Filter, ...]:
    """Filters for the options --since and --until; empty text asks for nothing."""
    wishes = (("since", since), ("until", until))
    return tuple(Filter(field, value) for field, value in wishes if value)
