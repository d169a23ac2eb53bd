"""presslog pins: which logs were seen, how far they were, and taking another one for right."""

import os
from typing import TYPE_CHECKING, Any

import click

from .options import HELP, common, loaded
from .output import Column, emit, output, say

if TYPE_CHECKING:
    from presslog.store.pins import Pins

COLUMNS = (Column("log_id"), Column("size", is_right=True), Column("seen_at"), Column("stores", gives_way=True))


@click.group(invoke_without_command=True, context_settings=HELP)
@common
@click.pass_context
def pins(context: click.Context) -> None:
    """Show which logs were seen.

    Every command that reads a store keeps the newest checkpoint that it saw, in ~/.local/state/presslog/pins, and
    refuses a log that is older or another one. PRESSLOG_NO_PIN=1 or --no-pin leaves it out.

    \b
    Examples:
      presslog pins
      presslog pins accept
    """
    if context.invoked_subcommand is None:
        context.invoke(ls, form=None)


@pins.command()
@output(default="")
@common
def ls(form: str | None) -> None:
    """List what was seen.

    \b
    Example:
      presslog pins ls -o json
    """
    from presslog.store.times import utc_text

    rows: list[dict[str, Any]] = [
        {**pin.seen._asdict(), "seen_at": utc_text(pin.seen_at), "stores": list(pin.folders)} for pin in _mine()
    ]
    if not emit(rows, COLUMNS, form, id_key="log_id"):
        say("no log was seen yet: one is, once its daemon has signed a checkpoint and somebody asks it something")


@pins.command()
@common
def accept() -> None:
    """Take the log that stands in the store for right.

    After it was restored from a backup, or begun anew. What was seen of it before is forgotten.

    \b
    Example:
      presslog pins accept --store ~/desk
    """
    folder = loaded().settings.store_folder
    seen = _mine().accept(folder)
    say(f"{folder}: log {seen.log_id} with {seen.size} events" if seen else f"{folder} has no checkpoint: forgotten")


def _mine() -> "Pins":
    from presslog.store.errors import StorageFailed
    from presslog.store.pins import pins_of

    found = pins_of(os.environ)
    if found is None:
        raise StorageFailed("nothing is kept without a home: set HOME or XDG_STATE_HOME, and not PRESSLOG_NO_PIN")
    return found
