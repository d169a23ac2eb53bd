"""presslog timeline: what happened to articles, day by day."""

import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import click

from .freshness import freshness
from .options import common, is_terminal, store_folder
from .output import Column, bold, emit, output, say
from .pager import paged
from .past import asked_past, past
from .sparkline import sparkline
from .text import SHORT_ID, one_line, shorten, width_of
from .words import Words

Row = dict[str, Any]
KINDS = ("first", "update", "writethru", "correction", "withdrawal", "erasure")
COLUMNS = (
    Column("at"),
    Column("kind"),
    Column("article_id", "id"),
    Column("source"),
    Column("headline", gives_way=True),
    Column("detail", gives_way=True),
)
VIEW = tuple(map(Column, "at kind article_id source_id source headline detail position recorded_at".split()))
"""What the forms for programs give: the columns of the view."""
LEAST_WIDTH = 20
DAY, MINUTE = 10, 16
"""So many letters of a time are its day, and its day with the minute."""


@click.command(cls=Words)
@click.argument("query", nargs=-1)
@click.option("-S", "--since", default="", metavar="TIME", help="Of then or later: 2h, yesterday, 2022-01-06.")
@click.option("-U", "--until", default="", metavar="TIME", help="Of then or before.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these; can be repeated.")
@click.option("-n", "limit", default=50, show_default=True, type=click.IntRange(1), help="The newest so many.")
@click.option("-r", "--reverse", "is_reversed", is_flag=True, help="Newest first.")
@output()
@past
@common
@paged
def timeline(query: tuple[str, ...], form: str | None, is_reversed: bool, limit: int, **wish: Any) -> None:
    """Tell what happened, day by day.

    When articles came out, were revised, corrected, withdrawn and erased: as their publishers date it, to the day or in
    UTC, else when presslog recorded it. The newest stand last. QUERY is as in search, and asks of the revision that
    came. The bars beside a day are its hours.

    \b
    Examples:
      presslog timeline --since yesterday
      presslog timeline 'kazakhstan source:Reuters' --since 2022-01-05 --until 2022-01-07
      presslog timeline --kind correction --kind withdrawal -o csv
    """
    from presslog.store.queries import Answers
    from presslog.store.timeline import Which
    from presslog.store.timeline import timeline as events

    folder, kinds = store_folder(), wish["kinds"] or KINDS
    which = Which(kinds=kinds, since=wish["since"], until=wish["until"], limit=limit + 1)
    with Answers(folder, asked_past()) as answers:
        with answers.tables as tables:
            found = events(tables, " ".join(query), which, datetime.now(UTC))
        fresh = freshness(answers, folder)
    rows = found[:limit] if is_reversed else found[:limit][::-1]
    _write(rows, form)
    say(_footer(len(rows), len(found) > limit, fresh))


def _write(rows: Sequence[Row], form: str | None) -> None:
    if form == "table" or (form is None and is_terminal()):
        sys.stdout.writelines(line + "\n" for line in _days(rows))
    elif form == "id":
        emit({row["article_id"]: row for row in rows}.values(), VIEW, form, id_key="article_id")
    else:
        emit(rows, COLUMNS if form in (None, "md") else VIEW, form)


def _days(rows: Sequence[Row]) -> Iterator[str]:
    """Each day with its hours, and below it what happened then."""
    from shutil import get_terminal_size  # 5 ms, for a screen only

    width = get_terminal_size().columns
    for number, (day, those) in enumerate(groupby(rows, key=lambda row: str(row["at"])[:DAY])):
        events = list(those)
        if number:
            yield ""
        yield bold(_heading(day, events))
        yield from _lines(events, width)


def _heading(day: str, events: Sequence[Row]) -> str:
    hours = [0] * 24
    for row in events:
        if len(row["at"]) > DAY:
            hours[int(row["at"][11:13])] += 1
    count = f"{len(events)} event{'s' if len(events) != 1 else ''}"
    return f"{_named(day)}  {sparkline(hours)}  {count}"


def _named(day: str) -> str:
    """A day with its weekday; a month stays as it is."""
    try:
        return f"{datetime.fromisoformat(day):%a %d %b %Y}" if len(day) == DAY else day
    except ValueError:
        return day


def _lines(events: Sequence[Row], width: int) -> Iterator[str]:
    sources = [one_line(row["source"]) for row in events]
    widest = max(map(width_of, sources))
    for row, source in zip(events, sources, strict=True):
        padded = source + " " * (widest - width_of(source))
        head = f"  {row['at'][11:MINUTE]:<5}  {row['kind']:<10}  {row['article_id'][:SHORT_ID]}  {padded}  "
        yield head + _told(row, max(width - width_of(head), LEAST_WIDTH))


def _told(row: Row, width: int) -> str:
    """The headline and what changed, of which the headline gives way."""
    headline, detail = one_line(row["headline"]), one_line(row["detail"])
    if not (headline and detail):
        return shorten(headline or detail, width)
    detail = shorten(detail, width // 2)
    return f"{shorten(headline, width - width_of(detail) - 2)}: {detail}"


def _footer(count: int, has_more: bool, fresh: str) -> str:
    if not count:
        return f"nothing of that kind happened · {fresh}\nNext:  go back further with --since, or ask for less"
    return f"{count} event{'s' if count != 1 else ''}{': more with -n' if has_more else ''} · {fresh}"
