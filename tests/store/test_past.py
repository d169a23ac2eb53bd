"""The past: every question answered as of a position or a moment, by the tables as they were."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from archives import NOON, Archive

from presslog.store.errors import BadQuery, NotFound
from presslog.store.past import Past
from presslog.store.queries import Answers
from presslog.store.tables import Tables

HOUR = 3600.0


class Told(NamedTuple):
    """A folder with two articles of two sources, the first of them revised an hour later; their ids."""

    folder: Path
    first: str
    other: str

    @property
    def positions(self) -> list[int]:
        """Where the three versions stand."""
        with Tables(self.folder) as tables:
            return [row[0] for row in tables.tuples("select position from revisions order by position")]


@pytest.fixture
def told(tmp_path: Path) -> Iterator[Told]:
    archive = Archive(tmp_path / "store")
    first = archive.keep("a.txt", title="Rivers rise", source="Wire", authors=("Ann Lee",))
    other = archive.keep("b.txt", title="Bridges hold", source="Paper")
    archive.clock = NOON + HOUR
    archive.keep("a.txt", title="Rivers fall", source="Wire", authors=("Bo Ek",))
    archive.build()
    yield Told(archive.folder, first, other)
    archive.close()


def test_article_is_the_one_that_was_current_then(told: Told) -> None:
    before, _, last = told.positions

    with Answers(told.folder, Past(last - 1)) as answers:
        then = answers.article(told.first)
    with Answers(told.folder, Past(last)) as answers:
        now = answers.article(told.first)

    columns = ("title", "revision", "revision_count", "head_position")
    assert [then[column] for column in columns] == ["Rivers rise", 1, 1, before]
    assert [now[column] for column in columns] == ["Rivers fall", 2, 2, last]


def test_what_came_later_is_not_there(told: Told) -> None:
    other = told.positions[1]

    with Answers(told.folder, Past(other - 1)) as answers:
        found = [row["id"] for row in answers.export()]
        sources = [(row["name"], row["article_count"]) for row in answers.sources()]
        with pytest.raises(NotFound):
            answers.article(told.other)

    assert found == [told.first]
    assert sources == [("Wire", 1)]


@pytest.mark.parametrize(
    ("words", "titles"), [("rise", ["Rivers rise"]), ("fall", []), ("author:lee", ["Rivers rise"])]
)
def test_search_finds_the_words_of_then(told: Told, words: str, titles: list[str]) -> None:
    last = told.positions[-1]

    with Answers(told.folder, Past(last - 1)) as answers:
        found = answers.search(words)

    assert [hit.article["title"] for hit in found.hits] == titles


def test_moment_stands_for_what_was_recorded_by_then(told: Told) -> None:
    with Answers(told.folder, Past(at="2022-01-06T12:30:00.000Z")) as answers:
        found = answers.article(told.first)["title"], answers.as_of()

    assert found == ("Rivers rise", told.positions[1])


def test_before_the_first_event_nothing_was_known(told: Told) -> None:
    with Answers(told.folder, Past(at="2021-01-01T00:00:00.000Z")) as answers:
        found = answers.article_count(), answers.as_of()

    assert found == (0, 0)


def test_history_ends_then(told: Told) -> None:
    last = told.positions[-1]

    with Answers(told.folder, Past(last - 1)) as answers:
        rows = answers.history(told.first)

    assert [(row["revision"], row["valid_to_position"], row["valid_to_at"]) for row in rows] == [(1, None, None)]


def test_position_that_is_not_reached_is_refused(told: Told) -> None:
    with pytest.raises(BadQuery, match="not reached yet"):
        Answers(told.folder, Past(1000))


def test_every_revision_can_count_as_an_article(told: Told) -> None:
    with Answers(told.folder, every_revision=True) as answers:
        titles = [row["title"] for row in answers.export()]
        found = answers.search("rivers")

    assert titles == ["Rivers rise", "Bridges hold", "Rivers fall"]
    assert {hit.article["revision"] for hit in found.hits} == {1, 2}
