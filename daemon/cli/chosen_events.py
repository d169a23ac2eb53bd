"""Which events of a log are asked for, and in which order they come."""

from collections.abc import Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from presslog.store.log import EventLog, Stored

PAGE_EVENTS = 500


class Chosen(NamedTuple):
    """What is asked of a log; ``after`` is None where no position was named.

    ``pattern`` is a glob over types, ``since`` and ``until`` are moments of UTC in RFC 3339, both included, when events
    were recorded. ``limit`` counts from ``after`` where a position was named, else it means the newest.
    """

    after: int | None = None
    stream: str | None = None
    pattern: str = "*"
    since: str = ""
    until: str = ""
    limit: int | None = None
    is_reversed: bool = False
    is_following: bool = False


def chosen_events(log: "EventLog", wish: Chosen) -> Iterator["Stored"]:
    """The events in the order of the log, or the newest first; without an end where they are followed.

    Whoever goes on with ``after`` the last position that it has read gets each event once, however often it is killed
    and however the log grows meanwhile.
    """
    head = log.head()
    if wish.is_reversed:
        return islice(_matching(backwards(log, wish.after or 0, head, wish.stream), wish), wish.limit)
    if wish.limit is None or wish.after is not None:
        return islice(_matching(chain(_forwards(log, wish, head), _coming(log, wish, head)), wish), wish.limit)
    newest = list(islice(_matching(backwards(log, wish.after or 0, head, wish.stream), wish), wish.limit))
    return chain(reversed(newest), _matching(_coming(log, wish, head), wish))


def _forwards(log: "EventLog", wish: Chosen, head: int) -> Iterator["Stored"]:
    """What the log holds up to that head: what comes behind it is for ``_coming``, so that nothing comes twice."""
    after = wish.after or 0
    while page := log.read(after, PAGE_EVENTS, wish.stream):
        after = page[-1].position
        yield from (stored for stored in page if stored.position <= head)
        if after >= head:
            return


def backwards(log: "EventLog", after: int, last: int, stream: str | None = None) -> Iterator["Stored"]:
    """The events after one position up to another, the newest first.

    Positions are whole numbers, so that a page holds all between two of them.
    """
    for end in range(last, after, -PAGE_EVENTS):
        page = log.read(max(end - PAGE_EVENTS, after), PAGE_EVENTS, stream)
        yield from (stored for stored in reversed(page) if stored.position <= end)


def _coming(log: "EventLog", wish: Chosen, head: int) -> Iterator["Stored"]:
    """What happens after the head, or after the position that is waited for."""
    if not wish.is_following:
        return
    from threading import Event

    for page in log.follow(max(wish.after or 0, head), stop=Event()):
        yield from (stored for stored in page if wish.stream in (None, stored.stream))


def _matching(found: Iterator["Stored"], wish: Chosen) -> Iterator["Stored"]:
    from fnmatch import fnmatchcase

    from presslog.store.times import utc_text

    pattern, last = wish.pattern.replace(".", "-"), wish.until or "~"
    for stored in found:
        if fnmatchcase(stored.type, pattern) and wish.since <= utc_text(stored.recorded_at) <= last:
            yield stored
