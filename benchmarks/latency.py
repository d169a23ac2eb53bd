"""latency: from close(2) of a dropped file to the moment another process finds its article in the views."""

import os
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from bench import Bench, Measurement, Row, settings_of
from processes import presslog, running, wait_for
from yardsticks import Yardsticks

from presslog.store.sqlite import Connection, connect_readonly

FILES = 300
GAP_SECONDS = 0.02
POLL_SECONDS = 0.00005
LIMIT_SECONDS = 10.0
FOUND = "select 1 from articles where feed = 'seeds' and path = ?"


def presslog_latency(bench: Bench) -> Sequence[float]:
    """p50 and p99 of a real daemon, one file at a time at about 50 a second."""
    folder = bench.fresh("seeds")
    desk = bench.new_desk(folder)
    contents = bench.distinct(FILES + 1, seed=3)
    views = settings_of(desk).store_folder / "views.db"
    with running(bench, presslog("run", str(desk))):
        wait_for(views)
        connection = connect_readonly(views)
        # The first file waits for the rest of the start, and is not counted.
        taken = [_drop(connection, folder / f"{number}.txt", content) for number, content in enumerate(contents)][1:]
        connection.close()
    return percentiles(taken)


def _drop(connection: Connection, path: Path, content: bytes) -> float:
    """Seconds until a file that is closed now can be found."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT)
    os.write(handle, content)
    began = time.perf_counter()
    os.close(handle)
    while connection.execute(FOUND, (path.name,)).fetchone() is None:
        if time.perf_counter() - began > LIMIT_SECONDS:
            raise SystemExit(f"{path.name} could not be found within {LIMIT_SECONDS:.0f} s")
        time.sleep(POLL_SECONDS)
    seconds = time.perf_counter() - began
    time.sleep(max(0.0, GAP_SECONDS - seconds))
    return seconds


def floor(_: Bench, yardsticks: Yardsticks) -> Sequence[float]:
    """Raw inotify, one process and one commit a file, with a table and a full-text index."""
    stages, lost = yardsticks.latency.one("ctypes", FILES, views=True, gap=GAP_SECONDS)
    if lost:
        print(f"the floor of latency lost {lost} of {FILES} files")
    return percentiles([nanoseconds / 1e9 for nanoseconds in stages["total"]])


def percentiles(seconds: Sequence[float]) -> Sequence[float]:
    """p50 and p99 in milliseconds."""
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return [cuts[49] * 1000, cuts[98] * 1000]


MEASUREMENTS = (
    Measurement(
        "latency",
        (Row("close to queryable, p50", "ms", "≤ 1.5"), Row("close to queryable, p99", "ms", "≤ 2")),
        presslog_latency,
        floor,
    ),
)
