"""presslog search: the articles that match, best first, with what was found marked."""

import re
import shutil
import sys
import time
from typing import TYPE_CHECKING, Any

import click

from .exits import NOTHING
from .options import common, has_colour, is_terminal, loaded
from .output import Column, emit, output, say
from .saved import asked, saved
from .text import one_line, shorten, visible, width_of

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.search import Found, Hit, Wish

START, END = "\x01", "\x02"
"""Marks that no format lets through; they become colour or brackets after the text was made harmless."""

COLUMNS = (
    Column("id"),
    Column("date"),
    Column("source"),
    Column("revision"),
    Column("standing"),
    Column("title", gives_way=True),
    Column("snippet", gives_way=True),
)
SHORT_ID = 12
INDENT = "     "


def filters(function: Any) -> Any:
    """Add --since and --until, which search and export share."""
    until = click.option("--until", default="", metavar="TIME", help="Published (or first seen) then or before.")
    since = click.option(
        "--since", default="", metavar="TIME", help="Published (or first seen) then or later: 2h, 2022-01-06."
    )
    return since(until(function))


@click.command()
@click.argument("query", nargs=-1)
@filters
@click.option(
    "-n", "limit", default=20, show_default=True, type=click.IntRange(1, 1000), help="At most so many articles."
)
@click.option(
    "--sort", type=click.Choice(["rank", "time"]), default="rank", show_default=True, help="Best or newest first."
)
@click.option("--fresh", is_flag=True, help="Wait until all that the log holds can be found.")
@click.option("--wait", "wait_seconds", default=10.0, show_default=True, help="With --fresh: at most so many seconds.")
@click.option("--exit-code", "with_exit_code", is_flag=True, help="Exit with 3 where nothing matches, like grep.")
@output()
@saved
@common
def search(
    query: tuple[str, ...],
    since: str,
    until: str,
    limit: int,
    sort: str,
    fresh: bool,
    wait_seconds: float,
    with_exit_code: bool,
    form: str | None,
) -> None:
    """Find articles by their words.

    `presslog help query` explains the language, `presslog help times` the times.

    \b
    Examples:
      presslog search 'kazakhstan "peacekeeping forces" source:Bloomberg'
      presslog search -n 5 --sort time --since 2d 'protest* -sport'
      presslog search -o json author:Smith | jq '.[].title'
      presslog search 'flood* source:Reuters' --save floods
    """
    from presslog.store.search import Wish

    folder, text = _folder(wait_seconds if fresh else None), asked(query)
    began = time.perf_counter()
    wish = Wish(limit=limit, is_by_time=sort == "time", marks=(START, END))
    found, as_of = _ask(folder, text, wish, since, until)
    milliseconds = (time.perf_counter() - began) * 1000
    if form == "table" or (form is None and is_terminal()):
        _page(found)
    else:
        emit(map(_row, found.hits), COLUMNS, form)
    say(_footer(found, milliseconds, as_of))
    if not found.total and with_exit_code:
        click.get_current_context().exit(NOTHING)


def _folder(wait_seconds: float | None) -> "Path":
    """The store's folder; where a time to wait is given, its views are at the head of the log now."""
    settings = loaded().settings
    if wait_seconds is not None:
        from presslog.daemon.assemble import freshen

        freshen(settings, wait_seconds)
    return settings.store_folder


def _ask(folder: "Path", text: str, wish: "Wish", since: str, until: str) -> "tuple[Found, int]":
    from presslog.store.queries import Answers

    with Answers(folder) as answers:
        return answers.search(text, wish, since=since, until=until), answers.as_of()


def _row(hit: "Hit") -> dict[str, Any]:
    return {**hit.article, "date": _date(hit), "standing": _standing(hit), "snippet": _bracketed(hit.snippet)}


def _standing(hit: "Hit") -> str:
    """What must be known before an article is used, at this moment: withdrawn, withheld, under embargo."""
    from datetime import UTC, datetime

    from presslog.store.standing import standing

    return standing(hit.article, datetime.now(UTC))


def _date(hit: "Hit") -> str:
    return str(hit.article["published_at"] or hit.article["first_seen_at"])[:10]


def _bracketed(text: str) -> str:
    return text.replace(START, "[").replace(END, "]")


def _page(found: "Found") -> None:
    """The list as people read it: a line an article, and below it the piece of its text."""
    width = shutil.get_terminal_size().columns
    sources = [one_line(hit.article["source"]) for hit in found.hits]
    widest = max(map(width_of, sources), default=0)
    for hit, source in zip(found.hits, sources, strict=True):
        padded = source + " " * (widest - width_of(source))
        mark = one_line(_standing(hit))
        head = f"{hit.article['id'][:SHORT_ID]}  {_date(hit)}  {padded}  rev {hit.article['revision']:<2} "
        head += f"[{mark}] " if mark else ""
        sys.stdout.write(head + _marked(hit.marked_title, width - width_of(head)) + "\n")
        sys.stdout.write(INDENT + _marked(hit.snippet, width - len(INDENT)) + "\n")


def _marked(text: str, width: int) -> str:
    """Make text harmless, cut it to a width, and turn its marks into colour, or into brackets where there is none."""
    parts = re.split(f"([{START}{END}])", text)
    harmless = " ".join("".join(part if part in (START, END) else visible(part) for part in parts).split())
    if not has_colour():
        return shorten(_bracketed(harmless), width)
    from rich.cells import set_cell_size

    without = harmless.replace(START, "").replace(END, "")
    if width_of(without) > width:
        # The marks are control characters, which take no column here.
        harmless = set_cell_size(harmless, max(width - 1, 0)) + "…"
    return harmless.replace(START, "\x1b[1;33m").replace(END, "\x1b[0m") + "\x1b[0m"


def _footer(found: "Found", milliseconds: float, as_of: int) -> str:
    if not found.total:
        return (
            f"nothing matches · as of #{as_of}\n"
            "Next:  fewer words, a prefix like kazakh*, or `presslog sources` and `presslog status` for what is there"
        )
    count = f"{found.total} article{'s' if found.total != 1 else ''}"
    if found.is_bounded:
        count = (
            f"more than {found.total} articles, ranked among the newest of them: narrow it with another word or since:"
        )
    elif len(found.hits) < found.total:
        count = f"{len(found.hits)} of {count}: more with -n"
    return f"{count} · {milliseconds:.0f} ms · as of #{as_of}"
