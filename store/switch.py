"""The switch to a restored log: what is ready in ``<store>/restored`` takes the place of what stands there.

``restored`` gets its name when everything in it is whole: until then the old store stands, from then on the new one
does, as whoever writes the store next finishes the switch first. Nothing precious is deleted: the log that stood there,
its tree and its notes are put aside.
"""

import os
from contextlib import closing, suppress
from pathlib import Path

import msgspec

from .errors import PresslogError
from .sqlite import connect, connect_readonly, sqlite3
from .whole import on_disk, sync_folder, write_whole

READY = "restored"
PLAN = "plan.json"
PRECIOUS = ("notary.db", "checkpoint", "log.db")
"""In the order in which they are switched: as long as the old log is there the store is the old one."""

MADE_ANEW = ("views.db", "views.db.new", "views-*.db*", "intake.db*", "insight/views*")
BESIDE = ("-wal", "-shm", "-journal")


class Plan(msgspec.Struct, frozen=True):
    """Where the old files go, and which new ones there are; of the others none is left."""

    aside: str
    names: tuple[str, ...]


def commit(fresh: Path, aside: str) -> None:
    """Say that a folder in the store holds everything that shall stand there: from now on it counts."""
    names = tuple(name for name in PRECIOUS if (fresh / name).exists())
    write_whole(fresh / PLAN, msgspec.json.encode(Plan(aside, names)))
    with on_disk(fresh.parent):
        fresh.rename(fresh.parent / READY)
        sync_folder(fresh.parent)


def finish(store: Path) -> None:
    """Finish a switch that was committed, if there is one; whoever calls holds the writer lock.

    Killed at any point, it is gone on with by the next call.

    Raises:
        StorageFailed: the disk refuses; what is left is done by the next call.
    """
    ready = store / READY
    if not ready.exists():
        return
    with on_disk(store):
        # The plan goes last, with the folder: where it is gone everything was done.
        if (ready / PLAN).exists():
            plan = msgspec.json.decode((ready / PLAN).read_bytes(), type=Plan)
            _switch(store, ready, plan)
        import shutil  # 5 ms that no command should pay which only looks into the log

        shutil.rmtree(ready)
        sync_folder(store)


def _switch(store: Path, ready: Path, plan: Plan) -> None:
    aside = store / plan.aside
    aside.mkdir(mode=0o700, exist_ok=True)
    for pattern in MADE_ANEW:
        for path in store.glob(pattern):
            path.unlink()
    for name in PRECIOUS:
        if name in plan.names and not (ready / name).exists():
            continue
        _put_aside(store / name, aside)
        sync_folder(aside)
        if name in plan.names:
            (ready / name).replace(store / name)
        else:
            (store / name).unlink(missing_ok=True)
        sync_folder(store)
    if not any(aside.iterdir()):
        aside.rmdir()


def _put_aside(path: Path, aside: Path) -> None:
    """Give a file a second name in the folder aside, with what its WAL holds; under its own it stays until replaced."""
    kept = aside / path.name
    is_done = kept.exists()
    if not is_done and path.suffix == ".db" and path.exists():
        _settle(path)
    for end in BESIDE:
        # What stays beside the name would be taken for a part of the new file. Where it could not be brought over, as
        # of a file that is damaged, gone or being read, it belongs to the old one.
        beside = path.with_name(path.name + end)
        if is_done or (aside / beside.name).exists():
            beside.unlink(missing_ok=True)
        elif beside.exists():
            beside.rename(aside / beside.name)
    if not is_done and path.exists():
        os.link(path, kept)


def _settle(path: Path) -> None:
    """Bring the WAL of a database over into it, where that can be read; one that cannot keeps what it has beside it."""
    with suppress(sqlite3.Error, PresslogError):
        with closing(connect_readonly(path)) as connection:
            connection.execute("select count(*) from sqlite_master").fetchone()
        with closing(connect(path)) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
