"""Patience at start: a log whose server does not answer yet is asked again, while files wait in their folders."""

import signal
from collections.abc import Callable, Mapping
from typing import TypeVar

from loguru import logger

from presslog.store.errors import LogUnavailable, StorageFailed

from . import systemd

LEAST_SECONDS, MOST_SECONDS = 1.0, 30.0
"""Between two tries: twice as long each time."""
TRY_SECONDS = 60.0
"""A try takes no longer than that."""

_Opened = TypeVar("_Opened")


def patiently(
    opened: Callable[[], _Opened], pause: Callable[[float], int | None], env: Mapping[str, str]
) -> _Opened | None:
    """What ``opened`` gives as soon as the log can be reached; None where a signal ends the pause between two tries.

    Raises:
        StorageFailed: it is the disk of this host that refuses.
    """
    seconds = LEAST_SECONDS
    while True:
        try:
            return opened()
        except StorageFailed:
            raise
        except LogUnavailable as error:
            logger.warning("waiting for the log, asking again in {:g} s: {}", seconds, error)
            # A manager waits for READY no longer than it was told.
            more = f"EXTEND_TIMEOUT_USEC={int((seconds + TRY_SECONDS) * 1_000_000)}"
            systemd.notify(env, f"STATUS=waiting for the log: {error}", more)
        if pause(seconds) in (signal.SIGTERM, signal.SIGINT):
            return None
        seconds = min(2 * seconds, MOST_SECONDS)
