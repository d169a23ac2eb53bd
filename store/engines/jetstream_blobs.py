"""Raw bytes by SHA-256 in a JetStream stream of their own, in parts that are stored all or none."""

import asyncio
import hashlib
from collections.abc import Sequence
from typing import Any

from nats.aio.msg import Msg

from presslog.store.blobs import BlobRow, compressed, opened
from presslog.store.errors import StoreUnsafe

from .jetstream_publishing import Message, Publisher, sending
from .jetstream_reading import LAG_SECONDS, PAGE_BYTES, whole
from .jetstream_session import Session
from .jetstream_wire import SEQUENCE

PART_BYTES = 512 << 10
TOGETHER = 100
"""So many blobs are asked for at once."""
LARGEST_SECONDS = 120.0
"""What content may take of which nobody knows yet how large it is."""


class JetStreamBlobs:
    """The blobs of a log; two hosts that put the same content at once leave one copy of it."""

    def __init__(self, session: Session, *, readonly: bool) -> None:
        self._session = session
        self._publisher = Publisher(session)
        self._stream = session.address.blob_stream
        self._readonly = readonly

    def put(self, content: bytes) -> str:
        """Keep bytes and return their SHA-256; durable when it returns."""
        if self._readonly:
            raise StoreUnsafe(f"{self._session.address.text} is open for reading only")
        rows = compressed([content])
        self._session.run(self.store(rows), more_seconds=sending(len(rows[0].content)))
        return rows[0].digest.hex()

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest, verified; KeyError where it is unknown."""
        return opened(self._session.run(self._row(digest), more_seconds=LARGEST_SECONDS))

    async def store(self, rows: Sequence[BlobRow]) -> None:
        """Keep these; those that are held already cost little or nothing."""
        await asyncio.gather(*(self._store(row) for row in {row.digest: row for row in rows}.values()))

    async def _store(self, row: BlobRow) -> None:
        messages = self._messages(row)
        while len(messages) == 1 or not await self._first(row.digest.hex()):
            await self._session.ready()
            # Each part is expected to be new, and they come all or none: no part of another compression is among them.
            sent = await self._publisher.sent(messages, [0] * len(messages))
            outcome = await self._publisher.outcome(sent)
            if outcome.last or (outcome.is_refused and await self._first(row.digest.hex())):
                return

    def _messages(self, row: BlobRow) -> list[Message]:
        parts = range(0, max(1, len(row.content)), PART_BYTES)
        headers = {"Size": str(row.size_bytes), "Parts": str(len(parts))}
        return [
            (self._subject(row.digest.hex(), number), row.content[start : start + PART_BYTES], headers)
            for number, start in enumerate(parts)
        ]

    async def missing(self, digests: Sequence[str]) -> set[str]:
        """Those of these blobs that are not there, as the leader knows."""
        found = set[str]()
        for start in range(0, len(digests), TOGETHER):
            some = digests[start : start + TOGETHER]
            held = await asyncio.gather(*(self._is_held(self._subject(digest)) for digest in some))
            found.update(digest for digest, is_held in zip(some, held, strict=True) if not is_held)
        return found

    def _subject(self, digest: str, number: int = 0) -> str:
        return f"{self._session.address.name}.blob.{digest}.{number}"

    async def _first(self, digest: str) -> Msg | None:
        """The first part of a blob, where any replica has it, or else the leader has."""
        subject = self._subject(digest)
        found = await self._asked({"multi_last": [subject]})
        while not found and await self._is_held(subject):
            await asyncio.sleep(LAG_SECONDS)
            found = await self._asked({"multi_last": [subject]})
        return found[0] if found else None

    async def _is_held(self, subject: str) -> bool:
        async def ask() -> bool:
            request = {"subjects_filter": subject}
            state = (await self._session.api(f"STREAM.INFO.{self._stream}", request))["state"]
            return bool(state.get("subjects"))

        return await self._session.patiently(ask)

    async def _asked(self, request: dict[str, Any]) -> list[Msg]:
        return await self._session.patiently(lambda: self._session.pages(f"DIRECT.GET.{self._stream}", request))

    async def _row(self, digest: str) -> BlobRow:
        if len(digest) != len(hashlib.sha256().hexdigest()) or not digest.isalnum():
            raise KeyError(digest)
        first = await self._first(digest)
        if first is None:
            raise KeyError(digest)
        headers = first.headers or {}
        parts, position = [first], int(headers[SEQUENCE])
        while len(parts) < int(headers["Parts"]):
            request = {
                "seq": position + len(parts),
                "batch": int(headers["Parts"]) - len(parts),
                "max_bytes": PAGE_BYTES,
            }
            page = whole(await self._asked(request))
            parts += page
            if not page:
                await asyncio.sleep(LAG_SECONDS)
        return BlobRow(bytes.fromhex(digest), int(headers["Size"]), b"".join(part.data for part in parts))
