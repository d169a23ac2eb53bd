"""What a daemon is put under, and what is measured of it: slow disks, frozen and tight groups, clocks, and a pace."""

import os
import shutil
import statistics
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until

CGROUPS = Path("/sys/fs/cgroup")

WITH_STRACE = pytest.mark.skipif(shutil.which("strace") is None, reason="SKIPPED LOUDLY: there is no strace")


def slow_disk(milliseconds: int) -> tuple[str, ...]:
    """A command that becomes a program of which every sync takes so much longer."""
    calls = "fsync,fdatasync"
    delay = f"inject={calls}:delay_enter={1000 * milliseconds}"
    return ("strace", "-D", "-f", "-qq", "--seccomp-bpf", "-o", "/dev/null", "-e", f"trace={calls}", "-e", delay)


@contextmanager
def cgroup(controller: str) -> Iterator[Path]:
    """A group of this controller (cgroup v1), whose processes go back to where they came from."""
    folder = CGROUPS / controller / f"presslog-{uuid.uuid4()}"
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"SKIPPED LOUDLY: no cgroup v1 {controller} here: {error.strerror}")
    try:
        yield folder
    finally:
        # A killed process leaves its group a moment after it was waited for.
        until(lambda: _is_removed(folder))


def _is_removed(folder: Path) -> bool:
    with suppress(OSError):
        folder.rmdir()
    return not folder.exists()


def entering(group: Path) -> tuple[str, ...]:
    """A command that becomes a program in a group, with all its children."""
    return ("sh", "-c", f'echo $$ > {group}/cgroup.procs && exec "$@"', "sh")


@contextmanager
def arriving(desk: Desk, per_second: float, name: Callable[[int], str] = "{}.txt".format) -> Iterator[list[str]]:
    """The names of files that are dropped at this pace until the block ends."""
    names: list[str] = []
    is_over, began = threading.Event(), time.monotonic()

    def drop() -> None:
        while not is_over.wait(max(0.0, began + len(names) / per_second - time.monotonic())):
            path = name(len(names))
            desk.drop(path, a_story(f"Story {path}", f"What happened at {path}."))
            names.append(path)

    dropper = threading.Thread(target=drop)
    dropper.start()
    try:
        yield names
    finally:
        is_over.set()
        dropper.join()


def handle_count(pid: int) -> int:
    """How many files a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))


def processor_seconds(pid: int) -> float:
    """How long a process has computed."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def growth_an_hour(samples: list[tuple[float, float]]) -> float:
    """By how much a value grows an hour, from pairs of seconds and values."""
    return statistics.linear_regression(*zip(*samples, strict=True)).slope * 3600 if len(samples) > 1 else 0.0
