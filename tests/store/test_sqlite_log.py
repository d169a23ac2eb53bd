"""The SQLite engine where it is more than the contract: durable settings, triggers, one writer, foreign files."""

import signal
from pathlib import Path

import pytest
from examples import an_append
from processes import heard, running

from presslog.store.engines.schema import APPLICATION_ID
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import KeyReused, NoSuchStore, StoreLocked, StoreUnsafe
from presslog.store.lock import owner
from presslog.store.sqlite import connect, sqlite3

HOLD = """
    import sys
    from pathlib import Path
    from presslog.store.engines.sqlite import SqliteLog

    log = SqliteLog(Path(sys.argv[1]))
    print("open", flush=True)
    sys.stdin.read()
"""

AN_EVENT = """'s', 'k', 0, 0.0, 'i', 't', x'00', x''"""
REFUSED = {
    "update event": "update events set data = x'00'",
    "update position": "update or replace events set position = 2 where position = 1",
    "delete event": "delete from events",
    "replace event by position": f"replace into events values (1, {AN_EVENT.replace('k', 'other')})",
    "replace event by key": f"replace into events values (9, {AN_EVENT})",
    "update blob": "update blobs set content = x'00'",
    "delete blob": "delete from blobs",
    "replace blob": "replace into blobs select digest, 1, x'00' from blobs",
    "upsert blob": "insert into blobs select * from blobs where true on conflict do update set content = x'00'",
}


def test_every_commit_is_synced_to_disk(sqlite_log: SqliteLog) -> None:
    assert sqlite_log._writer
    with sqlite_log._writer.used() as writer:
        level = writer.execute("pragma synchronous").fetchone()[0]
        mode = writer.execute("pragma journal_mode").fetchone()[0]

    assert (level, mode) == (2, "wal")


def test_a_database_that_takes_no_wal_is_refused() -> None:
    with pytest.raises(StoreUnsafe, match="journal mode memory"):
        connect(Path(":memory:"), synchronous="full")


def test_the_file_says_that_it_is_a_log_of_presslog(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([an_append()])

    sqlite_log.close()

    assert sqlite_log.path.read_bytes()[68:72] == APPLICATION_ID.to_bytes(4) == b"prlg"


@pytest.mark.parametrize("statement", REFUSED.values(), ids=REFUSED)
def test_what_is_stored_cannot_be_changed_by_sql(sqlite_log: SqliteLog, statement: str) -> None:
    sqlite_log.append([an_append(b"1", stream="s", key="k"), an_append(b"2")], blobs=[b"raw"])
    before = contents(sqlite_log.path)

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        contents(sqlite_log.path, after=statement)

    assert contents(sqlite_log.path) == before


def test_a_rolled_back_batch_takes_no_position(sqlite_log: SqliteLog) -> None:
    [first] = sqlite_log.append([an_append(key="k")])
    with pytest.raises(KeyReused):
        sqlite_log.append([an_append(), an_append(b"other", key="k")])

    [next_one] = sqlite_log.append([an_append(b"next")])

    assert next_one.first == first.last + 1
    assert [event.position for event in sqlite_log.read(0, 10)] == [first.first, next_one.first]


def test_the_position_of_a_lost_event_is_never_given_again(sqlite_log: SqliteLog) -> None:
    sqlite_log.append([an_append(), an_append()])
    lost = sqlite_log.head()
    sqlite_log.close()
    contents(sqlite_log.path, after="drop trigger events_are_not_deleted")
    contents(sqlite_log.path, after=f"delete from events where position = {lost}")

    log = SqliteLog(sqlite_log.path.parent)
    [receipt] = log.append([an_append()])
    log.close()

    assert receipt.first > lost


def test_a_second_writer_is_refused_with_the_pid_of_the_first(folder: Path) -> None:
    with running(HOLD, folder) as holder:
        assert heard(holder) == "open"

        with pytest.raises(StoreLocked, match=f"pid {holder.pid}:"):
            SqliteLog(folder)


def test_a_second_writer_of_one_process_is_refused(sqlite_log: SqliteLog, folder: Path) -> None:
    with pytest.raises(StoreLocked):
        SqliteLog(folder)

    assert sqlite_log.append([an_append()])


def test_the_log_of_a_killed_writer_can_be_written(folder: Path) -> None:
    with running(HOLD, folder) as holder:
        heard(holder)
        holder.send_signal(signal.SIGKILL)
        holder.wait(10)

    log = SqliteLog(folder)

    assert log.append([an_append()])
    log.close()


def test_a_closed_log_can_be_closed_again_and_written_by_another(sqlite_log: SqliteLog, folder: Path) -> None:
    sqlite_log.close()

    sqlite_log.close()

    SqliteLog(folder).close()


def test_a_reader_of_nothing_makes_nothing(folder: Path) -> None:
    with pytest.raises(NoSuchStore, match="does not exist"):
        SqliteLog(folder, readonly=True)

    assert not folder.exists()


def test_a_reader_appends_nothing(sqlite_log: SqliteLog, folder: Path) -> None:
    reader = SqliteLog(folder, readonly=True)

    with pytest.raises(StoreUnsafe, match="reading only"):
        reader.append([an_append()])

    assert reader.head() == 0
    reader.close()


@pytest.mark.parametrize("readonly", [False, True], ids=["writer", "reader"])
@pytest.mark.parametrize(
    "schema",
    [
        "create table people (name text)",
        "create table events (name text)",
        "create table log (name text, value text)",
        "pragma application_id = 42; create table people (name text)",
        "pragma application_id = 0x70726c76; create table meta (name text)",
    ],
    ids=["tables", "events", "log", "application", "views"],
)
def test_a_foreign_database_is_refused_and_left_as_it_was(folder: Path, schema: str, readonly: bool) -> None:
    path = a_foreign_database(folder, schema)
    before = path.read_bytes()

    with pytest.raises(StoreUnsafe, match="not a presslog log"):
        SqliteLog(folder, readonly=readonly)

    assert path.read_bytes() == before
    assert owner(folder) is None


def a_foreign_database(folder: Path, schema: str) -> Path:
    """A database at the place of the log, in SQLite's own journal mode."""
    folder.mkdir()
    connection = sqlite3.connect(str(folder / "log.db"))
    connection.executescript(schema)
    connection.close()
    return folder / "log.db"


def contents(path: Path, *, after: str = "") -> list:
    """Events and blobs as another program sees them, after a statement of its own."""
    connection = connect(path)
    try:
        connection.execute(after)
        events = connection.execute("select * from events order by position").fetchall()
        return [events, connection.execute("select * from blobs order by digest").fetchall()]
    finally:
        connection.close()
