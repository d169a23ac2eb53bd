"""presslog history: the revisions of one article."""

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from .erased import ERASED, erased_rows, resolved
from .freshness import freshness
from .options import common, store_folder
from .output import Column, bold, emit, output, say
from .pager import paged
from .past import asked_past, past
from .patch import patch
from .text import one_line

if TYPE_CHECKING:
    from presslog.store.tables import Tables

Row = dict[str, Any]
COLUMNS = (
    Column("revision", "rev", is_right=True),
    Column("recorded"),
    Column("is_current", "now"),
    Column("change_kind", "kind"),
    Column("change_note", "change", gives_way=True),
    Column("word_count", "words", is_right=True),
    Column("position", is_right=True),
)
STAT = (
    *COLUMNS[:2],
    Column("change_kind", "kind"),
    Column("headline_changed", "head", is_right=True),
    Column("numbers_changed", "num", is_right=True),
    Column("quotes_changed", "quot", is_right=True),
    Column("names_changed", "name", is_right=True),
    Column("sentences"),
    Column("salience", is_right=True),
)
ONE_LINE = (Column("revision", "rev", is_right=True), Column("change_kind", "kind"), Column("change_note", "change"))
FOR_PEOPLE = (None, "table", "md")


@click.command()
@click.argument("name", metavar="ID")
@click.option("-n", "limit", type=click.IntRange(1), help="At most so many.")
@click.option("-S", "--since", default="", metavar="TIME", help="Recorded then or later: 2h, yesterday, 2022-01-06.")
@click.option("-U", "--until", default="", metavar="TIME", help="Recorded then or before.")
@click.option("-r", "--reverse", "is_reversed", is_flag=True, help="Oldest first.")
@click.option("-p", "--patch", "with_patch", is_flag=True, help="What each changed, sentence by sentence.")
@click.option("--stat", "with_stat", is_flag=True, help="How much each changed.")
@click.option("--oneline", "is_short", is_flag=True, help="Only number, kind and change.")
@output()
@past
@common
@paged
def history(name: str, form: str | None, *, with_patch: bool, with_stat: bool, is_short: bool, **which: Any) -> None:
    """List the revisions of an article.

    Newest first, a star at the current one; `presslog show ID@REV` shows one, `presslog diff ID A..B` two beside each
    other. A revision that a newer presslog read anew stands twice, the kind of one of them is reread: the newsroom
    changed nothing then. Where all up to a revision was erased, one line says when, by whom and why.

    \b
    Examples:
      presslog history art_4toohzf3
      presslog history 4too --since yesterday --stat
      presslog history 4too -p -n 1     what the newest revision changed
    """
    from presslog.store.queries import Answers

    if with_patch and form not in FOR_PEOPLE[:2]:
        raise click.UsageError(f"-p is for people: leave out -o {form}, or take `presslog diff ID A..B -o {form}`")
    folder = store_folder()
    columns = STAT if with_stat else ONE_LINE if is_short else COLUMNS
    with Answers(folder, asked_past()) as answers:
        identifier = resolved(answers, name)
        rows = _chosen([*erased_rows(folder, answers.tables, identifier), *answers.history(identifier)], **which)
        if with_patch:
            _patches(answers.tables, rows)
        else:
            emit(map(_told, rows) if form in FOR_PEOPLE else rows, columns, form, id_key="event_id")
        number = sum(1 for row in rows if row["change_kind"] != ERASED)
        count = f"{number} revision{'s' if number != 1 else ''}"
        say(f"{count} · {freshness(answers, folder)}")


def _chosen(rows: list[Row], *, limit: int | None, since: str, until: str, is_reversed: bool) -> list[Row]:
    """Those of the time that is asked for, the newest of them; in the order that is asked for."""
    from datetime import UTC, datetime

    from presslog.store.when import moment

    now = datetime.now(UTC)
    first, last = moment(since, now) if since else "", moment(until, now, is_end=True) if until else "~"
    found = [row for row in reversed(rows) if first <= row["valid_from_at"] <= last][:limit]
    return found[::-1] if is_reversed else found


def _told(row: Row) -> Row:
    """A revision as people read it: without the text of a note, the fields that differ."""
    changes = (
        f"{sign}{row[f'sentences_{what}'] or 0}" for sign, what in (("+", "added"), ("-", "removed"), ("~", "changed"))
    )
    return row | {
        "recorded": f"{row['valid_from_at'][:10]} {row['valid_from_at'][11:16]}",
        "is_current": "*" if row["valid_to_position"] is None else "",
        "change_note": row["change_note"] or row["changed"].replace(" ", ", "),
        "sentences": " ".join(changes),
    }


def _patches(tables: "Tables", rows: Sequence[Row]) -> None:
    """Each revision with the sentences that it changed below it, as git log -p."""
    for row in map(_told, rows):
        head = [
            f"revision {row['revision']}{row['is_current']}",
            row["recorded"],
            row["change_kind"],
            row["change_note"],
        ]
        head += [f"#{row['position']}"]
        sys.stdout.write(bold("  ".join(one_line(part) for part in head if part)) + "\n")
        lines = patch(tables, row["article_id"], row["position"]) if row["change_kind"] != ERASED else []
        sys.stdout.writelines(line + "\n" for line in [*lines, ""])
