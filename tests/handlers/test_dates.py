"""Dates: what is written is read, with its precision, and nothing is invented."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.parts.dates import read_date, read_day


@pytest.mark.parametrize(
    ("words", "at", "precision"),
    [
        ("2022-01-06", "2022-01-06", "day"),
        ("2022/01/06", "2022-01-06", "day"),
        ("20220106", "2022-01-06", "day"),
        ("January 6, 2022", "2022-01-06", "day"),
        ("Jan. 6, 2022", "2022-01-06", "day"),
        ("Thursday, January 6th, 2022", "2022-01-06", "day"),
        ("6 January 2022", "2022-01-06", "day"),
        ("6-Jan-2022", "2022-01-06", "day"),
        ("Sept 9 2022", "2022-09-09", "day"),
        ("2022-01-06 04:12", "2022-01-06T04:12", "minute"),
        ("2022-01-06T04:12Z", "2022-01-06T04:12Z", "minute"),
        ("2022-01-06T04:12:00+05:00", "2022-01-06T04:12:00+05:00", "second"),
        ("2022-01-06T04:12:00.123Z", "2022-01-06T04:12:00Z", "second"),
        ("2023-02-06 15:56:00 -0500", "2023-02-06T15:56:00-05:00", "second"),
        ("2014-02-18 9:50:07 -0400", "2014-02-18T09:50:07-04:00", "second"),
        ("20220106T041200Z", "2022-01-06T04:12:00Z", "second"),
        ("Thu, 6 Jan 2022 04:12:00 GMT", "2022-01-06T04:12:00Z", "second"),
        ("Thu, 06 Jan 2022 04:12:00 +0100", "2022-01-06T04:12:00+01:00", "second"),
        ("January 6, 2022 at 4:12 PM EST", "2022-01-06T16:12-05:00", "minute"),
        ("January 6, 2022, 12:05 a.m. ET", "2022-01-06T00:05", "minute"),
        ("Jan. 6, 2022 · 16.12 CET", "2022-01-06T16:12+01:00", "minute"),
        ("6 January 2022, 4 p.m.", "2022-01-06", "day"),
        ("2022-01-06 04:12 UTC+3", "2022-01-06T04:12+03:00", "minute"),
    ],
)
def test_a_date_is_read_with_the_precision_it_has(words: str, at: str, precision: str) -> None:
    padded = f" {words} "

    moment = read_date(padded)

    assert moment is not None
    assert (moment.at, moment.precision, moment.raw) == (at, precision, words)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Jan. 5",
        "2022",
        "January 2022",
        "03/04/2022",
        "2022-02-30",
        "2022-01-06 25:00",
        "2022-01-06 13:00 pm",
        "6 Foo 2022",
        "On January 6, 2022 it rained",
        "2022-01-06 04:12 +99:00",
        "9" * 500,
        "January 6, 2022 " * 50,
    ],
)
def test_anything_else_is_no_date(words: str) -> None:
    line = words

    moment = read_date(line)

    assert moment is None


@given(st.datetimes(min_value=datetime(1000, 1, 1), max_value=datetime(9999, 12, 31)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_every_moment_of_python_is_read_back(moment: datetime, minutes: int) -> None:
    stamp = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))

    read = read_date(stamp.isoformat())

    assert read is not None
    assert datetime.fromisoformat(read.at) == stamp
    assert read.precision == "second"


@given(st.text(alphabet="0123456789-:/.,+ TZJanuryFebMGp", max_size=60))
def test_whatever_is_read_is_an_iso_date(words: str) -> None:
    moment = read_date(words)

    is_iso = moment is None or datetime.fromisoformat(moment.at).replace(tzinfo=UTC)

    assert is_iso


def test_the_quick_way_takes_days_only() -> None:
    answers = [read_day("2022-01-06"), read_day("2022-13-06"), read_day("6 January 2022")]

    days = [moment.at if moment else "" for moment in answers]

    assert days == ["2022-01-06", "", ""]
