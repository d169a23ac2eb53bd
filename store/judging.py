"""What is believed of a file of views that a stranger gives: only what this program would have made itself.

A database is more than its rows: triggers, views and expressions in it run in whoever opens it. So its schema has to be
word for word that of this program's views, before anything of it is used.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from .errors import StorageFailed, StoreUnsafe
from .generation import APPLICATION_ID, SCHEMA, View, note_choice
from .making import ORDER, drop_views, make_view
from .snapshot import Snapshot, checkpoints_in, log_id_in
from .sqlite import Connection, sqlite3, transaction

REMEDY = "take a new snapshot with this version of presslog, or let the views be built from the log"
MOST_LETTERS = 200
TICK_STEPS = 1_000_000
"""Of SQLite's machine: a few tenths of a second."""

_CAREFUL = (
    "pragma trusted_schema = off",
    "pragma cell_size_check = on",
    "pragma foreign_keys = off",
)
_MASTER = "select type, name, tbl_name, sql from sqlite_master"
_TOLD = ("meta", "checkpoints", "objects")
_FOUNDATION = (
    "pragma encoding",
    "pragma user_version",
    f"{_MASTER} where tbl_name in ('meta', 'checkpoints', 'objects') order by type, name",
)
_WHOLE = (
    f"{_MASTER} order by type, name",
    "select view, type, name from objects order by view, type, name",
    "select view, version from checkpoints order by view",
    "select distinct state in ('live', 'paused') from checkpoints",
)
_STATISTICS = ("sqlite_stat1", "sqlite_stat4")
"""What ``pragma optimize`` has measured; it is measured again."""

_STORAGE = ("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_NOMEM")
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def refuse_other_kinds(file: Path, header: bytes) -> None:
    """Raise StoreUnsafe unless these first 100 bytes are those of a snapshot (sqlite.org/fileformat2.html, 1.3)."""
    application = int.from_bytes(header[68:72], "big")
    if not header.startswith(b"SQLite format 3\0") or application != APPLICATION_ID:
        raise StoreUnsafe(f"{file} holds no views of presslog: make a snapshot with `presslog views snapshot`")
    if header[18:20] != b"\x01\x01":
        raise StoreUnsafe(
            f"{file} was copied out of a store, and may lack what was written last: "
            "make a snapshot with `presslog views snapshot`"
        )


def judged(part: Path, file: Path, views: Sequence[View], tick: Callable[[], None]) -> Snapshot:
    """Keep of a copy of a file what this program makes, and return what that is; views of other versions go.

    ``tick`` is called now and then.

    Raises:
        StoreUnsafe: nothing fits, it is damaged, or there is something else in it; the message names the file.
    """
    with _blaming(file), closing(_blank(views)) as made, closing(_opened(part, tick)) as copy:
        _refuse_unlike(made, copy, _FOUNDATION)
        for table in _TOLD:
            _refuse_damage(copy, f"quick_check({table})")
        with transaction(copy):
            _drop_unfit(made, copy, {view.name: view.version for view in views})
            for name in _STATISTICS:
                copy.execute(f"drop table if exists {name}")
            _refuse_unlike(made, copy, _WHOLE)
            copy.execute("delete from meta where name <> 'log_id'")
            # What a rebuild makes says for which views. This is none, and no rebuild shall go on with it.
            note_choice(copy, ())
        _refuse_damage(copy, "quick_check(1)")
        return Snapshot(part, log_id_in(copy), part.stat().st_size, checkpoints_in(copy))


def _blank(views: Sequence[View]) -> Connection:
    """A generation in memory in which nothing is yet."""
    made = sqlite3.connect(":memory:", isolation_level=None)
    for statement in SCHEMA:
        made.execute(statement)
    for view in views:
        make_view(made, view)
    return made


def _opened(part: Path, tick: Callable[[], None]) -> Connection:
    copy = sqlite3.connect(str(part), isolation_level=None)
    for statement in _CAREFUL:
        copy.execute(statement)
    copy.set_progress_handler(tick, TICK_STEPS)
    return copy


def _refuse_unlike(made: Connection, copy: Connection, queries: Sequence[str]) -> None:
    for query in queries:
        expected, found = (each.execute(query).fetchall() for each in (made, copy))
        strange = next((row for row in found if row not in expected), None)
        if strange:
            raise _Wrong(f"it holds what this presslog does not make: {_shown(strange)}")
        if found != expected:
            missing = next((row for row in expected if row not in found), expected[0])
            raise _Wrong(f"it lacks what this presslog makes: {_shown(missing)}")


def _shown(row: tuple[object, ...]) -> str:
    return " ".join(" ".join(map(str, row)).split())[:MOST_LETTERS]


def _refuse_damage(copy: Connection, check: str) -> None:
    for (line,) in copy.execute(f"pragma {check}").fetchall():
        if line != "ok":
            raise _Wrong(f"it is damaged: {line[:MOST_LETTERS]}")


def _drop_unfit(made: Connection, copy: Connection, versions: Mapping[str, int]) -> None:
    """Take out of both what the two do not have in the same version, and what stands on it."""
    for kind, name in copy.execute("select type, name from objects").fetchall():
        if kind not in ORDER or not _PLAIN.fullmatch(name):
            raise _Wrong(f"it names a {kind} that cannot be: {name[:MOST_LETTERS]}")
    held = {each.view: each.version for each in checkpoints_in(copy)}
    unfit = {name for name in {*held, *versions} if held.get(name) != versions.get(name)}
    while unfit:
        dropped = drop_views(made, unfit) | drop_views(copy, unfit)
        if dropped <= unfit:
            break
        unfit |= dropped
    if not held.keys() - unfit:
        raise _Wrong(
            f"none of its views is one of this presslog in its version: {_named(held)}; here {_named(versions)}"
        )


def _named(versions: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))[:MOST_LETTERS]


class _Wrong(Exception):
    """Why a file is not believed."""


@contextmanager
def _blaming(file: Path) -> Iterator[None]:
    """Say of which file it is that something is wrong, and what can be done."""
    try:
        yield
    except _Wrong as error:
        raise StoreUnsafe(f"{file} was not adopted, {error}; {REMEDY}") from error
    except sqlite3.Error as error:
        if (getattr(error, "sqlite_errorname", None) or "").startswith(_STORAGE):
            raise StorageFailed(
                f"{file} cannot be copied into the store: {error}; check disk space and rights"
            ) from error
        raise StoreUnsafe(f"{file} was not adopted, it is damaged: {error}; {REMEDY}") from error
