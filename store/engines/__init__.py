"""ENGINES: where a log can live, one file an engine and one line in this table."""

from collections.abc import Callable
from pathlib import Path

from presslog.store.log import EventLog

from .memory import MemoryLog
from .sqlite import SqliteLog

ENGINES: dict[str, Callable[[Path, bool], EventLog]] = {
    "memory": lambda folder, readonly: MemoryLog(),  # noqa: ARG005
    "sqlite": lambda folder, readonly: SqliteLog(folder, readonly=readonly),
}
