"""Restores a log from a backup, whole or up to an earlier position; what stood there before is put aside.

The new log is made beside the old one, which stands untouched until the new one is whole (store/switch.py).
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from .backup_check import LOG, check_backup, contents_of, events_of
from .candidate import Progress, ignore_progress
from .cut import cut_log, cut_notary
from .engines.sqlite import SqliteLog
from .errors import BadQuery, PresslogError, StoreUnsafe
from .events import Meta, encode, salted
from .lock import WriterLock
from .log import ANY, Append, NewEvent
from .log_facts import LogRestored
from .manifest import Manifest
from .names import event_id
from .notary import CHECKPOINT, notarised
from .notary import FILE as NOTARY
from .opening import open_log, refuse_kept_elsewhere
from .shelf import give_to_owner_of
from .sqlite import connect_readonly, sqlite3, translated
from .switch import commit, finish
from .whole import PREFIX, on_disk, sync_folder, write_whole

STREAM = "log"
FRESH = f"{PREFIX}restore-"
"""How the folder begins in which a log is made; one that was killed is deleted by the next."""

ASIDE = "before-restore-"


class Restored(NamedTuple):
    """A log that was restored up to ``position``; the event that says so stands behind it.

    ``replaced`` is the last position of the log that was put ``aside``, 0 where there was none that could be read.
    ``erased`` are articles whose erasure is not in the new log: their content is back.
    """

    position: int
    replaced: int
    aside: Path | None
    erased: tuple[str, ...]


class Wish(NamedTuple):
    """Up to where: to ``position``, else to what was recorded by ``until`` (seconds since 1970), else to the end."""

    position: int | None = None
    until: float | None = None


WHOLE = Wish()


def restore(
    store: Path, backup: Path, wish: Wish, meta: Meta, *, now: datetime, progress: Progress = ignore_progress
) -> Restored:
    """Put the log of a backup in the place of the one in a store, which is put aside, and record that.

    Killed anywhere it leaves the old store, or one that the next writer makes the new one before anything else.

    Raises:
        StoreLocked: a presslog writes the store.
        StoreUnsafe: the backup is damaged; nothing was changed.
        BadQuery: the backup does not reach so far; nothing was changed.
        StorageFailed: there is no room for a second log, or the disk refuses.
        ConfigError: a server keeps the log of the store.
    """
    refuse_kept_elsewhere(store, "nothing is restored")
    with WriterLock(store):
        finish(store)
        manifest, tree = check_backup(backup, lambda done, total: progress(done, 2 * total))
        position = _position(backup, manifest, wish)
        replaced, erased = _left_behind(store, manifest.log_id, position)
        moment = f"{now:%Y%m%dT%H%M%S.%fZ}"
        with _fresh(store, moment) as fresh:
            _fill(fresh, backup, position)
            found = contents_of(fresh, lambda done, total: progress(total + done, 2 * total))
            if found.position != position or found.tree.root(position) != tree.root(position):
                raise StoreUnsafe(
                    f"what came of {backup} is not the log up to #{position}: try again, look after the disk"
                )
            _record(fresh, LogRestored(position=position, backup=backup.name, replaced=replaced), meta)
            _sync(store, fresh)
            commit(fresh, f"{ASIDE}{moment}")
        finish(store)
    aside = store / f"{ASIDE}{moment}"
    return Restored(position, replaced, aside if aside.exists() else None, erased)


def _position(backup: Path, manifest: Manifest, wish: Wish) -> int:
    position = manifest.position if wish.position is None else wish.position
    if wish.until is not None:
        with closing(connect_readonly(backup / LOG)) as connection, translated(backup / LOG):
            statement = "select ifnull(max(position), 0) from events where recorded_at <= ?"
            position = connection.execute(statement, (wish.until,)).fetchone()[0]
    if not 0 < position <= manifest.position:
        raise BadQuery(f"the backup holds events 1 to {manifest.position}, and not up to #{position}: ask for less")
    return position


def _left_behind(store: Path, log_id: str, position: int) -> tuple[int, tuple[str, ...]]:
    """Where the log ends that is going to be put aside, and which articles were erased in it since the position."""
    try:
        with closing(open_log(store)) as log:
            head, erased = log.head(), dict[str, None]()
            for event in events_of(log, position, head) if log.log_id == log_id else ():
                if event.type == "article-redacted":
                    erased[event.stream.removeprefix("article/")] = None
            return head, tuple(erased)
    except (PresslogError, sqlite3.Error):
        # It is damaged, or there is none: that is what backups are for.
        return 0, ()


@contextmanager
def _fresh(store: Path, moment: str) -> Iterator[Path]:
    """A folder to make a log in, for the block; it is gone at the end, unless it was committed."""
    with on_disk(store):
        for path in store.glob(f"{FRESH}*"):
            shutil.rmtree(path)
        fresh = store / f"{FRESH}{moment}"
        fresh.mkdir(mode=0o700)
    try:
        yield fresh
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _fill(fresh: Path, backup: Path, position: int) -> None:
    """Copy the log up to the position, and what was signed of it."""
    with on_disk(fresh.parent):
        for name in (LOG, NOTARY):
            if (backup / name).exists():
                shutil.copyfile(backup / name, fresh / name)
    with closing(open_log(fresh)) as log:
        head = log.head()
    if position < head:
        cut_log(fresh / LOG, position)
    if (fresh / NOTARY).exists():
        cut_notary(fresh / NOTARY, position)
        with closing(notarised(fresh)) as notary:
            note = notary.latest()
        if note:
            write_whole(fresh / CHECKPOINT, note.encode())


def _record(fresh: Path, fact: LogRestored, meta: Meta) -> None:
    """Append what happened to the new log: it is a part of what is put in place."""
    event = NewEvent(event_id(), "log-restored", encode(fact), salted(meta))
    with closing(SqliteLog(fresh)) as log:
        log.append([Append(STREAM, [event], ANY, event.id)])


def _sync(store: Path, fresh: Path) -> None:
    with on_disk(store):
        give_to_owner_of(store, fresh)
        for path in fresh.iterdir():
            if (store / LOG).exists():
                # Who could read the old one can read the new one.
                path.chmod((store / LOG).stat().st_mode & 0o777)
            with path.open("rb") as file:
                os.fsync(file.fileno())
        sync_folder(fresh)
