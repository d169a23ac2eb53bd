"""presslog views snapshot and adopt: the views in one file, from which another host of the same log begins."""

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import common, loaded, store_folder
from .output import emit_object, output, say
from .progress import progress

if TYPE_CHECKING:
    from presslog.store.snapshot import Snapshot


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--force", "is_forced", is_flag=True, help="Replace FILE, if it is there.")
@output("page", "json", default="page")
@common
def snapshot(file: Path, is_forced: bool, form: str) -> None:
    """Copy the views that serve into FILE, for a host that begins.

    Readers and a daemon go on meanwhile. FILE is there when it is whole, and only its owner may read it: it holds the
    words of every article.

    \b
    Example:
      presslog views snapshot /mnt/views.db
    """
    from presslog.store.opening import open_log
    from presslog.store.snapshot import take

    if os.path.lexists(file) and not is_forced:
        raise click.BadParameter(f"{file} is there already: name another file, or replace it with --force")
    folder = store_folder()
    with closing(open_log(folder)) as log, progress("views snapshot") as tell:
        taken = take(folder, log, file, tell)
    if form == "json":
        emit_object(_row(taken))
        return
    click.echo(file)
    say(f"{len(taken.views)} views as of #{taken.position} \N{MIDDLE DOT} {taken.size_bytes} bytes")
    say("Next:  presslog views adopt FILE, on another host of this log")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", "is_forced", is_flag=True, help="Also where the views that serve are further.")
@output("page", "json", default="page")
@common
def adopt(file: Path, is_forced: bool, form: str) -> None:
    """Begin with the views of a snapshot, instead of with the first event of the log.

    FILE has to be of this log, and to hold what this presslog makes and nothing else. Views that are of another version
    stay out, and are built from the log. The rows are taken as they are: take snapshots from whom you trust, or compare
    them with `presslog verify --views`.

    \b
    Example:
      presslog views adopt /mnt/views.db && presslog follow
    """
    from presslog.handlers.views import views
    from presslog.store.adopt import adopt as adopted_by
    from presslog.store.opening import log_at

    settings = loaded().settings
    folder = settings.store_folder
    with closing(log_at(folder, settings.engine, readonly=True)) as log, progress("views adopt") as tell:
        done = adopted_by(folder, views(), log, file, is_forced=is_forced, progress=tell)
        behind = max(0, log.head() - done.snapshot.position)
    if form == "json":
        emit_object(_row(done.snapshot) | {"behind": behind, "missing": done.missing})
    else:
        click.echo(done.snapshot.path)
        say(f"{len(done.snapshot.views)} views serve, as of #{done.snapshot.position}, {behind} behind the log")
    if done.missing:
        say(f"left out: {', '.join(done.missing)}; built from the log by whoever follows it with this presslog")
    say("Next:  `presslog follow` keeps them level with the log")


def _row(snapshot: "Snapshot") -> dict[str, Any]:
    return {
        "file": str(snapshot.path),
        "log_id": snapshot.log_id,
        "position": snapshot.position,
        "size_bytes": snapshot.size_bytes,
        "views": [each._asdict() for each in snapshot.views],
    }
