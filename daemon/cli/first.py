"""presslog first: where a phrase appeared first, in each source, and whether it is still there."""

from typing import TYPE_CHECKING

import click

from .exits import NOTHING
from .options import common, store_folder
from .output import Column, emit, output, say
from .pager import paged
from .past import asked_past, past
from .search import filters
from .text import SHORT_ID
from .words import Words

if TYPE_CHECKING:
    from presslog.store.first import Appearance

COLUMNS = (
    Column("source"),
    Column("which", "revision"),
    Column("seen"),
    Column("published"),
    Column("now"),
    Column("title", gives_way=True),
)
UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))


@click.command(cls=Words)
@click.argument("phrase", nargs=-1, required=True)
@click.option("--exact", "is_exact", is_flag=True, help="The words as they are written, not other forms of them.")
@click.option("--all", "every_article", is_flag=True, help="The first of every article, not only of each source.")
@filters
@past
@click.option("--exit-code", "with_exit_code", is_flag=True, help="Exit with 3 where no revision holds it.")
@output()
@common
@paged
def first(
    phrase: tuple[str, ...],
    is_exact: bool,
    every_article: bool,
    since: str,
    until: str,
    with_exit_code: bool,
    form: str | None,
) -> None:
    """Find where a phrase appeared first.

    In every revision of every article: the earliest that holds it, then the first of each other source, as presslog
    saw them; and whether it is still there. Filters of `presslog help query` may stand beside the phrase.

    \b
    Examples:
      presslog first several police were killed
      presslog first '"several police" source:AFP' --exact
      presslog first --all -o csv 'peacekeeping forces' > appearances.csv
    """
    from datetime import UTC, datetime

    from presslog.store.first import first as appearances
    from presslog.store.queries import Answers
    from presslog.store.query import one_phrase
    from presslog.store.search import with_times

    from .freshness import freshness

    folder, query = store_folder(), with_times(one_phrase(" ".join(phrase)), since, until)
    with Answers(folder, asked_past()) as answers:
        with answers.tables as tables:
            found = appearances(tables, query, datetime.now(UTC), is_exact=is_exact, every_article=every_article)
        fresh = freshness(answers, folder)
    for_people = form in (None, "table", "md", "tsv")
    emit([_shown(each) if for_people else each._asdict() for each in found], COLUMNS, form)
    say(_footer(len(found), fresh, noun="article" if every_article else "source"))
    if not found and with_exit_code:
        click.get_current_context().exit(NOTHING)


def _footer(count: int, fresh: str, *, noun: str) -> str:
    if not count:
        return (
            f"no revision holds it · {fresh}\n"
            "Next:  fewer words, or without --exact; `presslog search --all-revisions` finds words that stand apart"
        )
    return f"{count} {noun}{'s' if count != 1 else ''} · {fresh}"


def _shown(found: "Appearance") -> dict[str, str]:
    return {
        "id": found.id,
        "source": found.source,
        "which": f"{found.id[:SHORT_ID]}@{found.revision}",
        "seen": f"{found.seen_at[:10]} {found.seen_at[11:16]}Z",
        "published": found.published_at[:16].replace("T", " "),
        "now": _fate(found),
        "title": found.title,
    }


def _fate(found: "Appearance") -> str:
    if found.fate_revision is None:
        return found.fate
    later = _later(found.seen_at, found.fate_at)
    return f"{found.fate} in @{found.fate_revision}" + (f", {later} later" if later else "")


def _later(before: str, after: str) -> str:
    """How long after, in the largest unit that fits; nothing for the same second."""
    from datetime import datetime

    seconds = int((datetime.fromisoformat(after) - datetime.fromisoformat(before)).total_seconds())
    return next((f"{seconds // size} {unit}" for unit, size in UNITS if seconds >= size), "")
