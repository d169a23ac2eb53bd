"""presslog key: the key that signs the checkpoints, what it was before, and changing it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import HELP, common, loaded
from .output import Column, emit, output, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from presslog.config.settings import Settings
    from presslog.store.keys import LogKey

COLUMNS = (Column("position", "from", is_right=True), Column("how"), Column("verifier", gives_way=True))


@click.group(invoke_without_command=True, context_settings=HELP)
@common
@click.pass_context
def key(context: click.Context) -> None:
    """Show the key that signs the checkpoints.

    Its public half as one word, a vkey of c2sp.org/signed-note, on stdout: give it to whoever checks proofs.

    \b
    Examples:
      presslog key
      presslog key history
      presslog key rotate
    """
    if context.invoked_subcommand is None:
        folder = loaded().settings.store_folder
        keys = _keys(folder)
        if not keys:
            say("the log has no key yet: `presslog run` makes one")
            return
        sys.stdout.write(keys[-1].verifier + "\n")
        private = folder / "presslog.key"
        where = str(private) if private.exists() else "not in the store: it is a credential of the daemon, or lost"
        say(f"since #{keys[-1].position}, key {len(keys)} of this log · the private half: {where}")


@key.command()
@output(default="")
@common
def history(form: str | None) -> None:
    """List the keys that this log has had.

    A key that was `rotated` is signed by the one before; one that was `replaced` is not, and its predecessor is lost.

    \b
    Example:
      presslog key history -o json
    """
    keys = _keys(loaded().settings.store_folder)
    rows: list[dict[str, Any]] = [
        {
            "position": each.position,
            "how": "replaced" if each.lost else "rotated" if number else "made",
            "verifier": each.verifier,
        }
        for number, each in enumerate(keys)
    ]
    emit(rows, COLUMNS, form, id_key="verifier")


@key.command()
@click.option("--old", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The key that signs now.")
@click.option("--new", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The key that will.")
@common
def rotate(old: Path | None, new: Path | None) -> None:
    """Change the key.

    A new one is made in the store, and the old one signs it; a running daemon does it. Where the key is a credential of
    systemd, stop the daemon, name the files of both keys, and put the new one in the place of the old.

    \b
    Examples:
      presslog key rotate
      presslog key rotate --old presslog.key --new new.key
    """
    from presslog.daemon.rotation import RotateKey

    from .ask import asking

    settings = loaded().settings
    if bool(old) != bool(new):
        raise click.UsageError("name both keys, --old and --new, or none")
    if old and new:
        _record(settings, old, new)
        return
    with asking(settings) as ask:
        sys.stdout.write(ask("rotate-key", RotateKey())["verifier"] + "\n")


@key.command()
@common
def replace() -> None:
    """Go on with a new key where the old one is lost.

    Nobody vouches for it: whoever checks proofs has to be told. Stop the daemon before.

    \b
    Example:
      presslog key replace
    """
    from presslog.daemon.assemble import meta_of, open_log
    from presslog.daemon.control import operator
    from presslog.store.keys import replace_lost

    settings = loaded().settings
    log = open_log(settings, readonly=False)
    try:
        sys.stdout.write(replace_lost(settings.store_folder, log, meta=meta_of(operator(os.getuid()))).vkey + "\n")
    finally:
        log.close()
    say("Next:  `presslog run`, and tell whoever knows the old key")


def _record(settings: "Settings", old: Path, new: Path) -> None:
    from presslog.daemon.assemble import meta_of, open_log
    from presslog.daemon.control import operator
    from presslog.store.keys import read_key, record_rotation
    from presslog.store.notes import origin_of

    log = open_log(settings, readonly=False)
    try:
        before, after = (read_key(path, origin_of(log.log_id)) for path in (old, new))
        position = record_rotation(log, before, after, meta=meta_of(operator(os.getuid())))
    finally:
        log.close()
    sys.stdout.write(after.vkey + "\n")
    say(f"from #{position} on this key signs: put {new} in the place of the old one, then start the daemon")


def _keys(folder: Path) -> "Sequence[LogKey]":
    from presslog.store.keys import keys_of
    from presslog.store.opening import open_log

    log = open_log(folder)
    try:
        return keys_of(log)
    finally:
        log.close()
