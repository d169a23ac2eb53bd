"""Growth: rings when the log has grown by what other hosts append, which nothing in this process tells of."""

import threading
from collections.abc import Callable

from presslog.store.errors import LogUnavailable
from presslog.store.log import EventLog

WAIT_SECONDS = 1.0
"""So soon a thread that waits sees that it should stop."""
RETRY_SECONDS = 1.0


def ring_as_it_grows(log: EventLog, ring: Callable[[], object], stop: threading.Event) -> None:
    """Call ``ring`` after each growth until ``stop`` is set; whoever rang says what is wrong with a log that is away.

    Raises:
        LogDiverged: another log stands in its place by now.
    """
    after = 0
    while not stop.is_set():
        try:
            if log.wait(after, WAIT_SECONDS):
                after = log.head()
                ring()
        except LogUnavailable:
            stop.wait(RETRY_SECONDS)
            ring()
