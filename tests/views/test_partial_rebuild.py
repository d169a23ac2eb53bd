"""Rebuilds of some views: the others are copied as they serve, and what stands on the remade goes on working."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from desks import History

from presslog.handlers.views import views
from presslog.store.engines.memory import MemoryLog
from presslog.store.events import Event
from presslog.store.generation import Generation, View
from presslog.store.names import LINK
from presslog.store.sqlite import Connection, connect, connect_readonly
from presslog.store.views import Views

FOUND = """
select revisions.title from revisions join revisions_fts on revisions_fts.rowid = position
where revisions_fts match ? order by position
"""


def numbers(name: str, *more: str, version: int = 1, step: int = 1) -> View:
    """A view that writes down the positions of events, times ``step``, in a table of its name."""

    def apply(db: Connection, events: Sequence[Event]) -> None:
        db.executemany(f"insert into {name} values (?)", [(event.position * step,) for event in events])

    schema = (f"create table {name} (number integer primary key) strict", *more)
    return View(name=name, version=version, tables=(name,), schema=schema, apply=apply)


@pytest.fixture
def history() -> History:
    """Three articles."""
    history = History(MemoryLog())
    for number in range(3):
        history.article(f"{number}.txt", title=f"Title {number}")
    return history


@pytest.fixture
def opened(tmp_path: Path, history: History) -> Iterator[Callable[..., Views]]:
    """A function that opens the views given of the history; all are closed at the end."""
    kept: list[Views] = []

    def open_views(*some: View) -> Views:
        kept.append(Views(tmp_path, some, history.log))
        kept[-1].open()
        kept[-1].catch_up()
        return kept[-1]

    yield open_views
    for each in kept:
        each.close()


def rows_in(folder: Path, query: str, *values: object) -> list[tuple[object, ...]]:
    with closing(connect_readonly(folder / LINK)) as connection:
        return list(connection.execute(query, values))


def damage(folder: Path, statement: str) -> None:
    with closing(connect(folder / LINK)) as connection:
        connection.execute(statement)


def test_only_the_named_view_is_made_from_the_log(tmp_path: Path, opened: Callable[..., Views]) -> None:
    followed = opened(numbers("odd"), numbers("even"))
    damage(tmp_path, "delete from odd")
    damage(tmp_path, "delete from even")

    followed.rebuild(names=["odd"])

    assert rows_in(tmp_path, "select number from odd") == [(1,), (2,), (3,)]
    assert rows_in(tmp_path, "select number from even") == []


def test_search_works_when_the_table_of_its_texts_is_made_anew(
    tmp_path: Path, history: History, opened: Callable[..., Views]
) -> None:
    followed = opened(*views())

    followed.rebuild(names=["revisions"])
    history.article("3.txt", title="Title 3")
    followed.catch_up()

    assert rows_in(tmp_path, FOUND, "title") == [("Title 0",), ("Title 1",), ("Title 2",), ("Title 3",)]


@pytest.mark.parametrize("name", [view.name for view in views()])
def test_view_that_is_made_anew_alone_is_as_before(tmp_path: Path, opened: Callable[..., Views], name: str) -> None:
    followed = opened(*views())
    before = [followed.serving.digest(view) for view in views()]

    done = followed.rebuild(names=[name])

    assert [followed.serving.digest(view) for view in views()] == before
    assert [(each.view, each.is_equal) for each in done.compared] == [(name, True)]


def test_view_of_sql_that_reads_another_views_table_goes_on(tmp_path: Path, opened: Callable[..., Views]) -> None:
    sums = numbers("sums", "create view totals as select sum(number) as total from odd")
    followed = opened(numbers("odd"), sums)

    followed.rebuild(names=["odd"])

    assert rows_in(tmp_path, "select total from totals") == [(6,)]


def test_view_that_loses_an_index_on_anothers_table_is_made_anew_too(
    tmp_path: Path, opened: Callable[..., Views]
) -> None:
    indexed = numbers("indexed", "create index odd_number on odd (number)")
    followed = opened(numbers("odd"), indexed)

    followed.rebuild(names=["odd"])

    assert rows_in(tmp_path, "select count(*) from sqlite_master where name = 'odd_number'") == [(1,)]
    assert rows_in(tmp_path, "select count(*) from indexed") == [(3,)]


def test_changed_view_alone_is_made_anew_at_open(tmp_path: Path, opened: Callable[..., Views]) -> None:
    opened(numbers("odd"), numbers("even")).close()
    damage(tmp_path, "delete from even")

    opened(numbers("odd", version=2, step=10), numbers("even"))

    assert rows_in(tmp_path, "select number from odd") == [(10,), (20,), (30,)]
    assert rows_in(tmp_path, "select number from even") == []


def test_view_that_is_no_more_leaves_nothing(tmp_path: Path, opened: Callable[..., Views]) -> None:
    opened(numbers("odd", "create view doubled as select 2 * number from odd"), numbers("even")).close()

    opened(numbers("even"))

    assert rows_in(tmp_path, "select name from sqlite_master where name in ('odd', 'doubled')") == []
    assert rows_in(tmp_path, "select view, position from checkpoints") == [("even", 3)]


def test_new_view_takes_a_table_that_another_gave_up(tmp_path: Path, opened: Callable[..., Views]) -> None:
    opened(numbers("odd", "create table shared (n integer)"), numbers("even")).close()

    opened(numbers("odd", version=2), numbers("even"), numbers("taker", "create table shared (n integer)"))

    owned = rows_in(tmp_path, "select view, name from objects where name = 'shared'")
    assert owned == [("taker", "shared")]


def test_generation_that_does_not_know_who_owns_what_is_built_whole(
    tmp_path: Path, opened: Callable[..., Views]
) -> None:
    opened(numbers("odd"), numbers("even")).close()
    damage(tmp_path, "delete from even")
    damage(tmp_path, "drop table objects")

    opened(numbers("odd", version=2), numbers("even"))

    assert rows_in(tmp_path, "select number from even") == [(1,), (2,), (3,)]


def test_views_at_different_checkpoints_skip_nothing(tmp_path: Path, history: History) -> None:
    with closing(Generation(tmp_path / "views.db", (numbers("odd"), numbers("even")), history.log)) as generation:
        generation.advance(until=2)
        generation.tune(["delete from odd", "update checkpoints set position = 0, event_id = '' where view = 'odd'"])
        reached = []
        for until in (1, 2, 3):
            generation.advance(until=until)
            reached.append([checkpoint.position for checkpoint in generation.checkpoints()])

    assert reached == [[2, 1], [2, 2], [3, 3]]
    with closing(connect_readonly(tmp_path / "views.db")) as connection:
        assert list(connection.execute("select number from even")) == [(1,), (2,), (3,)]
        assert list(connection.execute("select number from odd")) == [(1,), (2,), (3,)]


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root makes files for others")
def test_root_makes_files_for_the_owner_of_the_store(tmp_path: Path, opened: Callable[..., Views]) -> None:
    os.chown(tmp_path, 1234, 1234)
    followed = opened(numbers("odd"), numbers("even"))

    followed.rebuild(names=["odd"])

    assert {path.stat().st_uid for path in tmp_path.iterdir()} == {1234}
