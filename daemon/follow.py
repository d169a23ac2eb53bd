"""The follower: log to views, in batches, as soon as there is something; views that changed are rebuilt first."""

import threading
import time
from collections.abc import Callable
from contextlib import closing, suppress
from typing import NamedTuple

from loguru import logger

from presslog.store.errors import LogUnavailable, PresslogError, StorageFailed, StoreLocked
from presslog.store.generation import ViewMoved
from presslog.store.rebuild import Rebuilt
from presslog.store.views import FLOW, LIVE, Views

from .companion import TICK_SECONDS, Companion
from .pulse import Pulse

RETRY_SECONDS = 1.0
MOST_RETRY_SECONDS = 8.0
"""A server that is away is asked ever more rarely, and yet is found again within 10 s; a disk each second."""
TELL_SECONDS = 1.0
FLOW_EVENTS, FLOW_SECONDS = 2_000, 4.0
"""What comes faster, or has come before, is more than one process should read and apply in turns."""


class Stopped(PresslogError):
    """The daemon stops while views are built; the next start goes on where this one ends."""


class _Flow:
    """How much was applied lately."""

    def __init__(self) -> None:
        self._events, self._since = 0, 0.0

    def is_strong(self, applied: int) -> bool:
        """Whether so many events make a flow with those before them; then it is counted anew."""
        if time.monotonic() - self._since > FLOW_SECONDS:
            self._events, self._since = 0, time.monotonic()
        self._events += applied
        if self._events < FLOW_EVENTS:
            return False
        self._since = 0.0
        return True


class Elsewhere(NamedTuple):
    """A log that others write, of which nobody here rings.

    ``check`` is called before its views are opened, and raises LogDiverged where they are of another log; ``rest``
    sleeps at its head until it has grown, or for a while; ``moved`` hears of every step.
    """

    check: Callable[[], object]
    rest: Callable[[], object]
    moved: Callable[[], object]


def ignore_building() -> None:
    """Nobody wants to know that views are being built."""


def ignore_position(position: int) -> None:
    """Nobody wants to know how far the views are."""


