"""Dates as newsrooms write them, read with the precision they have: a day stays a day, a zone is never invented."""

import re
from datetime import date, time
from typing import NamedTuple

LONGEST = 90
"""No date that people write is longer; it bounds the work on hostile lines."""

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            *("jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august"),
            *("sep sept september", "oct october", "nov november", "dec december"),
        ),
        start=1,
    )
    for name in names.split()
}

ZONES = {
    "z": "Z",
    "utc": "Z",
    "ut": "Z",
    "gmt": "Z",
    "est": "-05:00",
    "edt": "-04:00",
    "cst": "-06:00",
    "cdt": "-05:00",
    "mst": "-07:00",
    "mdt": "-06:00",
    "pst": "-08:00",
    "pdt": "-07:00",
    "cet": "+01:00",
    "cest": "+02:00",
    "bst": "+01:00",
    "msk": "+03:00",
}
"""The zones of RFC 2822 section 4.3, and those of European wires; "ET" says no offset, so it stays in the raw text."""


class Moment(NamedTuple):
    """A time as written: ISO 8601 text cut to its precision (``day``, ``minute`` or ``second``), and the raw words."""

    at: str
    precision: str
    raw: str

    @property
    def published(self) -> dict[str, str]:
        """The fields of an article that was published then."""
        return {"published_at": self.at, "published_precision": self.precision, "published_raw": self.raw}


_WEEKDAY = r"(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?\.?,?\s+)?"
_MONTH = rf"(?P<month>{'|'.join(sorted(MONTHS, key=len, reverse=True))})\.?"
_ZONE = r"(?P<zone>Z|(?:GMT|UTC)?[+-]\d\d?:?(?:\d\d)?|[A-Z]{2,4})"
_CLOCK = (
    r"(?:(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d{1,9})?)?\s?(?P<half>[ap]\.?m\.?)?"
    rf"|\d{{1,2}}\s?[ap]\.?m\.?)(?:\s?{_ZONE})?(?:\s\([^()]{{1,40}}\))?"
)
_BASIC_CLOCK = r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)?(?P<half>)(?P<zone>Z|[+-]\d{4})?"
_TIME = rf"(?:,?\s(?:at\s|[·•|–-]\s)?{_CLOCK})?"
_SHAPES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<year>\d{{4}})(?P<mark>[-/.])(?P<month>\d\d?)(?P=mark)(?P<day>\d\d?)(?:(?:T|,?\s(?:at\s)?){_CLOCK})?",
        rf"{_WEEKDAY}{_MONTH}\s(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}}){_TIME}",
        rf"{_WEEKDAY}(?P<day>\d\d?)(?:st|nd|rd|th)?[\s-]{_MONTH},?[\s-](?P<year>\d{{4}}|\d\d(?=\s\d\d?:)){_TIME}",
        rf"(?P<year>\d{{4}})(?P<month>\d\d)(?P<day>\d\d)(?:T{_BASIC_CLOCK})?",
    )
)
_day_only = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def read_date(words: str) -> Moment | None:
    """Read a text that is nothing but a date, with or without a time; None where it is anything else.

    A date without its year, and one that two countries read differently (03/04/2022), are no dates here.

    >>> read_date("Thu, 6 Jan 2022 04:12:00 GMT")
    Moment(at='2022-01-06T04:12:00Z', precision='second', raw='Thu, 6 Jan 2022 04:12:00 GMT')
    >>> read_date("Jan. 6, 2022, 4:12 p.m. ET").at
    '2022-01-06T16:12'
    """
    raw = words.strip()
    if not 8 <= len(raw) <= LONGEST:
        return None
    folded = " ".join(raw.split())
    for shape in _SHAPES:
        if found := shape.fullmatch(folded):
            return _moment(found, raw)
    return None


def read_day(iso: str) -> Moment | None:
    """Read ``YYYY-MM-DD`` and nothing else; the quick way for a place where nothing else can stand."""
    found = _day_only.fullmatch(iso)
    if not found:
        return None
    try:
        date(int(found[1]), int(found[2]), int(found[3]))
    except ValueError:
        return None
    return Moment(iso, "day", iso)


def _moment(found: re.Match[str], raw: str) -> Moment | None:
    month = MONTHS.get(found["month"].lower()) or int(found["month"])
    try:
        day = date(_year(found["year"]), month, int(found["day"])).isoformat()
        if not found["hour"]:
            return Moment(day, "day", raw)
        precision = "second" if found["second"] else "minute"
        clock = time(_hour(found), int(found["minute"]), int(found["second"] or 0))
        offset = _offset(found["zone"] or "")
    except ValueError:
        return None
    shown = clock.isoformat("seconds" if precision == "second" else "minutes")
    return Moment(f"{day}T{shown}{offset}", precision, raw)


def _year(digits: str) -> int:
    """A year; two digits are of RFC 822, and read as RFC 2822 section 4.3 says."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _hour(found: re.Match[str]) -> int:
    hour, half = int(found["hour"]), (found["half"] or "")[:1].lower()
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"no hour of a half day: {hour}")
    return hour % 12 + (12 if half == "p" else 0)


def _offset(zone: str) -> str:
    name = zone.lower()
    if name in ZONES:
        return ZONES[name]
    sign = max(name.find("+"), name.find("-"))
    if sign < 0:
        return ""
    digits = name[sign + 1 :].replace(":", "")
    hours, minutes = (digits[:-2], digits[-2:]) if len(digits) > 2 else (digits, "00")
    if int(hours) > 14 or int(minutes) > 59:
        raise ValueError(f"no offset of a time zone: {zone}")
    return "Z" if int(digits) == 0 else f"{name[sign]}{hours:0>2}:{minutes}"
