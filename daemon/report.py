"""The report: what the daemon says of itself to systemd and to `presslog status`, not oftener than it helps."""

import os
import time
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from loguru import logger

from presslog.store.errors import LogUnavailable
from presslog.store.times import now_text

from . import systemd
from .state import Role, State, write_state

if TYPE_CHECKING:
    from .assemble import Parts

EVERY_SECONDS = 1.0
DEAF_SECONDS = 5.0
"""A manager that does not read makes every word wait: measured, 0.2 s a file."""


class Report:
    """Keeps daemon.json and the unit's STATUS true; under load it speaks once a second, at rest once."""

    def __init__(self, env: Mapping[str, str], store: Path, state: State) -> None:
        self._env = env
        self._store = store
        self._state = state
        self._trouble = ""
        self._head = 0
        self._said_at = 0.0
        self._deaf_until = 0.0

    def storage(self, trouble: str) -> None:
        """Say once that the store refuses, and once that it takes again."""
        if bool(trouble) != bool(self._trouble):
            logger.log("ERROR" if trouble else "INFO", "storage {}", trouble or "recovered")
        self._trouble = trouble
        self._said_at = 0.0

    def say(self, parts: "Parts") -> str:
        """Write position, backlog and waiting files down; the words of the unit's STATUS."""
        backlog, waiting, now = parts.drain.backlog, parts.drain.waiting, time.monotonic()
        if backlog and now - self._said_at < EVERY_SECONDS:
            return self._state.status
        with suppress(LogUnavailable):  # else it stands where it was seen last
            self._head = parts.log.head()
        views = f"views stand still: {parts.follower.trouble}" if parts.follower.trouble else ""
        storage = "; ".join(filter(None, (self._trouble, views)))
        trouble = f"storage {storage}; " if storage else ""
        building = f"{parts.follower.building}; " if parts.follower.building else ""
        words = f"{trouble}{building}position {self._head}, backlog {backlog}, waiting {waiting}"
        return self.put(words, storage=storage, backlog=backlog, waiting=waiting)

    def put(self, words: str, *, storage: str = "", backlog: int = 0, waiting: int = 0) -> str:
        """Write these words and numbers down, and tell them to systemd; the words."""
        now = self._said_at = time.monotonic()
        told = {"status": words, "storage": storage, "backlog": backlog, "waiting": waiting, "updated_at": now_text()}
        self._state = msgspec.structs.replace(self._state, **told)
        with suppress(OSError):
            write_state(self._store, self._state)
        if now >= self._deaf_until and not systemd.notify(self._env, f"STATUS={words}"):
            self._deaf_until = time.monotonic() + DEAF_SECONDS
        return words


def new_report(env: Mapping[str, str], store: Path, role: Role = "run") -> Report:
    """The report of a daemon that starts now, by the command that it was started with."""
    store.mkdir(mode=0o700, parents=True, exist_ok=True)
    started_at = now_text()
    return Report(env, store, State(pid=os.getpid(), version=version("presslog"), started_at=started_at, role=role))
