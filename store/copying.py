"""Copies of a database that others write: as it stands at one moment, page by page, on the disk when it is done."""

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from .candidate import Progress, ignore_progress
from .errors import StorageFailed
from .sqlite import Connection, connect_readonly, sqlite3, still, translated
from .whole import on_disk

STEP_PAGES = 1024
"""So many of 8 KiB are copied, then brought to the disk. Measured at 150 MB beside a writer: 150 MB/s, and its longest
append takes 40 to 120 ms; in one step, or by VACUUM INTO, it is as fast, and an append waits 330 to 500 ms for the one
large sync."""


def copy_database(source: Path, target: Path, progress: Progress = ignore_progress) -> None:
    """Copy a database as it stands, page by page, and durably; whoever writes it does not wait.

    As long as it takes nothing that is written meanwhile leaves the WAL: that grows by so much, and is reused after.
    The copy is one file that only its owner may read, and it must not be there yet.

    Raises:
        StorageFailed: it cannot be written, or has no room.
    """
    with on_disk(target.parent):
        handle = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

    def step(_: int, left: int, total: int) -> None:
        os.fdatasync(handle)
        progress(total - left, total)

    try:
        with (
            on_disk(target.parent),
            translated(target),
            closing(connect_readonly(source)) as living,
            closing(sqlite3.connect(str(target), isolation_level=None)) as copy,
            still(living),
        ):
            copy.execute("pragma synchronous = off")
            _pour(living, copy, target, step)
            # One file, that can be read where nothing can be written.
            copy.execute("pragma journal_mode = delete")
            os.fsync(handle)
        # What is verified next is then read from the disk.
        os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
    finally:
        os.close(handle)


def _pour(living: Connection, copy: Connection, target: Path, step: Callable[[int, int, int], None]) -> None:
    try:
        living.backup(copy, pages=STEP_PAGES, progress=step)
    except sqlite3.OperationalError as error:
        # Errors of this call have no names, by which others are told apart.
        raise StorageFailed(f"{target} cannot be written: {error}; check disk space and rights") from error
