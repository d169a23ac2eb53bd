"""A log of PostgreSQL whose roles may append or read, and nothing else: deploy/postgres-roles.sql on a real server."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from clusters.postgres import programs
from examples import an_append, an_event
from psycopg.errors import InsufficientPrivilege

from presslog.store.engines import open_engine
from presslog.store.errors import StoreUnsafe
from presslog.store.events import Meta, salted
from presslog.store.log import Erasure, EventLog

SHIPPED = Path(__file__).parents[2] / "deploy/postgres-roles.sql"
SECRET = b'{"words":"the minister was never there"}'
HARMFUL = (
    "update presslog.events set data = ''",
    "delete from presslog.events",
    "truncate presslog.events",
    "insert into presslog.events select position + 1, stream, '', 0, 0, '', '', '', '' from presslog.events",
    "delete from presslog.blobs",
    "insert into presslog.log values ('note', '')",
    "update presslog.log set value = 'another'",
    "alter table presslog.events disable trigger all",
    "drop table presslog.blobs",
    "create table presslog.other ()",
    "drop schema presslog cascade",
    "create schema other",
    "select presslog.erase(array[1], array[''::bytea], array[]::bytea[])",
    "set role presslog_owner",
)


def given_rights(address: str) -> None:
    """Run what ships, as the administrator would."""
    found = programs()
    assert found
    command = [found / "psql", "-X", "-q", "-d", address, "-f", SHIPPED]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


def as_role(address: str, role: str) -> str:
    return address.replace("user=postgres", f"user={role}")


@pytest.fixture
def made(postgres_logs: Callable[[], str], folder: Path) -> str:
    """The address of a log with one event and one blob, made by a superuser, and handed over."""
    address = postgres_logs()
    with closing(open_engine(address, folder, readonly=False)) as log:
        log.append([an_append(b"news")], blobs=[b"original"])
    given_rights(address)
    return address


@pytest.fixture
def log(made: str, folder: Path) -> Iterator[EventLog]:
    """The log as the role of an ingest host has it."""
    with closing(open_engine(as_role(made, "presslog"), folder, readonly=False)) as log:
        yield log


def test_a_writer_appends_with_blobs_and_reads(log: EventLog) -> None:
    log.append([an_append(b"more"), an_append(b"other", stream="article/b")], blobs=[b"another original"])
    digest = log.blobs.put(b"alone")

    assert [event.data for event in log.read(0, 10)] == [b"news", b"more", b"other"]
    assert log.blobs.get(digest) == b"alone"
    assert not log.wait(3, 0.1)
    assert log.about().place


def test_a_follower_reads_and_hears_of_what_comes(made: str, log: EventLog, folder: Path) -> None:
    with closing(open_engine(as_role(made, "presslog_reader"), folder, readonly=True)) as reader:
        assert reader.head() == 1
        log.append([an_append(b"more")])

        assert reader.wait(1, 10)
        assert [event.data for event in reader.read(0, 10)] == [b"news", b"more"]
        assert reader.log_id == log.log_id


@pytest.mark.parametrize("role", ["presslog", "presslog_reader"])
@pytest.mark.parametrize("statement", HARMFUL)
def test_nobody_who_logs_in_changes_the_log_by_hand(made: str, role: str, statement: str) -> None:
    with psycopg.connect(as_role(made, role)) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement.encode())


def test_a_reader_does_not_write(made: str, folder: Path) -> None:
    with closing(open_engine(as_role(made, "presslog_reader"), folder, readonly=False)) as log:
        with pytest.raises(StoreUnsafe, match=r"permission denied for function append.*postgres-roles\.sql"):
            log.append([an_append()])
        with pytest.raises(StoreUnsafe, match="permission denied for table blobs"):
            log.blobs.put(b"words")


def test_a_writer_does_not_erase_until_it_is_given_the_owner(made: str, log: EventLog) -> None:
    log.append([an_append(events=[an_event(SECRET, meta=salted(Meta(host="desk.example")))], stream="article/c")])
    order = Erasure(an_append(stream="article/c", expected=2), [2])

    with pytest.raises(StoreUnsafe, match=r"permission denied for function erase.*postgres-roles\.sql"):
        log.erase(order)

    assert log.read(1, 10)[0].data == SECRET
    with psycopg.connect(made) as connection:
        connection.execute("grant presslog_owner to presslog")
    log.erase(order)
    assert [event.data for event in log.read(1, 10)] == [b"", b"{}"]


def test_rights_are_given_twice_with_the_same_end(made: str, log: EventLog) -> None:
    rights = "select relname, relowner::regrole, relacl from pg_class where relnamespace = 'presslog'::regnamespace"
    with psycopg.connect(made) as connection:
        before = connection.execute(rights).fetchall()

    given_rights(made)

    with psycopg.connect(made) as connection:
        assert connection.execute(rights).fetchall() == before
    log.append([an_append(b"more")])
    assert log.head() == 2


def test_a_stranger_learns_whom_to_ask(made: str, folder: Path) -> None:
    with psycopg.connect(made) as connection:
        connection.execute("do $$ begin create role stranger login; exception when others then null; end $$")

    with pytest.raises(StoreUnsafe, match=r"permission denied for schema presslog.*postgres-roles\.sql"):
        open_engine(as_role(made, "stranger"), folder, readonly=True)


def test_a_role_that_may_make_no_log_learns_whom_to_ask(
    made: str, postgres_logs: Callable[[], str], folder: Path
) -> None:
    with pytest.raises(StoreUnsafe, match=r"permission denied for database .*postgres-roles\.sql"):
        open_engine(as_role(postgres_logs(), "presslog"), folder, readonly=False)
