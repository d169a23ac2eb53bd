"""Reads the events of a log one by one, whatever somebody did to the file: what cannot be read is a finding."""

from collections.abc import Iterator

from .engines.storing import COLUMNS
from .findings import UNREADABLE, Findings
from .log import Stored
from .sqlite import Connection

EVENTS = f"select {COLUMNS} from events where position > ? order by position"


def events_of(log: Connection, findings: Findings, *, after: int) -> Iterator[Stored]:
    """The events behind a position that can be read, in order and none missing; for all others there are findings."""
    due = after + 1
    while not findings.is_full("log"):
        try:
            for row in log.execute(EVENTS, (due - 1,)):
                position = row[0]
                if position != due:
                    tell_gap(findings, due, position)
                due = position + 1
                event = Stored._make(row)
                # A damaged record may hold text for bytes, and no code further on expects that.
                if type(event.data) is type(event.meta) is bytes:
                    yield event
                else:
                    findings.add("log", f"event {position} has values that are none of ours", position)
            return
        except UNREADABLE as error:
            findings.add("log", f"event {due} cannot be read: {error}", due)
            due += 1


def tell_gap(findings: Findings, due: int, position: int) -> None:
    """Say what is wrong where an event stands that is not the one that is due."""
    if position < due:
        findings.add("log", f"event {position} stands behind {due - 1}", position)
    elif position > due:
        findings.add("log", f"{events(due, position - 1)} missing", due)


def events(first: int, last: int) -> str:
    """Events of the log, as the subject of a sentence.

    >>> events(7, 7), events(7, 9)
    ('event 7 is', 'events 7 to 9 are')
    """
    return f"event {first} is" if first == last else f"events {first} to {last} are"
