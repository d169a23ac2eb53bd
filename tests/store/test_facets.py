"""Facets: counts of what matches, in the order in which people read them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives import NOON, Archive

from presslog.store.facets import FACETS, Facets, count_facets
from presslog.store.past import Past
from presslog.store.search import asked
from presslog.store.tables import Tables

NOW = datetime.fromtimestamp(NOON, UTC)


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    """Four articles of three sources and three days; one of them in Chinese, one without a date."""
    archive = Archive(folder)
    archive.keep("a", source="Wire", published_at="2022-01-07", authors=("Ann Lee", "Bo Ek"), language="en")
    archive.keep("b", source="Wire", published_at="2022-01-05T23:30:00-05:00", authors=("ANN LEE",), language="en")
    archive.keep("c", source="Paper", language="de", section="World")
    archive.keep("d", source="新报", published_at="2021-12", text="北京 water", status="canceled")
    yield archive.build()
    archive.close()


def counted(archive: Archive, text: str, *fields: str, most: int = 100, past: Past | None = None) -> Facets:
    tables = Tables(archive.folder, past)
    try:
        return count_facets(tables, asked(text), fields, NOW, most=most)
    finally:
        tables.close()


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("source", [("Wire", 2), ("Paper", 1), ("新报", 1)]),
        ("day", [("2021-12", 1), ("2022-01-05", 1), ("2022-01-06", 1), ("2022-01-07", 1)]),
        ("month", [("2021-12", 1), ("2022-01", 3)]),
        ("hour", [("04", 1), ("12", 3)]),
        ("author", [("", 2), ("Ann Lee", 2), ("Bo Ek", 1)]),
        ("feed", [("seeds", 4)]),
        ("section", [("", 3), ("World", 1)]),
        ("status", [("usable", 3), ("withdrawn", 1)]),
    ],
)
@pytest.mark.parametrize("text", ["water", "feed:seeds", "water OR 北京"])
def test_times_stand_in_order_and_the_rest_by_count(
    archive: Archive, text: str, field: str, expected: list[tuple[str, int]]
) -> None:
    found = counted(archive, text, field)

    assert found.counts == {field: expected}
    assert (found.counted, found.is_bounded) == (4, False)


def test_a_source_is_counted_once_whatever_it_is_called(archive: Archive) -> None:
    archive.keep("e", source="AP")
    archive.keep("f", source="The Associated Press")
    archive.build()

    assert counted(archive, "source:AP", "source").counts == {"source": [("Associated Press", 2)]}


def test_what_does_not_match_does_not_count(archive: Archive) -> None:
    found = counted(archive, "water lang:en", *FACETS)

    assert list(found.counts) == list(FACETS)
    assert found.counts["source"] == [("Wire", 2)]
    assert counted(archive, "北京", "source").counts == {"source": [("新报", 1)]}


def test_where_there_are_many_the_newest_are_counted_and_it_is_said(archive: Archive) -> None:
    assert counted(archive, "water OR 北京", "source", most=2) == Facets(
        {"source": [("Paper", 1), ("新报", 1)]}, counted=2, is_bounded=True
    )


def test_facets_of_the_past_count_what_was_there(archive: Archive) -> None:
    assert counted(archive, "water", "source", past=Past(2)).counts == {"source": [("Wire", 1)]}
