"""Where a verification takes the events of a log from: its file, read as it is, or the server that keeps it."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .check_events import events_of, tell_gap
from .check_originals import FileOriginals, LogOriginals, Originals
from .errors import StoreUnsafe
from .findings import Findings
from .log import EventLog, Stored, is_erased
from .opening import FILE, address_of
from .sqlite import connect_readonly, still

PAGE_EVENTS = 100
"""Of the largest they take 100 MiB."""


class Source(NamedTuple):
    """Events and originals of a log.

    ``events`` gives those behind a position, ``is_emptied`` says whether one was erased after it was given.
    """

    events: Callable[[int], Iterator[Stored]]
    originals: Originals
    is_emptied: Callable[[int], bool]


def source_of(folder: Path, log: EventLog, findings: Findings, stack: ExitStack) -> Source:
    """The file of a log where there is one, as it stands now; else the log, which others may write meanwhile."""
    if address_of(folder):
        originals = LogOriginals(log.blobs, findings)
        return Source(partial(_events_behind, log, findings), originals, partial(_is_emptied, log))
    file = stack.enter_context(closing(connect_readonly(folder / FILE)))
    stack.enter_context(still(file))
    return Source(lambda after: events_of(file, findings, after=after), FileOriginals(file, findings), lambda _: False)


def _events_behind(log: EventLog, findings: Findings, after: int) -> Iterator[Stored]:
    """To the end as it is then: who erases meanwhile says so there, and what he took away is no finding."""
    page: list[Stored] = []
    while not findings.is_full("log") and (page or log.head() > after):
        try:
            page = log.read(after, PAGE_EVENTS)
        except StoreUnsafe as error:
            findings.add("log", f"events behind {after} cannot be read: {error}", after + 1)
            return
        for event in page:
            tell_gap(findings, after + 1, event.position)
            after = event.position
            yield event


def _is_emptied(log: EventLog, position: int) -> bool:
    return any(is_erased(event) for event in log.read(position - 1, 1) if event.position == position)
