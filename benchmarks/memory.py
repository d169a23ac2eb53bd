"""memory: the peak while a folder of waiting files is read, and a daemon with nothing to do."""

import sys
import time
from collections.abc import Sequence

from bench import Bench, Measurement, Row, settings_of
from processes import peak_megabytes, presslog, resident_megabytes, running, wait_for, wake_ups
from yardsticks import Yardsticks

REST_SECONDS = 6.0  # past the first turn of every job of the daemon, which costs more than the later ones
WATCH_SECONDS = 5.0
FLOOR_KIND = "watchdog+apscheduler+loguru"


def peak(bench: Bench) -> Sequence[float]:
    """The peak of ``presslog run --once`` over all waiting files."""
    desk = bench.new_desk(bench.waiting)
    return [peak_megabytes(bench, presslog("run", str(desk), "--once"))]


def idle(bench: Bench) -> Sequence[float]:
    """Memory and wake-ups of a daemon that watches an empty folder."""
    desk = bench.new_desk()
    with running(bench, presslog("run", str(desk))) as pid:
        wait_for(settings_of(desk).store_folder / "views.db")
        return _rest(pid)


def idle_floor(bench: Bench, yardsticks: Yardsticks) -> Sequence[float]:
    """The same libraries around an empty folder, without presslog."""
    folder = str(bench.fresh("seeds"))
    source = f"D = {folder!r}\n{yardsticks.idle.KINDS[FLOOR_KIND]}"
    with running(bench, [sys.executable, "-c", source]) as pid:
        return _rest(pid)


def _rest(pid: int) -> Sequence[float]:
    time.sleep(REST_SECONDS)
    before = wake_ups(pid)
    time.sleep(WATCH_SECONDS)
    return [resident_megabytes(pid), (wake_ups(pid) - before) / WATCH_SECONDS]


MEASUREMENTS = (
    Measurement("peak", (Row("run --once, peak memory", "MB", "value ≤ 150"),), peak),
    Measurement(
        "idle", (Row("idle, memory", "MB"), Row("idle, wake-ups", "1/s", "value 0")), idle, idle_floor, most_rounds=1
    ),
)
