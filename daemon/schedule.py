"""JOBS: what runs by the clock, one line a job."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from apscheduler.schedulers.background import BackgroundScheduler

MISFIRE_SECONDS = 3600


class Job(NamedTuple):
    """A job: its name, what says how many seconds lie between two runs, and what it calls by name."""

    name: str
    every_seconds: str
    call: str


JOBS: tuple[Job, ...] = (
    Job("rescan", "rescan_seconds", "rescan"),
    Job("optimise", "optimise_seconds", "optimise"),
    Job("quiet", "listen_seconds", "check_quiet"),
    Job("backup", "backup_look_seconds", "back_up"),
)


class Schedule:
    """Runs JOBS in a thread of its own; ``calls`` maps their names to functions, absent ones are left out."""

    def __init__(self, calls: Mapping[str, Callable[[], None]], seconds: Mapping[str, float]) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC")
        for job in JOBS:
            if job.call in calls:
                self._scheduler.add_job(
                    calls[job.call],
                    "interval",
                    seconds=seconds[job.every_seconds],
                    id=job.name,
                    coalesce=True,
                    max_instances=1,
                    misfire_grace_time=MISFIRE_SECONDS,
                )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def restart(self) -> None:
        """Begin every interval anew: APScheduler reckons in wall-clock time and would wait out a clock set back."""
        for job in self._scheduler.get_jobs():
            job.reschedule("interval", seconds=job.trigger.interval_length)

    def stop(self) -> None:
        """End, if it had begun; a job under way is finished."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
