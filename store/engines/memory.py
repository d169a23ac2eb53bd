"""The log in memory: the reference that says what every engine must do, and the engine of fast tests."""

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence

from presslog.store.errors import KeyReused, LogDiverged, StoreUnsafe
from presslog.store.leaf import erased_meta
from presslog.store.log import (
    About,
    Append,
    Conflict,
    Erasure,
    NewEvent,
    Receipt,
    Stored,
    follow,
    is_erased,
    refuse_impossible,
    refuse_strangers,
)
from presslog.store.names import event_id

MAX_EVENT_BYTES = 1 << 20


class MemoryBlobs:
    """Raw bytes by SHA-256 in a dictionary."""

    def __init__(self) -> None:
        self._contents: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep bytes and return their SHA-256."""
        digest = hashlib.sha256(content).hexdigest()
        self._contents.setdefault(digest, bytes(content))
        return digest

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest; KeyError where it is unknown."""
        content = self._contents[digest]
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoreUnsafe(f"blob {digest} does not match its digest")
        return content

    def drop(self, digests: Sequence[str]) -> None:
        """Forget bytes for good."""
        for digest in digests:
            self._contents.pop(digest, None)


class MemoryLog:
    """An EventLog that lives as long as its process.

    >>> log = MemoryLog()
    >>> log.append([Append("s", [NewEvent("1", "note", b"{}")], 0, "k")])
    [Receipt(first=1, last=1, repeated=False)]
    """

    max_event_bytes = MAX_EVENT_BYTES
    is_shared = False

    def __init__(self, *, now: Callable[[], float] = time.time) -> None:
        self.log_id = event_id()
        self.blobs = MemoryBlobs()
        self._now = now
        self._events: list[Stored] = []
        self._streams: dict[str, list[Stored]] = defaultdict(list)
        self._receipts: dict[tuple[str, str], Receipt] = {}
        self._changed = threading.Condition()

    def append(self, batch: Sequence[Append], *, blobs: Sequence[bytes] = ()) -> list[Receipt | Conflict]:
        """Store each Append atomically; answers in the order asked."""
        with self._changed:
            for append in batch:
                refuse_impossible(append, self.max_event_bytes)
            held = len(self._events)
            try:
                answers = [self._store(append) for append in batch]
            except KeyReused:
                self._forget(held)
                raise
            for content in blobs:
                self.blobs.put(content)
            self._changed.notify_all()
            return answers

    def _forget(self, held: int) -> None:
        for event in reversed(self._events[held:]):
            self._receipts.pop((event.stream, event.key), None)
            self._streams[event.stream].pop()
        del self._events[held:]

    def _store(self, append: Append) -> Receipt | Conflict:
        known = self._receipts.get((append.stream, append.key))
        if known:
            if not same_events(append.events, self._events[known.first - 1 : known.last]):
                raise KeyReused(f"{append.stream} holds other events under key {append.key}")
            return known._replace(repeated=True)
        stream = self._streams.get(append.stream)
        actual = stream[-1].position if stream else 0
        if append.expected is not None and append.expected != actual:
            return Conflict(actual)
        first = len(self._events) + 1
        for index, event in enumerate(append.events):
            stored = Stored(first + index, append.stream, append.key, index, self._now(), *event)
            self._events.append(stored)
            self._streams[append.stream].append(stored)
        receipt = Receipt(first, len(self._events), repeated=False)
        self._receipts[append.stream, append.key] = receipt
        return receipt

    def erase(self, erasure: Erasure) -> Receipt | Conflict:
        """Append what is said of it and erase, both or nothing."""
        refuse_impossible(erasure.said, self.max_event_bytes)
        with self._changed:
            stream = self._streams[erasure.said.stream]
            found = {event.position: event for event in stream if event.position in erasure.positions}
            refuse_strangers(erasure, found)
            answer = self._store(erasure.said)
            if isinstance(answer, Receipt) and not answer.repeated:
                for event in found.values():
                    erased = event._replace(data=b"", meta=erased_meta(event))
                    self._events[event.position - 1] = stream[stream.index(event)] = erased
                self.blobs.drop(erasure.digests)
            self._changed.notify_all()
            return answer

    def read(self, after: int, limit: int, stream: str | None = None) -> list[Stored]:
        """Up to ``limit`` events with position > after, ascending."""
        with self._changed:
            if stream is None:
                return self._events[after : after + limit]
            return [event for event in self._streams.get(stream, ()) if event.position > after][:limit]

    def last(self, stream: str) -> Stored | None:
        """The newest event of a stream."""
        with self._changed:
            events = self._streams.get(stream)
            return events[-1] if events else None

    def newest(self, streams: Collection[str]) -> dict[str, Stored]:
        """The newest event of each of these streams, by its name."""
        with self._changed:
            return {stream: self._streams[stream][-1] for stream in streams if self._streams.get(stream)}

    def head(self) -> int:
        """Position of the newest event; 0 for an empty log."""
        with self._changed:
            return len(self._events)

    def wait(self, after: int, timeout: float) -> bool:
        """Sleep until the log is longer than ``after`` or ``timeout`` seconds are over."""
        with self._changed:
            return self._changed.wait_for(lambda: self.head() > after, timeout)

    def follow(self, after: int, *, stop: threading.Event) -> Iterator[list[Stored]]:
        """Catch up, then follow the live tail until ``stop`` is set."""
        return follow(self, after, stop=stop)

    def check(self, position: int, event_id: str) -> None:
        """Raise LogDiverged unless that event is at that position."""
        found = self.read(position - 1, 1)
        if not found or found[0].id != event_id:
            raise LogDiverged(f"event {event_id} is not at position {position}")

    def about(self) -> About:
        """That it is gone with its process."""
        return About("memory", "this process", warnings=("nothing is kept: the log is gone with its process",))

    def close(self) -> None:
        """Nothing to release."""


def same_events(asked: Sequence[NewEvent], held: Sequence[Stored]) -> bool:
    """Whether two lists of events say the same: types and data; ids and meta differ between two attempts.

    What an erased event said nobody can tell any more: it counts as the same.
    """
    return len(asked) == len(held) and all(
        now.type == then.type and (is_erased(then) or now.data == then.data)
        for now, then in zip(asked, held, strict=True)
    )
