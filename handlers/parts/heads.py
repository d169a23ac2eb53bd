"""The header of a plain text: title, byline, dates, minutes and named values, in any order, before the body."""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .bylines import is_byline, is_names, merge_authors, read_authors
from .credits import read_credit
from .dates import read_date, read_day
from .fields import FIELD_OF, Fields, key_name, read_fields

HEAD_LINES = 24
"""A header is short; what is not found in this many lines is not there."""

TITLE_LENGTH = 250
"""The longest title; the longest headlines of wires have some 180 characters."""

SENTENCE_TITLE = 120
"""The longest title that ends like a sentence."""

SOFT_KEYS = frozenset({"source", "section", "description", "keywords", "subtitle", "url", "copyright", "version"})
"""Fields whose key may as well begin a headline ("Source: Bank to cut rates"): alone on top they prove nothing."""


NO_TEXT_FIELDS = frozenset({"uri", "version", "status"})
"""Fields whose keys, but for ``guid`` and ``uri``, are too common as plain words to be trusted in plain text."""


class Head(NamedTuple):
    """The header's fields, the kinds of line it was read from, and the number of the line where the body starts."""

    fields: Fields
    kinds: frozenset[str]
    end: int


_date_title = re.compile(r"date:?\s+(\d{4}-\d\d-\d\d)\s+(\S.*)", re.IGNORECASE)
_minutes = re.compile(
    r"[·•|*–-]?\s?(?:(?:reading|read) time:?\s)?(\d{1,3})[\s-]?min(?:ute)?s?\.?[\s-](?:to )?read\.?"
    r"|[·•|*–-]?\s?(?:reading|read) time:?\s(?:about )?(\d{1,3})[\s-]?min(?:ute)?s?\.?"
    r"|[·•]\s?(\d{1,3}) min(?:ute)?s?\.?",
    re.IGNORECASE,
)
_keyed = re.compile(r"([A-Za-z][A-Za-z '’_-]{1,24}):\s+(\S.*)|([A-Za-z][A-Za-z_-]{1,24}):(\S.*)")
_dated = re.compile(
    r"(?:(?P<updated>(?:last )?(?:updated|modified))|(?:first )?published|posted|date)?(?:\s?:\s?|\s(?:on|at)\s|\s)?"
    r"(?P<words>\S.*)",
    re.IGNORECASE,
)
_parts = re.compile(r"\s[|·•]\s")
_bare_date = re.compile(
    r"[^\W\d]{0,9}[.,]?\s?\d|(?:last |first )?(?:updated|modified|published|posted|date)\b", re.IGNORECASE
)


def is_dated_title(text: str) -> bool:
    """Whether a text opens with `` date YYYY-MM-DD TITLE``."""
    start = text[:400].lstrip()
    return start[:4].lower() == "date" and _date_title.match(start) is not None


def read_head(lines: Sequence[str]) -> Head:
    """Read the header on top of a text's stripped lines; the first line that cannot be one starts the body."""
    fields: Fields = {}
    kinds: set[str] = set()
    number = read = 0
    while number < len(lines) and read < HEAD_LINES:
        if not lines[number]:
            number += 1
            continue
        kind, taken = _take(lines, number, fields)
        if not taken:
            break
        kinds.add(kind)
        number += taken
        read += 1
    return Head(fields, frozenset(kinds), number)


def _take(lines: Sequence[str], number: int, fields: Fields) -> tuple[str, int]:
    """Read the line at ``number`` into ``fields``; return its kind and how many lines it takes, 0 for the body's."""
    line = lines[number]
    if "title" in fields and len(line) <= TITLE_LENGTH * 4 and " ".join(line.split()) == fields["title"]:
        return "repeated-title", 1
    kind, found = _read_plain(line, is_top=not fields, below=_below(lines, number))
    if kind:
        _merge(fields, found)
        return kind, 1
    if read_credit(line):
        return "", 0
    if "title" not in fields:
        taken = _title_lines(lines, number, has_head=bool(fields))
        if taken:
            fields["title"] = " ".join(" ".join(lines[number : number + taken]).split())
        return "title", taken
    return _take_below_title(lines, number, fields)


def _take_below_title(lines: Sequence[str], number: int, fields: Fields) -> tuple[str, int]:
    line, below = lines[number], _below(lines, number)
    if "byline" not in fields and _is_bare_byline(lines, number, fields):
        fields |= {"byline": line, "authors": read_authors(line)}
        return "byline", 1
    if (
        "subtitle" not in fields
        and len(line) <= TITLE_LENGTH
        and "byline" not in fields
        and "published_at" not in fields
    ):
        after = _below(lines, number + 1) if is_names(below) and not _is_strong(below) else below
        if _is_strong(after) and not read_credit(after):
            fields["subtitle"] = line
            return "subtitle", 1
    return "", 0


