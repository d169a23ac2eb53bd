"""Rebuilds: a new generation beside the serving one, a switch that no reader notices, nothing left behind."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desks import History
from examples import Clock, until
from loguru import logger
from processes import heard, running

from presslog.daemon.follow import Follower
from presslog.handlers.views import views
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import StoreLocked, StoreUnsafe
from presslog.store.generation import ViewMoved
from presslog.store.links import serving_path
from presslog.store.lock import WriterLock
from presslog.store.names import LINK
from presslog.store.rebuild import LOCK
from presslog.store.sqlite import connect_readonly
from presslog.store.views import RETIRED_SECONDS, Views

REBUILDS = 12
REBUILDING = """
    import sys
    from pathlib import Path
    from presslog.handlers.views import views
    from presslog.store.engines.sqlite import SqliteLog
    from presslog.store.views import Views

    folder = Path(sys.argv[1])

    def stand_still(position, head):
        print(position, flush=True)
        sys.stdin.readline()

    Views(folder, views(), SqliteLog(folder, readonly=True)).rebuild(stand_still)
"""


@pytest.fixture
def history(sqlite_log: SqliteLog) -> History:
    """Three articles in a log on disk."""
    history = History(sqlite_log)
    for number in range(3):
        history.article(f"{number}.txt", title=f"Title {number}")
    return history


@pytest.fixture
def followed(folder: Path, history: History) -> Iterator[Views]:
    """The views of that history, at its head."""
    followed = Views(folder, views(), history.log)
    followed.open()
    yield followed
    followed.close()


def titles_in(path: Path) -> list[str]:
    with closing(connect_readonly(path)) as connection:
        return [title for (title,) in connection.execute("select title from articles order by path")]


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("views-*.db"))


def test_first_open_builds_and_the_second_does_not(folder: Path, history: History) -> None:
    with closing(Views(folder, views(), history.log)) as first:
        built = [bool(first.open()), bool(first.open())]

    assert built == [True, False]
    assert titles_in(folder / LINK) == ["Title 0", "Title 1", "Title 2"]


def test_rebuild_switches_the_link_to_a_new_generation(folder: Path, followed: Views) -> None:
    path = followed.rebuild().path

    assert path.name == "views-0002.db"
    assert serving_path(folder) == path == followed.serving.path
    assert (folder / LINK).readlink() == Path("views-0002.db")
    assert titles_in(folder / LINK) == ["Title 0", "Title 1", "Title 2"]


def test_rebuild_says_how_far_it_is(followed: Views) -> None:
    said: list[tuple[int, int]] = []

    followed.rebuild(lambda position, head: said.append((position, head)))

    assert said[-1] == (3, 3)


def test_reader_of_the_old_generation_goes_on_reading_it(folder: Path, followed: Views, history: History) -> None:
    with closing(connect_readonly(folder / LINK)) as reader:
        for _ in range(3):
            followed.rebuild()
        history.article("3.txt", title="Title 3")
        followed.catch_up()

        seen = [title for (title,) in reader.execute("select title from articles order by path")]

    assert seen == ["Title 0", "Title 1", "Title 2"]
    assert len(titles_in(folder / LINK)) == 4


def test_generations_do_not_pile_up(folder: Path, followed: Views) -> None:
    for _ in range(4):
        followed.rebuild()

    assert generations(folder) == ["views-0004.db", "views-0005.db"]


def test_killed_rebuild_leaves_the_old_generation_serving_and_the_next_one_cleans_up(
    folder: Path, followed: Views
) -> None:
    with running(REBUILDING, folder) as process:
        heard(process)
        process.kill()
        process.wait(10)
    unfinished = generations(folder)
    serving = serving_path(folder)

    followed.rebuild()

    assert unfinished == ["views-0001.db", "views-0002.db"]
    assert serving == folder / "views-0001.db"
    assert generations(folder) == ["views-0001.db", "views-0002.db"]
    assert titles_in(folder / LINK) == ["Title 0", "Title 1", "Title 2"]


def test_second_rebuild_at_the_same_time_is_refused_with_the_pid(folder: Path, followed: Views) -> None:
    with running(REBUILDING, folder) as process:
        heard(process)

        with pytest.raises(StoreLocked, match=str(process.pid)):
            followed.rebuild()

    assert serving_path(folder) == folder / "views-0001.db"


def test_views_stay_at_work_while_another_process_rebuilds(folder: Path, followed: Views, history: History) -> None:
    with running(REBUILDING, folder) as process:
        heard(process)

        history.article("3.txt", title="Title 3")
        followed.catch_up()

        assert len(titles_in(folder / LINK)) == 4


def test_changed_version_of_a_view_is_rebuilt_at_open(folder: Path, followed: Views, history: History) -> None:
    followed.close()
    changed = [view._replace(version=view.version + 1) if view.name == "search" else view for view in views()]

    with closing(Views(folder, changed, history.log)) as newer:
        is_built = newer.open()

        assert is_built
        assert newer.serving.position() == 3


def test_view_more_or_less_is_rebuilt_at_open(folder: Path, followed: Views, history: History) -> None:
    followed.close()

    with closing(Views(folder, views()[:-1], history.log)) as fewer:
        is_built = fewer.open()

    assert is_built


def test_views_of_another_log_are_rebuilt(
    folder: Path, followed: Views, history: History, sqlite_log: SqliteLog
) -> None:
    followed.close()
    sqlite_log.close()
    for path in folder.glob("log.db*"):
        path.unlink()

    with closing(SqliteLog(folder)) as other:
        History(other).article(title="Another story")
        with closing(Views(folder, views(), other)) as anew:
            is_built = anew.open()

    assert is_built
    assert titles_in(folder / LINK) == ["Another story"]


def test_views_ahead_of_a_restored_log_are_rebuilt(
    folder: Path, history: History, followed: Views, sqlite_log: SqliteLog
) -> None:
    sqlite_log.close()
    backup = (folder / "log.db").read_bytes()
    with closing(SqliteLog(folder)) as log, closing(Views(folder, views(), log)) as ahead:
        History(log).article("lost.txt", title="Lost")
        ahead.open()
        ahead.catch_up()
    (folder / "log.db").write_bytes(backup)

    with closing(SqliteLog(folder)) as log, closing(Views(folder, views(), log)) as anew:
        is_built = anew.open()

    assert is_built
    assert titles_in(folder / LINK) == ["Title 0", "Title 1", "Title 2"]


def test_deleted_views_are_made_again(folder: Path, followed: Views, history: History) -> None:
    followed.close()
    for path in folder.glob("views*"):
        path.unlink()

    with closing(Views(folder, views(), history.log)) as anew:
        is_built = anew.open()

    assert is_built
    assert titles_in(folder / LINK) == ["Title 0", "Title 1", "Title 2"]


def test_damaged_views_are_replaced_by_a_rebuild(folder: Path, followed: Views, history: History) -> None:
    followed.close()
    (folder / "views-0001.db").write_bytes(b"no database" * 1000)

    with closing(Views(folder, views(), history.log)) as anew:
        with pytest.raises(StoreUnsafe, match="views rebuild"):
            anew.open()
        anew.rebuild()

    assert titles_in(folder / LINK) == ["Title 0", "Title 1", "Title 2"]


def test_views_that_are_not_open_say_so(folder: Path, history: History) -> None:
    closed = Views(folder, views(), history.log)

    with pytest.raises(StoreUnsafe, match="not open"):
        closed.advance()


def test_follower_goes_on_where_another_process_has_switched_the_link(
    folder: Path, followed: Views, history: History
) -> None:
    follower, stop = Follower(followed), threading.Event()
    following = threading.Thread(target=follower.run, args=[stop])
    following.start()
    with closing(Views(folder, views(), history.log)) as other:
        other.rebuild()

    history.article("3.txt", title="Title 3")
    follower.ring()

    until(lambda: len(titles_in(folder / LINK)) == 4)
    stop.set()
    follower.ring()
    following.join(5)
    assert followed.serving.path == folder / "views-0002.db"


def test_optimising_changes_no_row(followed: Views) -> None:
    before = [followed.serving.digest(view) for view in views()]

    followed.optimise()

    assert [followed.serving.digest(view) for view in views()] == before


def test_lock_of_a_rebuild_names_this_process(folder: Path, followed: Views) -> None:
    messages: list[str] = []

    def rebuild_too(position: int, head: int) -> None:
        with closing(Views(folder, views(), followed._log)) as other, pytest.raises(StoreLocked) as refused:
            other.rebuild()
        messages.append(str(refused.value))

    followed.rebuild(rebuild_too)

    assert str(os.getpid()) in messages[0]


def test_follower_tells_once_that_a_view_is_paused(folder: Path, history: History) -> None:
    def refuse(db: object, events: object) -> None:
        raise ValueError("no")

    lines: list[str] = []
    number = logger.add(lambda line: lines.append(line.rstrip()), format="{level} {message}", level="ERROR")
    stop = threading.Event()
    poisoned = [views()[0]._replace(name="poisoned", schema=(), apply=refuse), *views()]
    with closing(Views(folder, poisoned, history.log)) as followed:
        followed.open()
        follower = Follower(followed)
        following = threading.Thread(target=follower.run, args=[stop])
        following.start()
        for count in range(2):
            history.article(f"more-{count}.txt")
            follower.ring()
            until(lambda: followed.serving.position() == history.log.head())
        stop.set()
        follower.ring()
        following.join(5)
    logger.remove(number)

    assert lines == ["ERROR view poisoned paused at position 0: event 1 (article-recorded): ValueError: no"]


def test_generation_that_serves_no_more_gets_nothing_more(folder: Path, followed: Views, history: History) -> None:
    old = followed.serving
    with closing(Views(folder, views(), history.log)) as other:
        other.rebuild()
    history.article("3.txt", title="Title 3")

    with pytest.raises(ViewMoved, match="views-0001"):
        old.advance(check=followed._refuse_retired)

    assert len(titles_in(old.path)) == 3


def test_generation_before_is_kept_for_an_hour(folder: Path, history: History) -> None:
    clock = Clock(time.time())
    with closing(Views(folder, views(), history.log, now=clock)) as followed:
        followed.open()
        followed.rebuild()

        followed.optimise()
        kept = generations(folder)
        clock.seconds += RETIRED_SECONDS + 60
        with WriterLock(folder, LOCK):
            followed.optimise()
        kept_beside_a_rebuild = generations(folder)
        followed.optimise()

    assert kept == kept_beside_a_rebuild == ["views-0001.db", "views-0002.db"]
    assert generations(folder) == ["views-0002.db"]


def test_no_reader_sees_less_than_before(folder: Path, followed: Views, history: History) -> None:
    follower, stop, is_over = Follower(followed), threading.Event(), threading.Event()
    seen: list[int] = []

    def arrive() -> None:
        while not is_over.wait(0.02):
            history.article(f"more-{history.log.head()}.txt")
            follower.ring()

    def read() -> None:
        while not is_over.is_set():
            seen.append(len(titles_in(folder / LINK)))

    arriving, reading = threading.Thread(target=arrive), threading.Thread(target=read)
    following = threading.Thread(target=follower.run, args=[stop])
    for thread in (following, arriving, reading):
        thread.start()
    try:
        with closing(Views(folder, views(), SqliteLog(folder, readonly=True))) as other:
            for _ in range(REBUILDS):
                other.rebuild()
    finally:
        is_over.set()
        stop.set()
        follower.ring()
        for thread in (arriving, reading, following):
            thread.join(10)

    assert seen == sorted(seen)
    assert len(seen) > REBUILDS
