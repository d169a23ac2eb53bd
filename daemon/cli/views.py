"""presslog views: how far the read models are, and building them anew from the log."""

from typing import TYPE_CHECKING, Any

import click

from .options import HELP, common, store_folder
from .output import Column, emit, output, say
from .progress import progress

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.log import EventLog

COLUMNS = (
    Column("view"),
    Column("version", is_right=True),
    Column("position", is_right=True),
    Column("behind", is_right=True),
    Column("state"),
    Column("updated_at", "updated"),
    Column("error", gives_way=True),
)


@click.group(invoke_without_command=True, context_settings=HELP)
@common
@click.pass_context
def views(context: click.Context) -> None:
    """Show or rebuild the views.

    Views are what questions are answered from: made from the log, thrown away and rebuilt at any time.

    \b
    Examples:
      presslog views
      presslog views rebuild
    """
    if context.invoked_subcommand is None:
        context.invoke(ls, form=None)


@views.command()
@output(default="")
@common
def ls(form: str | None) -> None:
    """List the views.

    Version, position, events behind the log, state, and the error of one that is paused.

    \b
    Example:
      presslog views ls -o json
    """
    from presslog.store.opening import open_log

    folder = store_folder()
    log = open_log(folder)
    rows = view_rows(folder, log)
    log.close()
    emit(rows, COLUMNS, form, id_key="view")
    if not rows:
        say("the views are not built yet\nNext:  `presslog views rebuild`, or `presslog run`")


@views.command()
@common
def rebuild() -> None:
    """Build all views anew.

    Beside those that serve, then they are switched; a daemon may go on running.

    \b
    Example:
      presslog views rebuild
    """
    from presslog.handlers.views import views as all_views
    from presslog.store.opening import open_log
    from presslog.store.views import Views

    folder = store_folder()
    log = open_log(folder)
    built = Views(folder, all_views(), log)
    try:
        with progress("views rebuild") as tell:
            path = built.rebuild(tell)
        built.catch_up()
        say(f"views rebuilt: {path.name} serves, as of #{built.serving.position()}")
    finally:
        built.close()
        log.close()


def view_rows(folder: "Path", log: "EventLog") -> list[dict[str, Any]]:
    """The checkpoints with how far each is behind; none where views are not built yet.

    Raises:
        LogDiverged: a view was built from events that this log does not hold.
    """
    from presslog.store.errors import NoSuchStore
    from presslog.store.queries import Answers

    try:
        with Answers(folder) as answers:
            rows = answers.checkpoints()
    except NoSuchStore:
        return []
    for row in rows:
        if row["position"]:
            log.check(row["position"], row["event_id"])
    head = log.head()
    return [{**row, "behind": max(0, head - row["position"])} for row in rows]
