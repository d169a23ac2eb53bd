"""The timeline as it is asked for: by words, filters, times and kinds, and of the past."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives import NOON, Archive
from desks import History

from presslog.store.errors import BadQuery
from presslog.store.past import Past
from presslog.store.queries import Answers
from presslog.store.sandbox import run_sql
from presslog.store.timeline import KINDS, Which, timeline

NOW = datetime(2022, 1, 8, tzinfo=UTC)
HOUR = 3600


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A storm of Wednesday, revised on Thursday; a flood of a Friday; and one that was erased."""
    archive = Archive(tmp_path / "store")
    history = History(archive.log)
    history.article("storm.txt", source="AP", title="Storm", published_at="2022-01-05T21:00:00Z")
    history.article("gone.txt", source="Wire", title="Gone", published_at="2022-01-04")
    archive.clock = NOON + HOUR
    history.article("storm.txt", source="AP", title="Storm over", published_at="2022-01-05T21:00:00Z")
    history.article("flood.txt", source="Wire", title="Flood", published_at="2022-01-07")
    archive.clock = NOON + 2 * HOUR
    history.erased("presslog:seeds/gone.txt", reason="by order")
    archive.build()
    archive.close()
    return archive.folder


def told(store: Path, text: str = "", past: Past | None = None, **wish: object) -> list[tuple[str, str]]:
    with Answers(store, past) as answers, answers.tables as tables:
        return [(row["kind"], row["headline"]) for row in timeline(tables, text, Which(**wish), NOW)]


def test_the_newest_of_its_own_time_comes_first(store: Path) -> None:
    assert told(store) == [("first", "Flood"), ("erasure", ""), ("update", "Storm over"), ("first", "Storm")]
    assert told(store, limit=2) == [("first", "Flood"), ("erasure", "")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("storm", ["Storm over", "Storm"]),
        ("over", ["Storm over"]),
        ("source:wire", ["Flood"]),
        ('storm source:"Associated Press" -over', ["Storm"]),
        ("change:first", ["Flood", "Storm"]),
        ("comet", []),
    ],
)
def test_words_and_filters_ask_of_the_revision_that_came(store: Path, text: str, expected: list[str]) -> None:
    assert [headline for _, headline in told(store, text)] == expected


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        ("2022-01-07", "", ["Flood"]),
        ("2022-01-07T10:00:00Z", "", ["Flood"]),
        ("", "2022-01-05", ["Storm"]),
        ("2022-01-05T20:00:00Z", "2022-01-05T22:00:00Z", ["Storm"]),
        ("2022-01-05T22:00:00Z", "2022-01-06", ["", "Storm over"]),
        ("2d", "1d", ["Flood", "", "Storm over"]),
    ],
)
def test_times_are_those_of_the_events(store: Path, since: str, until: str, expected: list[str]) -> None:
    assert [headline for _, headline in told(store, since=since, until=until)] == expected


def test_kinds_can_be_chosen(store: Path) -> None:
    assert {kind for kind, _ in told(store, kinds=("erasure", "update"))} == {"erasure", "update"}
    assert {kind for kind, _ in told(store)} <= set(KINDS)


def test_in_the_past_what_came_later_has_not_happened(store: Path) -> None:
    assert told(store, past=Past(position=1)) == [("first", "Storm")]
    assert told(store, past=Past(at="2022-01-06T13:30:00.000Z")) == [
        ("first", "Flood"),
        ("update", "Storm over"),
        ("first", "Storm"),
    ]


def test_sql_sees_the_same_past(store: Path) -> None:
    found = run_sql(store / "views.db", "select kind from timeline order by position", past=Past(position=3))

    assert [kind for (kind,) in found.rows] == ["first", "update"]


def test_what_cannot_be_read_is_refused(store: Path) -> None:
    with pytest.raises(BadQuery):
        told(store, since="the day before")
    with pytest.raises(BadQuery):
        told(store, "-only -exclusions")