def _is_bare_byline(lines: Sequence[str], number: int, fields: Fields) -> bool:
    """A byline without "By": names next to the title or another header line; between title and minutes, anything."""
    line, below = lines[number], _below(lines, number)
    if len(line) > TITLE_LENGTH:
        return False
    stands_close = number > 0 and bool(lines[number - 1])
    if stands_close and "published_at" in fields and _read_minutes(below):
        return True
    return is_names(line) and (stands_close or _is_strong(below))


def _read_plain(line: str, *, is_top: bool, below: str) -> tuple[str, Fields]:
    """Read a line that says itself what it is: the kind, empty for none, and its fields."""
    if len(line) > TITLE_LENGTH:
        long = _read_keyed(line) if len(line) < TITLE_LENGTH * 8 else {}
        return ("keyed", long) if long else ("", {})
    if (found := _date_title.match(line)) and (moment := read_day(found[1])):
        return "date-title", moment.published | {"title": " ".join(found[2].split())}
    if (parts := _parts.split(line)) and 2 <= len(parts) <= 5 and (fields := _read_parts(parts)):
        return "parts", fields
    for kind, reader in _LINE_READERS:
        if fields := reader(line):
            is_soft = kind == "keyed" and is_top and fields.keys() <= SOFT_KEYS
            return ("", {}) if is_soft and not _read_keyed(below) else (kind, fields)
    return "", {}


def _read_parts(parts: Sequence[str]) -> Fields:
    """Read "By A B | Jan. 6, 2022 | 4 min read", where every part is a header line itself; nothing else is read."""
    fields: Fields = {}
    for number, part in enumerate(parts):
        found = next((read for _, reader in _LINE_READERS if (read := reader(part))), None)
        if not found and number == 0 and is_names(part):
            found = {"byline": part, "authors": read_authors(part)}
        if not found:
            return {}
        _merge(fields, found)
    return fields


def _read_minutes(line: str) -> Fields:
    found = _minutes.fullmatch(line) if len(line) < 60 and "min" in line.lower() else None
    return {"read_minutes": int(found[1] or found[2] or found[3])} if found else {}


def _read_byline(line: str) -> Fields:
    if not is_byline(line):
        return {}
    fields: Fields = {"byline": line, "authors": read_authors(line)}
    agency = line.partition("|")[2].strip()
    return fields | ({"source": agency} if agency and not _says_more(agency) else {})


def _says_more(part: str) -> bool:
    return len(part) > 40 or "|" in part or bool(_read_minutes(part) or _read_dated(part))


def _read_dated(line: str) -> Fields:
    if len(line) > 120 or not _bare_date.match(line) or not (found := _dated.fullmatch(line)):
        return {}
    moment = read_date(found["words"])
    if not moment:
        return {}
    if found["updated"]:
        return {"updated_at": moment.at}
    return moment.published


def _read_keyed(line: str) -> Fields:
    found = _keyed.match(line)
    if not found:
        return {}
    key, value = found[1] or found[3], found[2] or found[4]
    is_ours = FIELD_OF.get(key_name(key), "status") not in NO_TEXT_FIELDS or key_name(key) in {"guid", "uri"}
    return read_fields({key: value}) if is_ours else {}


_LINE_READERS: tuple[tuple[str, Callable[[str], Fields]], ...] = (
    ("minutes", _read_minutes),
    ("date", _read_dated),
    ("keyed", _read_keyed),
    ("byline", _read_byline),
)


def _is_strong(line: str) -> bool:
    """Whether a line says itself that it belongs to a header, or opens a wire story."""
    if not line:
        return False
    return bool(_read_plain(line, is_top=False, below="")[0]) or read_credit(line) is not None


def _title_lines(lines: Sequence[str], number: int, *, has_head: bool) -> int:
    """Return how many lines the title at ``number`` takes: 0 where a paragraph stands there."""
    line = lines[number]
    touching = lines[number + 1] if number + 1 < len(lines) else ""
    ends_sentence = line[-1] in ".;,"
    if len(line) > TITLE_LENGTH or (ends_sentence and len(line) > SENTENCE_TITLE):
        return 0
    below = _below(lines, number)
    if not below:
        return 1 if has_head else 0
    if not touching or _is_strong(below) or is_names(below):
        return 1
    if (
        touching[0].islower()
        and number + 2 < len(lines)
        and not lines[number + 2]
        and len(line) + len(touching) < TITLE_LENGTH
    ):
        return 0 if touching[-1] == "." else 2
    return int(not ends_sentence and (len(touching) > 100 or len(line) < 60) and not touching[0].islower())


def _below(lines: Sequence[str], number: int) -> str:
    """Return the next line that is not blank, or the empty string."""
    return next((line for line in lines[number + 1 : number + 4] if line), "")


def _merge(fields: Fields, found: Fields) -> None:
    """Add what is not there yet: the first line that names a field decides, but every author counts."""
    if "authors" in fields and "authors" in found:
        fields["authors"] = merge_authors(fields["authors"], found["authors"])
    for field, value in found.items():
        fields.setdefault(field, value)
