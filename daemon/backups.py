"""Backups by the clock: made where the newest good one is too old, then the oldest ones are deleted."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from loguru import logger

from presslog.store.backup import Maker, back_up
from presslog.store.errors import PresslogError
from presslog.store.opening import open_log
from presslog.store.shelf import Backup, newest, rotate

LOOK_SECONDS = 60.0
"""How often somebody looks whether a backup is due: a daemon that is started every morning must not wait a day."""

RETRY_SECONDS = 600.0
"""After one that failed the next is not tried at once: it would read the whole log again and again."""


def look_seconds(every_seconds: float) -> float:
    """How often to look, for backups that are made so often."""
    return max(1.0, min(LOOK_SECONDS, every_seconds or LOOK_SECONDS))


class BackupPlan(NamedTuple):
    """Which store is backed up, where to, how often, and how many stay; 0 seconds or no folder mean never.

    Where a server keeps the log, it ``is_elsewhere``: then its own tools make the backups.
    """

    store: Path
    folder: Path | None
    every_seconds: float
    keep: int
    is_elsewhere: bool = False


class Stopped(PresslogError):
    """The daemon stops in the middle of a backup; the next start makes another."""


class Backups:
    """Makes backups when they are due; the scheduler's thread calls it, and any thread may end it."""

    def __init__(self, plan: BackupPlan, maker: Maker, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._plan = plan
        self._maker = maker
        self._monotonic = monotonic
        self._not_before = 0.0
        self._said = ""
        self._stop = threading.Event()

    def warnings(self) -> tuple[str, ...]:
        """What an operator has to know who has set a folder for backups."""
        if self._plan.folder is None or not self._plan.is_elsewhere:
            return ()
        told = f"no backup goes to backup_folder = {self._plan.folder}: a server keeps the log; "
        return (told + "use its own tools, or presslog move --to FOLDER --copy",)

    def look(self) -> None:
        """Make a backup where one is due; what goes wrong is told once, and tried again."""
        folder = self._plan.folder
        if folder is None or self._plan.is_elsewhere:
            return
        if not self._plan.every_seconds or self._monotonic() < self._not_before:
            return
        try:
            self._look(folder)
            self._said = ""
        except Stopped as stopped:
            logger.info("backup {}", stopped)
        except (PresslogError, OSError) as error:
            self._not_before = self._monotonic() + min(RETRY_SECONDS, self._plan.every_seconds)
            if str(error) != self._said:
                logger.error("backup failed folder={}: {}", folder, error)
            self._said = str(error)

    def _look(self, folder: Path) -> None:
        log = open_log(self._plan.store)
        log_id = log.log_id
        log.close()
        now = self._maker.now()
        last = newest(folder, log_id, now)
        if last and last.manifest and now - last.manifest.created_at < self._plan.every_seconds:
            return
        began = self._monotonic()
        made = back_up(self._plan.store, folder, self._maker, self._progress)
        self._tell(made, self._monotonic() - began)
        for name in rotate(folder, made.path, log_id, self._plan.keep):
            logger.info("backup deleted name={}: backup_keep={}", name, self._plan.keep)

    def _tell(self, made: Backup, seconds: float) -> None:
        if made.manifest:
            size = made.manifest.size_bytes
            told = "backup made name={} position={} bytes={} seconds={:.1f}"
            logger.info(told, made.path.name, made.manifest.position, size, seconds)

    def _progress(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Stopped(f"given up at {100 * done // total} %: the daemon stops")

    def stop(self) -> None:
        """Give up a backup that is being made."""
        self._stop.set()
