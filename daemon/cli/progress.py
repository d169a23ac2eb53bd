"""How far long work is: a bar on a terminal, a line every few seconds elsewhere, both on stderr."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from .output import say

LINE_SECONDS = 5.0
Progress = Callable[[int, int], None]
"""Told how much is done, and of how much."""


def progress(work: str) -> AbstractContextManager[Progress]:
    """A Progress for the block, under the name of the work."""
    return _bar(work) if sys.stderr.isatty() else _every_few_seconds(work)


@contextmanager
def _bar(work: str) -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import Progress as Bar

    # Left to itself rich takes over stdout and shows what goes there above the bar, on stderr: data would be lost.
    with Bar(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task(work, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def _every_few_seconds(work: str, monotonic: Callable[[], float] = time.monotonic) -> Iterator[Progress]:
    began = said = monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal said
        now = monotonic()
        if now - said >= LINE_SECONDS:
            said = now
            say(progress_line(work, done, total, now - began))

    yield tell


def progress_line(work: str, done: int, total: int, seconds: float) -> str:
    """How far the work is.

    >>> progress_line("views rebuild", 40_000, 100_000, 1.25)
    'views rebuild 40% 40000/100000 32.0k/s ETA 2s'
    """
    rate = done / seconds if seconds else 0.0
    left = (total - done) / rate if rate else 0.0
    speed = f"{rate / 1000:.1f}k/s" if rate >= 1000 else f"{rate:.0f}/s"
    return f"{work} {100 * done // max(total, 1)}% {done}/{total} {speed} ETA {left:.0f}s"
