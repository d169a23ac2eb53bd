"""Receives a log into JetStream, and seals one there that was moved elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from presslog.store.blobs import BlobRow, compressed
from presslog.store.errors import StoreUnsafe
from presslog.store.log import MAX_APPEND_EVENTS, EventLog, Stored

from .jetstream import MAX_EVENT_BYTES, JetStreamLog
from .jetstream_address import parsed
from .jetstream_answers import FAILURES
from .jetstream_blobs import JetStreamBlobs
from .jetstream_marks import MOVING, arrive, config_of, leave, noted
from .jetstream_publishing import Outcome, Publisher, sending
from .jetstream_reading import LAG_SECONDS, PAGE_BYTES, Reading
from .jetstream_session import Session
from .jetstream_streams import LEAST_PAYLOAD, LOG_ID, opened, verified
from .jetstream_wire import EXPECTED_HEAD, message_of, size_of, subject_of

ELSEWHERE = "nothing was switched; move it to postgresql://HOST/DATABASE, or with --copy to a folder"
T = TypeVar("T")


class JetStreamReceiver:
    """A Receiver in the two streams of an address."""

    def __init__(self, address: str, folder: Path, log_id: str) -> None:
        """Make the streams, or go on with those that an earlier move has left, be it one of them.

        Raises:
            ConfigError: the address is wrong.
            LogUnavailable: no server answers.
            StoreUnsafe: the servers are too old, a stream there cannot keep a log, or its log was moved elsewhere.
        """
        self.place = address
        self._session = Session(parsed(address))
        self._reading = Reading(self._session)
        self._publisher = Publisher(self._session)
        self._blobs = JetStreamBlobs(self._session, readonly=False)
        try:
            self._log_id = self._asked(lambda: opened(self._session, readonly=False, moving=log_id))
            self._session.verify = self._verify
            self.is_finished = not noted(self._asked(lambda: config_of(self._session)), MOVING)
            self._log = JetStreamLog(address, folder, readonly=True, may_be_moving=True)
        except BaseException:
            self._session.close()
            raise
        self._head = 0

    def _asked(self, ask: Callable[[], Awaitable[T]]) -> T:
        return self._session.run(self._session.patiently(ask))

    async def _verify(self) -> None:
        await verified(self._session, self._log_id)

    @property
    def log(self) -> EventLog:
        """What was received so far."""
        return self._log

    def is_at(self, address: str) -> bool:
        """Whether it is the very log at an address, however that is spelt: both were made in one moment."""
        if not address.startswith("nats://"):
            return False
        session = Session(parsed(address))
        try:
            theirs = session.run(session.patiently(lambda: _made(session)))
        finally:
            session.close()
        return theirs == self._asked(lambda: _made(self._session))

    def missing(self, digests: Collection[str]) -> set[str]:
        """Those of these blobs that are not there."""
        return self._session.run(self._blobs.missing(list(digests)))

    def take(self, events: Sequence[Stored], blobs: Sequence[bytes]) -> None:
        """Store blobs, and then events exactly as they are: in batches, each of which is stored whole or not at all.

        Raises:
            StoreUnsafe: an event is too large for a message, comes behind a gap, or another one has its position.
        """
        if events:
            _refuse_gaps(max(self._head, self._log.head()), events)
        rows = compressed(blobs)
        size = sum(map(_refuse_too_large, events)) + sum(len(row.content) for row in rows)
        self._session.run(self._take(events, rows), more_seconds=sending(size))

    async def _take(self, events: Sequence[Stored], rows: Sequence[BlobRow]) -> None:
        await self._blobs.store(rows)
        for batch in _batches(events):
            await self._settle(batch)
            self._head = batch[-1].position

    async def _settle(self, batch: Sequence[Stored]) -> None:
        """Store a batch; where an answer was lost, what of it is there is looked up, and not sent again."""
        while batch and not (await self._outcome(batch)).last:
            state = (await self._session.patiently(lambda: verified(self._session, self._log_id)))["state"]
            there = await self._refuse_others(batch, int(state["last_seq"]))
            batch = batch[there:]
            if not there:
                await asyncio.sleep(LAG_SECONDS)

    async def _outcome(self, batch: Sequence[Stored]) -> Outcome:
        name = self._session.address.name
        messages = [(subject_of(name, event.stream), *message_of(event)) for event in batch]
        messages[0][2][EXPECTED_HEAD] = str(batch[0].position - 1)
        try:
            await self._session.ready()
            return await self._publisher.outcome(await self._publisher.sent(messages, [None] * len(messages)))
        except FAILURES:
            return Outcome()

    async def _refuse_others(self, batch: Sequence[Stored], head: int) -> int:
        """How many of these events are there already."""
        first, last = batch[0].position, min(head, batch[-1].position)
        held = await self._reading.span(first, last) if last >= first else []
        if held != list(batch[: len(held)]):
            raise StoreUnsafe(f"{self.place} got other events than this log's behind #{first - 1}: name an empty place")
        return len(held)

    def erase(self, events: Sequence[Stored], digests: Sequence[str]) -> None:  # noqa: ARG002  the port's
        """Refuse: JetStream keeps what it has.

        Raises:
            StoreUnsafe: always; the message names the way, which is open also once the other log was sealed.
        """
        log, blobs = self._session.address.log_stream, self._session.address.blob_stream
        raise StoreUnsafe(
            f"{self.place}: what had arrived was erased since, and JetStream cannot erase: nothing was switched; "
            f"delete what has arrived (`nats stream rm {log}`, `nats stream rm {blobs}`), and run the same move again"
        )

    def finish(self) -> None:
        """Note that all has arrived."""
        if not self.is_finished:
            self._asked(lambda: arrive(self._session))
            self.is_finished = True

    def close(self) -> None:
        """End the connections; a second call does nothing."""
        self._log.close()
        self._session.close()


def seal(address: str, to: str) -> None:
    """Have a log grow no more, on no host: it was moved elsewhere, and who wants to append hears where to.

    Raises:
        LogUnavailable: no server answers; do it again.
        StoreUnsafe: it was moved to another place before.
    """
    session = Session(parsed(address))
    try:
        session.run(session.patiently(lambda: leave(session, to)))
    finally:
        session.close()


async def _made(session: Session) -> tuple[str, str]:
    """When the stream of a log was made, and the id of the log."""
    found = await session.api(f"STREAM.INFO.{session.address.log_stream}")
    return str(found["created"]), noted(found["config"], LOG_ID)


def _refuse_gaps(head: int, events: Sequence[Stored]) -> None:
    """A stream numbers its messages itself, one by one."""
    for event in events:
        if event.position > head + 1:
            raise StoreUnsafe(
                f"event {event.position} follows event {head}, and JetStream takes no log with a gap: {ELSEWHERE}"
            )
        head = event.position


def _refuse_too_large(event: Stored) -> int:
    """The size of an event's message."""
    size = size_of(*message_of(event))
    if len(event.data) > MAX_EVENT_BYTES or size > LEAST_PAYLOAD:
        raise StoreUnsafe(
            f"event {event.position}, {event.type} in {event.stream[:80]}, has {len(event.data)} bytes and "
            f"{size} with its meta and names; JetStream takes {MAX_EVENT_BYTES} and {LEAST_PAYLOAD}: {ELSEWHERE}"
        )
    return size


def _batches(events: Sequence[Stored]) -> Iterator[Sequence[Stored]]:
    """The events in parts that a server takes as one."""
    start = size = 0
    for number, event in enumerate(events):
        more = len(event.data) + len(event.meta)
        if number > start and (number - start == MAX_APPEND_EVENTS or size + more > PAGE_BYTES):
            yield events[start:number]
            start, size = number, 0
        size += more
    if events:
        yield events[start:]
