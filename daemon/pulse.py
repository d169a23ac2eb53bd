"""The pulse of a thread: a watchdog is fed only while every thread is idle or gets on."""

import time


class Pulse:
    """When a thread began what it is doing; an idle thread is healthy however long it waits."""

    def __init__(self) -> None:
        self._busy_since: float | None = None

    def beat(self) -> None:
        """Say that a new piece of work begins."""
        self._busy_since = time.monotonic()

    def rest(self) -> None:
        """Say that there is nothing to do."""
        self._busy_since = None

    def stuck_seconds(self) -> float:
        """How long the piece of work in hand has taken; 0 when idle."""
        since = self._busy_since
        return time.monotonic() - since if since is not None else 0.0
