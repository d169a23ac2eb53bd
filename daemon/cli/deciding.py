"""presslog entities merge, split, ignore and undo: decisions about who is who, recorded with who made them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from presslog.store.entity_facts import KINDS

from .options import common, reading_settings
from .output import emit_object, output, say
from .saved import wait_for

if TYPE_CHECKING:
    import msgspec

    from presslog.store.tables import Tables

_kind = click.option("--kind", type=click.Choice(KINDS), help="Where a name is one of several kinds.")
_note = click.option("--note", default="", metavar="TEXT", help="Why: it is recorded.")
_form = output("text", "json", default="text")


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="NAME NAME...")
@click.option("--as", "name", default="", metavar="NAME", help="What it is called. Default: as before, or the longest.")
@_kind
@_note
@_form
@common
def merge(names: tuple[str, ...], name: str, kind: str | None, note: str, form: str) -> None:
    """Let names mean the same.

    All other names of whoever they mean already come with them. NAME is a name that articles mention, or the id of an
    entity.

    \b
    Examples:
      presslog entities merge Tokayev 'Kassym-Jomart Tokayev'
      presslog entities merge CSTO 'Collective Security Treaty Organization' --as CSTO
    """

    def request(tables: "Tables") -> "tuple[str, msgspec.Struct]":
        from presslog.daemon.entities import MergeNames
        from presslog.store.meaning import together

        meant = together(tables, names, [kind] if kind else KINDS)
        return "merge-names", MergeNames(meant[0].kind, tuple(each.name for each in meant), name, note)

    _decide(request, form)


@click.command()
@click.argument("entity")
@click.argument("names", nargs=-1, required=True, metavar="NAME...")
@_kind
@_note
@_form
@common
def split(entity: str, names: tuple[str, ...], kind: str | None, note: str, form: str) -> None:
    """Let names mean an entity no more.

    ENTITY is a name of it, or its id. What was merged by mistake just now, `presslog entities undo` takes back.

    \b
    Example:
      presslog entities split 'Kassym-Jomart Tokayev' Kemel
    """

    def request(tables: "Tables") -> "tuple[str, msgspec.Struct]":
        from presslog.daemon.entities import SplitNames
        from presslog.store.errors import NotFound
        from presslog.store.meaning import who

        named = who(tables, entity, [kind] if kind else KINDS)
        if named.entity is None:
            raise NotFound(f"nobody merged {named.name} with another name: there is nothing to split")
        return "split-names", SplitNames(named.entity.id, names, note)

    _decide(request, form)


@click.command()
@click.argument("name")
@_kind
@_note
@_form
@common
def ignore(name: str, kind: str | None, note: str, form: str) -> None:
    """Let nobody be asked for whom a name means.

    It is listed no more, and is not suggested; `presslog entities --ignored` lists those.

    \b
    Example:
      presslog entities ignore Getty --note 'a credit of pictures'
    """

    def request(tables: "Tables") -> "tuple[str, msgspec.Struct]":
        from presslog.daemon.entities import IgnoreName
        from presslog.store.meaning import who

        named = who(tables, name, [kind] if kind else KINDS)
        return "ignore-name", IgnoreName(named.kind, named.name, note)

    _decide(request, form)


@click.command()
@click.argument("position", required=False, type=click.IntRange(1))
@_note
@_form
@common
def undo(position: int | None, note: str, form: str) -> None:
    """Take a decision back, as if it had never been made.

    The last one, or the one at POSITION, as `presslog entities show` and `presslog events entities` tell it; what was
    undone by mistake comes back by undoing that.

    \b
    Examples:
      presslog entities undo
      presslog entities undo 41
    """

    def request(_: "Tables") -> "tuple[str, msgspec.Struct]":
        from presslog.daemon.entities import UndoDecision

        return "undo-decision", UndoDecision(position or 0, note)

    _decide(request, form)


def _decide(request: "Callable[[Tables], tuple[str, msgspec.Struct]]", form: str) -> None:
    """Ask for a decision, wait a moment until answers know it, and say what came of it."""
    from presslog.store.queries import Answers

    from .ask import asking

    settings = reading_settings()
    with Answers(settings.store_folder, with_insight=True) as answers, answers.tables as tables:
        name, fields = request(tables)
    with asking(settings) as ask:
        decided = ask(name, fields)
    is_known = wait_for(settings.store_folder, decided["position"], with_insight=True)
    if form == "json":
        emit_object(decided)
    else:
        say(
            _told(decided)
            + ("" if is_known else "\nanswers know it as soon as insight has come so far: presslog status")
        )


def _told(decided: dict[str, Any]) -> str:
    names, name, position = ", ".join(decided["names"]), decided["name"], decided["position"]
    back = f"\nNext:  presslog entities undo {position} takes it back"
    match decided["state"]:
        case "merged":
            return f"{names}: all are {name} ({decided['kind']}, {decided['entity']}){back}"
        case "split":
            return f"{names}: no longer {name}{back}"
        case "ignored":
            return f"{name} is ignored{back}"
        case "undone":
            again = f"\nNext:  presslog entities undo {position} has it again"
            return f"undone #{decided['undone']}{': ' if names else ''}{names}{again}"
        case _:
            return f"{names}: that is decided already"
