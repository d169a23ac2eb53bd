"""presslog files: what happened to every path."""

import click

from .options import common, store_folder
from .output import Column, emit, output, say

COLUMNS = (
    Column("path", gives_way=True),
    Column("outcome"),
    Column("article_id", "article"),
    Column("copy_of", gives_way=True),
    Column("code"),
    Column("received_at", "received"),
)


@click.command()
@click.argument("path", default="")
@click.option("-n", "limit", type=click.IntRange(1), default=None, help="At most so many.")
@output()
@common
def files(path: str, limit: int | None, form: str | None) -> None:
    """List what became of every file.

    The latest first: read, copy, refused or removed. PATH is any part of FEED/PATH.

    \b
    Examples:
      presslog files -n 20
      presslog files seeds/2022/
    """
    from presslog.store.queries import Answers

    with Answers(store_folder()) as answers:
        count = emit(answers.files(path, limit or -1), COLUMNS, form, id_key="path")
    if not count:
        say("no file here yet\nNext:  drop one into a watched folder; `presslog failures` lists those that wait")
