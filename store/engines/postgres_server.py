"""What a PostgreSQL has to be for a log, what of it is told, and how a log is made there."""

import time

from presslog.store.errors import NoSuchStore, StoreUnsafe
from presslog.store.log import About, Replica
from presslog.store.names import event_id

from .postgres_schema import LOCK, MIGRATIONS
from .postgres_session import Connection

UNSAFE = {"fsync": "off", "synchronous_commit": "off"}
NO_STANDBY = (
    "no standby is waited for: a host that is lost takes the newest events with it; "
    "set synchronous_standby_names = 'ANY 1 (…)'"
)
LOCAL = "synchronous_commit = {} waits for no standby's disk; set it to on"
STANDBYS = """
select application_name, state, sync_state, pg_wal_lsn_diff(pg_current_wal_lsn(), flush_lsn)::bigint
from pg_stat_replication order by application_name
"""


def refuse_unsafe(connection: Connection, place: str) -> None:
    """Raise StoreUnsafe for a server that confirms what a power cut takes away."""
    for name, value in UNSAFE.items():
        if setting(connection, name) == value:
            raise StoreUnsafe(f"PostgreSQL at {place} runs with {name} = {value} and would lose events: set it to on")


def about(connection: Connection, place: str) -> About:
    """The version, the standbys that this role may see, and what an operator should know."""
    warnings = []
    commit = setting(connection, "synchronous_commit")
    if not setting(connection, "synchronous_standby_names"):
        warnings.append(NO_STANDBY)
    elif commit in ("local", "remote_write"):
        warnings.append(LOCAL.format(commit))
    found = connection.execute(STANDBYS).fetchall()
    replicas = [Replica(str(row[0]), f"{row[1] or 'not shown'} {row[2] or ''}".strip(), row[3]) for row in found]
    version = setting(connection, "server_version").partition(" ")[0]
    return About(f"PostgreSQL {version}", place, tuple(replicas), tuple(warnings))


def setting(connection: Connection, name: str) -> str:
    """A setting of the server, as this session has it."""
    row = connection.execute("select current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""


def make_log(connection: Connection, place: str) -> None:
    """Make what is missing of the schema, and give a new log its id.

    Raises:
        StoreUnsafe: a newer presslog has made it.
    """
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        made = _made(connection)
        if made > len(MIGRATIONS):
            raise StoreUnsafe(f"the log at {place} was made by a newer presslog: install that one here as well")
        for number, script in enumerate(MIGRATIONS[made:], made + 1):
            connection.execute(script.encode())
            _note(connection, f"schema {number}", str(time.time()))
        if not made:
            _note(connection, "log_id", event_id())


def _made(connection: Connection) -> int:
    if not _has_log(connection):
        return 0
    row = connection.execute("select count(*) from presslog.log where name like 'schema %'").fetchone()
    return int(str(row[0])) if row else 0


def _note(connection: Connection, name: str, value: str) -> None:
    connection.execute("insert into presslog.log values (%s, %s)", (name, value))


def _has_log(connection: Connection) -> bool:
    return connection.execute("select to_regclass('presslog.log')").fetchone() != (None,)


def log_id_of(connection: Connection, place: str) -> str:
    """The id of the log; NoSuchStore where there is none."""
    row = None
    if _has_log(connection):
        row = connection.execute("select value from presslog.log where name = 'log_id'").fetchone()
    if row is None:
        raise NoSuchStore(f"there is no log at {place}: `presslog run` on a host with this engine makes it")
    return str(row[0])
