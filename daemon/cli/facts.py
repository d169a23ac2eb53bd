"""What articles say, in the commands that list it: their options, which are those of search, and their answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from .freshness import freshness
from .options import reading_settings
from .output import Column, emit, say
from .past import asked_past, past
from .saved import asked_query, saved
from .search import filters
from .text import SHORT_ID

if TYPE_CHECKING:
    from datetime import datetime

    from presslog.store.facts import Asked, Facts
    from presslog.store.queries import Answers
    from presslog.store.tables import Row

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
DAY_LETTERS = 10
LIMIT = 50
COUNTED = (
    Column("name", gives_way=True),
    Column("kind"),
    Column("articles", is_right=True),
    Column("facts", "times", is_right=True),
    Column("sources", is_right=True),
    Column("first", "first"),
    Column("last", "last"),
)


def fact_options(about: str, kinds: Sequence[str], *, counts: bool) -> Callable[[_Decorated], _Decorated]:
    """Add the options of a command that lists facts: ``about`` whom, of which kinds, and whether it counts unasked."""
    options = (
        click.argument("query", nargs=-1),
        filters,
        click.option(f"--{about}", "name", default="", metavar="NAME", help="Only of this name, or a part of it."),
        click.option("--kind", "kinds", type=click.Choice(kinds), multiple=True, help="Only of this kind; repeatable."),
        click.option("--article", default="", metavar="ID", help="Only of this article."),
        click.option("--all-revisions", "every_revision", is_flag=True, help="Of every revision, not the current."),
        click.option("--count/--each", "is_counted", default=counts, help="Count by name, or list one by one."),
        past,
        click.option("-n", "limit", default=LIMIT, show_default=True, type=click.IntRange(1), help="At most so many."),
        click.option("--fresh", is_flag=True, help="Wait until what all articles say is derived."),
        click.option("--wait", "wait_seconds", default=10.0, show_default=True, help="With --fresh: at most so long."),
        saved,
    )

    def decorate(function: _Decorated) -> _Decorated:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


def answer(facts: "Facts", columns: Sequence[Column], *, form: str | None, is_counted: bool, **asked: Any) -> None:
    """Ask, write the rows, and say how many they are and how fresh."""
    from presslog.store.facts import counted_facts, each_fact

    find = counted_facts if is_counted else each_fact
    with asked_answers(**asked) as (answers, wish, now):
        rows = find(answers, facts, wish, now, limit=asked["limit"])
        fresh = freshness(answers, reading_settings().store_folder)
    emit(map(told, rows), COUNTED if is_counted else columns, form, id_key="name" if is_counted else "id")
    what = "names" if is_counted else facts.table
    say(footer(what, len(rows), fresh, has_more=len(rows) == asked["limit"]))


@contextmanager
def asked_answers(
    *, query: tuple[str, ...], every_revision: bool, fresh: bool, wait_seconds: float, **asked: Any
) -> "Iterator[tuple[Answers, Asked, datetime]]":
    """One state of the tables for the block, what is asked of it, and the moment of the question."""
    from datetime import UTC, datetime

    from presslog.store.queries import Answers

    settings, text = reading_settings(), asked_query(query)
    if fresh:
        from .fresh import freshen

        freshen(settings, wait_seconds, with_insight=True)
    with Answers(settings.store_folder, asked_past(), every_revision=every_revision, with_insight=True) as answers:
        wish = _wish(answers, text, **asked)
        with answers.tables:
            yield answers, wish, datetime.now(UTC)


def _wish(answers: "Answers", text: str, *, since: str, until: str, name: str, article: str, **asked: Any) -> "Asked":
    from presslog.store.facts import Asked
    from presslog.store.meaning import also_called

    identifier = answers.resolve(article) if article else ""
    others = also_called(answers.tables, name) if name else ()
    return Asked(text, since, until, identifier, name, others, tuple(asked["kinds"]))


def told(row: "Row") -> "Row":
    """A row with what people read: the day, and the revision by name."""
    days = {key: str(row[f"{key}_at"])[:DAY_LETTERS] for key in ("first", "last") if f"{key}_at" in row}
    if "at" not in row:
        return row | days
    return row | {"day": str(row["at"])[:DAY_LETTERS], "where": f"{row['id'][:SHORT_ID]}@{row['revision']}"}


def footer(what: str, count: int, fresh: str, *, has_more: bool = False) -> str:
    """What stands below the rows; where there are none, what to do next."""
    if not count:
        return (
            f"no {what} match · {fresh}\n"
            "Next:  fewer words or filters; `presslog status` says how far what articles say is derived"
        )
    more = ": more with -n" if has_more else ""
    return f"{count} {what if count != 1 else what.removesuffix('s')}{more} · {fresh}"
