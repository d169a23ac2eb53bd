"""presslog follow: views kept level with a log that others write, on a host that only asks."""

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from .options import common, loaded, use_store
from .output import say
from .progress import progress

if TYPE_CHECKING:
    from collections.abc import Callable

    from presslog.config.settings import Settings
    from presslog.store.log import EventLog


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False))
@click.option("--once", is_flag=True, help="Bring the views to the head of the log, and end.")
@common
def follow(folder: str | None, once: bool) -> None:
    """Keep the views level with a log that others write, until SIGTERM or Ctrl-C.

    For hosts that only ask: no folder is watched, and nothing is written but the views in the store of this host.
    FOLDER is that store, or a desk that holds a presslog.toml. Where the log cannot be reached, questions are answered
    as of then, and it is waited for.

    \b
    Example:  presslog follow /var/lib/presslog
              presslog follow --once && presslog search kazakhstan
    """
    use_store(folder)
    settings = loaded().settings
    _refuse_memory(settings)
    from presslog.daemon import following
    from presslog.daemon.assemble import insight_of
    from presslog.daemon.journal import set_up
    from presslog.store.opening import log_at

    set_up(settings.log_level)
    open_log = partial(log_at, settings.store_folder, settings.engine, readonly=True)
    source = following.Source(settings.store_folder, open_log, settings.optimise_seconds, insight_of(settings))
    if once:
        with progress("views") as tell:
            position = following.once(source, tell)
        _derive(settings, open_log)
        say(f"views at #{position}")
    else:
        following.serve(source, os.environ)


def _derive(settings: "Settings", open_log: "Callable[[], EventLog]") -> None:
    from contextlib import closing

    from presslog.daemon.assemble import derive

    with closing(open_log()) as log, progress("insight") as tell:
        derive(settings, log, tell)


def _refuse_memory(settings: "Settings") -> None:
    from presslog.store.errors import ConfigError

    if settings.engine == "memory":
        raise ConfigError('engine = "memory": a log that is gone with its process cannot be followed by another one')
