"""First appearances: where a phrase stood first, in every source or article, and what became of it there."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .filters import conditions
from .grams import fold
from .marks import literal_of
from .matching import TEXTS, held, indexes
from .query import Query
from .tables import Tables

# A version that is read anew is no news: neither that it holds a phrase, nor that it holds it no more.
HOLDING = """
with articles as (select *, position as head_position from revisions where change_kind <> 'reread')
select articles.position, articles.article_id, articles.source_id
from {index} cross join articles on articles.position = {index}.rowid
where {index} match :match and {also} and {where}
"""
SHOWN = """
select position, article_id as id, revision, source, title, valid_from_at as seen_at, published_at, status
from revisions where position in (select value from json_each(:positions)) order by position
"""
COUNTED = """
select article_id, position, to_revision, status, at, change_kind from changes
where article_id in (select value from json_each(:articles)) order by position
"""
STILL_THERE, GONE, WITHDRAWN, NEVER_CURRENT = "still there", "gone", "withdrawn", "never current"


class Step(NamedTuple):
    """A revision that was the current one of its article for a time."""

    article_id: str
    position: int
    revision: int
    status: str
    at: str
    change_kind: str


class Appearance(NamedTuple):
    """A revision that holds the phrase.

    ``fate`` is ``still there``, ``gone`` or ``withdrawn``, where ``fate_revision`` and ``fate_at`` say in which later
    revision and since when, or ``never current``: it came when a newer version was known, and none that counted holds
    the phrase.
    """

    position: int
    id: str
    revision: int
    source: str
    title: str
    seen_at: str
    published_at: str
    status: str
    fate: str = STILL_THERE
    fate_revision: int | None = None
    fate_at: str = ""


class Phrase(NamedTuple):
    """What is looked for: a query for one phrase, and the pattern that texts must hold where it is to be literal."""

    query: Query
    pattern: re.Pattern[str] | None


def first(
    tables: Tables, query: Query, now: datetime, *, is_exact: bool = False, every_article: bool = False
) -> list[Appearance]:
    """The first revision of each source, or of every article, that holds a phrase; the earliest first.

    Words match in any of their forms; where ``is_exact`` they must stand so, whatever the case and the white space.
    """
    phrase = Phrase(query, literal_of(query.wanted[0]) if is_exact else None)
    positions = _earliest(tables, phrase, _candidates(tables, query, now), by_article=every_article)
    found = [Appearance(**row) for row in tables.rows(SHOWN, positions=_json(positions))]
    steps = _steps(tables, [each.id for each in found])
    holding = _holding(tables, phrase, [step.position for some in steps.values() for step in some])
    return [_with_fate(each, steps.get(each.id, []), holding) for each in found]


def _candidates(tables: Tables, query: Query, now: datetime) -> list[tuple[Any, ...]]:
    """Position, article and source of every revision that the indexes find, the earliest first."""
    asked = conditions(query.filters, tables, now)
    found = []
    for index in indexes(query, tables):
        statement = HOLDING.format(index=index.name, also=index.also, where=asked.where)
        found += tables.tuples(statement, match=index.match, **asked.values)
    return sorted(found)


def _earliest(tables: Tables, phrase: Phrase, found: Iterable[tuple[Any, ...]], *, by_article: bool) -> list[int]:
    earliest: dict[str, int] = {}
    for position, article, source in found:
        name = article if by_article else source
        if name not in earliest and _is_literal(tables, phrase, position):
            earliest[name] = position
    return list(earliest.values())


def _is_literal(tables: Tables, phrase: Phrase, position: int) -> bool:
    return phrase.pattern is None or bool(_literally(tables, phrase.pattern, [position]))


def _literally(tables: Tables, pattern: re.Pattern[str], positions: Sequence[int]) -> set[int]:
    texts = tables.tuples(TEXTS, positions=_json(positions))
    return {position for position, *said in texts if any(pattern.search(fold(each)) for each in said)}


def _steps(tables: Tables, articles: Sequence[str]) -> dict[str, list[Step]]:
    steps: dict[str, list[Step]] = {}
    for row in tables.tuples(COUNTED, articles=_json(articles)):
        steps.setdefault(row[0], []).append(Step(*row))
    return steps


def _holding(tables: Tables, phrase: Phrase, positions: Sequence[int]) -> set[int]:
    holding = held(tables, phrase.query, positions)
    return _literally(tables, phrase.pattern, sorted(holding)) if phrase.pattern else holding


def _with_fate(found: Appearance, steps: Sequence[Step], holding: set[int]) -> Appearance:
    """What became of it: the first later step that withdrew the article or no longer holds the phrase."""
    if found.status == WITHDRAWN:
        return found._replace(fate=WITHDRAWN, fate_revision=found.revision, fate_at=found.seen_at)
    for step in steps:
        is_withdrawn = step.status == WITHDRAWN
        if step.position > found.position and (is_withdrawn or not _holds(step, holding)):
            fate = WITHDRAWN if is_withdrawn else GONE
            return found._replace(fate=fate, fate_revision=step.revision, fate_at=step.at)
    is_current = any(step.position >= found.position or step.position in holding for step in steps[-1:])
    return found if is_current else found._replace(fate=NEVER_CURRENT)


def _holds(step: Step, holding: set[int]) -> bool:
    return step.change_kind == "reread" or step.position in holding


def _json(values: Sequence[Any]) -> str:
    return msgspec.json.encode(values).decode()
