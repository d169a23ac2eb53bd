"""The follower: log to views, in batches, as soon as there is something."""

import threading

from loguru import logger

from presslog.store.errors import LogUnavailable
from presslog.store.generation import ViewMoved
from presslog.store.views import Views

from .pulse import Pulse

RETRY_SECONDS = 1.0


class Follower:
    """Keeps the views level with the log; one thread runs it, any thread may ring."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._rung = threading.Event()
        self._is_asked_to_optimise = False
        self._paused: set[str] = set()
        self._position = 0
        self.pulse = Pulse()

    def ring(self) -> None:
        """Say that the log has grown, or that the loop should look up."""
        self._rung.set()

    def ask_to_optimise(self) -> None:
        """Have indexes merged between two batches."""
        self._is_asked_to_optimise = True
        self.ring()

    def behind(self, head: int) -> int:
        """How many events of the log the views lack."""
        return max(0, head - self._position)

    def run(self, stop: threading.Event) -> None:
        """Follow until ``stop`` is set; sleep without waking up at the head."""
        while not stop.is_set():
            self._rung.clear()
            self.pulse.beat()
            if self._advance():
                self._tell_paused()
                continue
            if self._is_asked_to_optimise:
                self._is_asked_to_optimise = False
                self._views.optimise()
            self.pulse.rest()
            self._rung.wait()

    def _advance(self) -> bool:
        try:
            has_advanced = self._views.advance() > 0
            self._position = self._views.serving.position()
            return has_advanced
        except ViewMoved:
            return True
        except LogUnavailable:
            self.pulse.rest()
            self._rung.wait(RETRY_SECONDS)
            return True

    def _tell_paused(self) -> None:
        paused = {c.view: c for c in self._views.serving.checkpoints() if c.state == "paused"}
        for view in paused.keys() - self._paused:
            logger.error("view {} paused at position {}: {}", view, paused[view].position, paused[view].error)
        self._paused = set(paused)
