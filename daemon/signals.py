"""What ends a service or has it read its settings again: signals and deaths of threads, for one thread that waits."""

import os
import select
import signal
from collections.abc import Callable, Mapping
from types import FrameType

from . import systemd

SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
DIED = 0


class Signals:
    """Signals and deaths of threads, as numbers that one thread waits for."""

    def __init__(self) -> None:
        self._read, self._write = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        for number in SIGNALS:
            signal.signal(number, _ring_the_pipe)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)

    def died(self) -> None:
        """Wake the waiting thread: another one has ended with an error."""
        os.write(self._write, bytes([DIED]))

    def wait(self, stuck_seconds: Callable[[], float], env: Mapping[str, str]) -> int:
        """Sleep until a signal comes or a thread dies; its number. Meanwhile feed the watchdog while all get on.

        ``stuck_seconds`` says how long the slowest thread has been busy with one piece of work.
        """
        limit = systemd.watchdog_seconds(env)
        while True:
            # Before each sleep: signals in quick succession end every one of them, and must not starve the watchdog.
            if limit and stuck_seconds() < limit:
                systemd.notify(env, "WATCHDOG=1")
            number = self.pause(limit / 2 or None)
            if number is not None:
                return number

    def pause(self, seconds: float | None) -> int | None:
        """Sleep so long, or until a signal comes or a thread dies; its number."""
        if not select.select([self._read], [], [], seconds)[0]:
            return None
        number = os.read(self._read, 1)[0]
        return number if number == DIED or number in SIGNALS else None


def _ring_the_pipe(number: int, frame: FrameType | None) -> None:
    """Python writes the number into the wake-up pipe by itself."""
