"""The commands: arguments in, exit code out. Only the module of the command that was called is imported."""

import gc
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

from presslog.store.errors import PresslogError

from .exits import INTERRUPTED, exit_code
from .options import HELP, common
from .text import one_line

GARBAGE_OBJECTS = 50_000
COMMANDS = {
    "init": "init:init",
    "run": "run:run",
    "follow": "follow:follow",
    "ingest": "ingest:ingest",
    "preview": "preview:preview",
    "search": "search:search",
    "first": "first:first",
    "show": "show:show",
    "history": "history:history",
    "diff": "diff:diff",
    "changes": "changes:changes",
    "quotes": "quotes:quotes",
    "attributions": "attributions:attributions",
    "mentions": "mentions:mentions",
    "cluster": "cluster:cluster",
    "log": "log:log",
    "events": "events:events",
    "failures": "failures:failures",
    "searches": "searches:searches",
    "watch": "watch:watch",
    "feed": "feed:feed",
    "reread": "reread:reread",
    "erase": "erase:erase",
    "files": "files:files",
    "sources": "sources:sources",
    "authors": "authors:authors",
    "timeline": "timeline:timeline",
    "entities": "entities:entities",
    "views": "views:views",
    "export": "export:export",
    "sql": "sql:sql",
    "datasette": "datasette:datasette",
    "backup": "backup:backup",
    "restore": "restore:restore",
    "move": "move:move",
    "verify": "verify:verify",
    "checkpoint": "checkpoint:checkpoint",
    "consistency": "consistency:consistency",
    "prove": "prove:prove",
    "check-proof": "check_proof:check_proof",
    "anchor": "anchor:anchor",
    "key": "key:key",
    "pins": "pins:pins",
    "status": "status:status",
    "doctor": "doctor:doctor",
    "config": "config:config",
    "completion": "completion:completion",
    "help": "help:help_",
}
"""Name of a command -> module:function in this folder."""


class Commands(click.Group):
    """The group of COMMANDS, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  the signature is click's
        """Names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options that stand before the command."""
        with _harmless():
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; our errors, Ctrl-C and a reader that went away end it quietly with their codes."""
        try:
            try:
                with _harmless():
                    return super().invoke(ctx)
            finally:
                sys.stdout.flush()
        except PresslogError as error:
            click.echo(f"presslog: error: {one_line(str(error))}", err=True)
            ctx.exit(exit_code(error))
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # Python flushes stdout once more at its end, and would complain.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(0)


@contextmanager
def _harmless() -> Iterator[None]:
    """Let click complain of a word only as something to read: it may be the name of a file that a stranger chose."""
    try:
        yield
    except click.ClickException as error:
        error.message = one_line(error.message)  # type: ignore[misc]  # what click prints
        raise


@click.group(cls=Commands, context_settings=HELP)
@click.version_option(package_name="presslog", prog_name="presslog", message="%(prog)s %(version)s")
@common
def presslog() -> None:
    """Remember news: every version of every article, and answers to what you ask of them.

    \b
    Start:    presslog init ~/desk && presslog run ~/desk
    Ask:      presslog search 'kazakhstan "peacekeeping forces" source:Bloomberg since:7d'
              presslog changes --since yesterday
    Read on:  presslog help query, presslog help times, presslog help output, presslog help exit-codes
    """


def main() -> None:
    """Be the program ``presslog``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    # What a command imports stays: to look for garbage among it, and once more at the end, took 35 ms of 185.
    gc.set_threshold(GARBAGE_OBJECTS)
    try:
        presslog(prog_name="presslog")
    finally:
        gc.freeze()
