"""A connection to NATS for threads that know no event loop: one loop in one thread, and requests by number."""

import asyncio
import concurrent.futures
import itertools
import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg

from presslog.store.errors import LogUnavailable

from .jetstream_address import Address
from .jetstream_answers import FAILURES, STATUS, ApiError, answered
from .jetstream_creds import credentials
from .jetstream_wire import Headers

LIMIT_SECONDS = 10.0
"""A call that has not come to its end by then is given up."""
ANSWER_SECONDS = 4.0
"""So long one request waits: an election of a leader takes less."""
PAGE_SECONDS = 1.5
"""So long a page waits for its next message: any replica may be asked, and the next one may be alive."""
RETRY_SECONDS = 0.1
CLOSING_SECONDS = 2.0
LEFT_SECONDS = 5.0
"""The loop ends a call by itself, and has so much longer for it; after that it was closed in this very moment."""
LOST = "the connection was lost"
T = TypeVar("T")


class _Pending(NamedTuple):
    """A request without its full answer."""

    answer: "asyncio.Future[Msg]"
    pages: "asyncio.Queue[Msg | None] | None"


class Session:
    """The connection and its loop. ``verify`` is awaited after each connecting, before anything else is asked."""

    def __init__(self, address: Address, limit_seconds: float = LIMIT_SECONDS) -> None:
        self.address = address
        self.limit_seconds = limit_seconds
        self.is_closed = False
        self.verify: Callable[[], Awaitable[None]] = _nothing
        self._why = "no answer"
        self._client: Client | None = None
        self._connections = self._verified = 0
        self._connecting = asyncio.Lock()
        self._tokens = itertools.count()
        self._pending: dict[str, _Pending] = {}
        self._heard: list[tuple[str, Callable[[Msg], Awaitable[None]]]] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="presslog-nats", daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T], *, more_seconds: float = 0.0) -> T:
        """Do work on the loop and wait for its end, from any thread.

        Raises:
            LogUnavailable: it is not done within the limit and ``more_seconds``, or the session was closed.
        """
        if self.is_closed:
            work.close()
            raise LogUnavailable(f"{self.address.text} is closed: open it again")
        limit = self.limit_seconds + more_seconds
        doing = asyncio.run_coroutine_threadsafe(asyncio.wait_for(work, limit), self._loop)
        try:
            return doing.result(limit + LEFT_SECONDS)
        except concurrent.futures.CancelledError as error:
            raise LogUnavailable(f"{self.address.text} was closed meanwhile: open it again") from error
        except FAILURES as error:
            why = self._why if isinstance(error, TimeoutError) else str(error)
            raise LogUnavailable(
                f"{self.address.text} does not answer: {why}; see that most of its servers run"
            ) from error
        finally:
            doing.cancel()

    async def patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask again whatever fails, until the call that waits for it is given up; only for what changes nothing."""
        while True:
            try:
                await self.ready()
                return await ask()
            except FAILURES as error:
                await self.failed(error)

    async def failed(self, error: Exception) -> None:
        """Remember why something failed, for the message, and rest a moment before the next try."""
        self._why = str(error) or type(error).__name__
        await asyncio.sleep(RETRY_SECONDS)

    async def ready(self) -> None:
        """Wait for a connection to the log that is meant."""
        if self._verified == self._connections and self._client and self._client.is_connected:
            return
        async with self._connecting:
            if self._client is None or self._client.is_closed:
                await self._connect()
            while not self.client.is_connected:
                await asyncio.sleep(RETRY_SECONDS / 5)
            if self._verified != self._connections:
                connection = self._connections
                await self.verify()
                self._verified = connection

    @property
    def client(self) -> Client:
        """The connection, which may be broken at the moment."""
        if self._client is None:
            raise ConnectionError("not connected")
        return self._client

    async def _connect(self) -> None:
        secrets = _secrets(self.address)
        client = Client()
        try:
            await client.connect(
                servers=self.address.servers,
                name="presslog",
                error_cb=self._on_error,
                disconnected_cb=self._on_lost,
                reconnected_cb=self._on_connected,
                connect_timeout=2,
                reconnect_time_wait=RETRY_SECONDS,  # type: ignore[arg-type]  # it only sleeps so long
                max_reconnect_attempts=-1,
                ping_interval=1,
                max_outstanding_pings=2,
                **secrets,
            )
        except BaseException:
            await client.close()
            raise
        self._inbox = client.new_inbox()
        await client.subscribe(f"{self._inbox}.*", cb=self._on_answer, pending_msgs_limit=-1, pending_bytes_limit=-1)
        self._client = client
        await self._on_connected()
        for subject, heard in self._heard:
            await client.subscribe(subject, cb=heard)

    async def _on_connected(self) -> None:
        self._connections += 1

    async def _on_error(self, error: Exception) -> None:
        self._why = str(error) or type(error).__name__

    async def _on_lost(self) -> None:
        for pending in tuple(self._pending.values()):
            if pending.pages is not None:
                pending.pages.put_nowait(None)
            elif not pending.answer.done():
                pending.answer.set_exception(ConnectionResetError(LOST))

    async def _on_answer(self, message: Msg) -> None:
        pending = self._pending.get(message.subject.rpartition(".")[2])
        if pending is None or pending.answer.done():
            return
        if pending.pages is not None:
            pending.pages.put_nowait(message)
        else:
            pending.answer.set_result(message)

    async def hear(self, subject: str, heard: Callable[[Msg], Awaitable[None]]) -> None:
        """Call ``heard`` for each message on a subject from now on."""
        self._heard.append((subject, heard))
        await self.client.subscribe(subject, cb=heard)

    async def send(
        self,
        subject: str,
        body: bytes,
        headers: Headers | None = None,
        *,
        pages: "asyncio.Queue[Msg | None] | None" = None,
    ) -> "asyncio.Future[Msg]":
        """Send a request; its answer comes into the future, or into ``pages`` where there are many."""
        token = str(next(self._tokens))
        answer: asyncio.Future[Msg] = self._loop.create_future()
        self._pending[token] = _Pending(answer, pages)
        answer.add_done_callback(lambda done: self._forget(token, done))
        try:
            if not self.client.is_connected:
                raise ConnectionError("not connected")
            await self.client.publish(subject, body, reply=f"{self._inbox}.{token}", headers=headers)
        except BaseException:
            answer.cancel()
            raise
        return answer

    def _forget(self, token: str, done: "asyncio.Future[Msg]") -> None:
        del self._pending[token]
        if not done.cancelled():
            done.exception()  # looked at, or asyncio complains of a failure that nobody waits for any more

    async def tell(self, subject: str, body: bytes, headers: Headers) -> None:
        """Send what nobody answers."""
        await self.client.publish(subject, body, headers=headers)

    async def api(self, name: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
        """What JetStream answers to a request of its interface, whose name comes after ``$JS.API``.

        Raises:
            ApiError: it refuses.
        """
        body = b"" if request is None else json.dumps(request).encode()
        return answered(await asyncio.wait_for(await self.send(f"$JS.API.{name}", body), ANSWER_SECONDS))

    async def pages(self, name: str, request: dict[str, Any]) -> list[Msg]:
        """The messages that JetStream sends to a request; those until then where it breaks off after the first."""
        found: list[Msg] = []
        queue: asyncio.Queue[Msg | None] = asyncio.Queue()
        answer = await self.send(f"$JS.API.{name}", json.dumps(request).encode(), pages=queue)
        try:
            while True:
                message = await asyncio.wait_for(queue.get(), PAGE_SECONDS)
                if message is None:
                    raise ConnectionResetError(LOST)
                status = (message.headers or {}).get(STATUS)
                if status in ("204", "404"):
                    return found
                if status:
                    raise ApiError(int(status), f"{name}: {(message.headers or {}).get('Description', status)}")
                found.append(message)
        except FAILURES:
            if not found:
                raise
            return found
        finally:
            answer.cancel()

    def close(self) -> None:
        """End what is running, the connection and the thread; a second call does nothing."""
        if self.is_closed:
            return
        self.is_closed = True
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(LIMIT_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(LIMIT_SECONDS)
        self._loop.close()

    async def _end(self) -> None:
        if self._client:
            with suppress(*FAILURES):  # a server that does not listen keeps nobody from leaving
                await asyncio.wait_for(self._client.close(), CLOSING_SECONDS)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


async def _nothing() -> None:
    pass


def _secrets(address: Address) -> dict[str, Any]:
    words: dict[str, Any] = {}
    if address.creds:
        told = credentials(address.creds)
        words["user_jwt_cb"] = told.token.encode
        words["signature_cb"] = told.signature
    if address.tls_ca:
        words["tls"] = ssl.create_default_context(cafile=address.tls_ca)
    return words
