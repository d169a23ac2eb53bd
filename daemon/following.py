"""The service of a host that only asks: views kept level with a log that others write, and no folder watched."""

import signal
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from loguru import logger

from presslog.handlers.views import views
from presslog.store.candidate import Progress
from presslog.store.errors import LogDiverged, LogUnavailable
from presslog.store.lock import WriterLock, refuse_owned
from presslog.store.log import EventLog
from presslog.store.views import Views

from . import systemd
from .follow import MOST_RETRY_SECONDS, RETRY_SECONDS, Elsewhere, Follower, Stopped, ignore_position
from .insight import Insight
from .report import EVERY_SECONDS, Report, new_report
from .signals import Signals

OPEN_SECONDS = 1.0
"""So long READY waits for the views: those that are there can be asked also while the log cannot be reached."""
STOP_SECONDS = 8.0
REST_SECONDS = 1.0
"""Who is asked to stop looks up from the log within this time."""


class Source(NamedTuple):
    """The store whose views are moved, how its log is opened, and after how long its indexes are merged.

    ``insight`` derives what articles say, where that is asked for.
    """

    folder: Path
    open_log: Callable[[], EventLog]
    optimise_seconds: float
    insight: Insight | None = None


class Following:
    """One running follower: a thread that opens the log, however long that takes, and follows it."""

    def __init__(self, source: Source, report: Report, *, died: Callable[[], None]) -> None:
        """Make one; ``died`` is called where the thread ends with an ``error``."""
        self._source = source
        self._report = report
        self._died = died
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follow", daemon=True)
        self._follower: Follower | None = None
        self._trouble = ""
        self._head = 0
        self._said, self._said_at = "", 0.0
        self._tuned_at = time.monotonic()
        self.error: BaseException | None = None

    def start(self) -> str:
        """Begin to follow, and return how that goes once the views are open, or after a second."""
        self._thread.start()
        deadline = time.monotonic() + OPEN_SECONDS
        while self._thread.is_alive() and not self._is_open and time.monotonic() < deadline:
            self._stop.wait(OPEN_SECONDS / 50)
        return self._say()

    @property
    def _is_open(self) -> bool:
        return self._follower is not None and self._follower.opened.is_set()

    def stop(self) -> None:
        """End; what is not applied is applied at the next start."""
        self._stop.set()
        self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            logger.error("stop took too long: the views are whole, and the next start goes on with them")

    def stuck_seconds(self) -> float:
        """How long the thread has been busy with one piece of work."""
        return self._follower.pulse.stuck_seconds() if self._follower else 0.0

    def _run(self) -> None:
        try:
            with suppress(Stopped), closing(self._opened()) as log:
                self._follow(log)
        except BaseException as error:  # noqa: BLE001  whatever ends the thread ends the daemon: it never runs half
            self.error = error
            self._died()

    def _opened(self) -> EventLog:
        """The log; where it cannot be reached, said once and waited for."""
        seconds = RETRY_SECONDS
        while True:
            try:
                log = self._source.open_log()
            except LogUnavailable as error:
                self._tell_trouble(str(error))
                if self._stop.wait(seconds):
                    raise Stopped(str(error)) from error
                seconds = min(2 * seconds, MOST_RETRY_SECONDS)
            else:
                self._tell_trouble("")
                return log

    def _tell_trouble(self, trouble: str) -> None:
        if bool(trouble) != bool(self._trouble):
            logger.log("ERROR" if trouble else "INFO", "log {}", trouble or "answers")
        self._trouble = trouble
        self._say()

    def _follow(self, log: EventLog) -> None:
        with closing(Views(self._source.folder, views(), log)) as followed:
            elsewhere = Elsewhere(lambda: refuse_other_log(followed), lambda: self._rest(log), self._moved)
            insight = self._source.insight
            reached = insight.look if insight else ignore_position
            self._follower = Follower(followed, elsewhere=elsewhere, reached=reached)
            self._follower.run(self._stop, self._say)

    def _rest(self, log: EventLog) -> None:
        """Sleep at the head; in a quiet hour, have indexes merged."""
        follower = self._follower
        if follower is None or self._stop.is_set():
            return
        self._head = log.head()
        self._say()
        if time.monotonic() - self._tuned_at >= self._source.optimise_seconds:
            self._tuned_at = time.monotonic()
            follower.ask_to_optimise()
        else:
            log.wait(follower.position, REST_SECONDS)

    def _moved(self) -> None:
        if time.monotonic() - self._said_at >= EVERY_SECONDS:
            self._say()

    def _say(self) -> str:
        """Write down how far the views are, and tell it to systemd; at rest once."""
        self._said_at = time.monotonic()
        words, storage = self._words()
        if words != self._said:
            self._said = self._report.put(words, storage=storage)
        return words

    def _words(self) -> tuple[str, str]:
        """How it goes, and what is wrong with views or log where something is."""
        if self._follower is None:
            return f"waiting: {self._trouble}" if self._trouble else "opening the log", self._trouble
        trouble, building = self._follower.trouble, self._follower.building
        storage = f"views stand still: {trouble}" if trouble else ""
        words = [*filter(None, (storage, building)), f"views at {self._follower.position}, log at {self._head}"]
        return "; ".join(words), storage


def serve(source: Source, env: Mapping[str, str]) -> None:
    """Follow until SIGTERM or SIGINT; SIGHUP changes nothing.

    Raises:
        StoreLocked: another process writes this store, or follows here; the message names its pid.
        LogDiverged: the views that serve were built from another log.
        NoSuchStore: there is no log.
    """
    refuse_owned(source.folder)
    with suppress(LogUnavailable):
        # What no waiting mends is said before anything is made here.
        source.open_log().close()
    with WriterLock(source.folder):
        signals = Signals()
        service = Following(source, new_report(env, source.folder, "follow"), died=signals.died)
        try:
            systemd.notify(env, "READY=1", f"STATUS={service.start()}")
            while signals.wait(service.stuck_seconds, env) == signal.SIGHUP:
                logger.info("nothing is read again at SIGHUP: restart it where a setting has changed")
        finally:
            systemd.notify(env, "STOPPING=1")
            service.stop()
            if source.insight:
                source.insight.close()
        if service.error:
            raise service.error


def once(source: Source, progress: Progress) -> int:
    """Bring the views to the head of the log as it is now, and return their position.

    Raises:
        StoreLocked, LogDiverged, NoSuchStore: as above.
        LogUnavailable: the log does not answer.
    """
    refuse_owned(source.folder)
    with (
        closing(source.open_log()) as log,
        WriterLock(source.folder),
        closing(Views(source.folder, views(), log)) as followed,
    ):
        refuse_other_log(followed)
        followed.open(progress)
        head = log.head()
        followed.catch_up()
        while followed.serving.position() < head:
            # A page may be empty before the end of a log that is kept by several servers.
            log.wait(followed.serving.position(), REST_SECONDS)
            followed.catch_up()
        return followed.serving.position()


def refuse_other_log(followed: Views) -> None:
    """Raise LogDiverged where the views that serve were built from another log than they would follow."""
    try:
        followed.check()
    except LogDiverged as error:
        raise LogDiverged(
            f"{error}: if this is the right log, `presslog views rebuild` makes them anew from it"
        ) from error
