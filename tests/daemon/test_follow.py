"""The follower builds the views in its own thread: files and readers do not wait, and a stop does not wait long."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from desks import Desk, History, a_story, running_daemon
from examples import until

from presslog.daemon.follow import Follower
from presslog.handlers.views import views
from presslog.store.engines.memory import MemoryLog
from presslog.store.events import Event
from presslog.store.generation import View
from presslog.store.links import serving_path, unfinished
from presslog.store.lock import WriterLock
from presslog.store.names import LINK
from presslog.store.rebuild import LOCK
from presslog.store.sqlite import Connection, connect, connect_readonly
from presslog.store.views import Views

TITLES = "create table titles (position integer primary key) strict"


class Gate:
    """A view that waits at every batch until it is let go."""

    def __init__(self, version: int = 1) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()
        self.calls = 0
        self.view = View("titles", version, ("titles",), (TITLES,), self.apply)

    def apply(self, db: Connection, events: Sequence[Event]) -> None:
        self.calls += 1
        self.entered.set()
        assert self.opened.wait(20)
        db.executemany("insert into titles values (?)", [(event.position,) for event in events])


@pytest.fixture
def history() -> History:
    """Six articles."""
    history = History(MemoryLog())
    for number in range(6):
        history.article(f"{number}.txt")
    return history


@contextmanager
def following(followed: Views, told: Callable[[Follower], object] = lambda _: None) -> Iterator[Follower]:
    """A follower at work in a thread of its own."""
    follower, stop = Follower(followed), threading.Event()
    thread = threading.Thread(target=follower.run, args=[stop, lambda: told(follower)])
    thread.start()
    try:
        yield follower
    finally:
        stop.set()
        follower.ring()
        thread.join(20)
        followed.close()


def rows_in(folder: Path, query: str) -> list[tuple[object, ...]]:
    with closing(connect_readonly(folder / LINK)) as connection:
        return list(connection.execute(query))


def an_open_gate(version: int = 1) -> Gate:
    gate = Gate(version)
    gate.opened.set()
    return gate


def test_old_generation_serves_and_grows_while_a_changed_view_is_built(tmp_path: Path, history: History) -> None:
    with closing(Views(tmp_path, [*views(), an_open_gate().view], history.log)) as before:
        before.open()
    gate = Gate(version=2)
    followed = Views(tmp_path, [*views(), gate.view], history.log, batch_events=2)

    with following(followed) as follower:
        gate.entered.wait(20)
        during = serving_path(tmp_path), follower.behind(10), follower.opened.is_set()
        history.article("new.txt")
        gate.opened.set()
        until(follower.opened.is_set)
        until(lambda: rows_in(tmp_path, "select count(*) from titles") == [(7,)])

    assert during == (tmp_path / "views-0001.db", 0, False)
    assert serving_path(tmp_path) == tmp_path / "views-0002.db"
    assert rows_in(tmp_path, "select count(*) from articles") == [(7,)]


def test_stop_ends_a_build_and_the_next_start_goes_on(tmp_path: Path, history: History) -> None:
    gate = Gate()
    with following(Views(tmp_path, [gate.view], history.log, batch_events=2)):
        gate.entered.wait(20)
        threading.Timer(0.1, gate.opened.set).start()
    left = unfinished(tmp_path)
    again = an_open_gate()

    with following(Views(tmp_path, [again.view], history.log, batch_events=2)) as follower:
        until(follower.opened.is_set)

    assert left == [tmp_path / "views-0001.db"]
    assert (gate.calls, again.calls) == (1, 2)


def test_follower_waits_for_a_rebuild_elsewhere(tmp_path: Path, history: History) -> None:
    said: list[str] = []
    followed = Views(tmp_path, [an_open_gate().view], history.log)

    with (
        WriterLock(tmp_path, LOCK) as lock,
        following(followed, lambda each: said.append(each.building)) as follower,
    ):
        until(lambda: bool(said))
        lock.release()
        until(follower.opened.is_set)

    assert f"being rebuilt by pid {os.getpid()}" in said[0]
    assert rows_in(tmp_path, "select count(*) from titles") == [(6,)]


def test_paused_view_neither_spins_nor_holds_up(tmp_path: Path, history: History) -> None:
    calls: list[int] = []

    def refuse(db: Connection, events: Sequence[Event]) -> None:
        calls.append(len(events))
        raise ValueError("no")

    poisoned = View("poisoned", 1, (), (), refuse)
    with following(Views(tmp_path, [poisoned, an_open_gate().view], history.log)) as follower:
        until(follower.opened.is_set)
        tried = len(calls)
        for number in range(3):
            history.article(f"more-{number}.txt")
            follower.ring()
            until(lambda: rows_in(tmp_path, "select max(position) from titles") == [(history.log.head(),)])
        until(lambda: follower.pulse.stuck_seconds() == 0)

    assert len(calls) == tried


def test_daemon_rebuilds_the_changed_view_alone_and_takes_files_meanwhile(desk: Desk) -> None:
    desk.drop("a.txt", a_story("Rivers rise"))
    desk.drain()
    with closing(connect(desk.store / LINK)) as connection:
        connection.execute("update checkpoints set version = version - 1 where view = 'search'")
    desk.drop("b.txt", a_story("Bridges hold"))

    with running_daemon(desk):
        until(lambda: "views='search'" in desk.journal(), seconds=20)
        until(lambda: desk.rows("select count(*) from articles") == [(2,)])

    assert serving_path(desk.store) == desk.store / "views-0002.db"
    assert "copied from views-0001.db to make search anew" in desk.journal()
