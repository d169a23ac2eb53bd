"""SQL of other people, run in a child process that may only read and is killed when it takes too much.

An authorizer, ``mode=ro`` and ``query_only`` keep the store as it is; they do not stop a query from taking memory or
time inside one SQLite function, so the query runs in a process of its own with limits that the kernel holds.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .errors import BadQuery, NoSuchStore, PresslogError, StoreUnsafe
from .insight import attach_insight, hide_insight, insight_link
from .past import Past, hide, position_of
from .sqlite import Connection, connect_readonly, sqlite3

SECONDS = 10.0
LIMIT_ROWS = 10_000
LIMIT_BYTES = 32 << 20
MEMORY_BYTES = 512 << 20
LIMIT_FILES = 32
PRAGMAS = frozenset(
    """table_info table_xinfo table_list index_list index_info index_xinfo foreign_key_list data_version compile_options
    function_list database_list collation_list module_list""".split()
)
"""Pragmas that only tell; FTS5 asks for data_version itself."""

REMEDY = "`presslog sql` without a query shows tables and examples"
STOPPED = "stopped: it took {}; narrow it with where or limit, or work on a copy: `presslog export`"


class Table(NamedTuple):
    """What a query gave; ``is_cut`` says that there were more rows than the limit."""

    columns: list[str]
    rows: list[list[Any]]
    is_cut: bool


def run_sql(
    path: Path, sql: str, *, past: Past | None = None, seconds: float = SECONDS, limit_rows: int = LIMIT_ROWS
) -> Table:
    """Run one statement on the views and return its rows, as of now or of the past; blobs come as hexadecimal text.

    Raises:
        BadQuery: wrong SQL, a statement that would do more than read, or more than the limits allow; or the views have
            not come so far as ``past``.
        NoSuchStore: there is no such file.
    """
    if not path.exists():
        raise NoSuchStore(
            f"{path} does not exist: run `presslog init` and `presslog run`, or name the store: --store DIR"
        )
    wish = json.dumps({"path": str(path), "sql": sql, "seconds": seconds, "limit_rows": limit_rows, "past": past})
    command = [sys.executable, "-I", "-m", "presslog.store.sandbox"]
    try:
        child = subprocess.run(command, input=wish.encode(), capture_output=True, timeout=seconds, check=False, env={})  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise BadQuery(STOPPED.format(f"longer than {seconds:g} s")) from error
    return _result(child)


def _result(child: subprocess.CompletedProcess[bytes]) -> Table:
    if child.returncode < 0:
        what = "too much computing time" if child.returncode == -24 else "too much memory"
        raise BadQuery(STOPPED.format(f"{what} (signal {-child.returncode})"))
    lines = child.stdout.splitlines()
    if child.returncode or not lines:
        raise StoreUnsafe(f"the process that runs SQL failed: {child.stderr.decode(errors='replace').strip()[-500:]}")
    end = json.loads(lines[-1])
    if end["end"] != "done":
        raise BadQuery(end["message"])
    rows = [json.loads(line)["row"] for line in lines[1:-1]]
    return Table(json.loads(lines[0])["columns"], rows, bool(end["is_cut"]))


def main() -> None:
    """Be the child: read a wish from stdin, write the answer as JSON lines to stdout."""
    wish = json.loads(sys.stdin.buffer.read())
    try:
        connection = connect_readonly(Path(wish["path"]))
        _prepare(connection, Path(wish["path"]).parent, wish["past"])
        _fence(connection, wish["seconds"])
        for line in _answer(connection, wish["sql"], wish["limit_rows"]):
            sys.stdout.write(line)
    except MemoryError:
        _refuse(STOPPED.format(f"more than {MEMORY_BYTES >> 20} MiB of memory"))
    except (sqlite3.Error, sqlite3.Warning, UnicodeError, ValueError) as error:
        _refuse(_explain(str(error)))
    except PresslogError as error:
        _refuse(str(error))


def _prepare(connection: Connection, folder: Path, past: list[Any] | None) -> None:
    """Set and attach what the authorizer forbids to, and hide what came after the past that is asked for."""
    connection.text_factory = lambda text: text.decode("utf-8", "replace")
    # First: to change it drops every temporary view, and those are what hides.
    connection.execute("pragma temp_store = memory")
    has_insight = insight_link(folder).exists()
    if has_insight:
        attach_insight(connection, folder)
    if past:
        position = position_of(connection, Past(*past))
        hide(connection, after=position)
        if has_insight:
            hide_insight(connection, after=position)
    connection.execute("pragma trusted_schema = 0")
    connection.enable_load_extension(False)  # noqa: FBT003


def _fence(connection: Connection, seconds: float) -> None:
    """Set the limits; the authorizer comes last, after it this process cannot even lift its own."""
    import resource

    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_NOFILE, LIMIT_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    connection.set_authorizer(_authorize)


def _authorize(action: int, first: str | None, second: str | None, *_: str | None) -> int:
    allowed = (
        action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE)
        or (action == sqlite3.SQLITE_FUNCTION and (second or "").casefold() != "load_extension")
        or (action == sqlite3.SQLITE_PRAGMA and (first or "").casefold() in PRAGMAS)
        # FTS5's constructor asks for it and changes nothing; an update of sqlite_master itself is refused by SQLite.
        or (action == sqlite3.SQLITE_UPDATE and first == "sqlite_master")
    )
    return int(sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY)


def _answer(connection: Connection, sql: str, limit_rows: int) -> Iterator[str]:
    cursor = connection.execute(sql)
    if cursor.description is None:
        raise ValueError("there is no statement")
    yield json.dumps({"columns": [column[0] for column in cursor.description]}) + "\n"
    written = 0
    for number, row in enumerate(cursor):
        if number >= limit_rows or written > LIMIT_BYTES:
            yield json.dumps({"end": "done", "is_cut": True}) + "\n"
            return
        if any(isinstance(value, str | bytes) and len(value) > LIMIT_BYTES for value in row):
            raise ValueError(f"a value has more than {LIMIT_BYTES >> 20} MiB")
        line = json.dumps({"row": row}, default=_plain) + "\n"
        written += len(line)
        yield line
    yield json.dumps({"end": "done", "is_cut": False}) + "\n"


def _plain(value: Any) -> str:
    return bytes(value).hex()


def _explain(message: str) -> str:
    if (
        "not authorized" in message
        or "prohibited" in message
        or "readonly" in message
        or "may not be modified" in message
    ):
        return f"{message}: only reading is allowed here; {REMEDY}"
    if "one statement at a time" in message:
        return f"one statement at a time, please: {REMEDY}"
    return f"{message}: {REMEDY}"


def _refuse(message: str) -> None:
    # The line before may have been cut short by the error.
    sys.stdout.write("\n" + json.dumps({"end": "refused", "message": message}) + "\n")


if __name__ == "__main__":
    main()
