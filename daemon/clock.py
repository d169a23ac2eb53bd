"""The clock: whether somebody has set it."""

import time
from collections.abc import Callable

LEAST_SECONDS = 10.0
"""Less is drift, or a slow thread between two readings."""


def steady() -> float:
    """Seconds of the clock that never jumps and goes on while the machine sleeps, as the wall clock does."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class Clock:
    """Compares the wall clock with the one that never jumps."""

    def __init__(self, now: Callable[[], float] = time.time, monotonic: Callable[[], float] = steady) -> None:
        self._now = now
        self._monotonic = monotonic
        self._apart = now() - monotonic()

    def jump_seconds(self) -> float:
        """How far the clock was set since the last call, forwards or backwards; 0 where it was not."""
        apart = self._now() - self._monotonic()
        jump_seconds = apart - self._apart
        self._apart = apart
        return jump_seconds if abs(jump_seconds) >= LEAST_SECONDS else 0.0
