"""presslog events: what happened, as data for programs; and an event as a line for people."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from .chosen_events import Chosen, chosen_events
from .erased import resolved
from .options import common, is_terminal, store_folder
from .output import Column, emit, encoded, output, say
from .pager import paged
from .text import SHORT_ID, one_line

if TYPE_CHECKING:
    from pathlib import Path

    from presslog.store.log import Stored

COLUMNS = (Column("position", is_right=True), Column("recorded_at"), Column("type"), Column("stream", gives_way=True))
TABLE_EVENTS = 50
"""What a table shows of a log that may hold millions, where nothing else is asked."""
OWN_STREAMS = ("article/", "file/", "folder/", "search/", "entities")

following = click.option(
    "-f", "--follow", "is_following", is_flag=True, help="Go on with what happens from now; end with Ctrl-C."
)


@click.command()
@click.argument("name", metavar="[ID]", default="")
@click.option("--after", metavar="POSITION", type=click.IntRange(0), help="Only events after this position.")
@click.option("--type", "pattern", default="*", metavar="GLOB", help="Only these types: 'article.*', 'file-refused'.")
@click.option("-S", "--since", default="", metavar="TIME", help="Recorded then or later: 2h, yesterday, 2022-01-06.")
@click.option("-U", "--until", default="", metavar="TIME", help="Recorded then or before.")
@click.option("-n", "limit", type=click.IntRange(1), help="So many: the first after --after, else the newest.")
@click.option("-r", "--reverse", "is_reversed", is_flag=True, help="The newest first.")
@following
@output("table", "ndjson", "json", "cloudevents", "id")
@common
@paged
def events(name: str, since: str, until: str, form: str | None, **wishes: Any) -> None:
    """List the events of the log.

    Of one article with its ID or FEED/PATH, of one stream with its name: file/FEED/PATH, folder/FEED, search/NAME,
    entities.

    A program that remembers the last position it has read whole goes on with --after POSITION -f: it gets every event
    once, however often either side is stopped. In CloudEvents the position is `sequence`.

    \b
    Examples:
      presslog events -n 20
      presslog events art_4toohzf3 -o ndjson
      presslog events --since yesterday --type 'file-refused' -r
      presslog events --after 4103 --type 'article.*' -o cloudevents -f
    """
    from presslog.store.opening import open_log

    folder = store_folder()
    is_following, wish = wishes["is_following"], _wish(folder, name, since, until, wishes)
    if form in (None, "table") and is_terminal() and wish == wish._replace(after=None, since="", until="", limit=None):
        wish = wish._replace(limit=TABLE_EVENTS)
    log = open_log(folder)
    try:
        count = _write(chosen_events(log, wish), form, is_following=is_following)
    finally:
        log.close()
    if not count:
        say("no events here yet\nNext:  drop an article into a watched folder, or `presslog events` for all there is")


def _wish(folder: "Path", name: str, since: str, until: str, wishes: dict[str, Any]) -> Chosen:
    from datetime import UTC, datetime

    from presslog.store.when import moment

    if wishes["is_following"] and (until or wishes["is_reversed"]):
        raise click.UsageError("--follow goes on with what comes: leave out --until and --reverse")
    now = datetime.now(UTC)
    wishes["since"] = moment(since, now) if since else ""
    wishes["until"] = moment(until, now, is_end=True) if until else ""
    return Chosen(stream=_stream(folder, name), **wishes)


def _stream(folder: "Path", name: str) -> str | None:
    if not name or name.startswith(OWN_STREAMS):
        return name or None
    from presslog.store.names import article_stream
    from presslog.store.queries import Answers

    with Answers(folder) as answers:
        return article_stream(resolved(answers, name))


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
    fact = fact_of(stored)
    match stored.type.partition("-")[0]:
        case "article":
            sign, what = _told_of_article(stored.type, fact, stored.stream.removeprefix("article/")[:SHORT_ID])
        case "file":
            sign, what = _told_of_file(stored.type, fact)
        case "search":
            sign, what = ":", [stored.type, fact.get("name"), fact.get("query")]
        case "entity":
            names = ", ".join(fact.get("names", ())) or f"#{fact.get('position')}"
            sign, what = ":", [stored.type, names, fact.get("name"), fact.get("note")]
        case "log":
            sign, what = ":", [f"restored to #{fact.get('position')} from {fact.get('backup')}"]
        case "clock":
            sign, what = ":", [stored.type, f"{fact.get('seconds', 0):+.0f} s"]
        case _:
            sign, what = ":", [stored.type, fact.get("feed"), fact.get("reason")]
    line = "  ".join(one_line(str(each)) for each in what if each)
    return f"{_clock(stored.recorded_at)}  {sign} {line}  #{stored.position}"


def fact_of(stored: "Stored") -> dict[str, Any]:
    """What an event says, as JSON gives it; nothing, where its content was erased."""
    import msgspec

    fact: dict[str, Any] = msgspec.json.decode(stored.data or b"{}")
    return fact


def _told_of_file(kind: str, fact: dict[str, Any]) -> tuple[str, list[Any]]:
    place = f"{fact.get('feed', '')}/{fact.get('path', '')}"
    match kind:
        case "file-received" if fact.get("copy_of"):
            return "=", [place, "same bytes as", str(fact["copy_of"]).removeprefix("file/")]
        case "file-received":
            unread = f"{fact['unread_count']} parts left unread" if fact.get("unread_count") else ""
            return ".", [place, f"{fact.get('size_bytes')} bytes", fact.get("format"), unread]
        case "file-refused":
            return "!", [place, fact.get("code"), fact.get("reason")]
        case "file-dismissed":
            return "x", [place, "dismissed", fact.get("reason")]
        case _:
            return "-", [place, "gone from its folder, kept here"]


def _told_of_article(kind: str, fact: dict[str, Any], identifier: str) -> tuple[str, list[Any]]:
    from datetime import UTC, datetime

    from presslog.handlers.article import word_count
    from presslog.store.standing import standing

    if kind == "article-redacted":
        return "x", [identifier, "erased by order", fact.get("reason")]
    if not isinstance(fact.get("article"), dict):
        return "x", [identifier, kind, "its content was erased by order"]
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
