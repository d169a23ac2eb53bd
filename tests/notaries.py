"""A log with a notary for tests: events of a kind, a key of its own, and the proofs that come of it."""

from pathlib import Path

from examples import an_append, an_event

from presslog.store.engines.memory import MemoryLog
from presslog.store.events import Meta, salted
from presslog.store.keys import signer_of
from presslog.store.log import EventLog
from presslog.store.notary import Notary


def grow(log: EventLog, count: int) -> None:
    """Append so many events of different content, each with a salt of its own."""
    numbers = range(log.head() + 1, log.head() + count + 1)
    meta = Meta(host="desk")
    log.append(
        [
            an_append(events=[an_event(b'{"n":%d}' % number, meta=salted(meta))], stream=f"article/{number % 7}")
            for number in numbers
        ]
    )


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
