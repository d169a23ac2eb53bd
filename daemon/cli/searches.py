"""presslog searches: the saved searches, with what is new in each."""

from typing import TYPE_CHECKING, Any

import click

from .options import HELP, common, reading_settings, store_folder
from .output import Column, emit, emit_object, output, say
from .saved import LOOKED, log_id, now, wait_for
from .text import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.queries import Answers
    from presslog.store.searches import Saved

COLUMNS = (
    Column("name"),
    Column("articles", is_right=True),
    Column("new", is_right=True),
    Column("saved_at", "saved"),
    Column("query", gives_way=True),
)
NEXT = "Next:  presslog search QUERY --save NAME"

_output = output(default="")


@click.group(invoke_without_command=True, context_settings=HELP)
@_output
@common
@click.pass_context
def searches(context: click.Context, form: str | None) -> None:
    """List the saved searches.

    With how many articles each finds now, and how many of them are new since `presslog search --saved NAME` was asked
    last; of them 1,000 at most are counted. `presslog search QUERY --save NAME` saves one.

    \b
    Examples:
      presslog searches
      presslog searches show floods
      presslog searches remove floods
    """
    if context.invoked_subcommand is None:
        context.invoke(ls, form=form)


@searches.command()
@_output
@common
def ls(form: str | None) -> None:
    """List them, by name.

    \b
    Example:
      presslog searches ls -o json
    """
    from presslog.store.queries import Answers
    from presslog.store.searches import saved_searches

    from .freshness import freshness

    folder = store_folder()
    with Answers(folder) as answers:
        rows = [_row(folder, answers, each) for each in saved_searches(answers.tables)]
        count = emit(rows, COLUMNS, form, id_key="name")
        fresh = freshness(answers, folder)
    say(f"{count} saved search{'' if count == 1 else 'es'} · {fresh}" if count else f"no search is saved yet\n{NEXT}")


@searches.command()
@click.argument("name")
@output("page", "json", default="page")
@common
def show(name: str, form: str) -> None:
    """Show one: its query, since when, how much it finds, and how far each watch of it has come.

    \b
    Example:
      presslog searches show floods
    """
    from presslog.store.queries import Answers
    from presslog.store.searches import saved_search

    folder = store_folder()
    with Answers(folder) as answers:
        found = saved_search(answers.tables, name)
        row = _row(folder, answers, found) | {"delivered": _delivered(folder, found.name)}
    if form == "json":
        emit_object(row)
        return
    for key, value in row.items():
        for line in value if isinstance(value, list) else [value]:
            said = f"{line['kind']} up to #{line['position']}" if isinstance(line, dict) else str(line)
            click.echo(f"{key:<15} {one_line(said)}")


@searches.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@common
def remove(names: tuple[str, ...]) -> None:
    """Remove saved searches.

    It is recorded with your name; watches of them end.

    \b
    Example:
      presslog searches remove floods
    """
    from presslog.daemon.saved import RemoveSearch
    from presslog.store.queries import Answers
    from presslog.store.searches import saved_search

    from .ask import asking

    settings = reading_settings()
    with Answers(settings.store_folder) as answers:
        known = [saved_search(answers.tables, name).name for name in names]
    with asking(settings) as ask:
        fates = [ask("remove-search", RemoveSearch(name)) for name in known]
    wait_for(settings.store_folder, max(fate["position"] for fate in fates))
    for fate in fates:
        say(f"{fate['state']} {fate['name']}")


searches.add_command(remove, "rm")


def _row(folder: "Path", answers: "Answers", saved: "Saved") -> dict[str, Any]:
    from presslog.store.hits import count_new
    from presslog.store.query import parse

    after = _looked(folder, answers, saved)
    moment = now()
    return {
        "name": saved.name,
        "query": saved.query,
        "articles": answers.count(saved.query, now=moment),
        "new": count_new(answers.tables, parse(saved.query), after, now=moment),
        "looked_position": after,
        "saved_at": saved.saved_at,
        "first_position": saved.first_position,
        "last_position": saved.last_position,
    }


def _looked(folder: "Path", answers: "Answers", saved: "Saved") -> int:
    """Up to where somebody looked, but not before the search was there."""
    from presslog.store.cursors import CursorFile

    file = CursorFile(folder, saved.name, LOOKED)
    cursor = file.read()
    is_ours = cursor is not None and file.fits(cursor, log_id(answers.tables))
    return max(saved.first_position, cursor.position if cursor and is_ours else 0)


def _delivered(folder: "Path", name: str) -> list[dict[str, Any]]:
    from presslog.store.cursors import FOLDER, CursorFile

    kinds = sorted(path.name.split(".")[1] for path in (folder / FOLDER).glob(f"{name}.*.json"))
    cursors = [(kind, CursorFile(folder, name, kind).read()) for kind in kinds if kind != LOOKED]
    return [{"kind": kind, "position": cursor.position} for kind, cursor in cursors if cursor]
