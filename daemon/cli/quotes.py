"""presslog quotes: what somebody said, across articles, revisions and outlets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .facts import answer, asked_answers, fact_options, footer, told
from .freshness import freshness
from .options import common, reading_settings
from .output import Column, emit, output, say
from .pager import paged
from .words import Words

if TYPE_CHECKING:
    from collections.abc import Callable

    from presslog.store.tables import Row

COLUMNS = (
    Column("where", "article"),
    Column("day"),
    Column("published_by", "in"),
    Column("speaker"),
    Column("role", gives_way=True),
    Column("outlet", "to"),
    Column("text", "words", gives_way=True),
)


FOR_PEOPLE = (None, "table", "md")
WORDS_BEFORE = 5
LEDGER = (
    Column("first"),
    Column("published_by", "in"),
    Column("speaker"),
    Column("times", is_right=True),
    Column("sources", is_right=True),
    Column("wordings", is_right=True),
    Column("text", "words", gives_way=True),
)
CHANGED = (
    Column("where", "article"),
    Column("day"),
    Column("published_by", "in"),
    Column("change"),
    Column("speaker"),
    Column("before", gives_way=True),
    Column("after", gives_way=True),
)


@click.command(cls=Words)
@fact_options("speaker", ("direct", "partial", "indirect"), counts=False)
@click.option("--ledger", "is_ledger", is_flag=True, help="Each quote once: where first, how often, in which words.")
@click.option("--changed", "is_changed", is_flag=True, help="Quotes that a later revision changed, moved or dropped.")
@output()
@common
@paged
def quotes(is_ledger: bool, is_changed: bool, **asked: Any) -> None:
    """List what was said, and by whom.

    Direct quotes, words quoted inside a clause, and what is reported without quotation marks; the newest article first.
    Rules have found them: every row says which, and how sure they are. QUERY and its filters choose articles.

    \b
    Examples:
      presslog quotes --speaker tokayev
      presslog quotes --kind direct kazakhstan source:Bloomberg
      presslog quotes --count --since 2022-01-01
      presslog quotes --ledger --speaker tokayev
      presslog quotes --changed --since yesterday
      presslog quotes -o json --article art_4toohzf3 | jq '.[].text'
    """
    from presslog.store.facts import QUOTES
    from presslog.store.ledger import changed_quotes, ledger

    if is_ledger and is_changed:
        raise click.UsageError("--ledger and --changed are two questions: ask one of them")
    if is_ledger:
        _list(ledger, LEDGER, "quotes", **asked)
    elif is_changed:
        _list(changed_quotes, CHANGED, "changed quotes", **asked)
    else:
        answer(QUOTES, COLUMNS, **asked)


def _where_it_differs(row: "Row") -> "Row":
    """A change of a long quote with the words that it begins at, not those that both have."""
    before, after = row.get("before", "").split(" "), row.get("after", "").split(" ")
    same = next((place for place, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), 0)
    if same <= WORDS_BEFORE:
        return row
    return row | {name: " ".join(["…", *words[same - 2 :]]) for name, words in (("before", before), ("after", after))}


def _list(
    find: "Callable[..., list[Row]]",
    columns: Sequence[Column],
    what: str,
    *,
    form: str | None,
    limit: int,
    is_counted: bool,  # noqa: ARG001  there is nothing to count
    **asked: Any,
) -> None:
    with asked_answers(**asked) as (answers, wish, now):
        rows = find(answers, wish, now, limit=limit)
        fresh = freshness(answers, reading_settings().store_folder)
    shown = map(told, rows)
    emit(map(_where_it_differs, shown) if form in FOR_PEOPLE else shown, columns, form)
    say(footer(what, len(rows), fresh, has_more=len(rows) == limit))
