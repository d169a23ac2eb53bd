"""presslog restore: put a log from a backup in place, whole or up to an earlier position or time."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import common, loaded
from .output import emit_object, output, say
from .progress import progress

if TYPE_CHECKING:
    from datetime import datetime

    from presslog.store.restore import Restored, Wish


@click.command()
@click.argument("backup")
@click.option("--to", metavar="POSITION|TIME", default="", help="Up to this event, or what was recorded by this time.")
@click.option("--replace", is_flag=True, help="Put the log that stands there aside; without it a store must be empty.")
@output("page", "json", default="page")
@common
def restore(backup: str, to: str, replace: bool, form: str) -> None:
    """Restore the log from a backup.

    BACKUP is the folder of one, or its name in backup_folder. It is verified first, and so is what comes of it. No
    presslog may write the store meanwhile. The log that stood there is put aside in before-restore-TIME, with what was
    signed of it; nothing is deleted but views and intake.db, which are made anew: folders are read once more, and
    nothing is recorded twice. Who restored what is recorded in the log. You have seen it change; for others who have
    read it, it is another log until they `presslog pins accept`.

    \b
    Examples:
      presslog restore /mnt/backup/presslog-20220106T041431.204Z-5000
      presslog restore presslog-20220106T041431.204Z-5000 --to 4711 --replace
    """
    import socket
    from datetime import UTC, datetime

    from presslog.daemon.assemble import product_version
    from presslog.daemon.control import operator
    from presslog.store.events import Meta
    from presslog.store.pins import pins_of
    from presslog.store.restore import restore as restored
    from presslog.store.shelf import find_backup

    settings = loaded().settings
    store, place = settings.store_folder, settings.backup_folder
    path = find_backup(backup, Path(place) if place else None)
    if (store / "log.db").exists() and not replace:
        raise click.UsageError(f"there is a log in {store}: --replace puts it aside, and nothing of it is deleted")
    meta = Meta(host=socket.gethostname(), version=product_version(), actor=operator(os.getuid()))
    now = datetime.now(UTC)
    with progress("restore") as tell:
        done = restored(store, path, _wish(to, now), meta, now=now, progress=tell)
    if pins := pins_of(os.environ):
        pins.accept(store)
    if form == "json":
        emit_object(
            done._asdict() | {"store": str(store), "backup": str(path), "aside": done.aside and str(done.aside)}
        )
    _tell(done, store)


def _wish(to: str, now: "datetime") -> "Wish":
    from presslog.store.restore import WHOLE, Wish
    from presslog.store.when import moment

    if not to:
        return WHOLE
    if to.isdecimal():
        return Wish(position=int(to))
    return Wish(until=now.fromisoformat(moment(to, now, is_end=True)).timestamp())


def _tell(done: "Restored", store: Path) -> None:
    say(f"restored to #{done.position} in {store}, recorded as #{done.position + 1}")
    if done.aside:
        say(f"put aside: {done.aside}, the log up to #{done.replaced}")
    for identifier in done.erased:
        say(f"warning: {identifier} had been erased since, and is back: presslog erase {identifier}")
    if done.aside:
        say("for others who have read it, this is another log than before: presslog pins accept")
    say("Next:  presslog run: views are made anew, folders are read once more, nothing is recorded twice")
