"""presslog checkpoint: the signed notes of how far the log has come, for whoever keeps them elsewhere."""

import sys

import click

from .options import common, loaded
from .output import Column, emit, output

COLUMNS = (Column("size", is_right=True), Column("root"), Column("note", gives_way=True))


@click.command()
@click.option("--all", "is_all", is_flag=True, help="All that were signed, the oldest first.")
@click.option("--after", default=0, metavar="POSITION", type=click.IntRange(0), help="Those of more events than that.")
@output("text", "json", "ndjson", "table", default="text")
@common
def checkpoint(is_all: bool, after: int, form: str) -> None:
    """Print the newest signed checkpoint.

    A note of three lines and its signature (c2sp.org/tlog-checkpoint): the log, how many events it has, and their root.
    Kept elsewhere, it shows later that nothing before it was changed: `presslog verify --against`.

    \b
    Examples:
      presslog checkpoint > /media/usb/checkpoint
      presslog checkpoint --all -o json
    """
    from presslog.store.errors import NotFound
    from presslog.store.notary import notarised
    from presslog.store.pins import seen_in

    opened = notarised(loaded().settings.store_folder)
    try:
        newest = opened.latest()
        if newest is None:
            raise NotFound("nothing is signed yet: `presslog run` does it")
        notes = opened.checkpoints(after) if is_all or after else iter([newest])
        if form == "text":
            sys.stdout.write("\n".join(notes))
            return
        rows = ((seen_in(note.encode()), note) for note in notes)
        emit(({"size": seen.size, "root": seen.root, "note": note} for seen, note in rows if seen), COLUMNS, form)
    finally:
        opened.close()
