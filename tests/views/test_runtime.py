"""The view runtime: checkpoints that move with their rows, poison that stays alone, two writers of one file."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from desks import History
from examples import an_article

from presslog.daemon.compose import Composer
from presslog.daemon.kept import Kept
from presslog.daemon.places import Place
from presslog.daemon.take import Taken
from presslog.handlers.reading import Found, Reading, read_articles
from presslog.handlers.views import views
from presslog.store.engines.memory import MemoryLog
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ArticleRecorded, Event, Meta
from presslog.store.generation import PAGE_EVENTS, Checkpoint, Generation, View, ViewMoved
from presslog.store.registry import Stamp
from presslog.store.sqlite import Connection, connect_readonly, sqlite3
from presslog.store.views import Views

TITLES = "create table titles (position integer primary key, title text not null) strict"
Trouble = Callable[[Connection, Event], None]


def a_view(trouble: Trouble = lambda db, event: None, *, name: str = "titles", version: int = 1) -> View:
    """A view of titles that has ``trouble`` with the poem."""

    def apply(db: Connection, events: Sequence[Event]) -> None:
        for event in events:
            assert isinstance(event.fact, ArticleRecorded)
            db.execute("insert into titles values (?, ?)", (event.position, event.fact.article.title))
            if event.fact.article.title == "Poem":
                trouble(db, event)

    types = frozenset({"article-recorded", "article-revised"})
    return View(name=name, version=version, tables=("titles",), schema=(TITLES,), apply=apply, types=types)


def raise_value_error(db: Connection, event: Event) -> None:
    raise ValueError("no poems here")


def misspell(db: Connection, event: Event) -> None:
    db.execute("selekt 1")


def break_a_promise(db: Connection, event: Event) -> None:
    db.execute("insert into titles values (?, ?)", (event.position, "twice"))


@pytest.fixture
def history() -> History:
    """Ten articles, of which the fourth is a poem."""
    history = History(MemoryLog())
    for number in range(1, 11):
        history.article(f"{number}.txt", title="Poem" if number == 4 else f"Title {number}")
    return history


@pytest.fixture
def opened(tmp_path: Path, history: History) -> Iterator[Callable[..., Views]]:
    """A function that opens the views of the history, with one more; all are closed at the end."""
    kept: list[Views] = []

    def open_views(more: View) -> Views:
        kept.append(Views(tmp_path, (*views(), more), history.log))
        kept[-1].open()
        return kept[-1]

    yield open_views
    for each in kept:
        each.close()


def checkpoint_of(views: Views, name: str) -> Checkpoint:
    return next(checkpoint for checkpoint in views.serving.checkpoints() if checkpoint.view == name)


def titles_in(path: Path) -> list[str]:
    with closing(sqlite3.connect(str(path))) as connection:
        return [title for (title,) in connection.execute("select title from titles order by position")]


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (raise_value_error, "ValueError: no poems here"),
        (misspell, 'OperationalError: near "selekt": syntax error'),
        (break_a_promise, "IntegrityError: UNIQUE constraint failed: titles.position"),
    ],
    ids=["error", "SQL", "constraint"],
)
def test_poison_pauses_its_view_alone_and_is_named(opened: Callable[..., Views], trouble: Trouble, said: str) -> None:
    followed = opened(a_view(trouble))

    followed.catch_up()

    paused = checkpoint_of(followed, "titles")
    assert (paused.state, paused.position, paused.error) == ("paused", 3, f"event 4 (article-recorded): {said}")
    assert titles_in(followed.serving.path) == ["Title 1", "Title 2", "Title 3"]
    assert {(c.state, c.position) for c in followed.serving.checkpoints() if c.view != "titles"} == {("live", 10)}


def test_paused_view_does_not_hold_the_others_back(opened: Callable[..., Views], history: History) -> None:
    followed = opened(a_view(raise_value_error))
    followed.catch_up()

    history.article("11.txt")
    followed.catch_up()

    assert followed.serving.position() == 11
    assert checkpoint_of(followed, "titles").position == 3


def test_open_gives_a_mended_view_another_try(opened: Callable[..., Views]) -> None:
    opened(a_view(raise_value_error)).close()

    mended = opened(a_view())
    mended.catch_up()

    assert checkpoint_of(mended, "titles")[2:6:2] == (10, "live")
    assert len(titles_in(mended.serving.path)) == 10


def test_open_pauses_a_view_again_that_was_not_mended(opened: Callable[..., Views]) -> None:
    opened(a_view(raise_value_error)).close()

    again = opened(a_view(raise_value_error))
    again.catch_up()

    assert checkpoint_of(again, "titles").position == 3
    assert checkpoint_of(again, "titles").state == "paused"


def test_event_of_tomorrow_is_passed_by(opened: Callable[..., Views], history: History) -> None:
    followed = opened(a_view())

    history.of_tomorrow()
    followed.catch_up()

    assert followed.serving.position() == 11


def test_checkpoint_moved_by_somebody_else_writes_nothing(tmp_path: Path, history: History) -> None:
    def meddle(db: Connection, event: Event) -> None:
        db.execute("update checkpoints set position = 2 where view = 'titles'")

    with closing(Generation(tmp_path / "views.db", (a_view(meddle),), history.log)) as generation:
        with pytest.raises(ViewMoved, match="titles"):
            generation.advance()

        assert generation.position() == 0
        assert titles_in(generation.path) == []


def test_two_writers_of_one_generation_apply_nothing_twice(tmp_path: Path, history: History) -> None:
    path = tmp_path / "views.db"
    Generation(path, views(), history.log).close()
    may_end = threading.Event()

    def follow() -> None:
        with closing(Generation(path, views(), history.log)) as generation:
            while not may_end.is_set() or generation.position() < history.log.head():
                generation.advance()

    writers = [threading.Thread(target=follow) for _ in range(2)]
    for writer in writers:
        writer.start()
    for number in range(200):
        history.article(f"{number}.txt", title=f"Title {number}")
        history.received(f"{number}.txt", content=str(number))
    may_end.set()
    for writer in writers:
        writer.join(30)

    with (
        closing(Generation(path, views(), history.log)) as followed,
        closing(Generation(tmp_path / "other.db", views(), history.log)) as other,
    ):
        while other.advance():
            pass
        assert [followed.digest(view) for view in views()] == [other.digest(view) for view in views()]


def test_generation_at_the_head_has_nothing_to_apply(opened: Callable[..., Views]) -> None:
    followed = opened(a_view())
    followed.catch_up()

    applied = followed.advance()

    assert applied == 0


def test_batch_ends_where_its_time_is_over_and_goes_on_later(tmp_path: Path) -> None:
    history = History(MemoryLog())
    for _ in range(2 * PAGE_EVENTS + 20):
        history.folder_lost()

    with closing(Generation(tmp_path / "views.db", views(), history.log)) as generation:
        applied = [generation.advance(seconds=0) for _ in range(4)]

    assert applied == [PAGE_EVENTS, PAGE_EVENTS, 20, 0]


def test_text_that_stands_apart_comes_alone(tmp_path: Path) -> None:
    history = History(SqliteLog(tmp_path / "store"))
    long = "word " * 200_000
    for path in ("short.txt", "long.txt", "other.txt"):
        text = long if path == "long.txt" else "A line."
        reading = Reading("text", (Found(an_article(text=text), "text"),))
        written = Composer(history.log, Meta(), Kept(history.log.blobs, read_articles)).articles(
            Place("seeds", path.encode()), Taken(b"", path, Stamp(1, 1, 1, 1), 1.0), reading
        )[0]
        assert written.append
        history.log.append([written.append], blobs=written.blobs)

    with closing(Generation(tmp_path / "views.db", views(), history.log)) as generation:
        applied = [generation.advance(seconds=0) for _ in range(4)]

    assert applied == [1, 1, 1, 0]
    with closing(connect_readonly(tmp_path / "views.db")) as connection:
        assert connection.execute("select max(length(text)) from articles").fetchone() == (len(long),)
    history.log.close()
