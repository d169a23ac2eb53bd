"""The companion: another process brings the views to the head, and whatever becomes of it nothing is lost by it."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from desks import Desk, History, running_daemon
from examples import until
from kills import rebuilt_digests

from presslog.daemon.companion import FINISH, LEAST_FILES, LOOK, Companion, Orders
from presslog.daemon.follow import Follower
from presslog.handlers.views import views
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.views import Views

FLOOD = 1_600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


@pytest.fixture
def history(folder: Path) -> Iterator[History]:
    """A log of three articles, and views that stand at its beginning."""
    folder.mkdir()
    with closing(SqliteLog(folder)) as log:
        with closing(Views(folder, views(), log)) as followed:
            followed.open()
        history = History(log)
        for number in range(3):
            history.article(f"{number}.txt")
        yield history


@pytest.fixture
def companion(folder: Path) -> Iterator[Companion]:
    with closing(Companion(folder, "sqlite")) as companion:
        yield companion


def reached(folder: Path, history: History) -> int:
    with closing(Views(folder, views(), history.log)) as seen:
        return seen.reached()


def test_views_are_at_the_head_when_it_has_finished(folder: Path, history: History, companion: Companion) -> None:
    companion.start()
    history.article("later.txt")

    companion.finish(lambda: None)

    assert reached(folder, history) == history.log.head()


def test_it_follows_what_comes_until_it_is_told_to_finish(folder: Path, history: History, companion: Companion) -> None:
    companion.start()
    until(lambda: reached(folder, history) == history.log.head())

    history.article("later.txt")
    companion.look()

    until(lambda: reached(folder, history) == history.log.head())


def test_views_that_are_not_there_are_built(tmp_path: Path) -> None:
    with closing(SqliteLog(tmp_path)) as log, closing(Companion(tmp_path, "sqlite")) as companion:
        history = History(log)
        history.article("0.txt")
        companion.start()

        companion.finish(lambda: None)

        assert reached(tmp_path, history) == log.head()


def test_it_begins_with_many_files_and_not_with_few(folder: Path, history: History, companion: Companion) -> None:
    companion.heard(LEAST_FILES - 1)
    has_begun_with_few = companion.is_working

    companion.heard(1)

    assert not has_begun_with_few
    assert companion.is_working


def test_it_ends_by_itself_where_nothing_comes(folder: Path, history: History, companion: Companion) -> None:
    companion.start()

    until(lambda: not companion.is_working, 20)

    assert not companion.has_failed
    assert reached(folder, history) == history.log.head()


def test_it_ends_when_it_is_closed(folder: Path, history: History, companion: Companion) -> None:
    companion.start()
    process = companion._process

    companion.close()

    assert process is not None
    assert process.returncode is not None


def test_it_ends_with_its_parent(folder: Path, history: History, companion: Companion) -> None:
    companion.start()
    process = companion._process
    assert process is not None
    assert process.stdin is not None

    process.stdin.close()

    assert process.wait(10) == 1


@pytest.fixture
def parent() -> Iterator[tuple[Orders, int]]:
    """Orders, and where a parent writes what it says."""
    told, say = os.pipe()
    yield Orders(told), say
    for each in (told, say):
        os.close(each)


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_orders_to_finish_are_heard_while_views_are_built(parent: tuple[Orders, int], seconds: float) -> None:
    orders, say = parent
    os.write(say, LOOK + FINISH)

    orders.listen(seconds)

    assert orders.is_last


def test_orders_go_on_while_words_come_and_end_after_a_wait_without_one(parent: tuple[Orders, int]) -> None:
    orders, say = parent
    os.write(say, LOOK)

    orders.listen(5.0)
    has_ended_by_a_word = orders.is_last
    orders.listen()
    has_ended_by_a_look = orders.is_last
    orders.listen(0.01)

    assert (has_ended_by_a_word, has_ended_by_a_look, orders.is_last) == (False, False, True)


def test_who_is_told_to_finish_waits_for_no_more(parent: tuple[Orders, int]) -> None:
    orders, say = parent
    os.write(say, FINISH)

    orders.gather(60.0)

    assert orders.is_last


def test_of_a_log_in_memory_it_does_nothing(tmp_path: Path) -> None:
    companion = Companion(tmp_path, "memory")
    companion.start()

    assert companion.has_failed


def test_follower_leaves_a_large_backlog_to_it(
    folder: Path, history: History, companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("presslog.daemon.follow.FLOW_EVENTS", 1)
    begun: list[bool] = []
    monkeypatch.setattr(companion, "start", lambda: begun.append(True) or Companion.start(companion))

    follow(folder, history, companion)

    assert begun == [True]


def test_follower_does_what_a_killed_one_has_left(
    folder: Path, history: History, companion: Companion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("presslog.daemon.follow.FLOW_EVENTS", 1)

    def start_and_kill() -> None:
        Companion.start(companion)
        assert companion._process is not None
        companion._process.kill()

    monkeypatch.setattr(companion, "start", start_and_kill)

    follow(folder, history, companion)


def follow(folder: Path, history: History, companion: Companion) -> None:
    """Let a follower bring the views to the head."""
    followed, stop = Views(folder, views(), history.log), threading.Event()
    follower = Follower(followed, companion)
    thread = threading.Thread(target=follower.run, args=[stop])
    thread.start()
    try:
        until(lambda: reached(folder, history) == history.log.head(), 20)
    finally:
        stop.set()
        follower.ring()
        thread.join(20)
        followed.close()


def test_a_flood_into_a_daemon_is_indexed_by_another_process(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    words = " ".join(f"word{number}" for number in range(700))
    for number in range(FLOOD):
        desk.drop(f"{number}.txt", f"Story {number}\n\nIt was the {number}th: {words}.\n".encode())
    with running_daemon(desk) as daemon:
        until(lambda: len(companions_of(daemon.pid)) > 0, 20)
        for pid in companions_of(daemon.pid):
            os.kill(pid, signal.SIGKILL)
        until(lambda: desk.rows("select count(*) from articles") == [(FLOOD,)], 60)
        daemon.terminate()
        daemon.wait(20)

    assert desk.digests() == rebuilt_digests(desk)


def companions_of(pid: int) -> list[int]:
    """The processes that a daemon has begun for its views."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            is_child = f"PPid:\t{pid}\n" in (folder / "status").read_text()
            if is_child and b"presslog.daemon.companion" in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found
