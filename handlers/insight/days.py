"""Dates and times of day: how far one reaches, and which day, month, year or minute it is for whoever wrote it."""

import re
from datetime import date, timedelta

from .facts import Mention, Span

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "January Jan",
            "February Feb",
            "March Mar",
            "April Apr",
            "May",
            "June Jun",
            "July Jul",
            "August Aug",
            "September Sept Sep",
            "October Oct",
            "November Nov",
            "December Dec",
        ),
        1,
    )
    for name in names.split()
}
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
BEFORE_MONTHS = frozenset(
    "in since until till by last next of from for early late mid before after this end during between and to through "
    "around".split()
)
"""One of these stands before ``May`` and ``March`` where these are months and no other words."""
BEFORE_YEARS = frozenset(
    "in since until till by before after of from to and between during early late mid spring summer autumn winter fall "
    "around year the circa through for".split()
)
AHEAD = frozenset("next until till by will coming from would".split())
"""With one of these before it a weekday is the next one, else the last one."""
YEARS = range(1000, 2101)
LIKELY_YEARS = range(1900, 2036)
PARTS = "morning|afternoon|evening|night"
HOURS = {
    word: hour for hour, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
}

_month = "January|February|March|April|June|July|August|September|October|November|December"
_month = rf"(?:{_month}|May|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec)\b\.?)"
_iso = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_day = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({_month})(?![a-z])(?:,? (\d{{4}})(?!\d))?")
_clock = re.compile(
    r"(\d{1,2})(?:[:.](\d\d)(?!\d))?(?: ?(?:([ap])\.?m\b\.?)| o['’]clock\b)?"
    rf"(?: (?:this|yesterday|tomorrow) (?:{PARTS})\b)?"
)
_year = re.compile(r"(\d{4})(s\b|[-–/](?:\d\d){1,2}(?!\d))?(?![\d%]|[.,]\d)")
_part = re.compile(rf" (?:in the (?:{PARTS})|at night)\b")
_after_year = re.compile(
    r"[^\w ]|\Z| [^a-z]| (?:and|but|when|as|after|to|with|by|that|which|who|while|at|in|on|for|or|has"
    r"|had|have|is|was|were|will)\b"
)
_feasts = (
    "Easter|Christmas|Whitsun|Pentecost|Ramadan|Passover|Hanukkah|Diwali|Halloween|Thanksgiving|New Year|Nowruz|Lent"
    "|Good Friday|(?:Labor|Memorial|Independence|Boxing|Bastille|Mother’s|Valentine’s) Day"
)
WRITTEN = (
    rf"(?P<month>{_month}(?![a-z])(?: \d{{1,2}}(?![\d:%])(?:st|nd|rd|th)?)?(?:,? \d{{4}}(?!\d))?)"
    rf"|(?P<weekday>(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?(?: (?:{PARTS})\b)?)"
    rf"|(?P<near>(?:[Yy]esterday|[Tt]oday|[Tt]omorrow|[Tt]onight)\b(?: (?:{PARTS})\b)?)"
    r"|(?P<relative>(?:[Ll]ast|[Nn]ext|[Tt]his) (?:week|weekend|month|year|quarter|decade|century|season|spring|summer"
    rf"|autumn|fall|winter|{PARTS}|{_month}|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b)"
    r"|(?P<season>[Tt]he (?:(?:first|second|third|fourth) quarter\b"
    r"|(?:first|second) half(?= of (?:the year|last year|this year|next year|\d{4}))"
    rf"|(?:spring|summer|autumn|winter)\b(?! [a-z])|end of (?:{_month}(?![a-z])|the (?:week|month|year|season)\b)))"
    r"|(?P<ago>a (?:day|week|month|year|decade|century) (?:ago|earlier)\b)"
    rf"|(?P<feast>(?:(?:last|next|this) )?(?:{_feasts})\b(?:['’]s)?(?: (?:Eve|Day|Sunday|Monday)\b)?)"
    r"|(?P<noon>(?:noon|midnight|midday)\b)"
)
BEGINNINGS = (
    "a [dwmyc]|[Tt](?:h(?:is |e (?:[fs][iepuo]|th|au|wi|en))|o[dmn])|[LlNn][ae][sx]t |noon|mid[nd]|[Yy]es"
    "|J(?:an|u[nl])|Feb|Ma[ry]|A(?:pr|ug)|S(?:ep|at|un)|Oct|No[vw]|Dec|Mo[nt]|T(?:ue|hu|hank)|Wed|Fri"
    "|Eas|Chr|Whit|Pen|Ram|Pas|Ha[nl]|Diw|New|Len|Good|Lab|Mem|Ind|Box|Bas|Val"
)
"""With what WRITTEN begins."""


def of_figures(text: str, start: int, today: date | None) -> Mention | None:
    """The date or time that begins with the figures at a place: ``9 May 2024``, ``15:48``, ``4 p.m.``, ``1959``."""
    if text[start : start + 4].isdecimal():
        return _of_four(text, start)
    if found := _day.match(text, start):
        return _mention(found, _nearest(MONTHS[found[2].rstrip(".")], int(found[1]), found[3], today), "day")
    if (found := _clock.match(text, start)) and (found[3] or found[0].strip() != found[1]) and _is_clock(found):
        hour = int(found[1]) % 12 + 12 * (found[3] == "p") if found[3] else int(found[1])
        return _mention(found, f"{hour:02}:{found[2] or '00'}", "clock")
    return None


