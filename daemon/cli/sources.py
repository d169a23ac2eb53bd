"""presslog sources: the agencies and papers that articles come from."""

from typing import Any

import click

from .freshness import freshness
from .options import common, store_folder
from .output import Column, emit, output, say
from .pager import paged
from .past import asked_past, past

COLUMNS = (
    Column("name"),
    Column("article_count", "articles", is_right=True),
    Column("revision_count", "revisions", is_right=True),
    Column("first_seen", "first seen"),
    Column("last_seen", "last seen"),
)
FOR_PEOPLE = (None, "table", "md")


@click.command()
@output()
@past
@common
@paged
def sources(form: str | None) -> None:
    """List agencies and papers.

    With their counts, the largest first.

    \b
    Example:
      presslog sources -o csv
    """
    from presslog.store.queries import Answers

    folder = store_folder()
    with Answers(folder, asked_past()) as answers:
        count = emit(answers.sources() if form not in FOR_PEOPLE else map(_told, answers.sources()), COLUMNS, form)
        say(f"{count} source{'s' if count != 1 else ''} · {freshness(answers, folder)}")
    if not count:
        say("no article names its source yet\nNext:  `presslog run`, then drop articles into a watched folder")


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A source with its times to the minute."""
    return row | {key: f"{row[f'{key}_at'][:10]} {row[f'{key}_at'][11:16]}" for key in ("first_seen", "last_seen")}
