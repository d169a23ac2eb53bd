"""The Receiver port: how a log is moved into an engine, event by event as they stand in another one."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Protocol

from .log import EventLog, Stored

NAMED = re.compile(rb'"([0-9a-f]{64})"')
"""How an event names a blob, whatever its type: a digest in hex is the whole of a string."""


class Receiver(Protocol):
    """A log that is being moved into: until ``finish`` its engine opens it for nobody else.

    It is made where there is nothing, and gone on with where an earlier move to it was killed.
    """

    place: str
    """Where it is, in words for people."""
    is_finished: bool
    """Whether a move to it was finished, or it never was moved into: nothing more is taken."""

    @property
    def log(self) -> EventLog:
        """What was received so far, as its engine reads it."""
        ...

    def is_at(self, address: str) -> bool:
        """Whether it is the very log at an address, however that is spelt."""
        ...

    def missing(self, digests: Collection[str]) -> set[str]:
        """Those of these blobs that are not there."""
        ...

    def take(self, events: Sequence[Stored], blobs: Sequence[bytes]) -> None:
        """Store events exactly as they are, erased ones too, and blobs, in one transaction; durable when it returns.

        Events come in the order of their positions, and none twice; blobs that are there already are no error.
        """
        ...

    def erase(self, events: Sequence[Stored], digests: Sequence[str]) -> None:
        """Erase what was erased in the log that they come from after it was taken: these are the erased events."""
        ...

    def finish(self) -> None:
        """Make it a log like any other, durably; what it holds was verified."""
        ...

    def close(self) -> None:
        """Give everything back; what was taken stays, and the next move goes on behind it."""
        ...


def named_in(events: Iterable[Stored]) -> Iterator[str]:
    """What may be digests of blobs in these events, each once, in order."""
    return iter(dict.fromkeys(found.decode() for event in events for found in NAMED.findall(event.data)))
