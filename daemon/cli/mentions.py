"""presslog mentions: people, organisations, places, dates, money and numbers in articles."""

from typing import Any

import click

from .facts import answer, fact_options
from .options import common
from .output import Column, output
from .pager import paged
from .words import Words

COLUMNS = (
    Column("where", "article"),
    Column("day"),
    Column("published_by", "in"),
    Column("kind"),
    Column("text", "words", gives_way=True),
    Column("name", gives_way=True),
)


@click.command(cls=Words)
@fact_options("name", ("person", "organisation", "place", "date", "money", "number"), counts=True)
@output()
@common
@paged
def mentions(**asked: Any) -> None:
    """Count who and what is mentioned, or list it.

    A mention is a fact of a text. That two names mean one and the same is a decision, which people make: `presslog
    entities`. Every row says what has found it, and how sure that is.

    \b
    Examples:
      presslog mentions --kind person kazakhstan
      presslog mentions --each --name almaty --since 7d
      presslog mentions --each --kind money -o json
    """
    from presslog.store.facts import MENTIONS

    answer(MENTIONS, COLUMNS, **asked)
