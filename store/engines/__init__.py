"""ENGINES: where a log can live, one file an engine and one line in this table."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from presslog.store.errors import ConfigError
from presslog.store.log import EventLog

from .memory import MemoryLog
from .sqlite import SqliteLog


def _server(module: str, name: str, extra: str) -> Callable[[str, Path, bool], EventLog]:
    """An engine whose package is asked for only where it is used."""

    def opened(address: str, folder: Path, readonly: bool) -> EventLog:
        try:
            engine = getattr(import_module(f".{module}", __name__), name)
        except ModuleNotFoundError as error:  # psycopg or nats, not a module of ours
            raise ConfigError(f"{address} needs {error.name}: pip install 'presslog[{extra}]'") from error
        log: EventLog = engine(address, folder, readonly=readonly)
        return log

    return opened


ENGINES: dict[str, Callable[[str, Path, bool], EventLog]] = {
    "memory": lambda engine, folder, readonly: MemoryLog(),  # noqa: ARG005
    "sqlite": lambda engine, folder, readonly: SqliteLog(folder, readonly=readonly),  # noqa: ARG005
    "postgresql": _server("postgres", "PostgresLog", "postgres"),
    "nats": _server("jetstream", "JetStreamLog", "jetstream"),
}
"""By the word before ``://`` in the address of a log, or the word alone where it needs no address."""


def open_engine(engine: str, folder: Path, *, readonly: bool) -> EventLog:
    """Open a log by the word or the address that names it; ``folder`` is the store of this host.

    Raises:
        ConfigError: there is no such engine, or its package is missing.
    """
    scheme = engine.partition("://")[0]
    if scheme not in ENGINES:
        raise ConfigError(
            f"there is no engine {scheme!r}: sqlite, memory, or an address that begins with postgresql:// or nats://"
        )
    return ENGINES[scheme](engine, folder, readonly)
