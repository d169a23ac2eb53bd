"""JOBS by the clock: by one that never jumps, whatever the other one does."""

import threading
import time
from pathlib import Path

import pytest
from clocks import WITH_CLOCK, FakedClock
from examples import until
from processes import printed

from presslog.daemon.schedule import JOBS, Schedule

SECONDS = {"rescan_seconds": 0.05, "optimise_seconds": 3600.0, "listen_seconds": 60.0}


def test_job_runs_again_and_again_until_it_is_stopped() -> None:
    runs: list[str] = []
    schedule = Schedule({"rescan": lambda: runs.append(threading.current_thread().name)}, SECONDS)
    schedule.start()

    until(lambda: len(runs) >= 2)
    schedule.stop()

    assert threading.current_thread().name not in runs


def test_job_that_nobody_gave_a_function_is_left_out() -> None:
    runs: list[str] = []
    schedule = Schedule({"optimise": lambda: runs.append("optimise")}, SECONDS)
    schedule.start()

    schedule.stop()

    assert runs == []


def test_failing_job_runs_again() -> None:
    runs: list[int] = []

    def fail() -> None:
        runs.append(1)
        raise ValueError("no")

    schedule = Schedule({"rescan": fail}, SECONDS)
    schedule.start()

    until(lambda: len(runs) >= 2)
    schedule.stop()


def test_stop_waits_for_the_job_under_way() -> None:
    began, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        began.set()
        may_end.wait(5)
        ended.set()

    schedule = Schedule({"rescan": work}, SECONDS)
    schedule.start()
    began.wait(5)

    threading.Timer(0.05, may_end.set).start()
    schedule.stop()

    assert ended.is_set()


def test_schedule_that_never_began_can_be_stopped() -> None:
    schedule = Schedule({}, SECONDS)

    schedule.stop()


def test_every_job_has_a_name_of_its_own() -> None:
    names = [job.name for job in JOBS]

    assert sorted(set(names)) == sorted(names)


SET = """
    import sys, time
    from pathlib import Path
    from clocks import set_clock
    from examples import until
    from presslog.daemon.schedule import Schedule

    runs, began = [], time.monotonic()
    seconds = {"rescan_seconds": 1.0, "optimise_seconds": 3600.0, "listen_seconds": 3.0}
    schedule = Schedule({"rescan": lambda: runs.append(time.monotonic()), "check_quiet": lambda: None}, seconds)
    schedule.start()
    wall = time.time()
    set_clock(Path(sys.argv[1]), float(sys.argv[2]))
    if sys.argv[3] == "told":
        schedule.clock_was_set()
    until(lambda: len(runs) == 2, 20)
    schedule.stop()
    print(abs(time.time() - wall) > 86_400, runs[0] - began, runs[1] - runs[0], time.process_time())
"""


@WITH_CLOCK
@pytest.mark.parametrize(("days", "told"), [(-30, "told"), (3650, "told"), (3650, "untold")])
def test_job_runs_on_when_the_clock_is_set(tmp_path: Path, days: int, told: str) -> None:
    clock = FakedClock(tmp_path)
    around = ("env", *(f"{name}={value}" for name, value in clock.environment.items()))

    has_jumped, first, second, computed = printed(SET, clock.path, f"{days * 86_400}", told, around=around).split()

    assert has_jumped == "True"
    assert float(first) < 3
    assert float(second) < 3
    assert float(computed) < 5


def test_clock_that_is_set_again_and_again_keeps_no_job_from_its_time() -> None:
    runs: list[float] = []
    schedule = Schedule({"rescan": lambda: runs.append(time.monotonic())}, SECONDS | {"rescan_seconds": 0.5})
    schedule.start()

    began = time.monotonic()
    until(lambda: schedule.clock_was_set() or len(runs) == 2)
    schedule.stop()

    assert 0.9 < runs[1] - began < 3
