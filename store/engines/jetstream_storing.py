"""Stores a batch of Appends in JetStream: each by compare-and-set on its subject, and what fails is looked at again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from presslog.store.errors import KeyReused
from presslog.store.log import MAX_APPEND_EVENTS, Append, Conflict, Receipt, Stored, runs

from .jetstream_answers import FAILURES
from .jetstream_histories import Histories, History
from .jetstream_publishing import Message, Publisher, Sent
from .jetstream_reading import LAG_SECONDS, PAGE_EVENTS, Reading
from .jetstream_session import Session
from .jetstream_wire import messages_of, subject_of
from .memory import same_events

TOGETHER = 100
"""So many Appends are on their way at once."""

Answer = Receipt | Conflict


class Attempt(NamedTuple):
    """An Append on its way: the last position that it expects of its stream, and what to wait for."""

    after: int
    sent: Sent | None


class Storing:
    """Appends, with what is known of their streams; all of it on the event loop."""

    def __init__(self, session: Session, reading: Reading, now: Callable[[], float]) -> None:
        self._session = session
        self._reading = reading
        self._publisher = Publisher(session)
        self._histories = Histories()
        self._now = now
        # One server that syncs does so for each message; three sync once for what comes at the same time.
        self._is_synced_alone = session.address.is_synced and session.address.replicas == 1

    async def prepare(self, batch: Sequence[Append], head: Callable[[], Awaitable[int]]) -> None:
        """Raise KeyReused before anything is written.

        What others append meanwhile, or had appended since this process last looked at a stream that it knows, shows
        only when it is met: then what stands before it in the batch is stored.
        """
        unknown = [append.stream for append in batch if self._histories.get(append.stream) is None]
        found = await self._reading.heads(unknown)
        await asyncio.gather(*(self._look(event.stream, event.position) for event in found))
        known = [(append, self._receipt(append)) for append in batch]
        await asyncio.gather(*(self._refuse_reused(append, receipt) for append, receipt in known if receipt))
        if len({(append.stream, append.key) for append in batch}) < len(batch):
            self._refuse_reused_inside(batch, await head())

    async def newest(self, streams: Sequence[str]) -> list[Stored]:
        """The newest event of each of these streams as a replica knows it, or as its leader does where that lags."""
        found = {event.stream: event for event in await self._reading.heads(streams)}
        for stream in streams:
            history = self._histories.get(stream)
            if history and (stream not in found or found[stream].position < history.last):
                newest = await self._reading.last(stream)
                found |= {stream: newest} if newest else {}
        return list(found.values())

    def forget(self) -> None:
        """Know nothing of any stream: the server was away, and may have come back with less than it had."""
        self._histories.forget()

    async def store(self, batch: Sequence[Append]) -> list[Answer]:
        """Store each Append, as the port says; answers in the order asked.

        Raises:
            KeyReused: a stream holds other events under a key.
        """
        answers: list[Answer] = []
        for run in runs(batch):
            for start in range(0, len(run), TOGETHER):
                answers += await self._together(run[start : start + TOGETHER])
        return answers

    async def _together(self, some: Sequence[Append]) -> list[Answer]:
        await self._session.ready()
        if self._is_synced_alone and len(some) > 1:
            receipts = await self._in_one(some)
            if receipts:
                return [*receipts]
        attempts = [await self._attempt(append) for append in some]
        settled = [self._settle(append, attempt) for append, attempt in zip(some, attempts, strict=True)]
        if len(settled) == 1:
            return [await settled[0]]
        answers = await asyncio.gather(*settled, return_exceptions=True)
        failed = next((answer for answer in answers if isinstance(answer, BaseException)), None)
        if failed:
            raise failed
        return [answer for answer in answers if not isinstance(answer, BaseException)]

    async def _in_one(self, some: Sequence[Append]) -> list[Receipt]:
        """All of them as one atomic batch, and so one sync of the disk; none where that is not possible.

        Then each goes its own way, against the same expectations: if the batch was stored after all, that is found out.
        """
        histories = [self._histories.get(append.stream) or History() for append in some]
        count = sum(len(append.events) for append in some)
        if count > MAX_APPEND_EVENTS or any(map(_speaks_against, histories, some)):
            return []
        messages, expected = list[Message](), list[int | None]()
        for history, append in zip(histories, some, strict=True):
            messages += self._messages(append)
            expected += [history.last, *[None] * (len(append.events) - 1)]
        lasts = [history.last for history in histories]
        try:
            outcome = await self._publisher.outcome(await self._publisher.sent(messages, expected))
        except FAILURES:
            return []
        ends = accumulate((len(append.events) for append in some), initial=outcome.last - count)
        return [
            self._stored(append, after, end)
            for append, after, end in zip(some, lasts, islice(ends, 1, None), strict=True)
            if outcome.last
        ]

    def _messages(self, append: Append) -> list[Message]:
        subject = subject_of(self._session.address.name, append.stream)
        return [(subject, body, headers) for body, headers in messages_of(append, self._now())]

    async def _attempt(self, append: Append) -> Attempt | None:
        """Send an Append on what is known, nothing where that speaks against it; an unknown stream is taken as new."""
        history = self._histories.get(append.stream) or History()
        if _speaks_against(history, append):
            return None
        messages = self._messages(append)
        expected: list[int | None] = [history.last, *[None] * (len(messages) - 1)]
        try:
            return Attempt(history.last, await self._publisher.sent(messages, expected))
        except FAILURES:
            return Attempt(history.last, None)

    async def _settle(self, append: Append, attempt: Attempt | None) -> Answer:
        """Come to an answer: whatever is in doubt is looked up, and tried again where it turns out not to be stored."""
        is_ours = False
        while True:
            if attempt:
                outcome = await self._publisher.outcome(attempt.sent)
                if outcome.last:
                    return self._stored(append, attempt.after, outcome.last)
                is_ours = is_ours or not outcome.is_refused
            await self._session.ready()
            history = await self._look(append.stream)
            receipt = history.receipts.get(append.key)
            if receipt:
                held = await self._refuse_reused(append, receipt)
                return receipt._replace(repeated=not (is_ours and held[0].id == append.events[0].id))
            if append.expected not in (None, history.last):
                return Conflict(history.last)
            attempt = await self._attempt(append)

    def _stored(self, append: Append, after: int, last: int) -> Receipt:
        receipt = Receipt(last - len(append.events) + 1, last, repeated=False)
        self._histories.note(append.stream, append.key, receipt, after=after)
        return receipt

    def _receipt(self, append: Append) -> Receipt | None:
        history = self._histories.get(append.stream)
        return history.receipts.get(append.key) if history else None

    async def _look(self, stream: str, last: int = 0) -> History:
        """The history of a stream as its leader knows it by now, or at least to ``last``."""
        if not last:
            newest = await self._reading.last(stream)
            last = newest.position if newest else 0
        history = self._histories.get(stream) or History()
        if last < history.last:
            await self._session.verify()
        while history.last < last:
            page = await self._reading.page(history.last, PAGE_EVENTS, stream)
            if not page:
                await asyncio.sleep(LAG_SECONDS)
            history = self._histories.begin(stream, page)
        return history

    async def _refuse_reused(self, append: Append, receipt: Receipt) -> list[Stored]:
        held = await self._reading.span(receipt.first, receipt.last)
        if not same_events(append.events, held):
            raise KeyReused(f"{append.stream} holds other events under key {append.key}")
        return held

    def _refuse_reused_inside(self, batch: Sequence[Append], head: int) -> None:
        """The same for a key that comes twice in a batch, whose positions are foretold as if nobody else appended."""
        lasts: dict[str, int] = {}
        stored: dict[tuple[str, str], Append] = {}
        for append in batch:
            place = append.stream, append.key
            if place in stored and _content(stored[place]) != _content(append):
                raise KeyReused(f"{append.stream} gets other events under key {append.key} in one batch")
            history = self._histories.get(append.stream) or History()
            is_known = place in stored or append.key in history.receipts
            if not is_known and append.expected in (None, lasts.get(append.stream, history.last)):
                stored[place] = append
                head = lasts[append.stream] = head + len(append.events)


def _speaks_against(history: History, append: Append) -> bool:
    return append.key in history.receipts or append.expected not in (None, history.last)


def _content(append: Append) -> list[tuple[str, bytes]]:
    return [(event.type, event.data) for event in append.events]
