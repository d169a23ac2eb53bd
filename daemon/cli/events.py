"""presslog events: what happened, as data for programs; and an event as a line for people."""

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from .options import common, is_terminal, store_folder
from .output import Column, emit, encoded, output, say
from .pager import paged
from .text import one_line

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.log import EventLog, Stored

COLUMNS = (Column("position", is_right=True), Column("recorded_at"), Column("type"), Column("stream", gives_way=True))
PAGE_EVENTS = 500
TABLE_EVENTS = 50
"""What a table shows of a log that may hold millions, where nothing else is asked."""
OWN_STREAMS = ("article/", "file/", "folder/", "search/")

following = click.option(
    "-f", "--follow", "is_following", is_flag=True, help="Go on with what happens from now; end with Ctrl-C."
)


@click.command()
@click.argument("name", metavar="[ID]", default="")
@click.option("--after", default=0, metavar="POSITION", type=click.IntRange(0), help="Only events after this position.")
@click.option("--type", "pattern", default="*", metavar="GLOB", help="Only these types: 'article.*', 'file-refused'.")
@click.option("-n", "limit", type=click.IntRange(1), help="So many: the first after --after, else the newest.")
@following
@output("table", "ndjson", "json", "cloudevents", "id")
@common
@paged
def events(name: str, after: int, pattern: str, limit: int | None, is_following: bool, form: str | None) -> None:
    """List the events of the log.

    Of one article with its ID or FEED/PATH, of one stream with its name: file/FEED/PATH, folder/FEED, search/NAME.

    \b
    Examples:
      presslog events -n 20
      presslog events art_4toohzf3 -o ndjson
      presslog events --after 4103 --type 'article.*' -o cloudevents -f
    """
    folder = store_folder()
    if form in (None, "table") and is_terminal() and not (limit or after):
        limit = TABLE_EVENTS
    log = open_log(folder)
    try:
        found = _found(log, stream=_stream(folder, name), after=after, is_following=is_following)
        wanted: Iterator[Stored] = (stored for stored in found if _matches(stored.type, pattern))
        if limit is not None and not after and not is_following:
            wanted = iter(deque(wanted, limit))
        elif limit is not None:
            wanted = (stored for stored, _ in zip(wanted, range(limit), strict=False))
        count = _write(wanted, form, is_following=is_following)
    finally:
        log.close()
    if not count:
        say("no events here yet\nNext:  drop an article into a watched folder, or `presslog events` for all there is")


def open_log(folder: "Path") -> "EventLog":
    """The log of a store, for reading, also beside a daemon; NoSuchStore where there is none."""
    from presslog.store.engines.sqlite import SqliteLog
    from presslog.store.errors import NoSuchStore

    if not (folder / "log.db").exists():
        raise NoSuchStore(
            f"there is no log in {folder}: start with `presslog init` and `presslog run`, or name it: --store DIR"
        )
    return SqliteLog(folder, readonly=True)


def _stream(folder: "Path", name: str) -> str | None:
    if not name or name.startswith(OWN_STREAMS):
        return name or None
    from presslog.store.names import article_stream
    from presslog.store.queries import Answers

    with Answers(folder) as answers:
        return article_stream(answers.resolve(name))


def _found(log: "EventLog", *, stream: str | None, after: int, is_following: bool) -> Iterator["Stored"]:
    head = log.head()
    while page := log.read(after, PAGE_EVENTS, stream):
        after = page[-1].position
        yield from page
    if is_following:
        from threading import Event

        for page in log.follow(max(after, head), stop=Event()):
            yield from (stored for stored in page if stream in (None, stored.stream))


def _matches(kind: str, pattern: str) -> bool:
    from fnmatch import fnmatchcase

    return fnmatchcase(kind, pattern.replace(".", "-"))


def _write(found: Iterable["Stored"], form: str | None, *, is_following: bool) -> int:
    from .cloudevents import plain_event

    if form in ("cloudevents", "ndjson") or is_following:
        count = 0
        for count, stored in enumerate(found, 1):  # noqa: B007  the last number is the answer
            sys.stdout.write(_line(stored, form) + "\n")
            if is_following:
                sys.stdout.flush()
        return count
    return emit(map(plain_event, found), COLUMNS, form)


def _line(stored: "Stored", form: str | None) -> str:
    from .cloudevents import cloudevent, plain_event

    match form:
        case "cloudevents":
            return encoded(cloudevent(stored))
        case "ndjson" | "json":
            return encoded(plain_event(stored))
        case "id":
            return stored.id
        case _:
            row = plain_event(stored)
            return "\t".join(one_line(str(row[column.key])) for column in COLUMNS)


def told(stored: "Stored") -> str:
    """An event as a line for people: when, what, which."""
    import msgspec

    fact: dict[str, Any] = msgspec.json.decode(stored.data)
    place = f"{fact.get('feed', '')}/{fact.get('path', '')}".rstrip("/")
    match stored.type:
        case _ if isinstance(fact.get("article"), dict):
            sign, what = _told_of_article(stored.type, fact, stored.stream.removeprefix("article/")[:12])
        case "file-received" if fact.get("copy_of"):
            sign, what = "=", [place, "same bytes as", str(fact["copy_of"]).removeprefix("file/")]
        case "file-received":
            unread = f"{fact['unread_count']} parts left unread" if fact.get("unread_count") else ""
            sign, what = ".", [place, f"{fact.get('size_bytes')} bytes", fact.get("format"), unread]
        case "file-refused":
            sign, what = "!", [place, fact.get("code"), fact.get("reason")]
        case "file-dismissed":
            sign, what = "x", [place, "dismissed", fact.get("reason")]
        case "file-removed":
            sign, what = "-", [place, "gone from its folder, kept here"]
        case "search-saved" | "search-removed":
            sign, what = ":", [stored.type, fact.get("name"), fact.get("query")]
        case _:
            sign, what = ":", [stored.type, place, fact.get("reason")]
    line = "  ".join(one_line(str(each)) for each in what if each)
    return f"{_clock(stored.recorded_at)}  {sign} {line}  #{stored.position}"


def _told_of_article(kind: str, fact: dict[str, Any], identifier: str) -> tuple[str, list[Any]]:
    from datetime import UTC, datetime

    from presslog.handlers.article import word_count
    from presslog.store.standing import standing

    article, revision = fact["article"], f"revision {fact.get('revision')}"
    known, mark = [article.get("source"), article.get("title")], standing(article, datetime.now(UTC))
    match kind:
        case "article-withdrawn":
            return "x", [*known, "withdrawn by its publisher", identifier]
        case "article-reread":
            changed = ", ".join(fact.get("changed", ()))
            return "^", [*known, f"{revision} read anew: {changed}", identifier]
        case "article-recorded":
            return "+", [*known, f"{word_count(article.get('text', ''))} w", mark, identifier]
        case _:
            return "~", [*known, revision, mark, identifier]


def _clock(seconds: float) -> str:
    import time

    return time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(seconds))
