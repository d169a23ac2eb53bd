"""Search: the best or the newest articles for a query, with the words that were found marked."""

import heapq
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .filters import SEEN, Conditions, conditions
from .marks import best_piece, excerpt, marked, pattern_of
from .matching import TEXTS, WORDS, Index, held, indexes
from .query import EVERYTHING, Filter, Query, parse
from .tables import NO_END, Row, Tables, with_lists

RANKED_MOST = 5000
"""Ranking all of a word that every article holds takes 90 ms at 100,000 articles; the newest 5,000 take about 10."""

WEIGHT_TITLE = 5.0
WEIGHT_TEXT = 1.0
SNIPPET_LETTERS = 160
MOST_LETTERS = 1 << 20
"""So far into a text a piece of it is looked for."""
MARKS = ("\x01", "\x02")
"""Stand in a text for the marks that are asked for, which it may hold itself."""

COLUMNS = """
articles.id, articles.revision, articles.revision_count, articles.title, articles.source, articles.published_at,
articles.published_precision, articles.first_seen_at, articles.status, articles.language, articles.url, articles.feed,
articles.path, articles.word_count, articles.head_position, articles.inside, articles.embargoed_until, articles.urgency,
articles.slugline, articles.located, articles.credit, articles.subjects, articles.keywords
"""
# cross join keeps the order of the tables: the index of words leads, and articles are looked up one by one.
CANDIDATES = """
select {index}.rowid, {order}, '{index}' from {index}
cross join articles on articles.head_position = {index}.rowid
where {index} match :match and {also} and {where}
order by {index}.rowid {way} limit :most
"""
# One statement for all hits takes half as long as one for each.
MARKED = """
select rowid, highlight(revisions_fts, 0, :start, :end), substr(highlight(revisions_fts, 1, :start, :end), 1, :most)
from revisions_fts where revisions_fts match :match and rowid in (select value from json_each(:positions))
"""
DATED = """
select articles.head_position, articles.published_at from articles
where articles.published_at > '' and {where} order by articles.published_at {way} limit :most
"""
UNDATED = """
select articles.head_position, articles.first_seen_at from articles
where articles.published_at = '' and {where} order by articles.head_position {way} limit :most
"""
COUNT = "select count(*) from (select 1 from articles where {where} limit :most)"
AT = "articles.head_position in (select value from json_each(:positions))"
BEGINNING = f"case when length(text) > {SNIPPET_LETTERS} then substr(text, 1, {SNIPPET_LETTERS}) || '…' else text end"
CURRENT = """
select article_id, position from main.revisions
where article_id in (select value from json_each(:articles)) and valid_from_position <= :after
  and (valid_to_position is null or valid_to_position > :after)
"""


class Hit(NamedTuple):
    """An article that was found: its columns, its title and a piece of its text with marks around what was found.

    ``is_gone`` where it is a revision whose words the current revision of its article no longer holds.
    """

    article: Row
    marked_title: str
    snippet: str
    is_gone: bool = False


class Found(NamedTuple):
    """What a search found: ``total`` articles; where ``is_bounded`` there are more, and the newest were ranked."""

    hits: list[Hit]
    total: int
    is_bounded: bool


class Wish(NamedTuple):
    """How to answer: so many hits, the best first or the newest, with these marks; at most so many are ranked.

    ``is_reversed`` asks for the oldest instead of the newest, or for the best as the last.
    """

    limit: int = 20
    is_by_time: bool = False
    marks: tuple[str, str] = ("[", "]")
    ranked_most: int = RANKED_MOST
    is_reversed: bool = False


DEFAULT = Wish()
Candidate = tuple[int, Any, str]
"""A revision by its position, what it is ordered by, and the index that found it."""
Texts = dict[int, tuple[str, str]]
"""Marked title and snippet by position."""


def search(tables: Tables, query: Query, wish: Wish, now: datetime) -> Found:
    """Find current revisions that match; without words, the newest first."""
    asked = conditions(query.filters, tables, now)
    if not query.has_words:
        return _by_time(tables, asked, wish)
    candidates = [found for index in indexes(query, tables) for found in _candidates(tables, index, asked, wish)]
    is_oldest = wish.is_by_time and wish.is_reversed
    if query.grams:
        candidates.sort(reverse=not is_oldest)
    is_bounded = len(candidates) > wish.ranked_most
    ranked = candidates[: wish.ranked_most]
    best = _first(ranked, wish, is_oldest=is_oldest)
    hits = _marked(tables, query, best if is_oldest or not wish.is_reversed else best[::-1], wish)
    return Found(_with_gone(tables, query, hits), len(ranked), is_bounded)


