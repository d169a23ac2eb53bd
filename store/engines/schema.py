"""The tables of a log in SQLite: append-only by triggers, made once, and told from files that are not ours."""

from pathlib import Path
from typing import TYPE_CHECKING

from presslog.store.errors import StoreUnsafe
from presslog.store.names import event_id
from presslog.store.sqlite import Connection, connect_readonly, database, sqlite3, translated

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x70726C67  # "prlg", so that file(1) can name the format

SCHEMA = (
    "create table log (name text primary key, value text not null) strict",
    """
    create table events (
      position integer primary key autoincrement,
      stream text not null,
      key text not null,
      "index" integer not null,
      recorded_at real not null,
      id text not null,
      type text not null,
      data blob not null,
      meta blob not null
    ) strict
    """,
    "create index events_stream on events (stream)",
    'create unique index events_key on events (stream, key, "index")',
    "create table blobs (digest blob primary key, size_bytes integer not null, content blob not null) strict",
    """
    create trigger events_are_not_updated before update on events
    begin select raise(abort, 'the log is append-only'); end;
    """,
    """
    create trigger events_are_not_deleted before delete on events
    begin select raise(abort, 'the log is append-only'); end;
    """,
    """
    create trigger events_are_not_replaced before insert on events
    when exists (select 1 from events where position = new.position)
      or exists (select 1 from events where stream = new.stream and key = new.key and "index" = new."index")
    begin select raise(abort, 'the log is append-only'); end;
    """,
    """
    create trigger log_is_not_updated before update on log
    begin select raise(abort, 'the log is append-only'); end;
    """,
    """
    create trigger blobs_are_not_updated before update on blobs
    begin select raise(abort, 'the log is append-only'); end;
    """,
    """
    create trigger blobs_are_not_replaced before insert on blobs
    when exists (select 1 from blobs where digest = new.digest)
    begin select raise(abort, 'the log is append-only'); end;
    """,
    """
    create trigger blobs_are_not_deleted before delete on blobs
    begin select raise(abort, 'the log is append-only'); end;
    """,
)


def refuse_foreign(path: Path) -> None:
    """Raise StoreUnsafe for a file that is no log of ours, not even an unfinished one."""
    if not path.exists() or not path.stat().st_size:
        return
    reader = connect_readonly(path)
    try:
        with translated(path):
            application = reader.execute("pragma application_id").fetchone()[0]
            tables = {row[0] for row in reader.execute("select name from sqlite_master where type = 'table'")}
    finally:
        reader.close()
    is_unfinished = application == 0 and not tables - {"_sqlite_migrations", "sqlite_sequence"}
    if application != APPLICATION_ID and not is_unfinished:
        raise StoreUnsafe(f"{path} is not a presslog log: name another folder with --store DIR")


def make_log(db: "Database", log_id: str = "") -> None:
    """Make what is missing of the schema, and give a new log its id: this one, or one of its own."""
    from sqlite_utils import Migrations

    migrations = Migrations("presslog.log")

    @migrations()
    def log_events_and_blobs(db: "Database") -> None:
        for statement in SCHEMA:
            db.execute(statement)
        db.execute(f"pragma application_id = {APPLICATION_ID}")
        db.execute("insert into log values ('log_id', ?)", [log_id or event_id()])

    migrations.apply(db)


def blank() -> Connection:
    """A log without an event or an id, in memory: what the file of a log consists of."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    make_log(database(connection))
    return connection
