"""presslog move: take the log of a store to a server, bring it home into a file, or make a copy of it elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from .options import common, loaded
from .output import emit_object, output, say
from .progress import progress

if TYPE_CHECKING:
    from presslog.store.move import Moved


@click.command()
@click.option("--to", metavar="ADDRESS|FOLDER", required=True, help="A server, the store itself, or where a copy goes.")
@click.option("--copy", "is_copy", is_flag=True, help="Leave the store on its log.")
@output("page", "json", default="page")
@common
def move(to: str, is_copy: bool, form: str) -> None:
    """Move the log to another engine.

    Every event keeps its position, id, key and hash, so that views, checkpoints and proofs stay valid. No presslog may
    write the store meanwhile. What arrives is read back and compared, and only then the store goes on with it. Stopped
    anywhere, the same command goes on. Nothing is deleted: of a log in a file log.db.moved is left.

    \b
    Examples:
      presslog move --to 'postgresql://db.example/news?user=presslog&passfile=/etc/presslog/pass'
      presslog move --to ~/desk/store
      presslog move --to /mnt/offsite/news --copy
    """
    from presslog.store.move import move as moved

    settings, path = loaded().settings, loaded().path
    with progress("move") as tell:
        done = moved(settings.store_folder, to, is_copy=is_copy, progress=tell)
    if form == "json":
        emit_object(done._asdict() | {"store": settings.store, "left": done.left and str(done.left)})
    _tell(done, settings.store, path)


def _tell(done: "Moved", store: str, settings: Path | None) -> None:
    what = "copied" if done.is_copy else "moved"
    say(f"{what} to {done.place}: events up to #{done.position}, {done.blobs} originals, read back and compared")
    if done.is_copy:
        say(f"the log of {store} is where it was")
        if "://" not in done.engine:
            say(f"Next:  presslog verify --store {done.place}")
        return
    where = settings or "the presslog.toml that you run it with"
    say(f'Next:  engine = "{done.engine}" in {where}; then presslog run. The same on every host that has this log')
    if done.left:
        say(f"       {done.left} is the old log: delete it once presslog run and presslog verify were content")
