"""presslog export: every article that matches, without a limit."""

import click

from .options import common, store_folder
from .output import Column, emit, output, say
from .saved import asked_query, saved
from .search import filters

COLUMNS = (
    Column("id"),
    Column("published_at", "published"),
    Column("source"),
    Column("revision"),
    Column("standing"),
    Column("title", gives_way=True),
)


@click.command()
@click.argument("query", nargs=-1)
@filters
@output("ndjson", "csv", "json", "md", default="ndjson")
@saved
@common
def export(query: tuple[str, ...], since: str, until: str, form: str) -> None:
    """Write all articles that match.

    Current revisions, in the order of the log, without a limit; all of them where there is no query.

    Withdrawn articles are among them, with their status: leave them out with -status:withdrawn.

    \b
    Examples:
      presslog export > archive.ndjson
      presslog export -o csv source:Reuters --since 2022-01-01 > reuters.csv
    """
    from datetime import UTC, datetime

    from presslog.store.queries import Answers
    from presslog.store.standing import standing

    now = datetime.now(UTC)
    with Answers(store_folder()) as answers:
        found = answers.export(asked_query(query), since=since, until=until, now=now)
        count = emit((row | {"standing": standing(row, now)} for row in found), COLUMNS, form)
        say(f"{count} article{'s' if count != 1 else ''} · as of #{answers.as_of()}")
        if not count:
            say("Next:  `presslog search` with fewer words, or `presslog status` for what is there")
