"""Publishing to JetStream: one message, or an atomic batch of them, against what a subject is expected to hold."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from nats.aio.msg import Msg

from .jetstream_answers import FAILURES, ApiError, answered
from .jetstream_marks import config_of, refuse_moved
from .jetstream_session import ANSWER_SECONDS, Session
from .jetstream_wire import EXPECTED, Headers

WRONG_LAST, IN_FLIGHT, SEALED = 10071, 10164, 10109
"""The subject holds something else; something for it is on its way, and nobody knows yet how that ends; no more."""
BYTES_A_SECOND = 1 << 20
"""What a slow connection to three slow disks takes: large content has more time than a small event."""

Message = tuple[str, bytes, Headers]
"""Subject, body and headers."""


class Outcome(NamedTuple):
    """What came of it: the last position where it was stored; else whether it is sure that it was not."""

    last: int = 0
    is_refused: bool = False


class Sent(NamedTuple):
    """Messages on their way: the answer to come, and the seconds that it may take."""

    answer: "asyncio.Future[Msg]"
    seconds: float


class Publisher:
    """Sends messages in the order of the calls, and tells later what came of them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def sent(self, messages: Sequence[Message], expected: Sequence[int | None]) -> Sent:
        """Send messages that are stored all or none; ``expected`` is the last position of each one's own subject.

        Nothing is waited for: neither here, nor by the server before it takes the next call's.
        """
        seconds = ANSWER_SECONDS + sending(sum(len(body) for _, body, _ in messages))
        if len(messages) == 1:
            subject, body, headers = messages[0]
            return Sent(await self._session.send(subject, body, {**headers, **_expecting(expected[0])}), seconds)
        batch = {"Nats-Batch-Id": uuid.uuid4().hex}
        for number, ((subject, body, headers), last) in enumerate(zip(messages, expected, strict=True), 1):
            words = {**headers, **_expecting(last), **batch, "Nats-Batch-Sequence": str(number)}
            if number == len(messages):
                return Sent(await self._session.send(subject, body, {**words, "Nats-Batch-Commit": "1"}), seconds)
            await self._session.tell(subject, body, words)
        raise ValueError("no messages")

    async def outcome(self, sent: Sent | None) -> Outcome:
        """What came of messages that were sent; of what could not be sent nobody knows.

        Raises:
            StoreUnsafe: the log was moved elsewhere.
        """
        try:
            if sent is None:
                return Outcome()
            found = answered(await asyncio.wait_for(sent.answer, sent.seconds))
            return Outcome(last=int(found["seq"]))
        except ApiError as error:
            if error.code in (WRONG_LAST, IN_FLIGHT):
                return Outcome(is_refused=True)
            if error.code == SEALED:
                await self._refuse_moved()
            await self._session.failed(error)
        except FAILURES as error:
            await self._session.failed(error)
        return Outcome()

    async def _refuse_moved(self) -> None:
        refuse_moved(self._session.address, await self._session.patiently(lambda: config_of(self._session)))


def sending(size_bytes: int) -> float:
    """The seconds that so many bytes may take."""
    return size_bytes / BYTES_A_SECOND


def _expecting(last: int | None) -> Headers:
    return {} if last is None else {EXPECTED: str(last)}