class Follower:
    """Keeps the views level with the log; one thread runs it, any thread may ring.

    ``opened`` is set once the views of this program serve, ``building`` says how far they are while they are built,
    ``trouble`` why they cannot be written.
    """

    def __init__(
        self,
        views: Views,
        companion: Companion | None = None,
        *,
        elsewhere: Elsewhere | None = None,
        reached: Callable[[int], object] = ignore_position,
    ) -> None:
        """Make one for these views; ``companion`` helps where very much comes, and nobody rings for ``elsewhere``.

        ``reached`` hears how far the views are after every step.
        """
        self._views = views
        self._reached = reached
        self._elsewhere = elsewhere
        self._stride = LIVE
        self._retry_seconds = RETRY_SECONDS
        self._companion = companion
        self._flow = _Flow()
        self._rung = threading.Event()
        self._is_asked_to_optimise = False
        self._paused: set[str] = set()
        self._position = 0
        self._said = ""
        self.opened = threading.Event()
        self.building = ""
        self.trouble = ""
        self.pulse = Pulse()

    @property
    def position(self) -> int:
        """How far the views were after the last step."""
        return self._position

    def ring(self) -> None:
        """Say that the log has grown, or that the loop should look up."""
        self._rung.set()

    def ask_to_optimise(self) -> None:
        """Have indexes merged between two batches."""
        self._is_asked_to_optimise = True
        self.ring()

    def behind(self, head: int) -> int:
        """How many events of the log the views lack; 0 while they are built, which no file should wait for."""
        return max(0, head - self._position) if self.opened.is_set() else 0

    def run(self, stop: threading.Event, told: Callable[[], object] = ignore_building) -> None:
        """Follow until ``stop`` is set; sleep without waking up at the head.

        ``told`` is called about once a second while views are built, and at the end of it.
        """
        with suppress(Stopped):
            while not stop.is_set():
                self._rung.clear()
                self.pulse.beat()
                if self._advance(stop, told):
                    continue
                if self._is_asked_to_optimise:
                    self._is_asked_to_optimise = False
                    self._optimise()
                self.pulse.rest()
                self._rest(stop, told)

    def _rest(self, stop: threading.Event, told: Callable[[], object]) -> None:
        if self._elsewhere is None:
            self._rung.wait()
            return
        try:
            self._elsewhere.rest()
        except LogUnavailable as error:
            self._wait_out(error, stop, told)

    def _wait_out(self, error: LogUnavailable, stop: threading.Event, told: Callable[[], object]) -> None:
        """Say what is wrong, and let some time pass."""
        self._say_trouble(str(error), told)
        self.pulse.rest()
        stop.wait(self._retry_seconds)
        if isinstance(error, StorageFailed):
            return
        self._retry_seconds = min(2 * self._retry_seconds, MOST_RETRY_SECONDS)
        if self._elsewhere:
            # Opened anew, and checked: what comes back after a while may be another log.
            self._views.close()

    def _advance(self, stop: threading.Event, told: Callable[[], object]) -> bool:
        try:
            if not self._views.is_current:
                self._open(stop, told)
            applied = self._views.advance(self._stride)
            self._position = self._views.serving.position()
            self._reached(self._position)
            self._say_trouble("", told)
            self._retry_seconds = RETRY_SECONDS
            if self._elsewhere:
                self._stride = FLOW if applied >= LIVE.events else LIVE
                self._elsewhere.moved()
            if applied:
                self._tell_paused()
            if self._companion and self._flow.is_strong(applied):
                self._leave_to(self._companion, stop)
            return applied > 0
        except ViewMoved:
            return True
        except StoreLocked as error:
            self._say_building(f"waiting: {error}", told)
            self._views.keep_level()
        except LogUnavailable as error:
            self._wait_out(error, stop, told)
            return True
        self.pulse.rest()
        stop.wait(RETRY_SECONDS)
        return True

    def _leave_to(self, companion: Companion, stop: threading.Event) -> None:
        """Have another process follow until the log comes to rest; what it leaves is done here."""
        with closing(companion):
            companion.start()
            while companion.is_working:
                self.pulse.beat()
                self._rung.wait(TICK_SECONDS)
                self._rung.clear()
                companion.look()
                self._position = self._views.reached()
                if stop.is_set():
                    raise Stopped(f"views at {self._position}")
            if companion.has_failed:
                self._companion = None
                logger.warning("views go on without a second process, which failed: a large backlog takes longer")

    def _say_trouble(self, words: str, told: Callable[[], object]) -> None:
        """Say once that the views cannot be written, and once that they can again; readers have them as they are."""
        if bool(words) != bool(self.trouble):
            logger.log("ERROR" if words else "INFO", "views {}", f"stand still: {words}" if words else "go on")
        if words != self.trouble:
            self.trouble = words
            told()

    def _begin_step(self, words: str) -> None:
        """Log what a build says; what begins then can take minutes of a large store, and is no hang."""
        self._say(words)
        self.pulse.rest()

    def _say(self, words: str) -> None:
        """Log what is said of the views, once as long as nothing else is said."""
        if words != self._said:
            logger.info("views {}", words)
        self._said = words

    def _optimise(self) -> None:
        try:
            self._views.optimise()
        except LogUnavailable as error:
            logger.warning("views were not optimised: {}", error)

    def _open(self, stop: threading.Event, told: Callable[[], object]) -> None:
        """Open the views that serve; where they are not this program's, build them, while the old ones serve."""
        self.opened.clear()
        if self._elsewhere:
            self._elsewhere.check()
        began = said = time.monotonic()

        def watched(position: int, head: int) -> None:
            nonlocal said
            self.pulse.beat()
            if stop.is_set():
                raise Stopped(f"views at {position} of {head}")
            if time.monotonic() - said >= TELL_SECONDS:
                said = time.monotonic()
                self._say_building(f"building views {100 * position // max(head, 1)} %", told)

        built = self._views.open(watched, told=self._begin_step)
        self.opened.set()
        if built:
            self._tell_built(built, time.monotonic() - began)
        self._say_building("", told)
        self._tell_paused()

    def _say_building(self, words: str, told: Callable[[], object]) -> None:
        if words != self.building:
            self.building = words
            told()

    def _tell_built(self, built: Rebuilt, seconds: float) -> None:
        names = " ".join(each.view for each in built.compared)
        if self._views.serving.position():
            position = self._views.serving.position()
            logger.info("views built position={} seconds={:.1f} views={!r}", position, seconds, names)
        for each in built.compared:
            if each.is_equal is False:
                logger.warning("view {} was not what the log makes: rows {} before, {} now", each.view, *each[3:5])

    def _tell_paused(self) -> None:
        paused = {c.view: c for c in self._views.serving.checkpoints() if c.state == "paused"}
        for view in paused.keys() - self._paused:
            logger.error("view {} paused at position {}: {}", view, paused[view].position, paused[view].error)
        self._paused = set(paused)
