"""Filters of a query as conditions on the articles table; values are bound, never written into the statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .errors import BadQuery
from .names import normalized, source_id
from .query import Filter
from .tables import Tables
from .when import moment

SEEN = "coalesce(nullif(articles.published_at, ''), articles.first_seen_at)"
"""When an article came out: as its publisher says, else when it was seen first."""

CONDITIONS = {
    "source": "articles.source_id in (select value from json_each({0}))",
    "author": """articles.head_position in (
      select position from revision_authors
      where author_id in (select id from authors where instr(' ' || id || ' ', ' ' || {0} || ' ') > 0)
    )""",
    "feed": "articles.feed = {0}",
    "lang": "substr(lower(articles.language), 1, length({0}) + 1) in ({0}, {0} || '-')",
    "change": "{0} = (select change_kind from revisions where position = articles.head_position)",
    "section": "lower(articles.section) = lower({0})",
    "slug": "instr(lower(articles.slugline), {0}) > 0",
    "status": "{0} in (articles.status, 'any')",
    "subject": """exists (
      select 1 from json_each(articles.subjects)
      where instr(lower(value ->> 'name'), {0}) > 0
        or substr(':' || lower(value ->> 'code'), -length({0}) - 1) = ':' || {0}
    )""",
}
# An article that is dated to a day (or a month) counts whole: as much of the limit is compared as its date has.
# Before it stands what the index on published_at can answer: texts of two zones are less than two days apart.
ALSO_CALLED = "select id from outlets where :wanted in (select value from json_each(aliases))"
SINCE = f"""
(articles.published_at >= date({{0}}, '-2 days')
  or articles.published_at in ('', substr({{0}}, 1, 4), substr({{0}}, 1, 7)))
and case when length({SEEN}) <= 10 then {SEEN} >= substr({{0}}, 1, length({SEEN}))
  else julianday({SEEN}) >= julianday({{0}}) end
"""
UNTIL = f"""
articles.published_at <= date({{0}}, '+2 days')
and case when length({SEEN}) <= 10 then {SEEN} <= substr({{0}}, 1, length({SEEN}))
  else julianday({SEEN}) <= julianday({{0}}) end
"""


class Conditions(NamedTuple):
    """A where clause over ``articles`` and the values it binds."""

    where: str
    values: dict[str, Any]


def conditions(filters: Sequence[Filter], tables: Tables, now: datetime) -> Conditions:
    """All filters together.

    Raises:
        BadQuery: a time cannot be read, or is excluded.
    """
    values: dict[str, Any] = {}
    clauses: list[str] = []
    for field in dict.fromkeys(each.field for each in filters):
        mine = [each for each in filters if each.field == field]
        if field in ("since", "until"):
            clauses += [_time(each, values, now) for each in mine]
            continue
        either = [_condition(each, values, tables) for each in mine if not each.is_negative]
        clauses += [f"({' or '.join(either)})"] if either else []
        clauses += [f"not ({_condition(each, values, tables)})" for each in mine if each.is_negative]
    return Conditions(" and ".join(clauses) or "true", values)


def _time(wish: Filter, values: dict[str, Any], now: datetime) -> str:
    if wish.is_negative:
        raise BadQuery(
            f"{wish.field}: cannot be excluded: write {'until' if wish.field == 'since' else 'since'}: instead"
        )
    is_until = wish.field == "until"
    return f"({(UNTIL if is_until else SINCE).format(_bind(values, moment(wish.value, now, is_end=is_until)))})"


def _condition(wish: Filter, values: dict[str, Any], tables: Tables) -> str:
    match wish.field:
        case "source":
            value = msgspec.json.encode(source_ids(tables, wish.value)).decode()
        case "author":
            value = normalized(wish.value)
        case "lang":
            value = wish.value.casefold().replace("_", "-")
        case "slug" | "status" | "subject" | "change":
            value = wish.value.casefold()
        case _:
            value = wish.value
    return CONDITIONS[wish.field].format(_bind(values, value))


def _bind(values: dict[str, Any], value: str) -> str:
    name = f"filter_{len(values)}"
    values[name] = value
    return f":{name}"


def source_ids(tables: Tables, name: str) -> list[str]:
    """The sources that a name means: an id, an alias that is known, or whatever an article called them."""
    wanted, spelt = source_id(name), normalized(name)
    known = [found for (found,) in tables.tuples(ALSO_CALLED, wanted=wanted)]
    named = tables.tuples("select source_id, name from source_names")
    called = [found for found, each in named if spelt == normalized(each)]
    return [*([wanted] if wanted else []), *known, *called]
