"""The EventLog port: what every engine promises, and the values that cross it."""

import threading
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple, Protocol

from .errors import EventTooLarge, StoreUnsafe

ANY = None
"""No expectation about the stream that an Append goes to."""

MAX_APPEND_EVENTS = 500
"""The most events of one Append: what a JetStream atomic batch takes safely."""


class NewEvent(NamedTuple):
    """An event to be stored: the caller's unique id, a stable type, canonical JSON bytes."""

    id: str
    type: str
    data: bytes
    meta: bytes = b""


class Append(NamedTuple):
    """1 to 500 events for one stream, all or none.

    ``expected`` is the position of the stream's last event as the caller knows it: 0 means that the stream must not
    exist, ``ANY`` that nothing is expected. ``key`` makes a repetition harmless; it is unique in the stream for ever.
    """

    stream: str
    events: Sequence[NewEvent]
    expected: int | None
    key: str


class Stored(NamedTuple):
    """An event as it stands in the log; ``recorded_at`` is in seconds since 1970, UTC."""

    position: int
    stream: str
    key: str
    index: int  # type: ignore[assignment]  # the contract's name; tuple.index is not needed
    recorded_at: float
    id: str
    type: str
    data: bytes
    meta: bytes


def is_erased(event: Stored) -> bool:
    """Whether the content of an event was erased: it has no data, and its meta holds the digest of what it had."""
    return not event.data and event.meta.startswith(b'{"erased":')


class Receipt(NamedTuple):
    """An Append was stored; its positions are contiguous. ``repeated`` says that it had been stored before."""

    first: int
    last: int
    repeated: bool


class Conflict(NamedTuple):
    """An Append was not stored: the stream's last position is ``actual``, not what was expected."""

    actual: int


class Erasure(NamedTuple):
    """An order: the content of the events at these positions goes, and these blobs; ``said`` tells of it in the log.

    All are events of the stream that ``said`` is appended to.
    """

    said: Append
    positions: Sequence[int]
    digests: Sequence[str] = ()


class Replica(NamedTuple):
    """One more copy of a log: its name, how it is in the words of its engine, and how far it lags, None where unseen.

    The ``unit`` of the lag is what the engine counts: ``bytes`` of its own log, or ``messages``.
    """

    name: str
    state: str
    lag: int | None
    unit: str


class About(NamedTuple):
    """Which engine keeps a log, where, the other copies that are known, and what an operator should know of it."""

    engine: str
    place: str
    replicas: tuple[Replica, ...] = ()
    warnings: tuple[str, ...] = ()


