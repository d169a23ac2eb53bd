"""What articles say, derived once they can be searched: beside a daemon by a process that ends when nothing comes."""

import threading
import time
from contextlib import closing
from pathlib import Path

from loguru import logger

from presslog.handlers.views import insights
from presslog.store.candidate import Progress, ignore_progress
from presslog.store.insight import derived_to, made_insight_folder
from presslog.store.log import EventLog
from presslog.store.views import Views

from .companion import Companion

AGAIN_SECONDS = 30.0
"""After a failure: what could not be read or written then may be now."""


class Insight:
    """Has a process derive what the articles of a store say, as long as there is something to do."""

    def __init__(self, store: Path, companion: Companion) -> None:
        """Make one; nothing begins before somebody has it look."""
        self._store = store
        self._companion = companion
        self._lock = threading.Lock()
        self._level = 0
        self._has_begun = False
        self._again_at = 0.0

    def look(self, position: int) -> None:
        """Go on where the views that answer have come to this position; any thread may say so."""
        with self._lock:
            if position > self._level and self._companion.is_working:
                self._companion.look()
            elif position > self._level and time.monotonic() >= self._again_at:
                self._begin(position)

    def _begin(self, position: int) -> None:
        if derived_to(self._store) >= position:
            self._level = position
            return
        if self._has_begun and self._companion.has_failed:
            if not self._companion.is_log_away:
                logger.warning("insight stands still: its process failed, and begins again in {:g} s", AGAIN_SECONDS)
            self._again_at, self._has_begun = time.monotonic() + AGAIN_SECONDS, False
            return
        self._has_begun = True
        self._companion.start()

    def close(self) -> None:
        """End the process wherever it is: the next one goes on there."""
        with self._lock:
            self._companion.close()


def derive(store: Path, mentions_by: str, log: EventLog, progress: Progress = ignore_progress) -> None:
    """Do all of it that there is to do, here."""
    with closing(Views(made_insight_folder(store), insights(mentions_by), log)) as views:
        views.open(progress)
        views.catch_up(progress)
