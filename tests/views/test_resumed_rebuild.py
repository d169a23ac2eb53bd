"""Rebuilds that were ended half-way: the next one of the same kind goes on, any other begins anew."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desks import History

from presslog.handlers.views import views
from presslog.store.engines.memory import MemoryLog
from presslog.store.generation import Generation, View
from presslog.store.links import serving_path, unfinished
from presslog.store.views import Views


class Killed(BaseException):
    """The end of a process, as far as a test can have it without one."""


class Ending:
    """A progress that ends the rebuild when it has reached a position."""

    def __init__(self, at: int) -> None:
        self._at = at

    def __call__(self, position: int, head: int) -> None:
        if position >= self._at:
            raise Killed


@pytest.fixture
def history() -> History:
    """Ten articles."""
    history = History(MemoryLog())
    for number in range(10):
        history.article(f"{number}.txt", title=f"Title {number}")
    return history


@pytest.fixture
def opened(tmp_path: Path, history: History) -> Iterator[Callable[..., Views]]:
    """A function that gives views, those of the program or these, over the history; two events make a batch."""
    kept: list[Views] = []

    def of(*some: View, log: MemoryLog = history.log) -> Views:
        kept.append(Views(tmp_path, some or views(), log, batch_events=2))
        return kept[-1]

    yield of
    for each in kept:
        each.close()


def ended_at(followed: Views, position: int, **how: object) -> None:
    with pytest.raises(Killed):
        followed.rebuild(Ending(position), **how)


def test_rebuild_goes_on_where_it_was_ended(tmp_path: Path, opened: Callable[..., Views]) -> None:
    opened().open()
    ended_at(opened(), 4)
    said: list[str] = []
    begun: list[int] = []

    done = opened().rebuild(lambda position, head: begun.append(position), told=said.append)

    assert said == ["resumed at 40 %"]
    assert begun[0] == 4
    assert all(each.is_equal for each in done.compared)
    assert serving_path(tmp_path) == tmp_path / "views-0002.db"


def test_first_build_goes_on_where_it_was_ended(tmp_path: Path, opened: Callable[..., Views]) -> None:
    ended_at(opened(), 4)
    said: list[str] = []

    opened().open(told=said.append)

    assert said == ["resumed at 40 %"]
    assert serving_path(tmp_path) == tmp_path / "views-0001.db"


def test_rebuild_of_some_views_goes_on_where_it_was_ended(opened: Callable[..., Views]) -> None:
    opened().open()
    ended_at(opened(), 6, names=["search"])
    said: list[str] = []

    done = opened().rebuild(names=["search"], told=said.append)

    assert said == ["resumed at 60 %"]
    assert [(each.view, each.is_equal) for each in done.compared] == [("search", True)]


def test_rebuild_of_other_views_begins_anew(tmp_path: Path, opened: Callable[..., Views]) -> None:
    opened().open()
    ended_at(opened(), 4)
    said: list[str] = []

    opened().rebuild(names=["search"], told=said.append)

    assert said == ["views-0002.db copied from views-0001.db to make search anew"]
    assert unfinished(tmp_path) == []


def test_rebuild_with_another_version_of_a_view_begins_anew(opened: Callable[..., Views]) -> None:
    opened().open()
    ended_at(opened(), 4)
    changed = [view._replace(version=view.version + 1) if view.name == "sources" else view for view in views()]
    said: list[str] = []

    opened(*changed).rebuild(told=said.append)

    assert said == []


def test_unfinished_file_that_is_damaged_or_of_another_log_is_deleted(
    tmp_path: Path, opened: Callable[..., Views], history: History
) -> None:
    opened().open()
    (tmp_path / "views-0003.db").write_bytes(b"no database" * 1000)
    other = History(MemoryLog())
    other.article()
    with closing(Views(tmp_path / "other", views(), other.log)) as elsewhere:
        (tmp_path / "other").mkdir()
        elsewhere.open()
    (tmp_path / "other" / "views-0001.db").rename(tmp_path / "views-0002.db")
    said: list[str] = []

    opened().rebuild(told=said.append)

    assert said == []
    assert sorted(path.name for path in tmp_path.glob("views-*.db")) == ["views-0001.db", "views-0002.db"]


def test_copy_that_was_never_whole_is_deleted(tmp_path: Path, opened: Callable[..., Views]) -> None:
    opened().open()
    (tmp_path / "views-0002.db.part").write_bytes(b"half")

    opened().rebuild()

    assert list(tmp_path.glob("*.part*")) == []


def test_serving_views_that_are_behind_what_was_built_are_brought_level_and_compared(
    tmp_path: Path, opened: Callable[..., Views], history: History
) -> None:
    opened().open()
    opened().changes()
    history.article("more.txt")
    with closing(Generation(tmp_path / "views-0002.db", views(), history.log)) as ahead:
        ahead.advance()

    done = opened().rebuild()

    assert {each.is_equal for each in done.compared} == {True}


def test_what_a_comparison_built_serves_a_rebuild(opened: Callable[..., Views]) -> None:
    opened().open()
    opened().changes()
    said: list[str] = []

    opened().rebuild(told=said.append)

    assert said == ["resumed at 100 %"]
