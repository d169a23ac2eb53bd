"""Pages of a log as views take them: decoded, few enough to be held at once."""

from .events import Event, read_event, text_apart, with_text
from .log import EventLog


def next_page(log: EventLog, after: int, limit: int, *, until: int | None = None) -> list[Event]:
    """The next events, up to position ``until``; one whose text stands apart, which can be any length, comes alone."""
    page: list[Event] = []
    for stored in log.read(after, limit):
        if until is not None and stored.position > until:
            break
        event = read_event(stored)
        if not text_apart(event):
            page.append(event)
        elif page:
            break
        else:
            return [_whole(log, event)]
    return page


def _whole(log: EventLog, event: Event) -> Event:
    try:
        return with_text(event, log.blobs)
    except KeyError:
        # It was erased since the page was read: what is read now is an event without content.
        return read_event(log.read(event.position - 1, 1)[0], log.blobs)
