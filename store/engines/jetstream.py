"""The log in NATS JetStream, for several hosts: one stream of three replicas, each of its streams a literal subject."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from presslog.store.blobs import BlobRow, compressed
from presslog.store.errors import EventTooLarge, LogDiverged, LogUnavailable, StoreUnsafe
from presslog.store.lock import WriterLock
from presslog.store.log import About, Append, Conflict, Erasure, Receipt, Stored, follow, refuse_impossible

from .jetstream_about import about
from .jetstream_address import parsed
from .jetstream_blobs import JetStreamBlobs
from .jetstream_news import News
from .jetstream_publishing import sending
from .jetstream_reading import Reading
from .jetstream_session import LIMIT_SECONDS, Session
from .jetstream_storing import Storing
from .jetstream_streams import LEAST_PAYLOAD, opened, refuse_unfit, verified
from .jetstream_wire import messages_of, size_of

MAX_EVENT_BYTES = 768 << 10
"""What a server takes in one message as it comes, less much room for meta and headers."""
PAUSE_SECONDS = 0.5


class JetStreamLog:
    """An EventLog on the servers of an address; the folder is that of this host's views.

    Of the processes of one host one may write, held by a lock in the folder; hosts are held apart by the servers.
    """

    max_event_bytes = MAX_EVENT_BYTES
    is_shared = True

    def __init__(
        self,
        address: str,
        folder: Path,
        *,
        readonly: bool = False,
        may_be_moving: bool = False,
        now: Callable[[], float] = time.time,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> None:
        """Open the log, making it where it is missing; a call that takes longer than the limit is given up.

        One into which a log is being moved only who moves it opens.

        Raises:
            ConfigError: the address is wrong.
            StoreLocked: another process of this host writes to it.
            NoSuchStore: there is none to read.
            StoreUnsafe: the servers are too old, a stream there cannot keep a log, a move to it is not finished, or
                the log is to be written and was moved elsewhere.
            LogUnavailable: no server answers.
        """
        self._address = parsed(address)
        self._readonly = readonly
        self._may_be_moving = may_be_moving
        self._session = Session(self._address, limit_seconds)
        self._reading = Reading(self._session)
        self._storing = Storing(self._session, self._reading, now)
        self.blobs = JetStreamBlobs(self._session, readonly=readonly)
        self._lock: WriterLock | None = None
        try:
            self._lock = None if readonly else WriterLock(folder)
            self.log_id = self._session.run(self._open())
            self._news = News(self._session, self.log_id)
            self._session.verify = self._verify
            self._session.run(self._begin())
        except BaseException:
            self.close()
            raise

    def about(self) -> About:
        """The servers, their copies of the log, and what an operator should know."""

        async def ask() -> About:
            return await about(self._session)

        return self._session.run(self._session.patiently(ask))

    async def _open(self) -> str:
        async def ask() -> str:
            return await opened(self._session, readonly=self._readonly, may_be_moving=self._may_be_moving)

        return await self._session.patiently(ask)

    async def _verify(self) -> None:
        self._storing.forget()
        refuse_unfit(self._session)
        await verified(self._session, self.log_id)

    async def _begin(self) -> None:
        await self._news.listen()
        await self._news.head()

    def append(self, batch: Sequence[Append], *, blobs: Sequence[bytes] = ()) -> list[Receipt | Conflict]:
        """Store each Append atomically, many on their way at once; answers in the order asked.

        A key that others have used meanwhile with other events may show only after a part of the batch is stored.
        """
        self._refuse_readonly()
        size = sum(self._refuse_too_large(append) for append in batch)
        rows = compressed(blobs)
        size += sum(len(row.content) for row in rows)
        return self._session.run(self._append(batch, rows), more_seconds=sending(size))

    async def _append(self, batch: Sequence[Append], rows: Sequence[BlobRow]) -> list[Receipt | Conflict]:
        if len(batch) > 1 or rows:
            await self._storing.prepare(batch, self._news.head)
        await self.blobs.store(rows)
        answers = await self._storing.store(batch)
        self._news.note(max((answer.last for answer in answers if isinstance(answer, Receipt)), default=0))
        return answers

    def _refuse_too_large(self, append: Append) -> int:
        refuse_impossible(append, self.max_event_bytes)
        sizes = [size_of(body, headers) for body, headers in messages_of(append, 0.0)]
        if max(sizes) > LEAST_PAYLOAD:
            raise EventTooLarge(
                f"an event of {append.stream[:80]} has {max(sizes)} bytes with its meta and names, "
                f"the limit is {LEAST_PAYLOAD}"
            )
        return sum(sizes)

    def _refuse_readonly(self) -> None:
        if self._readonly:
            raise StoreUnsafe(f"{self._address.text} is open for reading only")

    def erase(self, erasure: Erasure) -> Receipt | Conflict:
        """Refuse: JetStream keeps what it has, and no stream of a log may be open to deletion.

        Raises:
            StoreUnsafe: always; the message names the way.
        """
        raise StoreUnsafe(
            f"{self._address.text}: JetStream cannot erase {erasure.said.stream}: "
            "`presslog move` the log to PostgreSQL or SQLite, and erase there"
        )

    def read(self, after: int, limit: int, stream: str | None = None) -> list[Stored]:
        """Up to ``limit`` events with position > after, ascending, and at most 8 MiB of them."""
        return self._session.run(self._reading.page(after, limit, stream))

    def last(self, stream: str) -> Stored | None:
        """The newest event of a stream."""
        return self._session.run(self._reading.last(stream))

    def newest(self, streams: Collection[str]) -> dict[str, Stored]:
        """The newest event of each of these streams, by its name; of what this process has stored none is missing."""
        return {event.stream: event for event in self._session.run(self._storing.newest(list(dict.fromkeys(streams))))}

    def head(self) -> int:
        """Position of the newest durable event; 0 for an empty log."""
        return self._session.run(self._news.head())

    def wait(self, after: int, timeout: float) -> bool:
        """Sleep until the log is longer than ``after``; ends with False where it is closed meanwhile."""
        try:
            return self._session.run(self._news.wait(after, timeout), more_seconds=timeout)
        except LogUnavailable:
            if self._session.is_closed:
                return False
            raise

    def follow(self, after: int, *, stop: threading.Event) -> Iterator[list[Stored]]:
        """Catch up, then follow the live tail until ``stop`` is set; servers may go and come back meanwhile."""
        while not stop.is_set() and not self._session.is_closed:
            try:
                for page in follow(self, after, stop=stop):
                    after = page[-1].position
                    yield page
            except LogUnavailable:
                stop.wait(PAUSE_SECONDS)

    def check(self, position: int, event_id: str) -> None:
        """Raise LogDiverged unless that event is at that position, as the leader has it."""
        found = self._session.run(self._reading.at(position))
        if found is None or found.id != event_id:
            raise LogDiverged(f"{self._address.text} does not hold event {event_id} at position {position}")

    def close(self) -> None:
        """End the connection and whoever waits, and release the writer lock; a second call does nothing."""
        self._session.close()
        if self._lock:
            self._lock.release()
