"""Kinship: what one text is to another, by its numbers, its source and its time."""

from typing import Any

import pytest

from presslog.store.kinship import (
    Text,
    are_alike,
    came_out,
    kinship,
    lag_seconds,
    packed,
    relation,
    similarity,
    unpacked,
)

SEEN = "2022-01-06T12:00:00.000Z"
NINE, TEN = "2022-01-06T09:00:00.000Z", "2022-01-06T10:00:00.000Z"


def a_text(first: int, last: int, *, source_id: str = "", at: str = NINE, position: int = 1, **fields: Any) -> Text:
    """One that holds these numbers; where no digest is named it has one of its own."""
    said = {"article_id": f"art_{position}", "first_position": position, "is_timed": 1, "digest": position, **fields}
    return Text(position=position, source_id=source_id, came_out_at=at, shingles=packed(range(first, last)), **said)


def test_numbers_come_out_of_a_table_as_they_went_in() -> None:
    assert unpacked(packed((0, 8, 1 << 31))) == (0, 8, 1 << 31)


def test_the_shorter_text_decides() -> None:
    text = a_text(0, 40)

    assert similarity(text, a_text(20, 200, position=2)) == 0.5
    assert are_alike(text, a_text(20, 200, position=2))
    assert not are_alike(text, a_text(21, 200, position=2))
    assert not are_alike(text, a_text(0, 201, position=2))


def test_a_few_words_in_common_are_no_text() -> None:
    assert not are_alike(a_text(0, 6), a_text(2, 8, position=2))
    assert are_alike(a_text(0, 6), a_text(1, 7, position=2))
    assert not are_alike(a_text(0, 0), a_text(0, 0, position=2))


def test_of_one_source_the_later_has_to_hold_most_of_the_earlier() -> None:
    said = a_text(0, 40, source_id="wire", at=NINE)
    grown = a_text(8, 100, source_id="wire", at=TEN, position=2)

    assert are_alike(said, grown)
    assert not are_alike(said._replace(came_out_at=TEN), grown._replace(came_out_at=NINE))
    assert relation(grown, said) == "update-of"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (a_text(0, 9, source_id="quay", digest=1, position=2), "exact"),
        (a_text(0, 30, source_id="quay", position=2), "syndicated"),
        (a_text(30, 70, source_id="quay", position=2), "near"),
        (a_text(0, 30, position=2), "near"),
        (a_text(0, 30, source_id="wire", position=2), "near"),
        (a_text(4, 60, source_id="wire", position=2), "update-of"),
    ],
)
def test_a_relation_is_to_the_lead(text: Text, said: str) -> None:
    assert relation(text, a_text(0, 40, source_id="wire")) == said


def test_who_came_out_first_leads_and_who_was_recorded_first_where_that_is_one() -> None:
    texts = [a_text(0, 9, at=TEN), a_text(0, 9, at=NINE, position=3), a_text(0, 9, at=NINE, position=2)]

    assert [kin.text.position for kin in kinship(texts)] == [2, 3, 1]
    assert [kin.lag_seconds for kin in kinship(texts)] == [0, 0, 3600]
    assert kinship(texts)[0].relation == "lead"


def test_of_a_mere_day_there_is_no_lag() -> None:
    assert lag_seconds(a_text(0, 9, at=TEN, is_timed=0), a_text(0, 9)) is None


@pytest.mark.parametrize(
    ("published_at", "said"),
    [
        ("2022-01-06T10:30:00+06:00", ("2022-01-06T04:30:00.000Z", True)),
        ("2022-01-06T10:30", ("2022-01-06T10:30:00.000Z", True)),
        ("2022-01-05", ("2022-01-05T23:59:59.999Z", False)),
        ("2022-01-06", (SEEN, True)),
        ("2099-01-01T00:00:00Z", (SEEN, True)),
        ("2022-01", (SEEN, True)),
        ("0001-01-01T00:00:00+14:00", (SEEN, True)),
        ("soon", (SEEN, True)),
        ("", (SEEN, True)),
    ],
)
def test_a_time_is_the_publishers_but_never_after_it_was_seen(published_at: str, said: tuple[str, bool]) -> None:
    assert came_out(published_at, SEEN) == said
