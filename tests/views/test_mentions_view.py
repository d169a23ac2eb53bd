"""mentions: rows for every revision, which go with an article that is erased."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from desks import History

from presslog.handlers.insight.detectors import RULES
from presslog.handlers.views import insights
from presslog.store.sqlite import connect_readonly
from presslog.store.views import Views

Rows = Callable[..., list[tuple[Any, ...]]]
FIRST = "Mayor Ana Ruiz spoke in Lima. Ruiz paid $2 million."
SECOND = "Mayor Ana Ruiz spoke in Oslo."


@pytest.fixture
def insight(folder: Path, history: History) -> Iterator[Views]:
    folder.mkdir()
    with closing(Views(folder, insights("rules"), history.log)) as followed:
        followed.open()
        yield followed


@pytest.fixture
def found(folder: Path, insight: Views) -> Rows:
    def ask(sql: str) -> list[tuple[Any, ...]]:
        insight.catch_up()
        with closing(connect_readonly(folder / "views.db")) as connection:
            return list(connection.execute(sql))

    return ask


def test_a_mention_is_a_row_with_its_place_its_sentence_and_who_found_it(history: History, found: Rows) -> None:
    history.article(text=FIRST)

    rows = found("select number, kind, text, name, start_char, end_char, sentence_no, detector from mentions")

    assert rows == [
        (1, "person", "Ana Ruiz", "Ana Ruiz", 6, 14, 1, RULES),
        (2, "place", "Lima", "Lima", 24, 28, 1, RULES),
        (3, "person", "Ruiz", "Ana Ruiz", 30, 34, 2, RULES),
        (4, "money", "$2 million", "USD 2000000", 40, 50, 2, RULES),
    ]


def test_every_revision_has_its_own_rows(history: History, found: Rows) -> None:
    first = history.article(text=FIRST)
    second = history.article(text=SECOND)

    assert found("select position, name from mentions where kind = 'place'") == [(first, "Lima"), (second, "Oslo")]


def test_a_revision_that_is_read_again_has_rows_at_both_positions(history: History, found: Rows) -> None:
    first = history.article(text=FIRST)
    second = history.reread(text=SECOND)

    assert found("select position, name from mentions where kind = 'place'") == [(first, "Lima"), (second, "Oslo")]


def test_of_an_erased_article_nothing_is_left_and_of_others_all(history: History, found: Rows) -> None:
    history.article("a.txt", text=FIRST)
    kept = history.article("b.txt", text=SECOND)
    history.erased()
    again = history.article("a.txt", text=SECOND)

    assert found("select distinct position from mentions order by 1") == [(kept,), (again,)]


def test_rows_are_the_same_however_events_are_cut(folder: Path, history: History, insight: Views, found: Rows) -> None:
    for number in range(7):
        history.article(f"{number % 3}.txt", text=f"{FIRST} It rained on {number + 2} towns.")
        if number == 4:
            history.erased("presslog:seeds/1.txt")
        insight.catch_up()
    live = found("select * from mentions")

    (folder / "again").mkdir()
    with closing(Views(folder / "again", insights("rules"), history.log)) as rebuilt:
        rebuilt.open()
        rebuilt.catch_up()
    with closing(connect_readonly(folder / "again" / "views.db")) as connection:
        at_once = list(connection.execute("select * from mentions"))

    assert live == at_once
    assert len(live) > 20


def test_articles_that_name_somebody_are_found_without_a_scan(history: History, found: Rows) -> None:
    history.article(text=FIRST)

    (plan,) = found("explain query plan select position from mentions where kind = 'person' and name = 'Ana Ruiz'")

    assert "mentions_name" in plan[3]
