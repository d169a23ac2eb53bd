"""What a PostgreSQL has to be for a log, what of it is told, and how a log is made there."""

import time
from collections.abc import Mapping

from presslog.store.errors import NoSuchStore, StoreUnsafe
from presslog.store.log import About, Replica
from presslog.store.names import event_id

from .postgres_schema import LOCK, MIGRATIONS
from .postgres_session import Connection

MOVING, ARRIVED, MOVED_TO = "moving", "arrived", "moved"
"""What is noted of a log when a move to it begins, when that is finished, and when it was moved elsewhere."""
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
    replicas = [
        Replica(str(row[0]), f"{row[1] or 'not shown'} {row[2] or ''}".strip(), row[3], "bytes") for row in found
    ]
    version = setting(connection, "server_version").partition(" ")[0]
    return About(f"PostgreSQL {version}", place, tuple(replicas), tuple(warnings))


def setting(connection: Connection, name: str) -> str:
    """A setting of the server, as this session has it."""
    row = connection.execute("select current_setting(%s)", (name,)).fetchone()
    return str(row[0]) if row else ""


def make_log(connection: Connection, place: str, *, moving: str = "") -> None:
    """Make what is missing of the schema, and give a new log its id.

    Where ``moving`` is the id of another log, a new one gets that, and is marked as one that is being moved into.

    Raises:
        StoreUnsafe: a newer presslog has made it.
    """
    if _made(connection) == len(MIGRATIONS):
        return
    with connection.transaction():
        connection.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        made = _made(connection)
        if made > len(MIGRATIONS):
            raise StoreUnsafe(f"the log at {place} was made by a newer presslog: install that one here as well")
        for number, script in enumerate(MIGRATIONS[made:], made + 1):
            connection.execute(script.encode())
            note(connection, f"schema {number}", str(time.time()))
        if not made:
            note(connection, "log_id", moving or event_id())
        if not made and moving:
            note(connection, MOVING, str(time.time()))


def _made(connection: Connection) -> int:
    if not _has_log(connection):
        return 0
    row = connection.execute("select count(*) from presslog.log where name like 'schema %'").fetchone()
    return int(str(row[0])) if row else 0


def note(connection: Connection, name: str, value: str) -> None:
    """Note something of the log as a whole, for ever."""
    connection.execute("insert into presslog.log values (%s, %s)", (name, value))


def _has_log(connection: Connection) -> bool:
    # Not to_regclass(): it may know from before that there is none, while another host has made it.
    return connection.execute("select from pg_tables where (schemaname, tablename) = ('presslog', 'log')").rowcount > 0


def log_id_of(connection: Connection, place: str, *, may_be_moving: bool = False) -> str:
    """The id of the log.

    Raises:
        NoSuchStore: there is none.
        StoreUnsafe: a move to it is not finished.
    """
    found = facts_of(connection)
    if "log_id" not in found:
        raise NoSuchStore(f"there is no log at {place}: `presslog run` on a host with this engine makes it")
    if is_moving(found) and not may_be_moving:
        raise StoreUnsafe(f"a move to {place} is not finished: run `presslog move` again")
    return found["log_id"]


def facts_of(connection: Connection) -> dict[str, str]:
    """What is noted of the log as a whole; nothing where there is none."""
    if not _has_log(connection):
        return {}
    return dict(connection.execute("select name, value from presslog.log").fetchall())


def is_moving(facts: Mapping[str, str]) -> bool:
    """Whether a log was begun to be moved into, and that is not finished."""
    return MOVING in facts and ARRIVED not in facts


def refuse_moved(connection: Connection, place: str) -> None:
    """Raise StoreUnsafe where the log was moved elsewhere."""
    if to := facts_of(connection).get(MOVED_TO):
        raise moved(place, to)


def moved(place: str, to: str) -> StoreUnsafe:
    """What is said of a log that was moved."""
    return StoreUnsafe(f"the log at {place} was moved to {to}: set engine to where it is now, here as well")
