"""Checks that the files are whole, and that they have exactly the tables, indexes, triggers and rows that we made."""

from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from .engines.schema import blank
from .findings import MOST_FINDINGS, Findings
from .merkle import HASH_BYTES, HEIGHT, WIDTH
from .notary import FILE, SCHEMA, VERSION, Notarised
from .sqlite import Connection, connect_readonly, sqlite3, still

CHECK = "files"
MIGRATIONS = "_sqlite_migrations"
"""sqlite-utils writes down there which of our migrations it has run; how the table looks is its own affair."""

Schema = Mapping[str, tuple[str, str, str | None]]
"""Name of a table, index or trigger -> what it is, of which table, and the statement that made it, if one did."""


def check_log_file(folder: Path, findings: Findings) -> int:
    """Check ``log.db``; how many tables, indexes and triggers are ours."""
    with findings.reading(CHECK), closing(blank()) as made, closing(connect_readonly(folder / "log.db")) as log:
        with still(log):
            _check_structure(log, made, findings, name="log.db")
            statement = f"select migration_set, name, applied_at <> '' from {MIGRATIONS} order by id"
            if log.execute(statement).fetchall() != made.execute(statement).fetchall():
                findings.add(CHECK, f"log.db: {MIGRATIONS} names others than were run: the daemon would not start")
            if log.execute("select count(*) from log").fetchone() != (1,):
                findings.add(CHECK, "log.db: table log has more than the id of the log")
            (head,) = log.execute("select ifnull(max(position), 0) from events").fetchone()
            counters = log.execute("select name, seq from sqlite_sequence").fetchall()
            if counters != ([("events", head)] if head else []):
                said = f"log.db ends with event {head}, and its counter of events says {counters}: some were taken away"
                findings.add(CHECK, said, head + 1)
        return len(_schema_of(made))
    return 0


def check_notary_file(folder: Path, findings: Findings) -> None:
    """Check ``notary.db``, if there is one, for what no leaf and no note shows."""
    path = folder / FILE
    if not path.exists():
        return
    with (
        findings.reading(CHECK),
        closing(sqlite3.connect(":memory:")) as made,
        closing(connect_readonly(path)) as found,
    ):
        for statement in SCHEMA:
            made.execute(statement)
        with still(found):
            _check_structure(found, made, findings, name=FILE)
            names = dict(found.execute("select name, value from notary"))
            if names.keys() != {"log_id", "version"} or names["version"] != VERSION:
                findings.add(CHECK, f"{FILE}: table notary holds {names}")
            _check_edges(Notarised(path, found), found, findings)
            (signed,) = found.execute("select ifnull(max(size), 0) from notes").fetchone()
            if signed > Notarised(path, found).size:
                findings.add(CHECK, f"{FILE} has a checkpoint of {signed} events, and hashes of fewer")


def _check_structure(connection: Connection, made: Connection, findings: Findings, *, name: str) -> None:
    for (line,) in connection.execute(f"pragma integrity_check({MOST_FINDINGS})"):
        if line != "ok":
            findings.add(CHECK, f"{name} is damaged: {line}")
    ours, theirs = (each.execute("pragma application_id").fetchone()[0] for each in (made, connection))
    if ours != theirs:
        findings.add(CHECK, f"{name} is marked as a file of application {theirs:#x}, not {ours:#x}")
    expected, schema = _schema_of(made), _schema_of(connection)
    for each in sorted(expected.keys() | schema.keys()):
        if each not in schema:
            findings.add(CHECK, f"{name}: {each} was taken away")
        elif schema[each] != expected.get(each):
            findings.add(CHECK, f"{name}: {each} is not what presslog makes: {' '.join(map(str, schema[each]))}")


def _schema_of(connection: Connection) -> Schema:
    rows = connection.execute("select name, type, tbl_name, sql from sqlite_master where name <> ?", (MIGRATIONS,))
    return {name: (kind, table, statement) for name, kind, table, statement in rows}


def _check_edges(notarised: Notarised, connection: Connection, findings: Findings) -> None:
    """There is no tile too many, and none that goes on behind its last hash."""
    count, tiles, level = notarised.size, 0, 0
    while count:
        number, place = divmod(count, WIDTH)
        tiles += number + (place > 0)
        if len(notarised.tile(level, number)) != place * HASH_BYTES:
            findings.add(CHECK, f"{FILE}: the last tile of level {level} has another length than its tree")
        count, level = count >> HEIGHT, level + 1
    if connection.execute("select count(*) from tiles").fetchone() != (tiles,):
        findings.add(CHECK, f"{FILE}: there are other tiles than the {tiles} of its tree")
