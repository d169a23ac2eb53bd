"""Times as people ask for them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.store.errors import BadQuery
from presslog.store.when import moment

NOW = datetime(2022, 1, 6, 1, 30, tzinfo=timezone(timedelta(hours=6)))
"""Half past one at night in Almaty: in UTC it is still the 5th."""


@pytest.mark.parametrize(
    ("text", "begin", "end"),
    [
        ("90m", "2022-01-05T18:00:00.000Z", "2022-01-05T18:00:00.000Z"),
        ("1w", "2021-12-29T19:30:00.000Z", "2021-12-29T19:30:00.000Z"),
        ("today", "2022-01-05T00:00:00.000Z", "2022-01-05T23:59:59.999Z"),
        ("Yesterday", "2022-01-04T00:00:00.000Z", "2022-01-04T23:59:59.999Z"),
        ("2022-01-06", "2022-01-06T00:00:00.000Z", "2022-01-06T23:59:59.999Z"),
        ("2022-01-06T09:30:00+06:00", "2022-01-06T03:30:00.000Z", "2022-01-06T03:30:00.000Z"),
        ("2022-01-06t09:30:00z", "2022-01-06T09:30:00.000Z", "2022-01-06T09:30:00.000Z"),
        ("2022-01-06 09:30", "2022-01-06T09:30:00.000Z", "2022-01-06T09:30:00.000Z"),
    ],
)
def test_time_is_read_as_utc(text: str, begin: str, end: str) -> None:
    assert moment(text, NOW) == begin
    assert moment(text, NOW, is_end=True) == end


@given(st.text() | st.from_regex(r"[0-9]{1,9}[smhdw]|[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9:+-]{0,14})?"))
def test_any_text_is_a_time_or_a_bad_query(text: str) -> None:
    try:
        read = moment(text, NOW)
    except BadQuery:
        return

    assert datetime.fromisoformat(read).tzinfo == UTC


def test_what_is_no_time_is_told_what_would_be() -> None:
    with pytest.raises(BadQuery, match="write 2h, 3d, today"):
        moment("soon", NOW)
