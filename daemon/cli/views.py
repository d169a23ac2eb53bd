"""presslog views: how far the read models are, and building them anew from the log."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from .options import HELP, common, reading_settings, store_folder
from .output import Column, emit, output, say
from .progress import progress
from .snapshot import adopt, snapshot

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.comparing import Compared
    from presslog.store.differing import TableChange
    from presslog.store.views import Views

MOST_EXAMPLES = 10
NOT_BUILT = "the views are not built yet\nNext:  `presslog views rebuild`, or `presslog run`"
COLUMNS = (
    Column("view"),
    Column("version", is_right=True),
    Column("position", is_right=True),
    Column("behind", is_right=True),
    Column("state"),
    Column("updated_at", "updated"),
    Column("error", gives_way=True),
)
COMPARED = (
    Column("view"),
    Column("versions", "version"),
    Column("rows_before", "before", is_right=True),
    Column("rows", "now", is_right=True),
    Column("same"),
)
CHANGES = (
    Column("view"),
    Column("table"),
    Column("before", is_right=True),
    Column("after", is_right=True),
    Column("added", is_right=True),
    Column("removed", is_right=True),
    Column("changed", is_right=True),
    Column("columns", gives_way=True),
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
      presslog views diff
      presslog views rebuild search
      presslog views snapshot /mnt/views.db
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
    from presslog.store.insight import insight_folder
    from presslog.store.opening import open_log

    from .view_state import say_running, view_rows

    folder = store_folder()
    log = open_log(folder)
    rows, head = view_rows(folder, log), log.head()
    log.close()
    emit(rows, COLUMNS, form, id_key="view")
    for each in (folder, insight_folder(folder)):
        say_running(each, head)
    if not rows:
        say(NOT_BUILT)


views.add_command(ls, "status")
views.add_command(snapshot)
views.add_command(adopt)


@views.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--dry-run", is_flag=True, help="Only count the rows that would change; the views that serve go on.")
@output()
@common
def rebuild(names: tuple[str, ...], dry_run: bool, form: str | None) -> None:
    """Build views anew: all of them, or those named.

    Beside those that serve, and compared with them; then they are switched. Readers and a daemon may go on. Killed, it
    leaves everything as it was, and the next rebuild goes on where it ended.

    \b
    Examples:
      presslog views rebuild
      presslog views rebuild search --dry-run
    """
    if dry_run:
        _show_changes(names, form, most_examples=0)
        return
    compared: list[Compared] = []
    with _opened(names) as opened:
        for built, chosen in opened:
            with progress("views rebuild") as tell:
                done = built.rebuild(tell, names=chosen, told=say)
            built.catch_up()
            compared += done.compared
            say(f"views rebuilt: {_name(done.path)} serves, as of #{built.serving.position()}")
    emit([each._asdict() | _summary(each) for each in compared], COMPARED, form, id_key="view")
    for each in compared:
        if each.is_equal is False:
            say(f"warning: {each.view} was not what the log makes, though its version is the same; it is now")


def _name(path: "Path") -> str:
    """A generation by its name, and where it stands in a folder of the store with that."""
    from presslog.store.names import INSIGHT

    return f"{INSIGHT}/{path.name}" if path.parent.name == INSIGHT else path.name


@views.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@output()
@common
def diff(names: tuple[str, ...], form: str | None) -> None:
    """Show what a rebuild with this program would change.

    Table by table, with up to ten rows each and what differs in them. Nothing is switched; what was built for it is
    kept, so that a rebuild of the same views is soon done.

    \b
    Example:
      presslog views diff articles -o json
    """
    _show_changes(names, form, most_examples=MOST_EXAMPLES)


def _show_changes(names: tuple[str, ...], form: str | None, *, most_examples: int) -> None:
    from presslog.store.links import serving_path

    if serving_path(store_folder()) is None:
        say(NOT_BUILT)
        return
    changes: list[TableChange] = []
    with _opened(names) as opened, progress("views diff") as tell:
        for built, chosen in opened:
            if built.is_built:
                changes += built.changes(tell, names=chosen, most_examples=most_examples, told=say)
    changed = [change for change in changes if not change.is_empty]
    emit([_change_row(change) for change in changed], CHANGES, form, id_key="table")
    if not changed:
        say("nothing would change")
        return
    for change in changed if form in (None, "table") else ():
        for example in change.examples:
            values = ", ".join(f"{each.column}: {each.before!r} -> {each.after!r}" for each in example.values)
            say(f"{change.table} {example.kind} {example.key}{f'  {values}' if values else ''}")
    say("Next:  `presslog views rebuild` makes it so")


@contextmanager
def _opened(names: tuple[str, ...]) -> "Iterator[list[tuple[Views, tuple[str, ...]]]]":
    """The views of the store, file by file, with those of these names in each; all where none is named.

    A rebuild opens them.
    """
    from contextlib import ExitStack, closing

    from presslog.daemon.assemble import families
    from presslog.store.opening import open_log
    from presslog.store.views import Views

    settings = reading_settings()
    each = families(settings)
    known = [view.name for family in each for view in family.views]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.BadParameter(f"no such view: {', '.join(unknown)}; there are {', '.join(known)}", param_hint="NAME")
    with ExitStack() as stack:
        log = stack.enter_context(closing(open_log(settings.store_folder)))
        opened = []
        for family in each:
            mine = tuple(name for name in names if name in {view.name for view in family.views})
            if mine or not names:
                opened.append((stack.enter_context(closing(Views(family.folder, family.views, log))), mine))
        yield opened


def _summary(compared: "Compared") -> dict[str, Any]:
    """What people read of a comparison: a version that changed, and whether the rows are the same."""
    before, now = compared.version_before, compared.version
    same = {True: "yes", False: "NO", None: "-"}[compared.is_equal]
    return {"versions": f"{before} -> {now}" if before not in (None, now) else str(now), "same": same}


def _change_row(change: "TableChange") -> dict[str, Any]:
    examples = [
        {"kind": each.kind, "key": each.key, "values": [value._asdict() for value in each.values]}
        for each in change.examples
    ]
    return change._asdict() | {"columns": list(change.columns), "examples": examples}
