"""JOBS by the clock."""

import threading

from examples import until

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
