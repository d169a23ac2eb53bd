"""Facets below the hits of a search: how the articles are spread, as lines for people or as rows."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .output import Column
from .text import one_line

if TYPE_CHECKING:
    from presslog.store.facets import Facets

FIELDS = ("source", "day", "month", "hour", "author", "feed", "lang", "section", "status")
"""FACETS of store/facets.py, which a command that starts does not import."""
COLUMNS = (Column("facet"), Column("value"), Column("count", is_right=True))
LINES_MOST = 20
NONE = "(none)"


def as_rows(facets: "Facets") -> Iterator[dict[str, Any]]:
    """One row for each value of each facet."""
    for facet, counts in facets.counts.items():
        yield from ({"facet": facet, "value": each.value, "count": each.articles} for each in counts)


def as_object(facets: "Facets") -> dict[str, Any]:
    """The same by facet, for JSON."""
    return {
        facet: [{"value": each.value, "count": each.articles} for each in counts]
        for facet, counts in facets.counts.items()
    }


def as_lines(facets: "Facets") -> None:
    """Write each facet under its name: the largest values, of days and months the last."""
    from presslog.store.facets import IN_TIME

    for facet, counts in facets.counts.items():
        shown = counts[-LINES_MOST:] if facet in IN_TIME else counts[:LINES_MOST]
        width = max((len(str(each.articles)) for each in shown), default=0)
        lines = [f"  {each.articles:>{width}}  {one_line(each.value) or NONE}" for each in shown]
        if left := len(counts) - len(shown):
            more = f"  … {left} {'earlier' if facet in IN_TIME else 'more'}: -o json has all"
            lines.insert(0 if facet in IN_TIME else len(lines), more)
        sys.stdout.write("\n".join([facet, *lines]) + "\n")
