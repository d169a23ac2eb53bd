"""Adoption of a snapshot: a file of views that somebody else made becomes the next generation, once it is judged."""

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from .candidate import Progress, Watch, ignore_progress, serving
from .errors import StoreUnsafe
from .generation import Generation, View
from .judging import judged, refuse_other_kinds
from .links import COPYING, make_empty, next_path, point, remove, remove_copies, rename, unfinished
from .log import EventLog
from .rebuild import locked
from .snapshot import Snapshot, refuse_other_log
from .whole import on_disk

READ_BYTES = 1 << 20
WHOLE = 1000
"""How much work an adoption is, for a Progress: half of it is the copy, half its check."""


class Adopted(NamedTuple):
    """What serves now, and the views of this program that it lacks: the next rebuild makes them from the log."""

    snapshot: Snapshot
    missing: tuple[str, ...]


def adopt(
    folder: Path,
    views: Sequence[View],
    log: EventLog,
    file: Path,
    *,
    is_forced: bool = False,
    progress: Progress = ignore_progress,
) -> Adopted:
    """Let the views of a snapshot serve in this store; those of another version stay out.

    Readers and whoever keeps the views level may go on. Killed anywhere, it leaves the old generation serving.
    ``is_forced`` lets them serve also in place of views that are further.

    Raises:
        StoreUnsafe: the file is no snapshot, is damaged, holds what this program does not make, or is behind the views
            that serve.
        LogDiverged: it is of another log.
        StoreLocked: the views are being rebuilt; the message names the pid.
    """
    with _opened(file) as source, locked(folder), ExitStack() as stack:
        remove_copies(folder)
        stack.callback(remove_copies, folder)
        part = next_path(folder).with_name(next_path(folder).name + COPYING)
        _fetch(source, part, progress)
        snapshot = judged(part, file, views, lambda: progress(WHOLE // 2, WHOLE))
        refuse_other_log(file, snapshot.log_id, snapshot.views, log)
        # In WAL mode before anybody reads it: beside a reader that cannot be changed.
        Generation(part, views, log).close()
        progress(WHOLE, WHOLE)
        snapshot = snapshot._replace(path=_let_serve(folder, views, log, snapshot, is_forced=is_forced))
    held = {each.view for each in snapshot.views}
    return Adopted(snapshot, tuple(view.name for view in views if view.name not in held))


@contextmanager
def _opened(file: Path) -> Iterator[BinaryIO]:
    """The file for the block, opened once: what is judged is what was copied.

    Raises:
        StoreUnsafe: it is no regular file, or no snapshot.
    """
    try:
        handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        why = "it is a link, name the file itself" if file.is_symlink() else error.strerror
        raise StoreUnsafe(f"{file} cannot be read: {why}") from error
    with open(handle, "rb") as source:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise StoreUnsafe(f"{file} is no file: name a snapshot that `presslog views snapshot` has made")
        refuse_other_kinds(file, source.peek(100)[:100])
        yield source


def _fetch(source: BinaryIO, part: Path, progress: Progress) -> None:
    """Copy the file into the store, durably."""
    make_empty(part)
    total, done = os.fstat(source.fileno()).st_size, 0
    with on_disk(part), part.open("r+b") as copy:
        while chunk := source.read(READ_BYTES):
            copy.write(chunk)
            done += len(chunk)
            progress(WHOLE // 2 * done // max(total, done), WHOLE)
        copy.flush()
        os.fsync(copy.fileno())


def _let_serve(folder: Path, views: Sequence[View], log: EventLog, snapshot: Snapshot, *, is_forced: bool) -> Path:
    """Give the judged copy its name and switch the link, while nobody writes the generation that serves."""
    target = next_path(folder)
    with ExitStack() as stack:
        old = serving(folder, views, log, Watch())
        if old:
            stack.callback(old.close)
            stack.enter_context(old.seized())
            if not is_forced:
                _refuse_further(old, snapshot)
        # What a rebuild was making takes the same name, and of other views it is soon of no use.
        for path in unfinished(folder):
            remove(path)
        rename(snapshot.path, target)
        point(folder, target)
    return target


def _refuse_further(old: Generation, snapshot: Snapshot) -> None:
    held = {each.view: each.position for each in snapshot.views}
    for each in old.live():
        if each.position > held.get(each.view, -1):
            there = f"as of #{held[each.view]}" if each.view in held else "not in it, or in another version"
            raise StoreUnsafe(
                f"the views that serve are further: {each.view} stands at #{each.position} and is {there} in the "
                "snapshot; they need none, or --force puts it in their place"
            )
