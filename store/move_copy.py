"""Copies events, and the blobs that they name, page by page behind what a receiver holds."""

from collections.abc import Callable, Iterator, Sequence

from .errors import LogUnavailable
from .log import EventLog, Stored
from .receiver import Receiver, named_in

PAGE_EVENTS = 200
"""So many events are held at once: each may have a megabyte."""
PAGE_BYTES = 8 << 20
"""So much of blobs is held at once, or one that is larger."""


def copy(source: EventLog, receiver: Receiver, head: int, told: Callable[[int], None]) -> int:
    """Copy what comes behind the receiver's head, up to another one; how many blobs were brought.

    ``told`` hears how far it is. A blob is there no later than the first event that names it.

    Raises:
        LogUnavailable: one of the two does not answer; what was copied stays.
    """
    blobs = 0
    for page in pages(source, receiver.log.head(), head):
        part: list[bytes] = []
        for content in _blobs(source, receiver, page):
            if part and sum(map(len, part)) + len(content) > PAGE_BYTES:
                receiver.take((), part)
                part = []
            part.append(content)
            blobs += 1
        receiver.take(page, part)
        told(page[-1].position)
    return blobs


def pages(log: EventLog, after: int, head: int) -> Iterator[Sequence[Stored]]:
    """The events of a log behind a position up to its head, in pages.

    Raises:
        LogUnavailable: the log has no more to give, and yet its head is further.
    """
    while after < head:
        page = [event for event in log.read(after, PAGE_EVENTS) if event.position <= head]
        if not page:
            raise LogUnavailable(f"the log gives no event behind #{after}, and goes up to #{head}: move again")
        yield page
        after = page[-1].position


def holds(log: EventLog, digest: str) -> bool:
    """Whether a log has a blob, and it is what its digest says; StoreUnsafe where it is not."""
    try:
        log.blobs.get(digest)
    except KeyError:
        return False
    return True


def _blobs(source: EventLog, receiver: Receiver, page: Sequence[Stored]) -> Iterator[bytes]:
    named = list(named_in(page))
    missing = receiver.missing(named) if named else set()
    for digest in named:
        if digest in missing:
            try:
                yield source.blobs.get(digest)
            except KeyError:
                """It was erased, or is the digest of something else."""
