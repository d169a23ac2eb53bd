"""Times as people ask for them, read into the UTC text that tables hold."""

import re
from datetime import UTC, datetime, timedelta

from .errors import BadQuery

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DAYS_AGO = {"today": 0, "yesterday": 1}
_AGO = re.compile(r"(\d{1,6})([smhdw])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAY_LONG = timedelta(days=1) - timedelta(milliseconds=1)
_REMEDY = "write 2h, 3d, today, yesterday, 2022-01-06 or 2022-01-06T09:30:00Z"


def moment(text: str, now: datetime, *, is_end: bool = False) -> str:
    """Read a time: so long ago, a day by name or date, or RFC 3339; days are days of UTC, a time without zone is UTC.

    A day means its beginning, or its last millisecond where ``is_end`` says that it closes a range.

    Raises:
        BadQuery: the text is none of these.

    >>> moment("2h", datetime(2022, 1, 6, 9, 30, tzinfo=UTC))
    '2022-01-06T07:30:00.000Z'
    >>> moment("yesterday", datetime(2022, 1, 6, 9, 30, tzinfo=UTC), is_end=True)
    '2022-01-05T23:59:59.999Z'
    """
    word = text.strip().casefold()
    try:
        day = _day(word, now)
        if day is not None:
            return _text(day + _DAY_LONG if is_end else day)
        return _text(_instant(word, now))
    except (ValueError, OverflowError) as error:
        raise BadQuery(f"{text!r} is not a time: {_REMEDY}") from error


def _day(word: str, now: datetime) -> datetime | None:
    if word in DAYS_AGO:
        today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        return today - timedelta(days=DAYS_AGO[word])
    if _DAY.fullmatch(word):
        return datetime.fromisoformat(word).replace(tzinfo=UTC)
    return None


def _instant(word: str, now: datetime) -> datetime:
    ago = _AGO.fullmatch(word)
    if ago:
        return now - timedelta(**{UNITS[ago[2]]: int(ago[1])})
    instant = datetime.fromisoformat(word.upper())
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
