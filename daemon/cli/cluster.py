"""presslog cluster: who carried a story, who was first, how much later the others came, and what only one has."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .freshness import freshness
from .options import common, store_folder
from .output import Column, bold, emit, output, say
from .pager import paged
from .past import asked_past, past
from .search import filters
from .text import one_line

if TYPE_CHECKING:
    from presslog.store.queries import Answers

Row = dict[str, Any]
FOR_PEOPLE = (None, "table", "md")
MEMBERS = (
    Column("relation"),
    Column("lag", is_right=True),
    Column("similarity", "alike", is_right=True),
    Column("outlet", "source"),
    Column("out", "came out"),
    Column("id"),
    Column("title", gives_way=True),
)
STORIES = (
    Column("size", "articles", is_right=True),
    Column("source_count", "sources", is_right=True),
    Column("first", "first"),
    Column("last", "last"),
    Column("lead_article_id", "lead"),
    Column("headline", gives_way=True),
)
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60))


@click.command()
@click.argument("name", metavar="[ID]", default="")
@click.option("-q", "--query", default="", metavar="QUERY", help="Without ID: only what this finds, as in search.")
@filters
@click.option("-n", "limit", default=20, show_default=True, type=click.IntRange(1), help="Without ID: at most so many.")
@click.option(
    "--sort", "order", type=click.Choice(["size", "time"]), default="size", show_default=True, help="Most or newest."
)
@click.option("--only", "with_only", is_flag=True, help="What stands in one of them alone, sentence by sentence.")
@output()
@past
@common
@paged
def cluster(name: str, form: str | None, *, with_only: bool, **which: Any) -> None:
    """List who carried a story.

    The articles that are one text in the main with that of ID: the one that came out first leads, the others follow
    with how much later they came. Exact has the same words, syndicated most of them from another source, an update
    holds what its own source said before. Times are the publishers' where they are precise to the minute, else when
    presslog saw the article first. Alike is how much of the shorter text the lead and this one share.
    Without ID the stories with the most articles, or the newest ones.

    \b
    Examples:
      presslog cluster art_4toohzf3
      presslog cluster 4too --only
      presslog cluster --sort time -q source:Reuters --since 2d
    """
    from presslog.store.queries import Answers

    if with_only and not name:
        raise click.UsageError("--only is about one story: name an article of it")
    if name and (which["query"] or which["since"] or which["until"]):
        raise click.UsageError("a story is shown whole: leave out ID to list those that match")
    folder = store_folder()
    with Answers(folder, asked_past(), with_insight=True) as answers:
        said = _story(answers, name, form, with_only=with_only) if name else _stories(answers, form, **which)
        head, *next_line = said
        say("\n".join([f"{head} · {freshness(answers, folder)}", *next_line]))


def _story(answers: "Answers", name: str, form: str | None, *, with_only: bool) -> list[str]:
    """Write the articles of one cluster; what is to be said below them."""
    from presslog.store.clusters import cluster as found

    rows = found(answers.tables, answers.resolve(name))
    if not rows:
        return ["it is not compared with others yet", "Next:  `presslog status` says how far that is"]
    only = _only(answers, rows) if with_only else {}
    if form in FOR_PEOPLE:
        emit(map(_told, rows), MEMBERS, form)
        _write_only(rows, only, form)
    else:
        emit([row | ({"only": only[row["id"]]} if with_only else {}) for row in rows], MEMBERS, form)
    if len(rows) == 1:
        return [
            "no other article is one text with it",
            "Next:  `presslog cluster` lists the stories that several carry",
        ]
    count = len({row["source"] for row in rows if row["source"]})
    return [f"{len(rows)} articles · {count} source{'s' if count != 1 else ''}"]


def _only(answers: "Answers", rows: Sequence[Row]) -> dict[str, list[str]]:
    from presslog.handlers.insight.only_in import only_in
    from presslog.store.clusters import texts_of

    return only_in(texts_of(answers.tables, [row["id"] for row in rows]))


def _write_only(rows: Sequence[Row], only: dict[str, list[str]], form: str | None) -> None:
    """The sentences below the name of each outlet, where there are any."""
    mark, bullet = ("## ", "- ") if form == "md" else ("", "  ")
    for row in rows:
        if told := only.get(row["id"]):
            head = f"{mark}only in {_outlet(row)} ({row['id']})"
            lines = [f"{bullet}{one_line(sentence)}" for sentence in told]
            sys.stdout.writelines(line + "\n" for line in ["", bold(one_line(head)), *lines])


def _stories(answers: "Answers", form: str | None, *, query: str, **which: Any) -> list[str]:
    """Write the clusters; what is to be said below them."""
    from datetime import UTC, datetime

    from presslog.store.clusters import Listing, clusters

    rows = clusters(answers.tables, Listing(query, **which), datetime.now(UTC))
    emit(map(_told_story, rows) if form in FOR_PEOPLE else rows, STORIES, form, id_key="lead_article_id")
    if not rows:
        return [
            f"no story{' of those' if query or which['since'] or which['until'] else ''} is carried by two articles",
            "Next:  `presslog status` says how far articles are compared, `presslog sources` who is read",
        ]
    return [f"{len(rows)} stor{'ies' if len(rows) != 1 else 'y'}: presslog cluster ID shows who carried one"]


def _told(row: Row) -> Row:
    """A member as people read it."""
    at = f"{row['came_out_at'][:10]} {row['came_out_at'][11:16] if row['is_timed'] else ''}".rstrip()
    lag = "" if row["relation"] == "lead" or row["lag_seconds"] is None else lag_text(row["lag_seconds"])
    return row | {"out": at, "lag": lag, "outlet": _outlet(row)}


def _told_story(row: Row) -> Row:
    return row | {key: _moment(row[f"{key}_at"]) for key in ("first", "last")}


def _moment(at: str) -> str:
    """A time to the minute, or the day where no more is known."""
    from presslog.store.kinship import END_OF_DAY

    return at[:10] if at.endswith(END_OF_DAY) else f"{at[:10]} {at[11:16]}"


def _outlet(row: Row) -> str:
    return row["source"] or f"{row['feed']}/{row['path']}"


def lag_text(seconds: int) -> str:
    """How much later, in the two largest units.

    >>> lag_text(1080), lag_text(7500), lag_text(40), lag_text(90_000)
    ('+18 min', '+2 h 5 min', '+0 min', '+1 d 1 h')
    """
    parts = []
    for unit, size in UNITS:
        count, seconds = divmod(seconds, size)
        parts += [f"{count} {unit}"] if count else []
    return f"+{' '.join(parts[:2]) or '0 min'}"
