"""Fixtures: logs of every engine, and logs that survive a restart."""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from clusters.nats import NatsCluster
from clusters.postgres import PostgresCluster
from hypothesis import settings

from presslog.store.engines import ENGINES, open_engine
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.log import EventLog

# A shared machine can be slow for a moment, and slowness is no fault: no property here judges time.
settings.register_profile("here", settings.default, deadline=None)
settings.load_profile("here")

# Before any test module copies the environment: what a reader has seen of a log is kept at home, and not at somebody's.
STATE = tempfile.TemporaryDirectory(prefix="presslog-state-")
os.environ["XDG_STATE_HOME"] = STATE.name
HOMES = itertools.count()

SERVERS = {"postgresql": "postgres_logs", "nats": "nats_logs"}
"""Engines that need a server, and the fixture that makes addresses of logs there that are new."""
DURABLE = ("sqlite", *SERVERS)
"""Engines that survive a restart."""
ERASING = sorted(ENGINES.keys() - {"nats"})
"""Engines that can take content away; JetStream, whose streams are closed to deletion, refuses."""


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


@pytest.fixture(scope="session", params=sorted(ENGINES))
def fresh_engine(request: pytest.FixtureRequest) -> Callable[[], str]:
    """For each engine in turn: what settings call a log of it that nobody has used."""
    return _fresh(request)


@pytest.fixture(scope="session", params=DURABLE)
def fresh_durable(request: pytest.FixtureRequest) -> Callable[[], str]:
    """The same of engines that survive a restart."""
    return _fresh(request)


@pytest.fixture(scope="session", params=SERVERS)
def fresh_server(request: pytest.FixtureRequest) -> Callable[[], str]:
    """The same of engines that several hosts share."""
    return _fresh(request)


@pytest.fixture(scope="session", params=ERASING)
def fresh_erasing(request: pytest.FixtureRequest) -> Callable[[], str]:
    """The same of engines that can erase."""
    return _fresh(request)


def _fresh(request: pytest.FixtureRequest) -> Callable[[], str]:
    name: str = request.param
    made: Callable[[], str] = request.getfixturevalue(SERVERS[name]) if name in SERVERS else lambda: name
    return made


@pytest.fixture(scope="session")
def postgres_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Addresses of new databases of one server, which is gone with the session."""
    cluster, numbers = PostgresCluster(tmp_path_factory.mktemp("postgres")), itertools.count()

    def made() -> str:
        name = f"log_{next(numbers)}"
        cluster.ask(f"create database {name}")
        return cluster.url(name)

    try:
        cluster.start()
        yield made
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def nats_logs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], str]]:
    """Addresses of logs of one NATS server that nobody has used; it is gone with the session."""
    cluster, numbers = NatsCluster(tmp_path_factory.mktemp("nats")), itertools.count()
    try:
        cluster.start()
        yield lambda: cluster.url(f"log{next(numbers)}")
    finally:
        cluster.stop()


@pytest.fixture
def postgres_cluster(tmp_path: Path) -> Iterator[PostgresCluster]:
    """One server of PostgreSQL that a test starts and stops as it likes."""
    cluster = PostgresCluster(tmp_path / "cluster")
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def nats_cluster(tmp_path: Path) -> Iterator[NatsCluster]:
    """One server of NATS of a test alone."""
    cluster = NatsCluster(tmp_path / "nats")
    (tmp_path / "nats").mkdir()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def log(fresh_engine: Callable[[], str], folder: Path) -> Iterator[EventLog]:
    """An empty log of each engine in turn."""
    log = open_engine(fresh_engine(), folder, readonly=False)
    yield log
    log.close()


@pytest.fixture
def engine(fresh_durable: Callable[[], str]) -> str:
    """Each engine that survives a restart in turn, as settings name it."""
    return fresh_durable()


@pytest.fixture
def reopen(engine: str, folder: Path) -> Iterator[Callable[..., EventLog]]:
    """A function that opens the log in ``folder``: the writer again, closed before, or one more reader."""
    opened: list[EventLog] = []
    writers: list[EventLog] = []

    def open_log(*, readonly: bool = False) -> EventLog:
        if not readonly:
            for writer in writers:
                writer.close()
            writers.clear()
        log = open_engine(engine, folder, readonly=readonly)
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