def _candidates(tables: Tables, index: Index, asked: Conditions, wish: Wish) -> list[Candidate]:
    """What one index finds; no more of it than are ranked, and one to tell that there are more."""
    order = SEEN if wish.is_by_time else f"-bm25({index.name}, {WEIGHT_TITLE}, {WEIGHT_TEXT})"
    way = "asc" if wish.is_by_time and wish.is_reversed else "desc"
    statement = CANDIDATES.format(index=index.name, also=index.also, order=order, where=asked.where, way=way)
    return tables.tuples(statement, match=index.match, most=wish.ranked_most + 1, **asked.values)


def _first(found: Sequence[Candidate], wish: Wish, *, is_oldest: bool) -> list[Candidate]:
    select = heapq.nsmallest if is_oldest else heapq.nlargest
    return select(wish.limit, found, key=lambda each: (each[1], each[0]))


def _marked(tables: Tables, query: Query, found: Sequence[Candidate], wish: Wish) -> list[Hit]:
    articles = _articles(tables, [position for position, *_ in found], COLUMNS)
    texts = _marked_by_index(tables, query, [position for position, _, index in found if index == WORDS], wish)
    texts |= _marked_by_us(tables, query, [position for position, _, index in found if index != WORDS], wish)
    return [Hit(articles[position], *texts[position]) for position, *_ in found]


def _marked_by_index(tables: Tables, query: Query, positions: list[int], wish: Wish) -> Texts:
    if not positions:
        return {}
    asked = str.maketrans(dict(zip(MARKS, wish.marks, strict=True)))
    start, end = MARKS
    values = {"match": query.match, "most": MOST_LETTERS, "start": start, "end": end, "positions": _json(positions)}
    return {
        position: (title.translate(asked), best_piece(text, MARKS, SNIPPET_LETTERS).translate(asked))
        for position, title, text in tables.tuples(MARKED, **values)
    }


def _marked_by_us(tables: Tables, query: Query, positions: list[int], wish: Wish) -> Texts:
    """The index of pairs keeps no text: it cannot say what it found where."""
    if not positions:
        return {}
    pattern = pattern_of(query.wanted)
    return {
        position: (marked(title, pattern, wish.marks), excerpt(text, pattern, wish.marks, SNIPPET_LETTERS))
        for position, title, text in tables.tuples(TEXTS, positions=_json(positions))
    }


def _with_gone(tables: Tables, query: Query, hits: list[Hit]) -> list[Hit]:
    """Of revisions that are not the current one, say where that no longer holds the words."""
    if not tables.every_revision:
        return hits
    after = NO_END if tables.as_of is None else tables.as_of
    current = dict(tables.tuples(CURRENT, articles=_json([hit.article["id"] for hit in hits]), after=after))
    holding = held(tables, query, list(current.values()))
    return [hit._replace(is_gone=current[hit.article["id"]] not in holding) for hit in hits]


def _by_time(tables: Tables, asked: Conditions, wish: Wish) -> Found:
    values = asked.values | {"most": wish.limit}
    statements = [
        each.format(where=asked.where, way="asc" if wish.is_reversed else "desc") for each in (DATED, UNDATED)
    ]
    found = [(*pair, WORDS) for each in statements for pair in tables.tuples(each, **values)]
    newest = [position for position, *_ in _first(found, wish, is_oldest=wish.is_reversed)]
    rows = _articles(tables, newest, f"{COLUMNS}, {BEGINNING} as beginning")
    total = tables.tuples(COUNT.format(where=asked.where), **(values | {"most": wish.ranked_most + 1}))[0][0]
    hits = [Hit(rows[position], rows[position]["title"], rows[position].pop("beginning")) for position in newest]
    return Found(hits, min(total, wish.ranked_most), total > wish.ranked_most)


def _articles(tables: Tables, positions: Sequence[int], columns: str) -> dict[int, Row]:
    rows = tables.rows(f"select {columns} from articles where {AT}", positions=_json(positions))
    return {row["head_position"]: with_lists(row) for row in rows}


def _json(values: Sequence[Any]) -> str:
    return msgspec.json.encode(values).decode()


def asked(text: str, since: str = "", until: str = "") -> Query:
    """A query in the language of ``query.py`` with the options --since and --until.

    Raises:
        BadQuery: it cannot be understood, or asks for nothing at all.
    """
    return with_times(parse(text) if text.strip() or not since + until else EVERYTHING, since, until)


def with_times(query: Query, since: str, until: str) -> Query:
    """A query with the options --since and --until; where they are empty, as it was."""
    wishes = (("since", since), ("until", until))
    return replace(query, filters=query.filters + tuple(Filter(field, value) for field, value in wishes if value))
