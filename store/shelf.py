"""The folder where backups stand: what they are called, which there are, and which of them may go."""

import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from .errors import NotFound, PresslogError
from .manifest import Manifest, read_manifest
from .whole import PREFIX, on_disk, sync_folder

NAMED = re.compile(r"presslog-\d{8}T\d{6}\.\d{3}Z-\d+")
UNFINISHED = f"{PREFIX}backup-"
"""How folders begin that are no backup yet, or no longer; the id of the log follows."""


class Backup(NamedTuple):
    """A folder with the name of a backup; ``manifest`` is None where none can be read, and ``problem`` says why."""

    path: Path
    manifest: Manifest | None
    problem: str = ""


def name_of(created_at: float, position: int) -> str:
    """What a backup is called.

    >>> name_of(1641442471.2042, 5000)
    'presslog-20220106T041431.204Z-5000'
    """
    moment = datetime.fromtimestamp(created_at, UTC)
    return f"presslog-{moment:%Y%m%dT%H%M%S}.{int(created_at * 1000) % 1000:03d}Z-{position}"


def backups(folder: Path, log_id: str | None = None) -> list[Backup]:
    """The backups in a folder, the oldest first: all, damaged ones too, or those of one log whose manifest says so."""
    with on_disk(folder):
        paths = sorted(path for path in folder.iterdir() if NAMED.fullmatch(path.name)) if folder.is_dir() else []
    found = [_read(path) for path in paths]
    return [each for each in found if log_id is None or (each.manifest and each.manifest.log_id == log_id)]


def _read(path: Path) -> Backup:
    try:
        return Backup(path, read_manifest(path))
    except PresslogError as error:
        return Backup(path, None, str(error))


def newest(folder: Path, log_id: str, now: float) -> Backup | None:
    """The newest backup of a log; one that a wrong clock has dated into the future says nothing about its age."""
    found = [each for each in backups(folder, log_id) if each.manifest and each.manifest.created_at <= now]
    return max(found, key=lambda each: each.manifest.created_at if each.manifest else 0, default=None)


def find_backup(name: str, folder: Path | None) -> Path:
    """The backup that somebody names: by its path, or by its name in the folder of backups.

    Raises:
        NotFound: there is none.
    """
    places = [Path(name)] if "/" in name else [*([folder / name] if folder else []), Path(name)]
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise NotFound(f"there is no backup {name}: `presslog backup ls` lists them, or name its folder")
    return found.absolute()


def remove_unfinished(folder: Path, log_id: str) -> None:
    """Delete what backups of this log have left that were killed; whoever calls is the only one who makes them."""
    with on_disk(folder):
        for path in folder.glob(f"{UNFINISHED}{log_id}-*"):
            shutil.rmtree(path)


def rotate(folder: Path, made: Path, log_id: str, keep: int) -> list[str]:
    """Delete the oldest backups of this log beyond so many, and return their names.

    ``made`` stays, which was verified a moment ago, and so does what is not known to be of this log.
    """
    others = [each.path for each in backups(folder, log_id) if each.path != made]
    surplus = others[: max(0, len(others) + 1 - max(1, keep))]
    with on_disk(folder):
        for path in surplus:
            # Killed half-way it must not look like a backup any more.
            gone = folder / f"{UNFINISHED}{log_id}-{path.name}"
            path.rename(gone)
            sync_folder(folder)
            shutil.rmtree(gone)
    return [path.name for path in surplus]


def give_to_owner_of(store: Path, path: Path) -> None:
    """Let files that root makes belong to whom the store belongs to: root must not lock a daemon out."""
    if os.geteuid() == 0:
        owner = store.stat()
        for each in (path, *path.rglob("*")) if path.is_dir() else (path,):
            os.chown(each, owner.st_uid, owner.st_gid)
