"""A wall clock that can be set, for one program and its children; the clocks that never jump are left to it."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

SOURCE = Path(__file__).with_name("clock.c")
BILLION = 1_000_000_000
TICK_SECONDS = 0.02

WITH_CLOCK = pytest.mark.skipif(shutil.which("cc") is None, reason="SKIPPED LOUDLY: there is no C compiler")


class FakedClock:
    """The clock of every program that is started with ``environment``; ``set`` holds for those that run."""

    def __init__(self, folder: Path) -> None:
        library, self.path = folder / "clock.so", folder / "clock"
        command = ("cc", "-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, SOURCE)
        subprocess.run(command, check=True)
        self.path.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(library), "WALL_CLOCK": str(self.path)}

    def set(self, ahead_seconds: float) -> None:
        """Set it so far ahead of the true one."""
        set_clock(self.path, ahead_seconds)

    @contextmanager
    def racing(self, times_faster: float) -> Iterator[None]:
        """Let it go so many times faster for the block."""
        is_over = threading.Event()

        def race() -> None:
            for ticks in count(1):
                self.set(ticks * TICK_SECONDS * times_faster)
                if is_over.wait(TICK_SECONDS):
                    return

        racer = threading.Thread(target=race)
        racer.start()
        try:
            yield
        finally:
            is_over.set()
            racer.join()


def set_clock(path: Path, ahead_seconds: float) -> None:
    """Set the clock that is at this path; whoever reads it meanwhile reads the old time or the new."""
    with path.open("r+b", buffering=0) as file:
        file.write(round(ahead_seconds * BILLION).to_bytes(8, "little", signed=True))
