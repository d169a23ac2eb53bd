"""JOBS: what runs by the clock, one line a job."""

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger


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
    Job("anchor", "anchor_seconds", "anchor"),
)


class Schedule:
    """Runs JOBS in a thread of its own; ``calls`` maps their names to functions, absent ones are left out."""

    def __init__(
        self,
        calls: Mapping[str, Callable[[], None]],
        seconds: Mapping[str, float],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._scheduler = BackgroundScheduler(timezone="UTC")
        for job in JOBS:
            if job.call in calls:
                self._scheduler.add_job(
                    calls[job.call],
                    _Steadily(seconds[job.every_seconds], monotonic),
                    id=job.name,
                    coalesce=True,
                    max_instances=1,
                    misfire_grace_time=None,
                )

    def start(self) -> None:
        """Begin."""
        self._scheduler.start()

    def clock_was_set(self) -> None:
        """Say in the new time when each job is due: APScheduler would wait out a clock that was set back."""
        for job in self._scheduler.get_jobs():
            job.resume()

    def stop(self) -> None:
        """End, if it had begun; a job under way is finished."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


class _Steadily(BaseTrigger):  # type: ignore[misc]  # apscheduler has no types
    """Every so many seconds of the clock that never jumps, said in the time of the one that does.

    APScheduler's own interval counts from run to run in the time of people: set ten years forward, it would go through
    every run that was missed: measured, 12 s and 290 MB for those of a minute.
    """

    def __init__(self, seconds: float, monotonic: Callable[[], float]) -> None:
        self._seconds = seconds
        self._monotonic = monotonic
        self._due = monotonic() + seconds

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """When the next run is due; after a run an interval begins, without one it goes on."""
        if previous_fire_time is not None:
            self._due = self._monotonic() + self._seconds
        return now + timedelta(seconds=self._due - self._monotonic())
