"""The log of a store, opened for reading beside whoever writes it."""

from pathlib import Path

from .errors import NoSuchStore
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
