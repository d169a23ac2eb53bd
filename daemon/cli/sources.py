"""presslog sources: the agencies and papers that articles come from."""

import click

from .options import common, store_folder
from .output import Column, emit, output, say

COLUMNS = (
    Column("name"),
    Column("article_count", "articles", is_right=True),
    Column("revision_count", "revisions", is_right=True),
    Column("first_seen_at", "first seen"),
    Column("last_seen_at", "last seen"),
)


@click.command()
@output()
@common
def sources(form: str | None) -> None:
    """List agencies and papers.

    With their counts, the largest first.

    \b
    Example:
      presslog sources -o csv
    """
    from presslog.store.queries import Answers

    with Answers(store_folder()) as answers:
        count = emit(answers.sources(), COLUMNS, form)
    if not count:
        say("no article names its source yet\nNext:  `presslog run`, then drop articles into a watched folder")
