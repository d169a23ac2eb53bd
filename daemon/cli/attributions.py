"""presslog attributions: whom articles rely on, and through whom."""

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
    Column("name"),
    Column("kind"),
    Column("cue"),
    Column("via"),
    Column("text", "words", gives_way=True),
)


@click.command(cls=Words)
@fact_options("source", ("outlet", "organisation", "official", "document", "person"), counts=False)
@output()
@common
@paged
def attributions(**asked: Any) -> None:
    """List whom articles rely on.

    Agencies, organisations, officials, documents and people, with the words that say so, and the chain where one cites
    another. Rules have found them: every row says which, and how sure they are. A source without a name, such as "the
    news service", has one where the article leaves no doubt who it is.

    \b
    Examples:
      presslog attributions --source interfax
      presslog attributions --count --kind outlet kazakhstan
      presslog attributions -o csv --since 7d > relied-on.csv
    """
    from presslog.store.facts import ATTRIBUTIONS

    answer(ATTRIBUTIONS, COLUMNS, **asked)
