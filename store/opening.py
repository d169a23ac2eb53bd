"""The log of a store: where it is, opened for whoever writes it, or for reading beside that."""

import os
from pathlib import Path

from .errors import ConfigError, LogDiverged, NoSuchStore, PresslogError, StoreUnsafe
from .log import EventLog
from .whole import on_disk, write_whole

ADDRESS = "log.url"
"""The file of a store whose log is kept by a server: its address, and the id of the log that is meant."""
FILE = "log.db"
MOVING = "moving"
"""The folder in a store in which its log.db lies until a move to it is finished."""


def open_log(folder: Path) -> EventLog:
    """Open the log of a store for reading, also beside a daemon.

    Raises:
        NoSuchStore: there is none.
        StoreUnsafe: the file is no log of ours, or a move to it is not finished.
        LogUnavailable: its server does not answer.
        LogDiverged: another log is found at its address than there was.
    """
    address = address_of(folder)
    if not address:
        refuse_unfinished(folder)
    if not has_log(folder):
        raise NoSuchStore(
            f"there is no log in {folder}: start with `presslog init` and `presslog run`, or name it: --store DIR"
        )
    if address:
        return log_at(folder, address, readonly=True)
    from .engines.sqlite import SqliteLog  # of what the other engines need, a command that reads a file needs nothing

    return SqliteLog(folder, readonly=True)


def log_at(folder: Path, engine: str, *, readonly: bool) -> EventLog:
    """Open the log that the settings name for a store; where a server keeps it, the store remembers its address.

    Raises:
        ConfigError: the store has its log elsewhere.
        LogDiverged: the address leads to another log than the one that the store belongs to.
    """
    from .engines import open_engine

    _refuse_elsewhere(folder, engine)
    log = open_engine(engine, folder, readonly=readonly)
    if "://" in engine:
        try:
            _remember(folder, engine, log.log_id)
        except BaseException:
            log.close()
            raise
    return log


def has_log(folder: Path) -> bool:
    """Whether a store has a log, in its file or kept by a server."""
    return (folder / FILE).exists() or bool(address_of(folder))


def refuse_unfinished(folder: Path) -> None:
    """Raise StoreUnsafe where a log is being moved into a store, or was until that was killed."""
    if (folder / MOVING / FILE).exists():
        raise StoreUnsafe(f"a move to {folder} is not finished: run `presslog move` again")


def address_of(folder: Path) -> str:
    """The address of the log of a store; empty where a file in it is the log."""
    return noted(folder)[0]


def _refuse_elsewhere(folder: Path, engine: str) -> None:
    address = address_of(folder)
    if "://" not in engine and address:
        raise ConfigError(f'engine = "{engine}": the log of {folder} is at {address}; set engine = "{address}"')
    if "://" in engine and not address and (folder / FILE).exists():
        raise ConfigError(
            f'engine = "{engine}": the log of {folder} is {FILE} in it; `presslog move --to {engine}` takes it there'
        )


def noted(folder: Path) -> tuple[str, str]:
    """The address of the log of a store, and the id of that log; both empty where a file in it is the log."""
    try:
        address, _, log_id = (folder / ADDRESS).read_text("utf-8").partition("\n")
    except FileNotFoundError:
        return "", ""
    return address.strip(), log_id.strip()


def _remember(folder: Path, address: str, log_id: str) -> None:
    before, known_id = noted(folder)
    if known_id not in ("", log_id):
        raise LogDiverged(
            f"{folder} belongs to log {known_id}, and at {address} is log {log_id}: put the address right, or begin "
            "with an empty folder"
        )
    if (before, known_id) != (address, log_id):
        with on_disk(folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(folder / ADDRESS, f"{address}\n{log_id}\n".encode())


def which_log(folder: Path) -> str | tuple[int, int]:
    """Which log is that of a store: another one, once a log was restored there, or moved."""
    return noted(folder)[1] or identity(folder / FILE)


def refuse_kept_elsewhere(folder: Path, what: str) -> None:
    """Raise ConfigError for what needs the file of a log, where a server keeps it; ``what`` says what is not done."""
    if address := address_of(folder):
        raise ConfigError(
            f"{what}: the log of {folder} is kept by the server at {address}; use the server's own tools "
            "(pg_basebackup and WAL archiving; nats stream backup), or copy it into a file: "
            "presslog move --to FOLDER --copy"
        )


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
