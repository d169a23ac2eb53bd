"""The log at the end against what was confirmed: what is lost, what is there twice, what is wrong with the rest."""

import hashlib
import itertools
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from examples import until
from failover.load import Confirmed

from presslog.store.engines import open_engine
from presslog.store.errors import LogUnavailable, NoSuchStore
from presslog.store.log import EventLog, Stored

PAGE = 500
READ_SECONDS = 60


class Audit(NamedTuple):
    """All events of the log, how many confirmed Appends are not in it, events that came twice, and other faults."""

    events: list[Stored]
    lost: int
    doubled: int
    wrong: list[str]


def audit(address: str, folder: Path, confirmed: Sequence[Confirmed]) -> Audit:
    """Open the log as a reader does, read it from its beginning, and compare; a log that is gone has lost all."""
    try:
        with closing(_opened(address, folder)) as log:
            events = _everything(log)
            lacking = [each for each in confirmed if not _has_blobs(log, each)]
    except NoSuchStore as error:
        return Audit([], len(confirmed), 0, [str(error)])
    return compared(events, confirmed, lacking)


def compared(events: list[Stored], confirmed: Sequence[Confirmed], lacking: Sequence[Confirmed] = ()) -> Audit:
    """What the events of a log are beside what was confirmed; those that lack a blob are lost too."""
    held = {event.position: event for event in events}
    lost = [each for each in confirmed if each in lacking or not _is_held(each, held)]
    doubled = len(events) - len({(event.stream, event.key, event.index) for event in events})
    return Audit(events, len(lost), doubled, [*_gaps(events)])


def _opened(address: str, folder: Path) -> EventLog:
    opened: list[EventLog] = []

    def open_it() -> bool:
        try:
            opened.append(open_engine(address, folder, readonly=True))
        except LogUnavailable:
            return False
        return True

    until(open_it, READ_SECONDS)
    return opened[0]


def _everything(log: EventLog) -> list[Stored]:
    events: list[Stored] = []
    head = log.head()

    def is_read() -> bool:
        events.extend(log.read(events[-1].position if events else 0, PAGE))
        return not head or (bool(events) and events[-1].position >= head)

    until(is_read, READ_SECONDS)
    return events


def _is_held(each: Confirmed, held: dict[int, Stored]) -> bool:
    found = [held.get(position) for position in range(each.receipt.first, each.receipt.last + 1)]
    wanted = [(each.append.stream, each.append.key, event.id, event.data) for event in each.append.events]
    return [(event.stream, event.key, event.id, event.data) for event in found if event] == wanted


def _has_blobs(log: EventLog, each: Confirmed) -> bool:
    try:
        return all(log.blobs.get(hashlib.sha256(blob).hexdigest()) == blob for blob in each.blobs)
    except KeyError:
        return False


def _gaps(events: Sequence[Stored]) -> Iterator[str]:
    for sooner, later in itertools.pairwise(events):
        if later.position != sooner.position + 1:
            yield f"position {later.position} follows {sooner.position}"
