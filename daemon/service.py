"""The service: start in order, wait for a signal, stop in reverse, tell systemd."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple

from loguru import logger

from presslog.store.errors import LogUnavailable, PresslogError

from . import systemd
from .anchor import Anchor
from .assemble import Parts
from .bell import Scan
from .clock import Clock
from .control import Control
from .doorbell import Polled
from .drain import Watched
from .growth import ring_as_it_grows
from .journal import quoted, tell, tell_overdue, warn_of
from .outcome import Outcome
from .patience import patiently
from .places import Folder
from .report import Report
from .schedule import Schedule
from .signals import Signals

STOP_SECONDS = 8.0
"""Below the 10 s within which a stop must be over; what is not done by then is read again at the next start."""

OPEN_SECONDS = 1.0
"""So long READY waits for the views: those that are there, and those of a small log, can be asked at once."""


class Plan(NamedTuple):
    """What a service is made from: how its parts are built, its report, and the seconds between two runs of its jobs.

    A file that waits longer than ``wait_alarm_seconds`` is told of; 0 means never. ``anchor`` gets checkpoints.
    """

    build: Callable[["Service"], Parts]
    report: Report
    seconds: Mapping[str, float]
    wait_alarm_seconds: float
    anchor: Anchor | None = None


class Service:
    """One running daemon: its threads, its doorbell and its clock."""

    def __init__(self, plan: Plan, env: Mapping[str, str], *, died: Callable[[], None]) -> None:
        """Build the parts; ``died`` is called by a thread that ends with an error."""
        self._env = env
        self._died = died
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.error: BaseException | None = None
        self._report = plan.report
        self._wait_alarm_seconds = plan.wait_alarm_seconds
        systemd.notify(env, "STATUS=opening the store")
        self.parts = plan.build(self)
        calls = {
            "rescan": self._rescan,
            "optimise": self.parts.follower.ask_to_optimise,
            "check_quiet": self._check_quiet,
            "back_up": self.parts.backups.look,
        }
        self._anchor = plan.anchor
        if plan.anchor:
            calls["anchor"] = plan.anchor.begin
        self._control = Control(self.parts)
        self._schedule = Schedule(calls, plan.seconds)
        self._clock = Clock()

    @property
    def watched(self) -> Watched:
        """What the drain and its sources tell this service."""
        return Watched(self.files, self.storage, self.folder, polled=self._polled, idle=self.idle, check=self._check)

    def start(self) -> None:
        """Arm watch and scan, start the threads, say READY; views that take long to build are built meanwhile."""
        parts = self.parts
        parts.doorbell.start(parts.folders)
        for folder in parts.folders:
            logger.info("watching feed={} folder={}", folder.feed, folder.root)
        warn_of(parts.warnings())
        self._start_thread("intake", lambda: parts.drain.run(self._stop))
        self._start_thread("follow", lambda: parts.follower.run(self._stop, lambda: self._report.say(parts)))
        if parts.log.is_shared:
            reached = partial(getattr, parts.follower, "position")
            self._start_thread("growth", partial(ring_as_it_grows, parts.log, reached, parts.ring, self._stop))
        if parts.notariser:
            self._start_thread("notary", partial(parts.notariser.run, self._stop))
        parts.follower.opened.wait(OPEN_SECONDS)
        if self._control.open():
            self._start_thread("control", self._control.run)
        self._schedule.start()
        systemd.notify(self._env, "READY=1", f"STATUS={self._report.say(parts)}")

    def stop(self) -> None:
        """Stop in reverse order; files in hand are finished or left untouched."""
        self._stop.set()
        self.parts.drain.errands.close()
        self._control.close()
        self.parts.backups.stop()
        self._schedule.stop()
        if self._anchor:
            self._anchor.close()
        self.parts.doorbell.stop()
        self.parts.bell.wake()
        self.parts.ring()
        deadline = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in self._threads):
            logger.error("stop took too long: what is committed is safe, the rest is read again at the next start")
            return
        self.parts.close()

    def _start_thread(self, name: str, work: Callable[[], object]) -> None:
        def run() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001  whatever ends a thread ends the daemon: it never runs half
                self.error = error
                self._died()

        thread = threading.Thread(target=run, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()

    def stuck_seconds(self) -> float:
        """How long the slowest thread has been busy with one piece of work."""
        parts = self.parts
        pulses = [parts.drain.pulse, parts.follower.pulse, *([parts.notariser.pulse] if parts.notariser else [])]
        return max(pulse.stuck_seconds() for pulse in pulses)

    def files(self, outcomes: Sequence[Outcome]) -> None:
        """Write what became of files, wake the follower, note that a feed is not silent."""
        tell(outcomes)
        self.parts.ring()
        with _recording("end of silence"):
            for feed in {outcome.place.feed for outcome in outcomes if outcome.has_arrived}:
                if self.parts.chronicle.heard(feed):
                    logger.info("feed resumed feed={}", feed)
        self._report.say(self.parts)

    def idle(self) -> None:
        """Say where things stand, once nothing is left to do."""
        self._report.say(self.parts)

    def storage(self, trouble: str) -> None:
        """Say that the store refuses, or takes again."""
        self._report.storage(trouble)
        self._report.say(self.parts)

    def folder(self, folder: Folder, kind: str, reason: str, files: int) -> None:
        """Record what happened to a folder."""
        level = "INFO" if kind == "folder-restored" else "WARNING"
        logger.log(level, "{} feed={} folder={} files={} {}", kind, folder.feed, folder.root, files, reason)
        with _recording(kind):
            self.parts.chronicle.tell(folder, kind, reason=reason, files=files)
        self.parts.ring()

    def _rescan(self) -> None:
        for folder in self.parts.folders:
            self.parts.bell.ring_scan(Scan(folder.feed))

    def _check_quiet(self) -> None:
        for folder in self.parts.chronicle.listen():
            logger.warning("feed quiet feed={} folder={} seconds={:g}", folder.feed, folder.root, folder.quiet_seconds)
            self.parts.ring()

    def _check(self) -> None:
        if self.parts.insight:
            self.parts.insight.look(self.parts.follower.position)
        self.parts.doorbell.check()
        self._check_clock()
        if self._wait_alarm_seconds:
            tell_overdue(self.parts.drain.overdue(self._wait_alarm_seconds))

    def _check_clock(self) -> None:
        """Note that the clock was set: jobs are due when they were, and the log says so among what came meanwhile."""
        jump_seconds = self._clock.jump_seconds()
        if jump_seconds:
            self._schedule.clock_was_set()
        with _recording("clock-stepped"):
            told_seconds = self.parts.chronicle.stepped(jump_seconds)
            if told_seconds:
                logger.warning("clock-stepped seconds={:+.0f}: positions stay in order", told_seconds)
                self.parts.ring()

    def _polled(self, polled: Polled) -> None:
        folder = os.fsdecode(polled.folder.path(polled.here))
        told = "polling feed={} folder={} every_seconds={:g}: {}"
        logger.warning(told, polled.folder.feed, quoted(folder), polled.every_seconds, polled.reason)


def serve(plan: Plan, env: Mapping[str, str], *, reload: Callable[[], Plan]) -> None:
    """Run until SIGTERM or SIGINT; SIGHUP takes the plan that ``reload`` makes, or keeps the old one where it is wrong.

    Raises:
        PresslogError: the parts could not be joined, or a thread died of it.
    """
    signals = Signals()
    while True:
        service = patiently(partial(Service, plan, env, died=signals.died), signals.pause, env)
        if service is None:
            return
        changed: Plan | None = None
        try:
            service.start()
            changed = _until_told(signals, service, env, reload)
        finally:
            if changed is None:
                systemd.notify(env, "STOPPING=1")
            service.stop()
        if service.error:
            raise service.error
        if changed is None:
            return
        plan = changed


def _until_told(signals: Signals, service: Service, env: Mapping[str, str], reload: Callable[[], Plan]) -> Plan | None:
    """The plan to go on with after SIGHUP; None where the service has to end."""
    while signals.wait(service.stuck_seconds, env) == signal.SIGHUP:
        changed = _reloaded(reload, env)
        if changed:
            return changed
    return None


def _reloaded(reload: Callable[[], Plan], env: Mapping[str, str]) -> Plan | None:
    systemd.reloading(env)
    try:
        return reload()
    except PresslogError as error:
        logger.error("reload refused, going on as before: {}", error)
        systemd.notify(env, "READY=1")
        return None


@contextmanager
def _recording(what: str) -> Iterator[None]:
    """What happened to a folder is told even where the store cannot take it; it must not stop the files."""
    try:
        yield
    except LogUnavailable as error:
        logger.error("{} could not be recorded: {}", what, error)
