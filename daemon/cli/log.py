"""presslog log: what happened lately, one line an event, with the habits of journalctl."""

import sys
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import click

from .chosen_events import backwards
from .events import fact_of, following, told
from .options import common, store_folder
from .output import emit, encoded, output, say
from .pager import paged

if TYPE_CHECKING:
    from presslog.store.log import EventLog, Stored

LINES = 20


class Wish(NamedTuple):
    """Which events: after one position up to another, of this feed, with this text in their line, of this time."""

    after: int
    last: int
    feed: str
    text: str
    since_seconds: float
    until_seconds: float

    def takes(self, stored: "Stored") -> bool:
        """Whether an event is wanted, wherever it stands; a text in small letters is found in any."""
        if not self.since_seconds <= stored.recorded_at <= self.until_seconds:
            return False
        if self.feed and _feed(stored) != self.feed:
            return False
        line = told(stored) if self.text else ""
        return self.text in (line if self.text != self.text.casefold() else line.casefold())


@click.command()
@click.option("-n", "limit", type=click.IntRange(0), help="The newest so many. Default: 20; of a time, all.")
@following
@click.option("-r", "--reverse", "is_reversed", is_flag=True, help="Newest first.")
@click.option("-S", "--since", default="", metavar="TIME", help="Recorded then or later: 2h, yesterday, 2022-01-06.")
@click.option("-U", "--until", default="", metavar="TIME", help="Recorded then or before.")
@click.option("-u", "--feed", default="", metavar="FEED", help="Only of files of this feed.")
@click.option("-g", "--grep", "text", default="", metavar="TEXT", help="Only lines with this text, as it stands.")
@output("text", "ndjson", "json", default="text")
@common
@paged
def log(limit: int | None, is_following: bool, is_reversed: bool, form: str, **wish: str) -> None:
    """Tell what happened lately.

    One line an event: + new, ~ revised, x withdrawn or dismissed, ^ read anew, . read, = same bytes, ! refused, - gone,
    : about a folder, a saved search or who is who. The newest stand last; a text in small letters finds any.

    \b
    Examples:
      presslog log -f
      presslog log --since yesterday -u wires -g refused
      presslog log -r -n 5
    """
    if is_following and (is_reversed or wish["until"]):
        raise click.UsageError("-f goes on with what comes: leave out -r and --until")
    from presslog.store.opening import open_log

    opened = open_log(store_folder())
    try:
        asked = _asked(opened, **wish)
        most = limit if limit is not None else None if wish["since"] or wish["until"] else LINES
        newest = islice((stored for stored in backwards(opened, asked.after, asked.last) if asked.takes(stored)), most)
        count = _write(newest if is_reversed else reversed(list(newest)), form, is_following=is_following)
        if is_following:
            coming = (stored for page in opened.follow(asked.last, stop=Event()) for stored in page)
            # What comes now is wanted, whatever time the clock says by then.
            _write(filter(asked._replace(since_seconds=float("-inf")).takes, coming), form, is_following=True)
        if not count and limit != 0:
            say(_nothing(opened))
    finally:
        opened.close()


def _asked(log: "EventLog", *, since: str, until: str, feed: str, text: str) -> Wish:
    """What is asked for, its times as positions."""
    import socket
    from datetime import UTC, datetime

    from presslog.store.names import clock_stream
    from presslog.store.when import moment

    head, now = log.head(), datetime.now(UTC)

    def recorded_at(position: int) -> float:
        page = log.read(position, 1)
        return page[0].recorded_at if page else float("inf")

    def seconds(at: str) -> float:
        return datetime.fromisoformat(at).timestamp()

    first = seconds(moment(since, now)) if since else float("-inf")
    end = seconds(moment(until, now, is_end=True)) if until else float("inf")
    if log.last(clock_stream(socket.gethostname())):
        # Times do not grow with positions where the clock was set: each event is looked at.
        return Wish(0, head, feed, text, first, end)
    after = bisect_left(range(head), first, key=recorded_at) if since else 0
    last = bisect_right(range(head), end, key=recorded_at) if until else head
    return Wish(after, last, feed, text, first, end)


def _feed(stored: "Stored") -> str:
    fact = fact_of(stored)
    return str(fact.get("feed") or (fact.get("origin") or {}).get("feed", ""))


def _write(events: Iterator["Stored"], form: str, *, is_following: bool) -> int:
    from .cloudevents import plain_event

    if form == "json" and not is_following:
        return emit(map(plain_event, events), (), form)
    count = 0
    for count, stored in enumerate(events, 1):  # noqa: B007  the last number is the answer
        sys.stdout.write((told(stored) if form == "text" else encoded(plain_event(stored))) + "\n")
        if is_following:
            sys.stdout.flush()
    return count


def _nothing(log: "EventLog") -> str:
    if log.head():
        return "nothing of that kind happened\nNext:  `presslog log` for what did, `presslog log -S 7d` for more of it"
    return "nothing has happened yet\nNext:  `presslog run`, then drop an article into a watched folder"
