"""The log of a store, opened for reading beside whoever writes it."""

import os
from pathlib import Path

from .errors import NoSuchStore, PresslogError
from .log import EventLog


def open_log(folder: Path) -> EventLog:
    """Open the log of a store for reading, also beside a daemon; ``folder`` is the one that holds ``log.db``.

    Raises:
        NoSuchStore: there is none.
        StoreUnsafe: the file is no log of ours.
    """
    from .engines.sqlite import SqliteLog

    if not (folder / "log.db").exists():
        raise NoSuchStore(
            f"there is no log in {folder}: start with `presslog init` and `presslog run`, or name it: --store DIR"
        )
    return SqliteLog(folder, readonly=True)


def identity(path: Path) -> tuple[int, int]:
    """Which file stands under a name: another one, once a log was restored there; zeros where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_dev, found.st_ino


def id_at(folder: Path, position: int) -> str:
    """The id of the event at a position of the log in a folder; empty where there is none, or no log."""
    try:
        log = open_log(folder)
    except PresslogError:
        return ""
    try:
        return next((event.id for event in log.read(position - 1, 1) if event.position == position), "")
    finally:
        log.close()
