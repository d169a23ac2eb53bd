"""A service manager for tests: the socket to which a daemon says READY, STATUS and WATCHDOG."""

import re
import socket
import time
import uuid


class Manager:
    """A service manager that listens; ``heard_at`` says by the monotonic clock when each of ``lines`` was read."""

    def __init__(self) -> None:
        name = f"presslog-{uuid.uuid4()}"
        self.address = "@" + name
        self.lines: list[str] = []
        self.heard_at: list[float] = []
        self.channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
        self.channel.bind("\0" + name)

    def listen(self) -> None:
        """Read what has come: the queue holds few words, and a daemon does not wait for a manager that is deaf."""
        try:
            while True:
                said = self.channel.recv(4096).decode().splitlines()
                self.lines += said
                self.heard_at += [time.monotonic()] * len(said)
        except BlockingIOError:
            return

    def times(self, pattern: str) -> list[float]:
        """When lines that match were heard."""
        self.listen()
        heard = zip(self.lines, self.heard_at, strict=True)
        return [at for line, at in heard if re.fullmatch(pattern, line)]

    def has(self, pattern: str, *, times: int = 1) -> bool:
        """Whether so many lines that match have come."""
        return len(self.times(pattern)) >= times
