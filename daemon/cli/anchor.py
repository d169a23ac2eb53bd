"""presslog anchor: the newest checkpoint to a command, once and by hand, or by a timer."""

import click

from .exits import PARTLY
from .options import common, loaded
from .output import say


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("command", nargs=-1, metavar="[-- COMMAND...]")
@click.option("--again", is_flag=True, help="Also where nothing new was signed since the last time.")
@common
def anchor(command: tuple[str, ...], *, again: bool) -> None:
    """Give the newest checkpoint to a command.

    To the one of the setting `anchor`, as the daemon does, or to the one given here. It gets the checkpoint on its
    standard input, PRESSLOG_CHECKPOINT_SIZE and PRESSLOG_LOG_ID in its environment, and 60 seconds. Exit with 4 where
    it fails.

    \b
    Examples:
      presslog anchor
      presslog anchor -- ssh elsewhere 'cat >> checkpoints'
    """
    from presslog.daemon.anchor import Anchor, Unanchored

    settings = loaded().settings
    words = command or settings.anchor
    if not words:
        raise click.UsageError('no command is set: write anchor = ["…"] into presslog.toml, or name one behind --')
    try:
        given = Anchor(settings.store_folder, words).give(again=again)
    except Unanchored as error:
        say(f"not anchored: {error}")
        click.get_current_context().exit(PARTLY)
    say(
        f"{words[0]} has the checkpoint of {given.size} events"
        if given
        else "nothing new is signed since the last time"
    )
