"""The switch at the end of a move: the store is told where its log is from now on, at once and for good."""

from pathlib import Path

from .copying import copy_database
from .erase_traces import empty_wal
from .notary import CHECKPOINT
from .notary import FILE as NOTARY
from .opening import ADDRESS, FILE
from .shelf import give_to_owner_of
from .whole import on_disk, sync_folder, write_whole

LEFT = "log.db.moved"
BESIDE = ("-wal", "-shm")


def move_out(store: Path, address: str, log_id: str) -> None:
    """Have the store go on with a log at an address; from here on that one counts.

    Raises:
        LogUnavailable: somebody read the old log all the time.
    """
    if (store / FILE).exists():
        empty_wal(store)
    write_whole(store / ADDRESS, f"{address}\n{log_id}\n".encode())
    give_to_owner_of(store, store / ADDRESS)


def move_in(store: Path) -> None:
    """Have the store go on with its own log.db; from here on that one counts."""
    with on_disk(store):
        (store / ADDRESS).unlink()
        sync_folder(store)


def put_aside(store: Path) -> Path | None:
    """Give the file of a log that was moved out another name; None where there is none."""
    path = store / FILE
    if not path.exists():
        return None
    left = _free(store / LEFT)
    with on_disk(store):
        for end in BESIDE:
            beside = path.with_name(path.name + end)
            if beside.exists():
                # Whoever reads the old log has these open; under their own names they would belong to a new one.
                beside.rename(left.with_name(left.name + end))
        path.rename(left)
        sync_folder(store)
    return left


def _free(path: Path) -> Path:
    number = 1
    while path.exists():
        number += 1
        path = path.with_name(f"{LEFT}.{number}")
    return path


def carry_signed(store: Path, folder: Path) -> None:
    """Copy what was signed of the log to where a copy of it goes."""
    if not (store / NOTARY).exists():
        return
    with on_disk(folder):
        (folder / NOTARY).unlink(missing_ok=True)
    copy_database(store / NOTARY, folder / NOTARY)
    if (store / CHECKPOINT).exists():
        write_whole(folder / CHECKPOINT, (store / CHECKPOINT).read_bytes())
