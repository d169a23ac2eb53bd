"""What measurements share: how one is described, the folder they work in, and the stores that are made once."""

import gc
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from articles import articles
from loguru import logger
from yardsticks import Yardsticks

from presslog.config.load import load
from presslog.config.settings import Settings
from presslog.daemon.assemble import Parts, assemble
from presslog.daemon.companion import Companion
from presslog.daemon.drain import Watched
from presslog.daemon.journal import tell
from presslog.daemon.outcome import Outcome


class Row(NamedTuple):
    """One line of the table; ``aim`` is what the ratio, or the value where it says so, is meant to be."""

    what: str
    unit: str
    aim: str = ""


class Measurement(NamedTuple):
    """One figure or several that are taken together: presslog's and the floor's, both in the order of ``rows``.

    A floor is None for a row that has none. With fewer than ``least_files`` it is taken only where it is asked for.
    """

    name: str
    rows: tuple[Row, ...]
    presslog: Callable[["Bench"], Sequence[float]]
    floor: Callable[["Bench", Yardsticks], Sequence[float | None]] | None = None
    most_rounds: int = 99
    least_files: int = 0


class Bench:
    """A temporary folder on the real disk, and what several measurements read in it."""

    def __init__(self, folder: Path, files: int, yardsticks: Yardsticks | None) -> None:
        self.folder = folder
        self.files = files
        self.yardsticks = yardsticks
        self._made = 0

    def articles(self, count: int, *, seed: int = 1) -> Iterator[tuple[str, bytes]]:
        """Names and bytes of articles."""
        if self.yardsticks is None:
            return articles(count, seed=seed)
        return ((name, content) for name, content, _ in self.yardsticks.corpus.articles(count, seed))

    def distinct(self, count: int, *, seed: int) -> list[bytes]:
        """So many articles of which no two have the same bytes."""
        return list(dict.fromkeys(content for _, content in self.articles(count + count // 10 + 20, seed=seed)))[:count]

    @cached_property
    def waiting(self) -> Path:
        """A folder of ``files`` waiting files, all of them in the page cache."""
        folder = self.fresh("waiting")
        for name, content in self.articles(self.files):
            (folder / name).write_bytes(content)
        os.sync()
        time.sleep(1.5)  # a file must have stood still for settle_seconds where its writer is not known
        return folder

    @cached_property
    def paths(self) -> list[str]:
        """The waiting files as the yardsticks want them."""
        return sorted(str(path) for path in self.waiting.iterdir())

    @cached_property
    def desk(self) -> Path:
        """A desk that has read all waiting files, with its views at the head."""
        desk = self.new_desk(self.waiting)
        with opened(desk) as parts:
            read_waiting(parts)
            parts.views.open()
            parts.views.catch_up()
        return desk

    def new_desk(self, folder: Path | None = None) -> Path:
        """An empty desk that watches ``folder``, or a new empty one of its own."""
        desk = self.fresh("desk")
        folder = folder or self.fresh("seeds")
        (desk / "presslog.toml").write_text(f'[feeds.seeds]\nfolder = "{folder}"\n')
        return desk

    def fresh(self, name: str) -> Path:
        """A new empty folder."""
        self._made += 1
        folder = self.folder / f"{name}-{self._made}"
        folder.mkdir(parents=True)
        return folder


def settings_of(desk: Path) -> Settings:
    """The settings of a desk, whatever the environment says."""
    return load({}, store=str(desk)).settings


@contextmanager
def opened(desk: Path, companion: Companion | None = None) -> Iterator[Parts]:
    """The real parts of the daemon over a desk; what they write to the journal is made, and thrown away.

    ``companion`` hears what they read, as that of ``run --once`` does.
    """
    logger.remove()
    with open(os.devnull, "w") as nowhere:
        logger.add(nowhere, level="INFO", format="{time:HH:mm:ss}  {message}", backtrace=False, diagnose=False)
        settings = settings_of(desk)
        settings.store_folder.mkdir(parents=True, exist_ok=True)

        def told(outcomes: Sequence[Outcome]) -> None:
            tell(outcomes)
            if companion:
                companion.heard(len(outcomes))

        watched = Watched(told, _complain, folder=lambda folder, kind, *_: _complain(f"{kind} {folder.root}"))
        parts = assemble(settings, watched, "drain")
        try:
            yield parts
        finally:
            parts.close()
            logger.remove()


def warm_up(bench: Bench) -> None:
    """Have everything imported that is imported late, so that no first round pays for it."""
    folder = bench.fresh("seeds")
    for name, content in bench.articles(1):
        (folder / name).write_bytes(content)
    with opened(bench.new_desk(folder)) as parts:
        read_waiting(parts)
        parts.views.open()


def _complain(trouble: str) -> None:
    if trouble:
        raise SystemExit(f"the benchmark cannot go on: {trouble}")


def read_waiting(parts: Parts) -> None:
    """Bring every waiting file into the log."""
    parts.drain.once(threading.Event())


@contextmanager
def stopwatch() -> Iterator[Callable[[], float]]:
    """Seconds since the block began, or of the block once it is over."""
    gc.collect()
    began, ended = time.perf_counter(), 0.0
    yield lambda: (ended or time.perf_counter()) - began
    ended = time.perf_counter()
