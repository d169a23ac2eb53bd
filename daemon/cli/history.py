"""presslog history: the revisions of one article."""

import click

from .options import common, store_folder
from .output import Column, emit, output

COLUMNS = (
    Column("revision", "rev", is_right=True),
    Column("valid_from_at", "since"),
    Column("is_current", "now"),
    Column("change_kind", "kind"),
    Column("status"),
    Column("changed", gives_way=True),
    Column("word_count", "words", is_right=True),
    Column("position", is_right=True),
    Column("title", gives_way=True),
)


@click.command()
@click.argument("name", metavar="ID")
@output()
@common
def history(name: str, form: str | None) -> None:
    """List the revisions of an article.

    Oldest first, a star at the current one; `presslog show ID@REV` shows one. A revision that a newer presslog read
    anew stands twice, the kind of the second is reread: the newsroom changed nothing then.

    \b
    Example:
      presslog history art_4toohzf3
    """
    from presslog.store.queries import Answers

    with Answers(store_folder()) as answers:
        rows = answers.history(answers.resolve(name))
    marked = [{**row, "is_current": "*" if row["valid_to_position"] is None else ""} for row in rows]
    emit(marked if form in (None, "table", "md") else rows, COLUMNS, form, id_key="event_id")
