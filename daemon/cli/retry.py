"""presslog failures retry and dismiss: what an operator does about files that were not read."""

import re
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from .ask import asking
from .exits import PARTLY
from .options import common, reading_settings
from .output import Column, emit, output, say

if TYPE_CHECKING:
    from presslog.config.settings import Settings

COLUMNS = (Column("state"), Column("path", gives_way=True), Column("why", gives_way=True))
WELL = ("read", "copy", "gone", "dismissed")
MOST_PATHS = 50
MOST_BYTES = 20_000
"""At most so much is asked at once: between two requests the daemon reads what arrived meanwhile."""

_names = click.argument("names", nargs=-1, metavar="[ID|PATH]...")


@click.command()
@_names
@click.option("--all", "is_all", is_flag=True, help="All that failed and all that wait.")
@output()
@common
def retry(names: tuple[str, ...], is_all: bool, form: str | None) -> None:
    """Read files again now.

    After an upgrade, a raised limit or a chmod: a file that was refused or waits is looked at though nothing about it
    has changed. ID is from `presslog failures`, PATH is FEED/PATH or a file on the disk. Exit status 4 says that some
    were not read.

    \b
    Examples:
      presslog failures retry 3
      presslog failures retry seeds/story.txt
      presslog failures retry --all -o json
    """
    from presslog.daemon.refusals import Retry

    settings = reading_settings()
    paths = _paths(names, settings, is_all=is_all, with_waiting=True)
    with asking(settings) as ask:
        fates = [_told(fate) for some in _portions(paths) for fate in ask("retry", Retry(some))]
    _tell(fates, form, "{failed} of {all} files still not read\nNext:  presslog failures show ID")


@click.command()
@_names
@click.option("--all", "is_all", is_flag=True, help="All that failed.")
@click.option("--reason", default="", metavar="TEXT", help="Why, for those who read the log later.")
@output()
@common
def dismiss(names: tuple[str, ...], is_all: bool, reason: str, form: str | None) -> None:
    """Hear no more of refused files.

    It is recorded with your name and the reason. The file stays refused; new bytes under its name are read, or are a
    new failure. Exit status 4 says that some were not refused.

    \b
    Examples:
      presslog failures dismiss 3 --reason "a test page"
      presslog failures dismiss --all
    """
    from presslog.daemon.refusals import Dismiss

    settings = reading_settings()
    paths = _paths(names, settings, is_all=is_all, with_waiting=False)
    reason = reason.encode("utf-8", "replace").decode()
    with asking(settings) as ask:
        fates = [_told(fate) for some in _portions(paths) for fate in ask("dismiss", Dismiss(some, reason))]
    _tell(fates, form, "{failed} of {all} files not dismissed")


def _tell(fates: Sequence[dict[str, Any]], form: str | None, complaint: str) -> None:
    """Write what became of the files, and end with the code that says whether all is well."""
    emit(fates, COLUMNS, form, id_key="path")
    failed = sum(1 for fate in fates if fate["state"] not in WELL)
    if not fates:
        say("no failures: no file needs your attention")
    elif failed:
        say(complaint.format(failed=failed, all=len(fates)))
    sys.exit(PARTLY if failed else 0)


def _told(fate: dict[str, Any]) -> dict[str, Any]:
    """What became of a file, with what there is to say of it in one column."""
    if fate["state"] == "copy":
        why = f"of {fate['copy_of']}"
    elif fate["state"] == "read":
        why = fate["article_id"]
    else:
        why = ": ".join(filter(None, [fate["code"], fate["reason"]]))
    return {"state": fate["state"], "path": fate["path"], "why": why} | fate


def _paths(names: Sequence[str], settings: "Settings", *, is_all: bool, with_waiting: bool) -> list[str]:
    """FEED/PATH of all that is named, each once."""
    from presslog.store.queries import Answers, waiting

    if bool(names) == is_all:
        raise click.UsageError("name what you mean, as `presslog failures` lists it, or say --all")
    folder = settings.store_folder
    with Answers(folder) as answers:
        if is_all:
            rows = [f"{row['feed']}/{row['path']}" for row in answers.failures()]
            rows += [row["path"] for row in waiting(folder)] if with_waiting else []
            return list(dict.fromkeys(rows))
        numbers = [int(name) for name in names if _is_number(name)]
        failed = [answers.failure(number) for number in numbers]
    rows = [f"{row['feed']}/{row['path']}" for row in failed]
    rows += [_path(name, settings) for name in names if not _is_number(name)]
    return list(dict.fromkeys(rows))


def _is_number(name: str) -> bool:
    return re.fullmatch("[0-9]{1,18}", name) is not None


def _path(name: str, settings: "Settings") -> str:
    """FEED/PATH of one file that is known, or that lies on the disk."""
    from presslog.store.errors import NotFound
    from presslog.store.files import Files, is_printed, one
    from presslog.store.names import escape_path, path_bytes

    from .paths import place_on_disk

    place = place_on_disk(name, settings)
    escaped = escape_path(path_bytes(name))
    with Files(settings.store_folder) as files:
        for path in [name, escaped] if is_printed(name) else [escaped]:
            feed, _, below = path.partition("/")
            if next(files.listed(one(feed, below)), None):
                return path
    if place is None:
        raise NotFound(f"no file is called {name!r}: `presslog failures` lists those that failed, with their ids")
    return f"{place.feed}/{place.shown}"


def _portions(paths: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """The paths in their order, few enough at once."""
    portion: list[str] = []
    size_bytes = 0
    for path in paths:
        more = len(path.encode())
        if portion and (len(portion) >= MOST_PATHS or size_bytes + more > MOST_BYTES):
            yield tuple(portion)
            portion, size_bytes = [], 0
        portion.append(path)
        size_bytes += more
    if portion:
        yield tuple(portion)
