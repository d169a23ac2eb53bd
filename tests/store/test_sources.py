"""Sources and authors as they are asked for: lists of what matches, and what is known of one source."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archives import NOON, Archive

from presslog.store.authors import authors
from presslog.store.past import Past
from presslog.store.sources import find_source, portrait, sources
from presslog.store.tables import Tables

NOW = datetime(2022, 1, 8, tzinfo=UTC)
Asked = Callable[..., Any]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """Four articles of two sources, one of them revised under another of its names two hours later."""
    archive = Archive(tmp_path / "store")
    wire = {"language": "en", "section": "World"}
    archive.keep("a.txt", source="AP", authors=("Ana Silva", "Bo Lee"), published_at="2022-01-05T23:30:00Z", **wire)
    archive.keep(
        "b.txt", source="AP/Reuters", authors=("ANA SILVA",), published_at="2022-01-07", text="A storm.", **wire
    )
    archive.keep("c.txt", source="The Quay", authors=("Bo Lee",), published_at="2022-01-06T09:30:00Z", text="A storm.")
    archive.keep("d.txt", authors=("Cy Roe",))
    archive.refuse("b.txt")
    archive.refuse("z.txt")
    archive.clock = NOON + 7200
    archive.keep("a.txt", source="The Associated Press", published_at="2022-01-05T23:30:00Z", text="It fell.", **wire)
    archive.build()
    archive.close()
    return archive.folder


@pytest.fixture
def ask(store: Path) -> Iterator[Asked]:
    """A function that asks a question of that store, now or in the past."""
    opened = []

    def answer(question: Callable[..., Any], *words: Any, past: Past | None = None, **wish: Any) -> Any:
        opened.append(Tables(store, past))
        return question(opened[-1], *words, **wish)

    yield answer
    for tables in opened:
        tables.close()


def counts(rows: list[dict[str, Any]]) -> dict[str, int]:
    return {row["name"]: row["article_count"] for row in rows}


@pytest.mark.parametrize(
    ("text", "wish", "expected"),
    [
        ("", {}, {"Associated Press": 2, "The Quay": 1}),
        ("storm", {}, {"Associated Press": 1, "The Quay": 1}),
        ("storm source:AP", {}, {"Associated Press": 1}),
        ("author:silva", {}, {"Associated Press": 1}),
        ("", {"since": "2022-01-06", "until": "2022-01-06"}, {"The Quay": 1}),
        ("comet", {}, {}),
    ],
)
def test_sources_are_counted_by_what_matches(
    ask: Asked, text: str, wish: dict[str, str], expected: dict[str, int]
) -> None:
    rows = ask(sources, text, NOW, **wish)

    assert counts(rows) == expected


def test_both_lists_of_sources_say_the_same(ask: Asked) -> None:
    every, matching = ask(sources, "", NOW), ask(sources, "", NOW, since="2000-01-01")

    assert every == matching
    assert list(every[0]) == list(matching[0])
    assert (every[0]["revision_count"], every[0]["revision_rate"], every[0]["domains"][0]) == (3, 0.5, "apnews.com")


@pytest.mark.parametrize("name", ["ap", "associated-press", "Associated Press", "AP/Reuters", "AP News"])
def test_one_source_is_found_by_any_of_its_names(ask: Asked, name: str) -> None:
    assert ask(find_source, name)["id"] == "associated-press"


@pytest.mark.parametrize("name", ["", "Reuters", "???", "storm", "\udcff", "associated"])
def test_what_no_source_is_called_finds_none(ask: Asked, name: str) -> None:
    assert ask(find_source, name) is None


def test_portrait_tells_when_in_what_and_under_which_names_a_source_writes(ask: Asked) -> None:
    found = ask(portrait, ask(find_source, "AP"), NOW)

    assert [(row["name"], row["article_count"]) for row in found.names] == [
        ("AP/Reuters", 1),
        ("The Associated Press", 1),
    ]
    assert [tuple(each) for each in found.facets.counts["day"]] == [("2022-01-05", 1), ("2022-01-07", 1)]
    assert [tuple(each) for each in found.facets.counts["hour"]] == [("12", 1), ("23", 1)]
    assert [tuple(each) for each in found.facets.counts["section"]] == [("World", 2)]
    assert [hit.article["path"] for hit in found.newest] == ["b.txt", "a.txt"]


def test_portrait_counts_what_was_refused_at_paths_of_the_source_alone(ask: Asked) -> None:
    assert ask(portrait, ask(find_source, "AP"), NOW).failure_count == 1
    assert ask(portrait, ask(find_source, "The Quay"), NOW).failure_count == 0


def test_portrait_between_two_times_counts_what_came_out_then(ask: Asked) -> None:
    found = ask(portrait, ask(find_source, "AP"), NOW, since="2022-01-07", until="2022-01-07")

    assert (found.facets.counted, [hit.article["path"] for hit in found.newest]) == (1, ["b.txt"])


def test_a_source_in_the_past_is_as_it_was(ask: Asked) -> None:
    then = Past(at="2022-01-06T13:00:00.000Z")

    found = ask(find_source, "AP", past=then)

    assert (found["article_count"], found["revision_count"]) == (2, 2)
    assert {row["name"] for row in ask(portrait, found, NOW, past=then).names} == {"AP", "AP/Reuters"}


def test_who_writes_is_listed_with_days_and_sources(ask: Asked) -> None:
    rows = ask(authors, "", NOW)

    assert [(row["name"], row["article_count"], row["sources"]) for row in rows] == [
        ("Ana Silva", 1, ["Associated Press"]),
        ("Bo Lee", 1, ["The Quay"]),
        ("Cy Roe", 1, []),
    ]
    assert (rows[0]["first_day"], rows[0]["last_day"], rows[0]["roles"]) == ("2022-01-07", "2022-01-07", ["byline"])


def test_who_wrote_in_the_past_was_credited_then(ask: Asked) -> None:
    rows = ask(authors, "", NOW, past=Past(at="2022-01-06T13:00:00.000Z"))

    assert [(row["name"], row["article_count"], row["first_day"]) for row in rows] == [
        ("Ana Silva", 2, "2022-01-05"),
        ("Bo Lee", 2, "2022-01-05"),
        ("Cy Roe", 1, "2022-01-06"),
    ]


@pytest.mark.parametrize(
    ("text", "wish", "expected"),
    [
        ("storm", {}, ["Ana Silva", "Bo Lee"]),
        ('source:"The Quay"', {}, ["Bo Lee"]),
        ("-source:AP", {}, ["Bo Lee", "Cy Roe"]),
        ("", {"since": "2022-01-07"}, ["Ana Silva"]),
        ("", {"limit": 2}, ["Ana Silva", "Bo Lee"]),
        ("comet", {}, []),
    ],
)
def test_who_writes_is_asked_as_articles_are(ask: Asked, text: str, wish: dict[str, Any], expected: list[str]) -> None:
    assert [row["name"] for row in ask(authors, text, NOW, **wish)] == expected
