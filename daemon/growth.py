"""Growth: rings when the log has grown by what other hosts append, which nothing in this process tells of."""

import threading
from collections.abc import Callable

from presslog.store.errors import LogUnavailable
from presslog.store.log import EventLog

WAIT_SECONDS = 1.0
"""So soon a thread that waits sees that it should stop."""
PAUSE_SECONDS = 0.02
"""For what was rung for; while it lasts, nobody has to be told again."""
RETRY_SECONDS = 1.0


def ring_as_it_grows(
    log: EventLog, reached: Callable[[], int], ring: Callable[[], object], stop: threading.Event
) -> None:
    """Call ``ring`` while the log is longer than what is ``reached``, until ``stop`` is set.

    More than once for one growth: a page of a log that several servers keep may be empty before its end.

    Raises:
        LogDiverged: another log stands in its place by now.
    """
    while not stop.is_set():
        try:
            if log.wait(reached(), WAIT_SECONDS):
                ring()
                stop.wait(PAUSE_SECONDS)
        except LogUnavailable:
            stop.wait(RETRY_SECONDS)
            ring()
