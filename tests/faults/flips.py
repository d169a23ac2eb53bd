"""One bit of a store turned over, and what `presslog verify` says of it; in workers that are used again."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import TimeoutError as TooLong
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner
from faults.tampering import copied
from pebble import ProcessExpired, ProcessFuture, ProcessPool

from presslog.daemon.cli import presslog
from presslog.store.sqlite import sqlite3

FILES = ("log.db", "notary.db", "checkpoint")
HANG_SECONDS = 60
DAMAGED = 5
LEFT_OUT = {"_sqlite_migrations": "migration_set, name", "notes": "size, note", "blobs": "digest, size_bytes"}
"""When our tables were made and when we signed is nobody's promise, and no answer comes of it; nor of how a content is
packed: verify has unpacked each, and found what its digest says."""
SCHEMA = "select type, name, tbl_name, sql from sqlite_master where name <> '_sqlite_migrations'"
"""The table of sqlite-utils is no table of ours; verify reads its rows."""


class Flip(NamedTuple):
    """A bit of a file."""

    name: str
    bit: int


def flips(store: Path, count: int, chance: random.Random) -> list[Flip]:
    """So many random bits of the log and of what the notary keeps, each file as often as it is large, all of them."""
    sizes = {name: (store / name).stat().st_size for name in FILES}
    found = []
    for _ in range(count):
        name = chance.choices(FILES, [*list(sizes.values())[:2], sum(sizes.values()) // 50])[0]
        found.append(Flip(name, chance.randrange(8 * sizes[name])))
    return found


def judged(store: Path, work: Path, every: list[Flip]) -> Iterator[tuple[Flip, str]]:
    """What became of each flip: ``detected``, ``harmless``, ``silent``, or how verify failed to tell."""
    with ProcessPool(max_workers=os.cpu_count() or 1) as pool:
        waiting = [(flip, pool.schedule(judge, (store, work, flip), timeout=HANG_SECONDS)) for flip in every]
        for flip, future in waiting:
            yield flip, _outcome(future, store, work, flip)


def _outcome(future: "ProcessFuture[str]", store: Path, work: Path, flip: Flip) -> str:
    try:
        return future.result()
    except (TooLong, ProcessExpired) as error:
        # A worker that died or hung has detected nothing, unless the command itself ends as it should.
        code = ended(flipped(store, work / "alone", flip))
        return "detected" if code == DAMAGED else f"{type(error).__name__}, and alone the command ends with {code}"


def judge(store: Path, work: Path, flip: Flip) -> str:
    """Turn the bit over in a copy, and see what the command says."""
    place = flipped(store, work / str(os.getpid()), flip)
    ended = CliRunner().invoke(presslog, ["verify", "--store", str(place)])
    if ended.exit_code == DAMAGED and ended.stdout.startswith("bad "):
        return "detected"
    if ended.exit_code:
        return f"ended with {ended.exit_code}: {ended.exception!r} {ended.stderr}"
    return "harmless" if contents(place) == pristine(store) else "silent"


def flipped(store: Path, place: Path, flip: Flip) -> Path:
    """A copy of the store with one bit turned over."""
    if not place.exists():
        copied(store, place)
    for name in FILES:
        shutil.copyfile(store / name, place / name)
        for rest in ("-wal", "-shm"):
            (place / f"{name}{rest}").unlink(missing_ok=True)
    with (place / flip.name).open("r+b") as file:
        file.seek(flip.bit // 8)
        byte = file.read(1)[0]
        file.seek(flip.bit // 8)
        file.write(bytes([byte ^ (1 << flip.bit % 8)]))
    return place


def ended(store: Path) -> int:
    """How the command ends in a process of its own; -1 where it does not."""
    command = [sys.executable, "-m", "presslog.daemon", "verify", "--store", str(store)]
    try:
        return subprocess.run(command, capture_output=True, timeout=HANG_SECONDS, check=False).returncode
    except subprocess.TimeoutExpired:
        return -1


@cache
def pristine(store: Path) -> list[Any]:
    return contents(store)


def contents(store: Path) -> list[Any]:
    """All that the files of a store mean: every row of every table, their definitions, the note."""
    try:
        return [_rows(store / "log.db"), _rows(store / "notary.db"), (store / "checkpoint").read_bytes()]
    except (sqlite3.Error, OverflowError, UnicodeError) as error:
        return [f"cannot be read: {error}"]


def _rows(path: Path) -> list[Any]:
    connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
    try:
        tables = [name for (name,) in connection.execute("select name from sqlite_master where type = 'table'")]
        statements = ["pragma application_id", SCHEMA]
        statements += [f"select {LEFT_OUT.get(name, '*')} from {name} order by 1" for name in tables]
        return [connection.execute(statement).fetchall() for statement in statements]
    finally:
        connection.close()
