"""What happened to articles, in the order of its own time: out of the view ``timeline``."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from .filters import conditions
from .matching import holding
from .query import parse
from .tables import Row, Tables
from .when import moment

KINDS = ("first", "update", "writethru", "correction", "withdrawal", "erasure")
# Revisions stand under the name that the filters of the query language know; what was erased matches nothing.
FILTERED = """
timeline join (select *, position as head_position from revisions) as articles on articles.position = timeline.position
"""
# What is dated to a day counts whole: as much of the limit is compared as its date has.
SINCE = "timeline.at >= substr(:since, 1, length(timeline.at))"
UNTIL = "timeline.at <= substr(:until, 1, length(timeline.at))"
NEWEST = """
select timeline.* from {tables}
where {where} and timeline.kind in (select value from json_each(:kinds))
order by timeline.at desc, timeline.position desc
limit :limit
"""


class Which(NamedTuple):
    """Events of these kinds between two times as people write them, the newest so many."""

    kinds: Sequence[str] = KINDS
    since: str = ""
    until: str = ""
    limit: int = 20


def timeline(tables: Tables, text: str, which: Which, now: datetime) -> list[Row]:
    """The newest events of articles that a query finds, all where nothing is asked; the newest first.

    Filters and words are those of the revision that an event brought; nothing is known of an erased one but the order.

    Raises:
        BadQuery: the query or a time cannot be understood.
    """
    values: dict[str, Any] = {"kinds": msgspec.json.encode(list(which.kinds)).decode(), "limit": which.limit}
    clauses = ["true"]
    if which.since:
        clauses.append(SINCE)
        values["since"] = moment(which.since, now)
    if which.until:
        clauses.append(UNTIL)
        values["until"] = moment(which.until, now, is_end=True)
    if not text.strip():
        return list(tables.rows(NEWEST.format(tables="timeline", where=" and ".join(clauses)), **values))
    query = parse(text)
    where, bound = conditions(query.filters, tables, now)
    found, words = holding(query, tables)
    clauses += [where, *([f"timeline.position in ({found})"] if found else [])]
    return list(tables.rows(NEWEST.format(tables=FILTERED, where=" and ".join(clauses)), **values, **bound, **words))
