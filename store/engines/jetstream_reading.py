"""Events out of JetStream: pages from any replica, and the newest of a stream from the leader alone."""

import asyncio
import base64
from collections.abc import Sequence
from typing import Any

from nats.aio.msg import Msg

from presslog.store.errors import StoreUnsafe
from presslog.store.log import Stored

from .jetstream_answers import ApiError
from .jetstream_session import Session
from .jetstream_wire import PENDING, PREVIOUS, SEQUENCE, SUBJECT, stored_of, subject_of

PAGE_BYTES = 8 << 20
PAGE_EVENTS = 100_000
SUBJECTS_TOGETHER = 500
"""JetStream answers at most 1,024 of them at once."""
LAG_SECONDS = 0.02
NO_MESSAGE = 10037


class Reading:
    """Reads the stream of a log; every call asks again until it is answered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stream = session.address.log_stream
        self._name = session.address.name

    async def page(self, after: int, limit: int, stream: str | None = None) -> list[Stored]:
        """Up to ``limit`` events after a position, of one stream or of all: as many as the replica that was asked has.

        A replica that lags gives fewer, or none. What was lost on the way ends the page: there are no holes.

        Raises:
            StoreUnsafe: an event is gone from the server.
        """
        request: dict[str, Any] = {"seq": after + 1, "batch": limit, "max_bytes": PAGE_BYTES}
        if stream is not None:
            request["next_by_subj"] = subject_of(self._name, stream)
        found = await self._session.patiently(lambda: self._session.pages(f"DIRECT.GET.{self._stream}", request))
        events = [_stored(message) for message in whole(found)]
        return events if stream is not None else await self._dense(after, events)

    async def _dense(self, after: int, events: list[Stored]) -> list[Stored]:
        """The events up to the first position that is not there; what the leader lacks too is lost."""
        for number, event in enumerate(events):
            missing = after + number + 1
            if event.position == missing:
                continue
            if await self.at(missing) is None:
                raise StoreUnsafe(
                    f"{self._session.address.text}: event {missing} is gone and {event.position} is there: the servers "
                    "have lost data; put the log back from a copy"
                )
            return events[:number]
        return events

    async def heads(self, streams: Sequence[str]) -> list[Stored]:
        """The newest event of each of these streams that a replica knows."""
        subjects = list({subject_of(self._name, each): None for each in streams})
        found: list[Msg] = []
        while subjects:
            some = await self._newest(subjects[:SUBJECTS_TOGETHER])
            found += some
            is_cut = some and (some[-1].headers or {}).get(PENDING, "0") != "0"
            known = {(message.headers or {})[SUBJECT] for message in some}
            rest = [each for each in subjects[:SUBJECTS_TOGETHER] if each not in known] if is_cut else []
            subjects = rest + subjects[SUBJECTS_TOGETHER:]
        return [_stored(message) for message in found]

    async def _newest(self, subjects: Sequence[str]) -> list[Msg]:
        request = {"multi_last": subjects, "batch": len(subjects), "max_bytes": PAGE_BYTES}
        return await self._session.patiently(lambda: self._session.pages(f"DIRECT.GET.{self._stream}", request))

    async def last(self, stream: str) -> Stored | None:
        """The newest event of a stream as its leader knows it."""
        return await self._from_leader({"last_by_subj": subject_of(self._name, stream)})

    async def at(self, position: int) -> Stored | None:
        """The event at a position as the leader knows it."""
        return await self._from_leader({"seq": position}) if position > 0 else None

    async def span(self, first: int, last: int) -> list[Stored]:
        """The events from one position to another, which are known to be there."""
        found: list[Stored] = []
        while len(found) < last - first + 1:
            page = await self.page(first + len(found) - 1, last - first + 1 - len(found))
            if not page:
                await asyncio.sleep(LAG_SECONDS)
            found += page
        return found

    async def _from_leader(self, request: dict[str, Any]) -> Stored | None:
        async def ask() -> Stored | None:
            try:
                answer = await self._session.api(f"STREAM.MSG.GET.{self._stream}", request)
            except ApiError as error:
                if error.code != NO_MESSAGE:
                    raise
                return None
            message = answer["message"]
            headers = base64.b64decode(message.get("hdrs", "")).decode("utf-8", "replace").split("\r\n")
            fields = dict(line.split(": ", 1) for line in headers if ": " in line)
            return stored_of(int(message["seq"]), fields, base64.b64decode(message.get("data", "")))

        return await self._session.patiently(ask)


def whole(messages: Sequence[Msg]) -> list[Msg]:
    """The messages of one answer until the first that was lost on the way: each names the one before it."""
    previous = 0
    for number, message in enumerate(messages):
        headers = message.headers or {}
        if int(headers[PREVIOUS]) != previous:
            return list(messages[:number])
        previous = int(headers[SEQUENCE])
    return list(messages)


def _stored(message: Msg) -> Stored:
    return stored_of(int((message.headers or {})[SEQUENCE]), message.headers, message.data)
