"""How far a log in JetStream is: asked of its leader, and waited for with the server's word that something came."""

import asyncio
import time

from nats.aio.msg import Msg

from presslog.store.errors import LogDiverged

from .jetstream_marks import MOVED_TO, moved, noted
from .jetstream_session import Session
from .jetstream_streams import news_of, verified

POLL_SECONDS = 2.0
"""The word that something came may be lost; so long nothing is missed without it."""
EAGER_SECONDS = 0.005


class News:
    """The head of a log, which never goes back, and those who wait for it to move."""

    def __init__(self, session: Session, log_id: str) -> None:
        self._session = session
        self._log_id = log_id
        self._head = 0
        self._shorter_since: float | None = None
        self._stirred = asyncio.Event()

    async def listen(self) -> None:
        """Hear from now on of each event that is stored."""
        await self._session.hear(news_of(self._session.address), self._on_news)

    async def _on_news(self, _: Msg) -> None:
        self._stir()

    def _stir(self) -> None:
        """Wake those who wait; whoever takes the next event misses nothing that comes from now on."""
        stirred, self._stirred = self._stirred, asyncio.Event()
        stirred.set()

    def note(self, position: int) -> None:
        """Know that the log reaches to a position."""
        if position > self._head:
            self._head = position
            self._stir()

    async def head(self) -> int:
        """The position of the newest event that is stored.

        Raises:
            LogDiverged: another log has taken its place, or one that lacks what was stored.
        """
        return (await self._asked())[0]

    async def _asked(self) -> tuple[int, str]:
        """The head, and where the log was moved to, in words; empty where it was not."""
        info = await self._session.patiently(lambda: verified(self._session, self._log_id))
        last, config = int(info["state"]["last_seq"]), info["config"]
        self._refuse_shorter(last)
        self.note(last)
        return self._head, moved(self._session.address, config) if noted(config, MOVED_TO) else ""

    def _refuse_shorter(self, last: int) -> None:
        if last >= self._head:
            self._shorter_since = None
        elif self._shorter_since is None:
            self._shorter_since = time.monotonic()
        elif time.monotonic() - self._shorter_since > self._session.limit_seconds:
            # Until then it may be a new leader that does not know yet all that is stored.
            raise LogDiverged(
                f"{self._session.address.text} ends at {last} and had {self._head} events: it was put back from an "
                "older copy, or has lost the newest; start again"
            )

    async def wait(self, after: int, timeout: float) -> bool:
        """Whether the log is longer than ``after`` before the time is up.

        Raises:
            LogDiverged: it was moved elsewhere, and nothing can come any more.
        """
        deadline = time.monotonic() + timeout
        pause = POLL_SECONDS
        while True:
            stirred = self._stirred
            if self._head > after or await self._is_beyond(after):
                return True
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            pause = await _rest(stirred, min(left, pause))

    async def _is_beyond(self, after: int) -> bool:
        head, end = await self._asked()
        if head <= after and end:
            raise LogDiverged(end)
        return head > after


async def _rest(stirred: asyncio.Event, seconds: float) -> float:
    """Rest until something stirs; the seconds of the next rest, few where what stirred may not count yet."""
    try:
        await asyncio.wait_for(stirred.wait(), seconds)
    except TimeoutError:
        return min(2 * seconds, POLL_SECONDS)
    return EAGER_SECONDS
