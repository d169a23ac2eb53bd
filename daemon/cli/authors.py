"""presslog authors: who writes, how much, when, and for whom."""

from datetime import UTC, datetime

import click

from .freshness import freshness
from .options import common, store_folder
from .output import Column, emit, output, say
from .pager import paged
from .past import asked_past, past
from .search import filters
from .words import Words

COLUMNS = (
    Column("name"),
    Column("article_count", "articles", is_right=True),
    Column("first_day", "first"),
    Column("last_day", "last"),
    Column("sources", gives_way=True),
)


@click.command(cls=Words)
@click.argument("query", nargs=-1)
@filters
@past
@click.option("-n", "limit", default=20, show_default=True, type=click.IntRange(1), help="At most so many.")
@output()
@common
@paged
def authors(query: tuple[str, ...], since: str, until: str, limit: int, form: str | None) -> None:
    """List who writes.

    Who is credited in the articles that match, those with most articles first; first and last are days of publication.
    QUERY is as in search: `author:NAME` finds the articles of one, and all that they wrote them with.

    \b
    Examples:
      presslog authors
      presslog authors 'kazakhstan source:Reuters' --since 2022-01-01 -n 5
      presslog authors -o json author:Smith
    """
    from presslog.store.authors import authors as credited
    from presslog.store.queries import Answers

    folder = store_folder()
    with Answers(folder, asked_past()) as answers:
        with answers.tables as tables:
            found = credited(tables, " ".join(query), datetime.now(UTC), since=since, until=until, limit=limit + 1)
        fresh = freshness(answers, folder)
    count = emit(found[:limit], COLUMNS, form)
    say(f"{count} author{'s' if count != 1 else ''}{': more with -n' if len(found) > limit else ''} · {fresh}")
    if not count:
        say("Next:  `presslog search` with the same words finds articles that name nobody")
