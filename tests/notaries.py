"""A log with a notary for tests: events of a kind, a key of its own, and the proofs that come of it."""

from pathlib import Path

from examples import an_append, an_event

from presslog.store.engines.memory import MemoryLog
from presslog.store.events import Meta, salted
from presslog.store.keys import signer_of
from presslog.store.log import EventLog
from presslog.store.notary import Notary


def grow(log: EventLog, count: int, *, data: bytes = b"") -> None:
    """Append so many events of different content, each with a salt of its own."""
    head = log.head()
    for number in range(head + 1, head + count + 1):
        event = an_event(data or b'{"n":%d}' % number, meta=salted(Meta(host="desk")))
        log.append([an_append(events=[event], stream=f"article/{number % 7}")])


def a_notary(folder: Path, log: EventLog | None = None) -> Notary:
    """The notary of a log, of an empty one in memory where none is given; the key is the first event."""
    folder.mkdir(exist_ok=True)
    log = log or MemoryLog()
    return Notary(folder, log, signer_of(folder, log))


def caught_up(notary: Notary) -> str:
    """Bring a notary to the head of its log, and return the note that it signs there."""
    while notary.advance():
        pass
    note = notary.sign()
    assert note is not None
    return note
