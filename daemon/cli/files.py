"""presslog files: what became of every file, also of one that presslog has not read."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from .freshness import freshness
from .options import common, reading_settings
from .output import Column, emit, output, say
from .pager import paged

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.config.settings import Settings
    from presslog.daemon.places import Place
    from presslog.store.files import Files

STATES = ("waiting", "read", "refused", "copy", "removed")
COLUMNS = (
    Column("state"),
    Column("path", gives_way=True),
    Column("why", gives_way=True),
    Column("since_at", "since"),
)


@click.command()
@click.argument("path", default="")
@click.option("--state", "states", multiple=True, type=click.Choice(STATES), help="Only these; can be repeated.")
@click.option("-n", "limit", type=click.IntRange(1), default=None, help="At most so many.")
@output()
@common
@paged
def files(path: str, states: tuple[str, ...], limit: int | None, form: str | None) -> None:
    """List what became of every file.

    It waits, was read, refused, is a copy of another, or was removed: those that wait first, then the newest. PATH is
    any part of FEED/PATH, or a file or folder on the disk; of a file there that was never read it says why. Of a file
    that is named, the parts that gave no article follow, each as `unread` with the reason.

    \b
    Examples:
      presslog files -n 20
      presslog files --state waiting --state refused
      presslog files ~/desk/seeds/story.txt
    """
    from presslog.store.files import Files

    settings = reading_settings()
    with Files(settings.store_folder) as opened:
        rows = map(_told, islice(_found(opened, path, states or STATES, settings), limit))
        count = emit(_with_unread(opened, rows) if path else rows, COLUMNS, form, id_key="path")
    _say_freshness(settings.store_folder)
    if not count:
        say("no such file here\nNext:  drop one into a watched folder; `presslog files` lists them all")


def _say_freshness(folder: "Path") -> None:
    """What waits is as the daemon saw it last, all else as the views have it."""
    from presslog.store.queries import Answers

    with Answers(folder) as answers:
        say(freshness(answers, folder))


def _found(opened: "Files", path: str, states: Sequence[str], settings: "Settings") -> Iterator[dict[str, Any]]:
    from presslog.store.files import EVERY, below, one, part

    if not path:
        yield from opened.listed(EVERY, states)
        return
    from .paths import is_outside, place_on_disk

    place = place_on_disk(path, settings)
    asked = []
    if place:
        asked.append(below(place.feed, place.shown) if os.path.isdir(path) else one(place.feed, place.shown))
    if place is None or (is_outside(place) and not os.path.isabs(path)):
        asked.append(part(path))
    is_known = False
    for which in asked:
        for row in opened.listed(which, states):
            is_known = True
            yield row
        if is_known:
            return
    if place and os.path.lexists(path) and set(states) == set(STATES):
        yield _unseen(path, place, settings)


def _unseen(path: str, place: "Place", settings: "Settings") -> dict[str, Any]:
    from presslog.store.files import KEYS

    from .paths import is_outside, why_unseen

    state, reason = why_unseen(place, settings)
    shown = f"/{place.shown}" if is_outside(place) else f"{place.feed}/{place.shown}"
    if os.path.isdir(path) and state == "unseen":
        reason = "no file of this folder is known"
    return dict.fromkeys(KEYS) | {"state": state, "path": shown, "reason": reason}


def _with_unread(opened: "Files", rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same rows, each followed by the parts of its file that gave no article."""
    for row in rows:
        yield row
        for part in opened.unread_parts(row["sha256"]) if row["unread_count"] else ():
            why = f"{part['place']}: {part['code']}: {part['reason']}"
            yield dict.fromkeys(row) | {"state": "unread", "path": row["path"], "why": why} | part


def _told(row: dict[str, Any]) -> dict[str, Any]:
    """A file with what there is to say of its state in one column."""
    match row["state"]:
        case "copy":
            why = f"of {row['copy_of']}"
        case "read" | "removed":
            why = ", ".join(filter(None, [row["article_id"], *_counted(row)]))
        case _:
            why = ": ".join(filter(None, [row["code"], row["reason"]]))
    return {"state": row["state"], "path": row["path"], "why": why} | row


def _counted(row: dict[str, Any]) -> list[str]:
    """How much a file gave, where that is not one article."""
    articles = f"{row['article_count']} articles" if row["article_count"] > 1 else ""
    unread = f"{row['unread_count']} left unread" if row["unread_count"] else ""
    return [articles, unread]
