"""The engines that stand side by side: SQLite in a file, the others on servers of their own that run beside it."""

import itertools
import sys
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import Bench

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))  # the servers are those of the tests

import pytest
from clusters.nats import NatsCluster
from clusters.postgres import PostgresCluster

POSTGRES_SETTINGS = {"shared_buffers": "128MB", "min_wal_size": "80MB", "max_wal_size": "1GB"}
"""As PostgreSQL has them by itself: those of the tests keep the disk small, by a checkpoint every few seconds."""


class Engine(NamedTuple):
    """A column of the table; ``fresh`` gives what settings call a log that nobody has used."""

    name: str
    fresh: Callable[[], str]
    is_shared: bool = True


class Log:
    """A log that nobody has used, and the folders of those who open it: one for all where the log is in it."""

    def __init__(self, bench: Bench, engine: Engine) -> None:
        self.address = engine.fresh()
        self.is_shared = engine.is_shared
        self._bench = bench
        self._home = bench.fresh("log")

    def folder(self) -> Path:
        """The folder of one more host, or the one that the log is in."""
        return self._bench.fresh("host") if self.is_shared else self._home


@contextmanager
def _sqlite(_: Path, name: str) -> Iterator[Engine]:
    yield Engine(name, lambda: "sqlite", is_shared=False)


@contextmanager
def _postgres(folder: Path, name: str, *, standbys: int) -> Iterator[Engine]:
    cluster, numbers = PostgresCluster(folder, standbys), itertools.count()

    def fresh() -> str:
        database = f"log_{next(numbers)}"
        cluster.ask(f"create database {database}")
        return cluster.url(database)

    try:
        cluster.start(cluster.primary)
        for setting, value in POSTGRES_SETTINGS.items():
            cluster.ask(f"alter system set {setting} = '{value}'")
        cluster.stop()
        cluster.start()
        yield Engine(name, fresh)
    finally:
        cluster.stop()


@contextmanager
def _nats(folder: Path, name: str, *, nodes: int, sync: str) -> Iterator[Engine]:
    folder.mkdir()
    cluster, numbers = NatsCluster(folder, nodes, sync=sync), itertools.count()
    try:
        cluster.start()
        yield Engine(name, lambda: cluster.url(f"log{next(numbers)}"))
    finally:
        cluster.stop()


SQLITE = "SQLite"
ENGINES = {
    SQLITE: _sqlite,
    "PostgreSQL": partial(_postgres, standbys=0),
    "PostgreSQL, ANY 1 of 2": partial(_postgres, standbys=2),
    "JetStream R1 always": partial(_nats, nodes=1, sync="always"),
    "JetStream R1 default": partial(_nats, nodes=1, sync=""),
    "JetStream R3 always": partial(_nats, nodes=3, sync="always"),
    "JetStream R3 default": partial(_nats, nodes=3, sync=""),
}
"""``always`` and ``default`` are the ``sync_interval`` of the servers: before each answer, and every two minutes."""


@contextmanager
def started(folder: Path, names: Collection[str]) -> Iterator[list[Engine]]:
    """The engines of these names, all of them running; those whose servers are not installed are named and left out."""
    with ExitStack() as stack:
        engines = []
        for number, name in enumerate(names):
            try:
                engines.append(stack.enter_context(ENGINES[name](folder / f"servers-{number}", name)))
            except pytest.skip.Exception as missing:
                print(f"{name} is left out: {missing}")
        yield engines
