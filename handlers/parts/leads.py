"""Leads: which version of a story a wire says that it sends, whether it takes it back, and until when it holds it."""

import re

from .dates import read_date

_lead = re.compile(
    r"(?<![\w-])(\d{1,2})\s?(?:st|nd|rd|th)[\s-]?(?:ld|lead|writethru|write-thru)\b"
    r"|(?<![\w-])(\d{1,2})\.\s(?:zusammenfassung|aktualisierung|neufassung)\b",
    re.IGNORECASE,
)
_piece = re.compile(
    r"(?<![\w-])(?:\d{1,2}\s?(?:st|nd|rd|th)[\s-]?(?:add|insert|sub)|add|insert|take[\s-]\d{1,2})\b", re.IGNORECASE
)
_killed = re.compile(
    r"(?:(?:bulletin|urgent|mandatory|story|news)\s)*(?:kill|elimination|eliminate|withdrawal|withdrawn|retraction"
    r"|annulation|anulación|anulada?)\b(?:\s(?:mandatory|advisory|notice|bulletin))?[\s:.!]*",
    re.IGNORECASE,
)
_attention = re.compile(r"\(?(?:achtung|attention|mandatory|eds|editors)\b", re.IGNORECASE)
_taken_back = re.compile(
    r"(?:meldung|bericht|text|artikel|beitrag|zusammenfassung|nachricht)\b.{0,200}"
    r"(?:gestrichen|streichen|zurückgezogen|zurueckgezogen|nicht (?:zu )?verwenden|entfällt)"
    r"|mandatory kill\b|(?:please|must) kill\b|kill (?:the|this) (?:story|item)\b",
    re.IGNORECASE,
)
_held = re.compile(r"(?:mandatory\s)?(?:withhold|hold)[\s:.!]*", re.IGNORECASE)
_embargo = re.compile(
    r"\(?(?:adv\d\d\b|(?:hold )?for release\b|embargo|advance for\b|not for (?:release|publication) (?:before|until)\b"
    r"|sperrfrist\b|eds:? hold for\b)",
    re.IGNORECASE,
)
_full_date = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d|\s[A-Z]{3,4}\b)?)?"
    r"|\b[A-Z][a-z]{2,8}\.?\s\d{1,2},?\s\d{4}|\b\d{1,2}\.?\s[A-Z][a-z]{2,8}\.?\s\d{4}",
    re.IGNORECASE,
)


def version_of(marks: str) -> int:
    """The version that a lead's number makes, 0 where none is stated: the 1st lead is the second, after the original.

    >>> version_of("1stLd-Writethru"), version_of("2ND LEAD"), version_of("A 3rd Leader"), version_of("7th Writethru")
    (2, 3, 0, 8)
    """
    found = _lead.search(marks)
    return int(found[1] or found[2]) + 1 if found else 0


def is_piece(marks: str) -> bool:
    """Whether a message is only a piece of its story, to be added to what was sent before.

    >>> is_piece("BC-EU--Ferry, 1st Add"), is_piece("Take 2"), is_piece("Address")
    (True, True, False)
    """
    return bool(_piece.search(marks))


def status_of(line: str) -> str:
    """What a whole line of a header makes of the story: ``canceled``, ``withheld``, or nothing.

    >>> status_of("MANDATORY KILL"), status_of("Kill Bill returns"), status_of("(Achtung) Die Meldung wird gestrichen")
    ('canceled', '', 'canceled')
    """
    if _killed.fullmatch(line) or (_attention.match(line) and _taken_back.search(line)):
        return "canceled"
    return "withheld" if _held.fullmatch(line) else ""


def is_embargo(line: str) -> bool:
    """Whether a line of a header holds the story back until some day."""
    return _embargo.match(line) is not None


def held_until(line: str) -> str:
    """The moment in an embargo's line as ISO 8601; empty where it is not a full date: a year is never made up.

    >>> held_until("For release Sunday, Jan. 9, 2022, and thereafter"), held_until("Sperrfrist 9.1.")
    ('2022-01-09', '')
    """
    found = _full_date.search(line) if is_embargo(line) else None
    moment = read_date(found[0].replace(". ", " ")) if found else None
    return moment.at if moment else ""
