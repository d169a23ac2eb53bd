"""A second process that brings views to the head of the log while this one reads files: two cores, not one."""

import os
import select
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from presslog.handlers.views import insights, views
from presslog.store.errors import LogUnavailable, PresslogError, StorageFailed
from presslog.store.generation import ViewMoved
from presslog.store.insight import made_insight_folder
from presslog.store.opening import log_at
from presslog.store.views import FLOW, Stride, Views

LEAST_FILES = 1_000
"""A process takes a third of a second to begin; of fewer files the views are made sooner by who has them at hand."""
IDLE_SECONDS = 1.0
"""It ends by itself when there was nothing to do for so long."""
INSIGHT_IDLE_SECONDS = 60.0
STEP = Stride(1_000, 1.0)
NICENESS = 10
GATHER_SECONDS = 0.5
"""So long it lets files come before it makes views of them all: see FLOW."""
TICK_SECONDS = 0.1
LOG_IS_AWAY = 75
"""EX_TEMPFAIL: whoever started it knows by itself, and says so once."""
LOOK, FINISH = b"l", b"f"
"""What it is told: that the log has grown, and to end at the head. Left alone by its parent it ends wherever it is."""


class Companion:
    """The process, where one is at work, until it is closed.

    Two may move the views at once: who comes second learns of it, and goes on. What it does not do, for whatever
    reason, is left to whoever started it.
    """

    def __init__(self, folder: Path, engine: str, mentions_by: str = "") -> None:
        """Make one for the store in a folder; of a log that lies in the memory of one process it can see nothing.

        It moves the views that questions are answered from; where it is said what finds mentions, what articles say.
        """
        self._is_possible = engine != "memory"
        self._files = 0
        self._command = [sys.executable, "-I", "-m", "presslog.daemon.companion", str(folder), engine, mentions_by]
        self._process: subprocess.Popen[bytes] | None = None

    def heard(self, files: int) -> None:
        """Learn that so many files were read: with those before them it may be worth its beginning."""
        self._files += files
        if self._files >= LEAST_FILES and not self.is_working:
            self._files = 0
            self.start()
        self.look()

    @property
    def is_working(self) -> bool:
        """Whether it has begun and not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def has_failed(self) -> bool:
        """Whether it could not begin, or ended otherwise than it should."""
        return self._process is None or self._process.poll() not in (None, 0)

    @property
    def is_log_away(self) -> bool:
        """Whether it ended because the log does not answer."""
        return self._process is not None and self._process.poll() == LOG_IS_AWAY

    def start(self) -> None:
        """Have it bring the views to the head, and follow the log from there until that comes to rest."""
        self.close()
        if self._is_possible:
            with suppress(OSError):  # in a session of its own, for Ctrl-C is for who reads the files
                self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, start_new_session=True)  # noqa: S603
                if self._process.stdin:  # what hangs hears nothing, and holds up nobody
                    os.set_blocking(self._process.stdin.fileno(), False)

    def look(self) -> None:
        """Tell it that the log has grown."""
        self._say(LOOK)

    def finish(self, tick: Callable[[], object]) -> None:
        """Let it go on to the head and end; ``tick`` is called meanwhile."""
        self._say(FINISH)
        while self._process and self.is_working:
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(TICK_SECONDS)
            tick()

    def _say(self, words: bytes) -> None:
        if self._process and self._process.stdin:
            with suppress(BrokenPipeError, BlockingIOError):
                os.write(self._process.stdin.fileno(), words)

    def close(self) -> None:
        """End it wherever it is: what it has not written yet, it never did."""
        process, self._process = self._process, None
        if process:
            process.kill()
            process.communicate()


class Orders:
    """What it is told by its parent, through the reading end of a pipe; ``is_last`` once it should end at the head."""

    def __init__(self, told: int = 0) -> None:
        """Listen to this file descriptor."""
        self._told = told
        self.is_last = False

    def listen(self, seconds: float = 0.0) -> None:
        """Wait so long for a word; where none comes of a wait, it is done."""
        if not self._hear(seconds) and seconds:
            self.is_last = True

    def gather(self, seconds: float) -> None:
        """Let so much time pass, in which more may come; who is told to finish does not wait."""
        until = time.monotonic() + seconds
        while not self.is_last and (left := until - time.monotonic()) > 0:
            self._hear(left)

    def _hear(self, seconds: float) -> bool:
        """Whether a word came; it ends where it is left alone."""
        if not select.select([self._told], [], [], seconds)[0]:
            return False
        said = os.read(self._told, 4096)
        if not said:
            raise SystemExit(1)
        if FINISH in said:
            self.is_last = True
        return True


class Pace(NamedTuple):
    """How a process follows: in which steps, how long it lets more come before one, and without news until it ends.

    After a step it rests ``rest`` times as long as that took.
    """

    stride: Stride
    gather_seconds: float
    idle_seconds: float
    rest: float = 0.0


def follow(folder: Path, engine: str) -> None:
    """Build what does not serve, then apply what comes, until it is told to finish or nothing comes."""
    with closing(log_at(folder, engine, readonly=True)) as log, closing(Views(folder, views(), log)) as followed:
        _follow(followed, Pace(FLOW, GATHER_SECONDS, IDLE_SECONDS))


def derive(folder: Path, engine: str, mentions_by: str) -> None:
    """Do the same with what articles say, giving way to whatever makes them searchable."""
    found, pace = insights(mentions_by), Pace(STEP, 0, INSIGHT_IDLE_SECONDS, rest=0 if _is_nice() else 1)
    with (
        closing(log_at(folder, engine, readonly=True)) as log,
        closing(Views(made_insight_folder(folder), found, log)) as followed,
    ):
        _follow(followed, pace)
        followed.optimise()


def _is_nice() -> bool:
    """Whether this process may take what others leave; the sandbox of the unit forbids it, where half must do."""
    try:
        os.nice(NICENESS)
    except PermissionError:
        return False
    return True


def _follow(followed: Views, pace: Pace) -> None:
    orders, applied, worked = Orders(), 1, 0.0
    followed.open(lambda *_: orders.listen())
    while applied or not orders.is_last:
        if not applied:
            orders.listen(pace.idle_seconds)
        elif applied < pace.stride.events:
            orders.gather(pace.gather_seconds)
        else:
            orders.listen()
        orders.gather(pace.rest * worked)
        began = time.monotonic()
        with suppress(ViewMoved):
            applied = followed.advance(pace.stride)
        worked = time.monotonic() - began


if __name__ == "__main__":
    store, engine, mentions_by = sys.argv[1:]
    try:
        if mentions_by:
            derive(Path(store), engine, mentions_by)
        else:
            follow(Path(store), engine)
    except PresslogError as error:
        if isinstance(error, LogUnavailable) and not isinstance(error, StorageFailed):
            raise SystemExit(LOG_IS_AWAY) from error
        raise SystemExit(f"presslog: {'insight' if mentions_by else 'views'}: {error}") from error
