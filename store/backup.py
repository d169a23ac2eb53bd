"""Backups: the log as it stands at one position, copied beside whoever writes it, verified, and only then given a name.

The private key is never in it, nor what can be made anew: views, and what this host has seen of its folders.
"""

import shutil
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

from .backup_check import LOG, Contents, contents_of, relation
from .candidate import Progress, ignore_progress
from .copying import copy_database
from .errors import LogDiverged, PresslogError, StorageFailed, StoreLocked
from .keys import FILE as KEY
from .keys import key_at, keys_of, read_key
from .links import make_empty
from .lock import WriterLock, owner
from .manifest import Manifest, part_of, write_manifest
from .notary import FILE as NOTARY
from .notary import notarised
from .notes import Checkpoint, Signer, origin_of
from .opening import open_log, refuse_kept_elsewhere
from .shelf import UNFINISHED, Backup, give_to_owner_of, name_of, remove_unfinished
from .whole import made_folder, on_disk, sync_folder

LOCK = "backup.lock"
WHOLE = 1000
"""How much work a backup is, for a Progress: half of it is the copy, half its check."""


class Maker(NamedTuple):
    """Who makes backups: their version, where systemd put the key, and their clock."""

    version: str
    credentials: str = ""
    now: Callable[[], float] = time.time


def back_up(store: Path, folder: Path, maker: Maker, progress: Progress = ignore_progress) -> Backup:
    """Make a backup of a store in a folder, also beside a daemon, which goes on writing.

    It holds every event that was recorded before the call. Until it is verified it has no name of a backup; what was
    killed before that is deleted by the next one.

    Raises:
        StorageFailed: the folder cannot be written, or has no room; nothing is left in it.
        StoreUnsafe: the copy is not what was copied, or the log itself is damaged; nothing is left of it.
        LogDiverged: the log is not the one that was signed.
        StoreLocked: another backup of this store is being made.
        ConfigError: a server keeps the log.
    """
    refuse_kept_elsewhere(store, "no backup is made")
    with closing(open_log(store)) as log, _alone(store):
        made_folder(folder)
        remove_unfinished(folder, log.log_id)
        _refuse_little_room(store, folder)
        created_at = maker.now()
        part = folder / f"{UNFINISHED}{log.log_id}-{name_of(created_at, log.head())}"
        try:
            manifest = _filled(store, part, maker, created_at, progress)
            path = folder / name_of(created_at, manifest.position)
            with on_disk(folder):
                give_to_owner_of(store, part)
                part.rename(path)
                sync_folder(folder)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
    return Backup(path, manifest)


def _alone(store: Path) -> WriterLock:
    make_empty(store / LOCK)
    try:
        return WriterLock(store, LOCK)
    except StoreLocked as error:
        pid = owner(store, LOCK)
        raise StoreLocked(f"a backup of {store} is being made by pid {pid or 'unknown'}: wait for it") from error


def _refuse_little_room(store: Path, folder: Path) -> None:
    with on_disk(folder):
        needed = sum(path.stat().st_size for name in (LOG, NOTARY) for path in store.glob(f"{name}*"))
        free = shutil.disk_usage(folder).free
    if free < needed:
        raise StorageFailed(
            f"{folder} has {free >> 20} MB free, and the backup needs {needed >> 20} MB: "
            "delete old ones there, lower backup_keep, or name another folder"
        )


def _filled(store: Path, part: Path, maker: Maker, created_at: float, progress: Progress) -> Manifest:
    """Copy, verify what came of it against the living log, and say in the manifest what it is."""
    with on_disk(part.parent):
        part.mkdir(mode=0o700)
    # First the notary: its tree is then not longer than the log that is copied after it.
    names = [LOG]
    if (store / NOTARY).exists():
        copy_database(store / NOTARY, part / NOTARY)
        names.append(NOTARY)
    copy_database(store / LOG, part / LOG, _share(progress, 0, WHOLE // 2))
    found = contents_of(part, _share(progress, WHOLE // 2, WHOLE))
    _refuse_fork(store, part, found)
    manifest = Manifest(
        log_id=found.log_id,
        position=found.position,
        root=found.tree.root(found.position).hex(),
        checkpoint=_signed(store, part, found, maker),
        blobs=found.blobs,
        created_at=created_at,
        version=maker.version,
        files=tuple(part_of(part / name) for name in names),
    )
    write_manifest(part, manifest)
    return manifest


def _refuse_fork(store: Path, part: Path, found: Contents) -> None:
    how = relation(part, found.tree, store)
    if how != "prefix":
        raise LogDiverged(f"the log in {store} is not the one that was signed ({how}): see `presslog verify`")


def _share(progress: Progress, first: int, last: int) -> Progress:
    """A Progress for a part of the work."""
    return lambda done, total: progress(first + (last - first) * done // max(total, 1), WHOLE)


def _signed(store: Path, part: Path, found: Contents, maker: Maker) -> str:
    """The note of what the backup holds; where the key is not at hand the newest that the notary had signed."""
    checkpoint = Checkpoint(origin_of(found.log_id), found.position, found.tree.root(found.position))
    with closing(open_log(part)) as log:
        current = key_at(keys_of(log), checkpoint.size)
    signer = _key(store, maker.credentials, checkpoint.origin) if current else None
    if current and signer and signer.vkey == current.verifier:
        return signer.sign(checkpoint)
    if not (part / NOTARY).exists():
        return ""
    with closing(notarised(part)) as notary:
        return notary.latest() or ""


def _key(store: Path, credentials: str, name: str) -> Signer | None:
    """The key of the store; None where it is not at hand: that is no reason to go without a backup."""
    for path, is_private in ((Path(credentials, KEY), True), (store / KEY, False)):
        if (credentials or not is_private) and path.exists():
            with suppress(PresslogError):
                return read_key(path, name, is_private=is_private)
    return None
