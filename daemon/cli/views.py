"""presslog views: how far the read models are, and building them anew from the log."""

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import click

from .options import HELP, common, store_folder
from .output import Column, emit, output, say

if TYPE_CHECKING:
    from collections.abc import Iterator
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
LINE_SECONDS = 5.0
Progress = Callable[[int, int], None]


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
    from .events import open_log

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
    from presslog.store.views import Views

    from .events import open_log

    folder = store_folder()
    log = open_log(folder)
    built = Views(folder, all_views(), log)
    try:
        with _progress() as progress:
            path = built.rebuild(progress)
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


def _progress() -> "AbstractContextManager[Progress]":
    return _bar() if sys.stderr.isatty() else _every_few_seconds()


@contextmanager
def _bar() -> "Iterator[Progress]":
    from rich.console import Console
    from rich.progress import Progress as Bar

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("views rebuild", total=None)
        yield lambda position, head: bar.update(task, completed=position, total=head)


@contextmanager
def _every_few_seconds(monotonic: Callable[[], float] = time.monotonic) -> "Iterator[Progress]":
    began = said = monotonic()

    def tell(position: int, head: int) -> None:
        nonlocal said
        now = monotonic()
        if now - said >= LINE_SECONDS:
            said = now
            say(progress_line(position, head, now - began))

    yield tell


def progress_line(position: int, head: int, seconds: float) -> str:
    """How far a rebuild is.

    >>> progress_line(40_000, 100_000, 1.25)
    'views rebuild 40% 40000/100000 32.0k/s ETA 2s'
    """
    rate = position / seconds if seconds else 0.0
    left = (head - position) / rate if rate else 0.0
    speed = f"{rate / 1000:.1f}k/s" if rate >= 1000 else f"{rate:.0f}/s"
    return f"views rebuild {100 * position // max(head, 1)}% {position}/{head} {speed} ETA {left:.0f}s"