def _of_four(text: str, start: int) -> Mention | None:
    """The day or the year that begins with four figures."""
    if found := _iso.match(text, start):
        return _mention(found, _iso_day(int(found[1]), int(found[2]), int(found[3])), "day")
    found = _year.match(text, start)
    if found and _is_year(text, found):
        return _mention(found, "" if found[2] else found[1], "year")
    return None


def written(text: str, found: re.Match[str], today: date | None) -> Mention | None:
    """The date that words make, as ``WRITTEN`` found them; None where ``May`` or ``March`` is another word."""
    rule = str(found.lastgroup)
    span, words = Span(*found.span(rule)), found[rule]
    match rule:
        case "month":
            return _of_month(text, span, today)
        case "weekday" if words.split()[0] in DAYS:
            value = _weekday(words.split()[0], text[max(0, span.start - 60) : span.start], today)
        case "near" if words[0].isupper() and text[max(0, span.start - 2) : span.start - 1].isalnum():
            return None  # the paper that is called so
        case "near" | "relative":
            value = _relative(words.lower().split(), today)
        case "noon":
            value = "00:00" if words == "midnight" else "12:00"
        case _:
            value = ""
    return Mention(span, "date", value, 0.9, rule)


def of_hour(text: str, start: int, end: int) -> Mention | None:
    """An hour in words, where a preposition stands before it and no noun behind: ``at nine,``."""
    if text[start:end] in HOURS and (part := _part.match(text, end)):
        return Mention(Span(start, part.end()), "date", "", 0.9, "hour")
    before = text[max(0, start - 4) : start].lower()
    if before.endswith(("at ", "by ")) and text[start:end] in HOURS and text[end : end + 1] in ",.;:”’\"')":
        return Mention(Span(start, end), "date", "", 0.7, "hour")
    return None


def _mention(found: re.Match[str], value: str, rule: str) -> Mention:
    return Mention(Span(*found.span()), "date", value, 0.9, rule)


def _of_month(text: str, span: Span, today: date | None) -> Mention | None:
    words = text[span.start : span.end]
    name, *others = words.replace(",", "").replace(".", "").split()
    month = MONTHS[name]
    year = others.pop() if others and len(others[-1]) == 4 else ""
    if others:
        return Mention(span, "date", _nearest(month, int(re.sub(r"\D", "", others[0])), year, today), 0.9, "day")
    before = text[max(0, span.start - 12) : span.start].lower().split()
    if name in {"May", "March"} and not year and (not before or before[-1] not in BEFORE_MONTHS):
        return None
    if not year and today:
        year = str(_nearest_year(month, today))
    return Mention(span, "date", f"{year}-{month:02}" if year else "", 0.9, "month")


def _nearest_year(month: int, today: date) -> int:
    """The year of the month that is nearest to a day."""
    return today.year + (month - today.month < -6) - (month - today.month > 6)


def _iso_day(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _nearest(month: int, day: int, year: str | None, today: date | None) -> str:
    """A day of the stated year, else of the one that brings it nearest to the day of the article."""
    if year or today is None:
        return _iso_day(int(year), month, day) if year else ""
    days = [date.fromisoformat(each) for each in (_iso_day(today.year + by, month, day) for by in (-1, 0, 1)) if each]
    return min(days, key=lambda each: abs(each - today)).isoformat() if days else ""


def _weekday(name: str, before: str, today: date | None) -> str:
    if today is None:
        return ""
    words = re.split(r"[.!?\n]", before)[-1].split()
    back = (today.weekday() - DAYS.index(name)) % 7
    return (today - timedelta(back) if AHEAD.isdisjoint(words) else today + timedelta(-back % 7)).isoformat()


def _relative(words: list[str], today: date | None) -> str:
    """``yesterday`` as a day, ``last year`` as a year, ``next month`` as a month; empty for what is vaguer."""
    if today is None:
        return ""
    shift = {"yesterday": -1, "tomorrow": 1, "last": -1, "next": 1}.get(words[0], 0)
    unit = words[-1] if words[0] in {"last", "next", "this"} else "day"
    if unit == "year":
        return str(today.year + shift)
    if unit == "month":
        months = 12 * today.year + today.month - 1 + shift
        return f"{months // 12}-{months % 12 + 1:02}"
    is_day = unit == "day" or unit in PARTS.split("|")
    return (today + timedelta(shift)).isoformat() if is_day else ""


def _is_clock(found: re.Match[str]) -> bool:
    is_timed = ":" in found[0] or found[3] or "clock" in found[0]
    return bool(is_timed) and int(found[1]) < 25 and int(found[2] or 0) < 60


def _is_year(text: str, found: re.Match[str]) -> bool:
    start, year = found.start(), int(found[1])
    before = text[max(0, start - 10) : start]
    if year not in YEARS or (before and before[-1] in "$€£#/.,:"):
        return False
    words = before.lower().split()
    if words and before[-1:].isspace() and words[-1] in BEFORE_YEARS:
        return bool(_after_year.match(text, found.end())) or year in LIKELY_YEARS
    return year in LIKELY_YEARS and bool(_after_year.match(text, found.end()))
