"""A reader that follows the log through all that happens, as a host that only answers questions does."""

import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from examples import until

from presslog.store.engines import open_engine
from presslog.store.errors import LogUnavailable
from presslog.store.log import Stored

RETRY_SECONDS = 0.05
LEVEL_SECONDS = 60


class Follower:
    """Everything that a follower was given, in the order in which it was."""

    def __init__(self, address: str, folder: Path) -> None:
        self.seen: list[Stored] = []
        self.faults: list[str] = []
        self._address = address
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live)

    @property
    def position(self) -> int:
        """Where it stands in the log."""
        return self.seen[-1].position if self.seen else 0

    def start(self) -> None:
        """Let it begin."""
        self._thread.start()

    def until_level(self, head: int) -> None:
        """Wait until it has seen the log up to ``head``, or has come to an end."""
        until(lambda: self.position >= head or not self._thread.is_alive(), LEVEL_SECONDS)

    def stop(self) -> None:
        """End it."""
        self._stop.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._stop.is_set():
            try:
                self._follow()
            except LogUnavailable:
                self._stop.wait(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001
                self.faults.append(f"follower: {type(error).__name__}: {error}")
                return

    def _follow(self) -> None:
        with closing(open_engine(self._address, self._folder, readonly=True)) as log:
            if self.seen:
                log.check(self.position, self.seen[-1].id)
            for page in log.follow(self.position, stop=self._stop):
                self.seen += page


@contextmanager
def following(address: str, folder: Path) -> Iterator[Follower]:
    """A follower until the end of the block."""
    follower = Follower(address, folder)
    follower.start()
    try:
        yield follower
    finally:
        follower.stop()
