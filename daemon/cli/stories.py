"""Changes by story: those of one cluster beside each other, under the headline of the article that came out first."""

import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .output import Column, bold, emit
from .text import one_line

if TYPE_CHECKING:
    from presslog.store.clusters import Story
    from presslog.store.tables import Tables

Row = dict[str, Any]
COLUMNS = (Column("cluster_id"), Column("headline", "story"), Column("story_size", "articles"))
"""What programs get of a story, empty where no other article carries it."""


def by_story(tables: "Tables", rows: Sequence[Row]) -> list[Row]:
    """The same rows with their stories; what is of one story comes where the first of it stands."""
    from presslog.store.clusters import stories_of

    stories = stories_of(tables, dict.fromkeys(row["article_id"] for row in rows))
    told = [row | _told(stories.get(row["article_id"])) for row in rows]
    places: dict[int, int] = {}
    for place, row in enumerate(told):
        places.setdefault(row["cluster_id"] or -row["position"], place)
    return sorted(told, key=lambda row: places[row["cluster_id"] or -row["position"]])


def write_stories(rows: Sequence[Row], columns: Sequence[Column], form: str | None) -> None:
    """Write changes for people: a heading and a table for each story, and a table of those between that are of none."""
    mark = "## " if form == "md" else ""
    for number, (headline, some) in enumerate(_sections(rows)):
        heading = f"{mark}{bold(headline)}\n" if headline else ""
        sys.stdout.write(("\n" if number else "") + heading)
        emit(some, columns, form)


def _told(story: "Story | None") -> Row:
    return {"cluster_id": None, "headline": "", "story_size": 1, **(story._asdict() if story else {})}


def _sections(rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    for cluster_id, some in groupby(rows, key=lambda row: row["cluster_id"]):
        first, *others = some
        headline = f"{one_line(first['headline'])} · {first['story_size']} articles" if cluster_id else ""
        yield headline, [first, *others]
