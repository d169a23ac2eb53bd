"""A service manager for tests: the socket to which a daemon says READY, STATUS and WATCHDOG."""

import re
import socket
import threading
import time
import uuid

PAUSE_SECONDS = 0.2


class Manager:
    """A service manager that listens in a thread of its own, until it is closed.

    The queue holds few words, and a daemon waits for a moment where it is full: a deaf manager slows it down.
    """

    def __init__(self) -> None:
        name = f"presslog-{uuid.uuid4()}"
        self.address = "@" + name
        self._heard: list[tuple[float, str]] = []
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._channel.settimeout(PAUSE_SECONDS)
        self._channel.bind("\0" + name)
        self._is_open = True
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        while self._is_open:
            try:
                said = self._channel.recv(4096).decode()
            except TimeoutError:
                continue
            self._heard += [(time.monotonic(), line) for line in said.splitlines()]

    @property
    def lines(self) -> list[str]:
        """What has come."""
        return [line for _, line in list(self._heard)]

    def times(self, pattern: str) -> list[float]:
        """When lines that match were heard, by the monotonic clock."""
        return [at for at, line in list(self._heard) if re.fullmatch(pattern, line)]

    def has(self, pattern: str, *, times: int = 1) -> bool:
        """Whether so many lines that match have come."""
        return len(self.times(pattern)) >= times

    def close(self) -> None:
        """Be deaf from now on."""
        self._is_open = False
        self._thread.join()
        self._channel.close()