class BlobStore(Protocol):
    """Raw bytes by their SHA-256."""

    def put(self, content: bytes) -> str:
        """Keep bytes and return their digest; durable when it returns, and free when they are held already."""
        ...

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest, verified.

        Raises:
            KeyError: unknown digest.
            StoreUnsafe: the bytes no longer match their digest.
        """
        ...


class EventLog(Protocol):
    """An append-only log of events in streams; positions are opaque growing numbers from 1."""

    log_id: str
    max_event_bytes: int
    is_shared: bool
    """Whether others than this process may append to it: then it grows also while nobody here writes."""

    @property
    def blobs(self) -> BlobStore:
        """The raw bytes that events name by their digest."""
        ...

    def append(self, batch: Sequence[Append], *, blobs: Sequence[bytes] = ()) -> list[Receipt | Conflict]:
        """Store each Append atomically; answers in the order asked.

        Returns only after what it reports is durable, and ``blobs`` with it: never later than the events. Each Append
        stands alone: one conflict does not undo its neighbours; engines use the list to share commits. A key that the
        stream already holds gives the first Receipt again (``repeated=True``), whatever ``expected`` says. Events of
        one Append have neighbouring positions.

        Raises:
            KeyReused: same stream and key, other types or data; nothing of the batch was written.
            EventTooLarge: an event is over ``max_event_bytes``; nothing of the batch was written.
            LogUnavailable: nothing is known about the outcome; call again with the same keys.
        """
        ...

    def erase(self, erasure: Erasure) -> Receipt | Conflict:
        """Append what is said of it and erase, both or nothing; durable when it returns.

        Of an erased event everything stays but its content: ``data`` is empty, ``meta`` holds the digest of what there
        was, and the leaf (store/leaf.py) is the same. Blobs that are not held are no error. With a key that the stream
        already holds nothing is erased any more; with a Conflict nothing was. No other call changes an event.

        Raises:
            StoreUnsafe: an event is not of that stream; nothing was written.
            LogUnavailable: nothing is known about the outcome; call again with the same key.
        """
        ...

    def read(self, after: int, limit: int, stream: str | None = None) -> list[Stored]:
        """Up to ``limit`` events with position > after, ascending, nothing skipped.

        May give fewer than there are, and none only where there were none when it was asked for.
        """
        ...

    def last(self, stream: str) -> Stored | None:
        """The newest event of a stream; None where the stream does not exist."""
        ...

    def newest(self, streams: Collection[str]) -> dict[str, Stored]:
        """The newest event of each of these streams, by its name; those that do not exist are left out.

        One question for all of them. What others append at the same moment may be missing: an Append that expects what
        was found here is then a Conflict.
        """
        ...

    def head(self) -> int:
        """Position of the newest durable event; 0 for an empty log. Never goes back."""
        ...

    def wait(self, after: int, timeout: float) -> bool:
        """Sleep until ``head() > after`` or ``timeout`` seconds are over; may wake early and then answers truly.

        Raises:
            LogDiverged: another log stands in its place by now, and this one grows no more.
        """
        ...

    def follow(self, after: int, *, stop: threading.Event) -> Iterator[list[Stored]]:
        """Catch up, then follow the live tail in pages until ``stop`` is set."""
        ...

    def about(self) -> About:
        """Which engine this is, how its copies are, and what an operator should know.

        Raises:
            LogUnavailable: its server does not answer.
        """
        ...

    def check(self, position: int, event_id: str) -> None:
        """Raise LogDiverged unless that event is at that position. Readers call it once per connection."""
        ...

    def close(self) -> None:
        """Release files and locks; a closed log takes no more calls, and who waits in another thread wakes soon."""
        ...


def refuse_impossible(append: Append, max_event_bytes: int) -> None:
    """Raise EventTooLarge for an Append that no engine takes: an event over the limit, none at all, or over 500."""
    if not 1 <= len(append.events) <= MAX_APPEND_EVENTS:
        raise EventTooLarge(f"{len(append.events)} events for {append.stream}: 1 to {MAX_APPEND_EVENTS} go together")
    for event in append.events:
        if len(event.data) > max_event_bytes:
            size = len(event.data)
            raise EventTooLarge(f"{event.type} in {append.stream} has {size} bytes, the limit is {max_event_bytes}")


def refuse_strangers(erasure: Erasure, found: Collection[int]) -> None:
    """Raise StoreUnsafe where an event that is to be erased is none of its stream, whose positions are ``found``."""
    strangers = sorted(set(erasure.positions) - set(found))
    if strangers:
        raise StoreUnsafe(f"events {strangers} are not of {erasure.said.stream}: nothing was erased")


def runs(batch: Sequence[Append]) -> Iterator[Sequence[Append]]:
    """The batch in parts, in none of which a stream comes twice: what one Append makes of it the next has to see."""
    start, streams = 0, set[str]()
    for number, append in enumerate(batch):
        if append.stream in streams:
            yield batch[start:number]
            start, streams = number, set()
        streams.add(append.stream)
    yield batch[start:]


def follow(log: EventLog, after: int, *, stop: threading.Event, page: int = 500) -> Iterator[list[Stored]]:
    """Read and wait in a loop: the ``follow`` that engines with nothing better share."""
    while not stop.is_set():
        events = log.read(after, page)
        if events:
            after = events[-1].position
            yield events
        else:
            log.wait(after, 1.0)
