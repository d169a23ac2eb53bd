"""How far long work is: a bar on a terminal, a line every few seconds elsewhere, both on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager

from .output import say

LINE_SECONDS = 5.0
Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def progress(work: str) -> AbstractContextManager[Progress]:
    """A Progress for the block, under the name of the work."""
    return _bar(work) if sys.stderr.isatty() else _every_few_seconds(work)


class Pace:
    """How fast work goes, from the first that was heard of it: what was done before that is nobody's speed."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._first: tuple[int, float] | None = None

    def rate(self, done: int) -> float:
        """So much a second; 0 as long as that is not known."""
        now = self._monotonic()
        if self._first is None:
            self._first = done, now
        begun, began = self._first
        return (done - begun) / (now - began) if now > began else 0.0


@contextmanager
def _bar(work: str) -> Iterator[Progress]:
    with ExitStack() as stack:
        show: list[Progress] = []

        def tell(done: int, total: int) -> None:
            # Work that is over before it began to speak does not wait for rich to be imported.
            if not show:
                show.append(stack.enter_context(_drawn(work)))
            show[0](done, total)

        yield tell


@contextmanager
def _drawn(work: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[speed]}"))
    # Left to itself rich takes over stdout and shows what goes there above the bar, on stderr: data would be lost.
    with Bar(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task, pace = bar.add_task(work, total=None, speed=""), Pace()

        def tell(done: int, total: int) -> None:
            speed = speed_line(done, total, pace.rate(done))
            bar.update(task, completed=done, total=total, speed=f"{done}/{total} {speed}")

        yield tell


@contextmanager
def _every_few_seconds(work: str, monotonic: Callable[[], float] = time.monotonic) -> Iterator[Progress]:
    said, pace = monotonic(), Pace(monotonic)

    def tell(done: int, total: int) -> None:
        nonlocal said
        now, rate = monotonic(), pace.rate(done)
        if now - said >= LINE_SECONDS:
            said = now
            say(progress_line(work, done, total, rate))

    yield tell


def progress_line(work: str, done: int, total: int, rate: float) -> str:
    """How far the work is, at so much a second.

    >>> progress_line("views rebuild", 40_000, 100_000, 32_000.0)
    'views rebuild 40% 40000/100000 32.0k/s ETA 2s'
    """
    return f"{work} {100 * done // max(total, 1)}% {done}/{total} {speed_line(done, total, rate)}".rstrip()


def speed_line(done: int, total: int, rate: float) -> str:
    """How fast it is, and how long the rest will take; nothing where that is not known.

    >>> speed_line(40_000, 100_000, 500.0)
    '500/s ETA 120s'
    """
    if rate <= 0:
        return ""
    speed = f"{rate / 1000:.1f}k/s" if rate >= 1000 else f"{rate:.0f}/s"
    return f"{speed} ETA {max(0, total - done) / rate:.0f}s"
