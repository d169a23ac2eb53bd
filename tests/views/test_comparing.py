"""What a rebuild says of the views before and after: equal or not, and row by row where somebody asks."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from desks import History

from presslog.handlers.views import views
from presslog.store.comparing import digest_of
from presslog.store.differing import ChangedValue, Example
from presslog.store.engines.memory import MemoryLog
from presslog.store.events import ArticleRecorded, Event
from presslog.store.generation import Generation, View
from presslog.store.links import serving_path
from presslog.store.names import LINK
from presslog.store.sqlite import Connection, connect, sqlite3, transaction
from presslog.store.views import Views

POEMS = "create table poems (position integer primary key, title text, note text, words text) strict"


def apply_poems(db: Connection, events: Sequence[Event]) -> None:
    for event in events:
        assert isinstance(event.fact, ArticleRecorded)
        article = event.fact.article
        db.execute("insert into poems values (?, ?, null, ?)", (event.position, article.title, article.text))


POEM = View("poems", 1, ("poems",), (POEMS,), apply_poems, types=frozenset({"article-recorded"}))


@pytest.fixture
def history() -> History:
    """Four articles."""
    history = History(MemoryLog())
    for number in range(1, 5):
        history.article(f"{number}.txt", title=f"Title {number}")
    return history


@pytest.fixture
def opened(tmp_path: Path, history: History) -> Iterator[Callable[..., Views]]:
    """A function that opens the views given of the history; all are closed at the end."""
    kept: list[Views] = []

    def open_views(*some: View) -> Views:
        kept.append(Views(tmp_path, some, history.log))
        kept[-1].open()
        return kept[-1]

    yield open_views
    for each in kept:
        each.close()


def damage(folder: Path, *statements: str) -> None:
    with closing(connect(folder / LINK)) as connection:
        for statement in statements:
            connection.execute(statement)


def test_every_view_is_compared_and_equal(opened: Callable[..., Views]) -> None:
    done = opened(*views()).rebuild()

    assert {each.is_equal for each in done.compared} == {True}
    assert [each.view for each in done.compared] == [view.name for view in views()]


def test_view_that_was_not_what_the_log_makes_is_told(tmp_path: Path, opened: Callable[..., Views]) -> None:
    followed = opened(POEM)
    damage(tmp_path, "delete from poems where position = 2")

    done = followed.rebuild()

    assert done.compared == (("poems", 1, 1, 3, 4, False),)


def test_view_in_another_version_is_only_counted(
    tmp_path: Path, opened: Callable[..., Views], history: History
) -> None:
    opened(POEM).close()

    with closing(Views(tmp_path, [POEM._replace(version=2)], history.log)) as changed:
        done = changed.open()

    assert done
    assert done.compared == (("poems", 1, 2, 4, 4, None),)


def test_only_what_is_to_be_compared_at_scale_is_compared(tmp_path: Path, opened: Callable[..., Views]) -> None:
    sizes = (POEMS, "create table sizes (n integer) strict")
    followed = opened(POEM._replace(schema=sizes, tables=("poems", "sizes"), compared=("sizes",)))
    damage(tmp_path, "delete from poems")

    done = followed.rebuild()

    assert done.compared == (("poems", 1, 1, 0, 0, True),)


def test_comparison_stands_still_while_others_go_on(
    tmp_path: Path, opened: Callable[..., Views], history: History
) -> None:
    followed = opened(POEM)

    def busy(position: int, head: int) -> None:
        if head < 40:
            history.article(f"more-{head}.txt")
            followed.catch_up()

    done = followed.rebuild(busy)

    assert [each.is_equal for each in done.compared] == [True]
    assert followed.serving.position() == history.log.head()


def test_nothing_changes_where_the_views_are_what_the_log_makes(opened: Callable[..., Views]) -> None:
    changes = opened(*views()).changes()

    assert [change for change in changes if not change.is_empty] == []


def test_changes_are_counted_and_shown_by_their_keys(tmp_path: Path, opened: Callable[..., Views]) -> None:
    followed = opened(POEM)
    damage(
        tmp_path,
        "delete from poems where position = 2",
        "insert into poems values (9, 'Ghost', null, '')",
        "update poems set title = 'Other', words = printf('%.*c', 400, 'x') where position = 3",
    )

    change = followed.changes()[0]

    assert change[:7] == ("poems", "poems", 4, 4, 1, 1, 1)
    assert change.examples == (
        Example("added", "2"),
        Example(
            "changed",
            "3",
            (
                ChangedValue("title", "Other", "Title 3"),
                ChangedValue("words", "text of 400 letters", "The water came at night."),
            ),
        ),
        Example("removed", "9"),
    )


def test_examples_are_few(tmp_path: Path, opened: Callable[..., Views]) -> None:
    followed = opened(POEM)
    damage(tmp_path, "update poems set title = 'Other'")

    changes = [followed.changes(most_examples=most)[0] for most in (0, 2)]

    assert [(len(change.examples), change.changed) for change in changes] == [(0, 4), (2, 4)]


def test_comparing_switches_nothing(tmp_path: Path, opened: Callable[..., Views]) -> None:
    followed = opened(POEM)
    damage(tmp_path, "delete from poems")

    followed.changes()

    assert serving_path(tmp_path) == tmp_path / "views-0001.db"


def test_table_that_is_new_and_columns_that_change_are_told(
    tmp_path: Path, opened: Callable[..., Views], history: History
) -> None:
    opened(POEM).close()
    schema = (POEMS.replace("note text", "kind text"), "create table moods (name text primary key) strict")
    other = POEM._replace(version=2, schema=schema, tables=("poems", "moods"))

    with closing(Views(tmp_path, [other], history.log)) as changed:
        poems, moods = changed.changes()

    assert (poems.columns, poems.changed) == (("+kind", "-note"), 0)
    assert moods[:7] == ("poems", "moods", 0, 0, 0, 0, 0)


@pytest.mark.parametrize("view", views(), ids=lambda view: view.name)
def test_digest_needs_no_sorting_where_a_table_has_a_key(tmp_path: Path, history: History, view: View) -> None:
    with closing(Generation(tmp_path / "views.db", views(), history.log)) as generation:
        path = generation.path
    with closing(sqlite3.connect(str(path))) as connection:
        for table in view.compared or view.tables:
            keys = connection.execute("select name from pragma_table_info(?) where pk > 0 order by pk", (table,))
            order = ", ".join(f'"{name}" collate binary' for (name,) in keys)
            plan = connection.execute(f'explain query plan select * from "{table}" order by {order or 1}').fetchall()
            assert not order or "TEMP B-TREE" not in str(plan)


def test_when_an_index_was_flushed_is_no_difference(tmp_path: Path) -> None:
    digests = set()
    for batches in ([["Rivers"], ["Lakes"]], [["Rivers", "Lakes"]]):
        with closing(connect(tmp_path / f"{len(batches)}.db")) as connection:
            connection.execute("create virtual table words using fts5 (text, content = '', contentless_delete = 1)")
            for batch in batches:
                with transaction(connection):
                    connection.executemany("insert into words (text) values (?)", [(text,) for text in batch])
            digests.add(digest_of(connection, ["words_docsize"]))

    assert len(digests) == 1
