"""Snapshots of the views: the serving generation in one file, from which another host of the same log begins."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from .candidate import Progress, ignore_progress
from .copying import copy_database
from .errors import LogDiverged, NoSuchStore, StorageFailed
from .generation import Checkpoint
from .links import serving_path
from .log import EventLog
from .names import LINK, event_id
from .sqlite import Connection, connect_readonly, translated
from .whole import PREFIX, on_disk, sync_folder


class Snapshot(NamedTuple):
    """A file of views: of which log it is, and how far each of them has come in it."""

    path: Path
    log_id: str
    size_bytes: int
    views: tuple[Checkpoint, ...]

    @property
    def position(self) -> int:
        """The position that every live view has reached; 0 where none lives."""
        return min((each.position for each in self.views if each.state == "live"), default=0)


def take(folder: Path, log: EventLog, target: Path, progress: Progress = ignore_progress) -> Snapshot:
    """Copy the views that serve, as they stand, into one file, and return what is in it; whoever writes them goes on.

    The file gets its name when it is whole and on the disk, in place of the one that stands there.

    Raises:
        NoSuchStore: no views serve in this folder.
        LogDiverged: they are not of this log.
        StorageFailed: the file cannot be written, or must not be there.
    """
    if serving_path(folder) is None:
        raise NoSuchStore(f"the views of {folder} are not built yet: `presslog views rebuild`, or `presslog run`")
    with _written(folder, target) as part:
        copy_database(folder / LINK, part, progress)
        with closing(connect_readonly(part)) as copy, translated(part):
            taken = Snapshot(target, log_id_in(copy), part.stat().st_size, checkpoints_in(copy))
        refuse_other_log(folder / LINK, taken.log_id, taken.views, log)
    return taken


@contextmanager
def _written(folder: Path, target: Path) -> Iterator[Path]:
    """A name for the block, in the folder of the target, that becomes the target's at the end; no file after an error.

    Raises:
        StorageFailed: the target would stand in the store, or in the place of a link, a folder or a device.
    """
    with on_disk(target.parent):
        place = target.parent.resolve(strict=True) / target.name
        if place.parent == folder.resolve():
            raise StorageFailed(f"{target} lies in the store, among its own files: name another folder")
        if os.path.lexists(place) and not stat.S_ISREG(os.lstat(place).st_mode):
            raise StorageFailed(f"{target} is a link, a folder or a device: name a file")
        part = place.with_name(f"{PREFIX}{event_id()}")
        try:
            yield part
            part.replace(place)
            sync_folder(place.parent)
        finally:
            for end in ("", "-journal", "-wal", "-shm"):
                part.with_name(part.name + end).unlink(missing_ok=True)


def log_id_in(connection: Connection) -> str:
    """The id of the log that the views in a file were made from; empty where it does not say."""
    row = connection.execute("select value from meta where name = 'log_id'").fetchone()
    return str(row[0]) if row else ""


def checkpoints_in(connection: Connection) -> tuple[Checkpoint, ...]:
    """How far the views in a file have come, by name."""
    return tuple(map(Checkpoint._make, connection.execute("select * from checkpoints order by view")))


def refuse_other_log(path: Path, log_id: str, views: Sequence[Checkpoint], log: EventLog) -> None:
    """Raise LogDiverged where views were made from another log, or from events that this one does not hold."""
    if log_id != log.log_id:
        raise LogDiverged(
            f"{path} was made from log {log_id or 'unknown'}, and the log of this store is {log.log_id}: "
            "take a snapshot on a host of this log"
        )
    for each in views:
        try:
            if each.position:
                log.check(each.position, each.event_id)
        except LogDiverged as error:
            raise LogDiverged(
                f"{path} holds {each.view} as of #{each.position}, and the log has another event there, "
                "as after a restore: take a new snapshot where the views follow it"
            ) from error
