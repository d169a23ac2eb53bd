"""Fixtures: logs of every engine, and logs that survive a restart."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from presslog.store.engines import ENGINES
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.log import EventLog

# A shared machine can be slow for a moment, and slowness is no fault: no property here judges time.
settings.register_profile("here", settings.default, deadline=None)
settings.load_profile("here")

# Before any test module copies the environment: what a reader has seen of a log is kept at home, and not at somebody's.
STATE = tempfile.TemporaryDirectory(prefix="presslog-state-")
os.environ["XDG_STATE_HOME"] = STATE.name
HOMES = itertools.count()

DURABLE = ("sqlite",)
"""Engines that survive a restart."""


@pytest.fixture(autouse=True)
def state_home(monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where commands of this test keep what they have seen: in a folder of its own, not made yet."""
    state = Path(STATE.name, str(next(HOMES)))
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    return state


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder of a store that is not there yet."""
    return tmp_path / "store"


@pytest.fixture(params=sorted(ENGINES))
def log(request: pytest.FixtureRequest, folder: Path) -> Iterator[EventLog]:
    """An empty log of each engine in turn."""
    readonly = False
    log = ENGINES[request.param](folder, readonly)
    yield log
    log.close()


@pytest.fixture(params=DURABLE)
def reopen(request: pytest.FixtureRequest, folder: Path) -> Iterator[Callable[..., EventLog]]:
    """A function that opens the log in ``folder``: the writer again, closed before, or one more reader."""
    opened: list[EventLog] = []
    writers: list[EventLog] = []

    def open_log(*, readonly: bool = False) -> EventLog:
        if not readonly:
            for writer in writers:
                writer.close()
            writers.clear()
        log = ENGINES[request.param](folder, readonly)
        (opened if readonly else writers).append(log)
        return log

    yield open_log
    for log in [*opened, *writers]:
        log.close()


@pytest.fixture
def sqlite_log(folder: Path) -> Iterator[SqliteLog]:
    """An empty SQLite log, open for writing."""
    log = SqliteLog(folder)
    yield log
    log.close()
