"""The checks that need no event, of files and originals: where there is much to read, in a process of their own."""

import multiprocessing
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import NamedTuple

from .check_blobs import check_blobs
from .check_files import check_log_file, check_notary_file
from .errors import PresslogError
from .findings import Findings
from .notary import FILE as NOTARY
from .opening import FILE
from .sqlite import connect_readonly

SMALL_BYTES = 64 << 20
"""A log of this size is read sooner than a process starts."""

Tick = Callable[[int, int], None]
"""Told how many originals are done, and of how many."""


class Beside(NamedTuple):
    """What was checked: words for each check, and how many originals there are."""

    words: dict[str, str]
    originals: int


def check_here(folder: Path, findings: Findings, tick: Tick, *, is_whole: bool) -> Beside:
    """Check the files and, where all is to be checked, every original."""
    objects = check_log_file(folder, findings)
    check_notary_file(folder, findings)
    words = {"files": f"sound, with the {objects} tables, indexes and triggers that are ours, and no others"}
    return Beside(words, check_originals(folder, findings, tick, after=0) if is_whole else 0)


def check_elsewhere(folder: Path, findings: Findings) -> Beside:
    """Check what is here of a store whose log is kept by a server."""
    check_notary_file(folder, findings)
    here = f"{NOTARY} is sound; " if (folder / NOTARY).exists() else ""
    return Beside({"files": f"{here}the tables of the log are in the care of its server, and were not looked at"}, 0)


def check_originals(folder: Path, findings: Findings, tick: Tick, *, after: int) -> int:
    """Check every original whose row comes after ``after``; how many there are."""
    with findings.reading("blobs"), closing(connect_readonly(folder / FILE)) as log:
        (total,) = log.execute("select count(*) from blobs where rowid > ?", (after,)).fetchone()
        return check_blobs(log, findings, after=after, tick=lambda done: tick(done, total))
    return 0


class _Ended(NamedTuple):
    """The last that the other process says: what it checked and found, or the error that it ended with."""

    beside: Beside
    findings: Findings
    error: PresslogError | None = None


class Elsewhere:
    """The same in another process, begun at once; leaving the block ends it."""

    def __init__(self, folder: Path, *, is_whole: bool) -> None:
        # Two threads would do as well, but for Python's lock: each would wait for the other at every row.
        context = multiprocessing.get_context("spawn")
        self._pipe, other = context.Pipe(duplex=False)
        self._process = context.Process(target=_serve, args=(other, folder, is_whole), daemon=True)
        self._process.start()
        other.close()

    def __enter__(self) -> "Elsewhere":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def wait(self, findings: Findings, tick: Tick) -> Beside:
        """Wait for its end, and take over what it found.

        Raises:
            LogUnavailable: the store is busy.
        """
        while True:
            try:
                told = self._pipe.recv()
            except EOFError:
                self._process.join()
                findings.add("files", f"damaged: whoever reads it dies of it (status {self._process.exitcode})")
                return Beside({}, 0)
            if not isinstance(told, _Ended):
                tick(*told)
            elif told.error:
                raise told.error
            else:
                findings.take(told.findings)
                return told.beside


def _serve(pipe: Pipe, folder: Path, is_whole: bool) -> None:
    findings = Findings()
    try:
        beside = check_here(folder, findings, lambda done, total: pipe.send((done, total)), is_whole=is_whole)
        pipe.send(_Ended(beside, findings))
    except PresslogError as error:
        pipe.send(_Ended(Beside({}, 0), findings, error))
