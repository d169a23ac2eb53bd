"""presslog search: the articles that match, best first, with what was found marked."""

import time
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from .exits import NOTHING
from .facets import FIELDS
from .hits import COLUMNS, END, START, page, row
from .options import common, is_terminal, reading_settings
from .output import emit, emit_object, output, say
from .pager import paged
from .past import asked_past, past
from .saved import asked_query, saved
from .words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.facets import Facets
    from presslog.store.query import Query
    from presslog.store.search import Found, Wish
    from presslog.store.tables import Tables


class _Answer(NamedTuple):
    found: "Found"
    facets: "Facets | None"
    freshness: str
    as_of: int
    behind: int | None
    milliseconds: float


def filters(function: Any) -> Any:
    """Add --since and --until, which search and export share."""
    until = click.option("--until", default="", metavar="TIME", help="Published (or first seen) then or before.")
    since = click.option(
        "--since", default="", metavar="TIME", help="Published (or first seen) then or later: 2h, 2022-01-06."
    )
    return since(until(function))


@click.command(cls=Words)
@click.argument("query", nargs=-1)
@filters
@click.option("--all-revisions", "every_revision", is_flag=True, help="Search every revision, not only current ones.")
@past
@click.option(
    "-n", "limit", default=20, show_default=True, type=click.IntRange(0, 1000), help="At most so many articles."
)
@click.option(
    "--sort", type=click.Choice(["rank", "time"]), default="rank", show_default=True, help="Best or newest first."
)
@click.option("-r", "--reverse", "is_reversed", is_flag=True, help="Oldest first by time; by rank the best last.")
@click.option("--facet", "facets", type=click.Choice(FIELDS), multiple=True, help="Count by this too (repeatable).")
@click.option("--fresh", is_flag=True, help="Wait until all that the log holds can be found.")
@click.option("--wait", "wait_seconds", default=10.0, show_default=True, help="With --fresh: at most so many seconds.")
@click.option("--exit-code", "with_exit_code", is_flag=True, help="Exit with 3 where nothing matches, like grep.")
@output()
@saved
@common
@paged
def search(query: tuple[str, ...], form: str | None, with_exit_code: bool, **asked: Any) -> None:
    """Find articles by their words.

    `presslog help query` explains the language, `presslog help times` the times.

    \b
    Examples:
      presslog search 'kazakhstan "peacekeeping forces" source:Bloomberg'
      presslog search -n 5 --sort time --since 2d 'protest* -sport'
      presslog search --all-revisions --as-of 2022-01-06 '"several police"'
      presslog search -n 0 --facet source --facet day kazakhstan
      presslog search -o json author:Smith | jq '.[].title'
      presslog search 'flood* source:Reuters' --save floods
    """
    if asked["facets"] and asked["limit"] and form not in (None, "table", "json"):
        raise click.UsageError(f"hits and facets do not fit into one {form}: ask for -o json, or for -n 0")
    folder = _folder(asked["wait_seconds"] if asked["fresh"] else None)
    answer = _ask(folder, asked_query(query), **asked)
    _write(answer, form, limit=asked["limit"], every_revision=asked["every_revision"])
    say(_footer(answer, **asked))
    if not answer.found.total and with_exit_code:
        click.get_current_context().exit(NOTHING)


def _folder(wait_seconds: float | None) -> "Path":
    """The store's folder; where a time to wait is given, its views are at the head of the log now."""
    settings = reading_settings()
    if wait_seconds is not None:
        from .fresh import freshen

        freshen(settings, wait_seconds)
    return settings.store_folder


def _ask(folder: "Path", text: str, *, since: str, until: str, facets: tuple[str, ...], **asked: Any) -> _Answer:
    """Both answers from one state of the views; facets may be asked of all articles."""
    from presslog.store.queries import Answers
    from presslog.store.query import EVERYTHING
    from presslog.store.search import asked as understood

    from .freshness import behind, freshness

    began = time.perf_counter()
    query = EVERYTHING if facets and not text.strip() + since + until else understood(text, since, until)
    with Answers(folder, asked_past(), every_revision=asked["every_revision"]) as answers:
        with answers.tables:
            found, counts = _found(answers.tables, query, _wish(**asked), facets)
        milliseconds = (time.perf_counter() - began) * 1000
        left = behind(answers, folder) if facets else 0
        return _Answer(found, counts, freshness(answers, folder), answers.as_of(), left, milliseconds)


def _found(tables: "Tables", query: "Query", wish: "Wish", fields: tuple[str, ...]) -> "tuple[Found, Facets | None]":
    from datetime import UTC, datetime

    from presslog.store.search import search as find

    now = datetime.now(UTC)
    found = find(tables, query, wish, now)
    if not fields:
        return found, None
    from presslog.store.facets import count_facets

    return found, count_facets(tables, query, list(dict.fromkeys(fields)), now)


def _wish(*, limit: int, sort: str, is_reversed: bool, **_: Any) -> "Wish":
    from presslog.store.search import Wish

    return Wish(limit=limit, is_by_time=sort == "time", marks=(START, END), is_reversed=is_reversed)


def _write(answer: _Answer, form: str | None, *, limit: int, every_revision: bool) -> None:
    rows = (row(hit, every_revision=every_revision) for hit in answer.found.hits)
    for_people = form == "table" or (form is None and is_terminal())
    if answer.facets is None:
        page(answer.found.hits) if for_people else emit(rows, COLUMNS, form)
        return
    from . import facets

    if form == "json":
        emit_object(
            {
                "hits": list(rows),
                "facets": facets.as_object(answer.facets),
                "total": answer.facets.counted,
                "is_bounded": answer.facets.is_bounded,
                "as_of": answer.as_of,
                "behind": answer.behind,
            }
        )
    elif for_people:
        page(answer.found.hits)
        facets.as_lines(answer.facets)
    else:
        if limit:
            emit(rows, COLUMNS, form)
        emit(facets.as_rows(answer.facets), facets.COLUMNS, form, id_key="value")


def _footer(answer: _Answer, *, limit: int, every_revision: bool, sort: str, is_reversed: bool, **_: Any) -> str:
    found = answer.found
    if not found.total:
        return (
            f"nothing matches · {answer.freshness}\n"
            "Next:  fewer words, a prefix like kazakh*, or `presslog sources` and `presslog status` for what is there"
        )
    count = f"{found.total} {'revision' if every_revision else 'article'}{'s' if found.total != 1 else ''}"
    if found.is_bounded:
        end = "oldest" if is_reversed and sort == "time" else "newest"
        count = f"more than {count}, ranked among the {end} of them: narrow it with another word or since:"
    elif 0 < limit < found.total:
        count = f"{limit} of {count}: more with -n"
    if answer.facets and answer.facets.is_bounded:
        count += f" · facets count the newest {answer.facets.counted}"
    return f"{count} · {answer.milliseconds:.0f} ms · {answer.freshness}"
