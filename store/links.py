"""The files of the views: the link that readers open, the generation that serves, those before it and after it."""

import os
import re
from contextlib import closing, suppress
from pathlib import Path

from .errors import PresslogError
from .names import LINK
from .sqlite import connect, translated
from .whole import hand_over, on_disk, sync_folder

COPYING = ".part"
"""What a copy is called until it is whole."""


def serving_path(folder: Path) -> Path | None:
    """The file that ``views.db`` points to; None where there is none yet."""
    try:
        path = folder / os.readlink(folder / LINK)
    except OSError:
        return None
    return path if path.exists() else None


def point(folder: Path, path: Path) -> None:
    """Let ``views.db`` point to another generation: at once, and for good."""
    fresh = folder / f"{LINK}.new"
    with on_disk(folder):
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(path.name)
        fresh.replace(folder / LINK)
        sync_folder(folder)


def rename(path: Path, target: Path) -> None:
    """Give a file that is whole its name, for good."""
    with on_disk(path.parent):
        path.replace(target)
        sync_folder(path.parent)


def make_empty(path: Path) -> None:
    """Make an empty file that belongs to whom its folder belongs to: root must not lock a daemon out."""
    with on_disk(path.parent):
        if path.exists():
            return
        path.touch(0o644)
        hand_over(path)


def number_of(path: Path | None) -> int:
    """The number of a generation; 0 where it is none.

    >>> number_of(Path("views-0012.db")), number_of(None)
    (12, 0)
    """
    found = re.fullmatch(r"views-(\d+)\.db", path.name) if path else None
    return int(found[1]) if found else 0


def next_path(folder: Path) -> Path:
    """What the generation after the serving one is called."""
    return folder / f"views-{number_of(serving_path(folder)) + 1:04d}.db"


def unfinished(folder: Path) -> list[Path]:
    """Generations after the serving one: what a rebuild is making, or was killed over; the newest first."""
    serving = number_of(serving_path(folder))
    return [path for path in reversed(_generations(folder)) if number_of(path) > serving]


def retired(folder: Path) -> list[Path]:
    """Generations before the serving one, the oldest first."""
    serving = number_of(serving_path(folder))
    return [path for path in _generations(folder) if number_of(path) < serving]


def _generations(folder: Path) -> list[Path]:
    return sorted((path for path in folder.glob("views-*.db") if number_of(path)), key=number_of)


def switched_at(folder: Path) -> float:
    """When the link was last switched, in seconds since 1970: no generation has retired later."""
    return os.lstat(folder / LINK).st_mtime


def remove_copies(folder: Path) -> None:
    """Delete copies that were never whole."""
    with on_disk(folder):
        for path in folder.glob(f"views-*.db{COPYING}*"):
            path.unlink(missing_ok=True)


def remove_retired(folder: Path) -> None:
    """Delete the generations before the serving one.

    A reader may have found the name long ago and open it only now: what it still finds is whole in the main file.
    """
    for path in retired(folder):
        with suppress(PresslogError), closing(connect(path)) as connection, translated(path):
            connection.execute("pragma wal_checkpoint(truncate)")
        remove(path)


def remove(path: Path) -> None:
    """Delete a generation and what SQLite keeps beside it."""
    with on_disk(path.parent):
        for end in ("", "-wal", "-shm", "-journal"):
            path.with_name(path.name + end).unlink(missing_ok=True)
