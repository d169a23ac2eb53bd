"""presslog sources: the agencies and papers that articles come from, and what is known of one of them."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from .freshness import freshness
from .options import common, store_folder
from .output import Column, emit, emit_object, output, say
from .pager import paged
from .past import asked_past, past
from .search import filters
from .words import Words

if TYPE_CHECKING:
    from presslog.store.queries import Answers
    from presslog.store.sources import Portrait

COLUMNS = (
    Column("name"),
    Column("article_count", "articles", is_right=True),
    Column("revision_count", "revisions", is_right=True),
    Column("first_seen", "first seen"),
    Column("last_seen", "last seen"),
    Column("revision_rate", "rate", is_right=True),
    Column("kind"),
)
FOR_PEOPLE = (None, "table", "md")


@click.command(cls=Words)
@click.argument("words", nargs=-1, metavar="[NAME | QUERY]")
@filters
@output()
@past
@common
@paged
def sources(words: tuple[str, ...], since: str, until: str, form: str | None) -> None:
    """List agencies and papers, or show one.

    With their counts, the largest first; the rate says how often an article was revised. All that one is called is one
    source: names, aliases, credits, bylines and addresses. With a QUERY, as in search, only articles that match count.

    With a NAME (an id or an alias does) it shows that source: its volume, its hours, how often it revises, languages,
    sections, what it is called, and its newest articles. Quote a word to search for it: '"reuters"'.

    \b
    Examples:
      presslog sources -o csv
      presslog sources AP
      presslog sources kazakhstan --since 2022-01-01
    """
    from presslog.store.queries import Answers
    from presslog.store.sources import find_source, portrait
    from presslog.store.sources import sources as listed

    folder, text, now = store_folder(), " ".join(words), datetime.now(UTC)
    with Answers(folder, asked_past()) as answers, answers.tables as tables:
        source = find_source(tables, text) if text.strip() else None
        fresh = freshness(answers, folder)
        if source:
            _show(portrait(tables, source, now, since=since, until=until), form)
            say(fresh)
            return
        rows = listed(tables, text, now, since=since, until=until)
        _list(answers, rows, form, f"{_which(text, since, until)} · {fresh}")


def _list(answers: "Answers", rows: list[dict[str, Any]], form: str | None, told: str) -> None:
    count = emit(map(_told, rows) if form in FOR_PEOPLE else rows, COLUMNS, form)
    say(f"{count} source{'s' if count != 1 else ''}{told}")
    if count:
        return
    if answers.article_count():
        say("Next:  `presslog sources` lists all that there are")
    else:
        say("no article names its source yet\nNext:  `presslog run`, then drop articles into a watched folder")


def _which(text: str, since: str, until: str) -> str:
    return " of articles that match" if text.strip() or since or until else ""


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A source with its times to the minute."""
    return row | {key: f"{row[f'{key}_at'][:10]} {row[f'{key}_at'][11:16]}" for key in ("first_seen", "last_seen")}


def _show(found: "Portrait", form: str | None) -> None:
    """The page of a source; programs get it as one object, or its row where a form has no place for more."""
    from .source_page import as_object, page

    if form == "json":
        emit_object(as_object(found))
    elif form in (None, "table"):
        sys.stdout.writelines(line + "\n" for line in page(found))
    else:
        emit([_told(found.source) if form in FOR_PEOPLE else found.source], COLUMNS, form)
