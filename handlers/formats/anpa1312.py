"""The format ``anpa1312``: a news agency's message as ANPA 1312 frames it, in the dialects of AP, CP and others."""

import re
from collections.abc import Sequence

from presslog.handlers.parts.anpa_heading import Line, body_start, read_heading, read_lines
from presslog.handlers.parts.credits import take_credit
from presslog.handlers.parts.dates import Moment, read_date
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.paragraphs import first_sentence
from presslog.handlers.parts.transmissions import Transmission, full_year, plain, transmissions, wire_paragraphs
from presslog.store.article import Article, Subject, Unread
from presslog.store.errors import Unreadable

from . import Format

CATEGORIES = {
    "a": "Domestic",
    "b": "Special events",
    "c": "Features",
    "d": "Summaries",
    "e": "Entertainment",
    "f": "Business",
    "h": "Headlines",
    "i": "International",
    "k": "Commentary",
    "l": "Lifestyle",
    "m": "Farm",
    "n": "State and regional",
    "o": "Weather",
    "p": "Politics",
    "q": "Sports scores",
    "s": "Sports",
    "v": "Advisories",
    "w": "Washington",
}
"""The category codes of ANPA 1312; what an agency uses beyond them stays a code."""

URGENCIES = {"f": 1, "b": 2, "u": 3, "r": 5, "d": 7, "a": 8, "s": 8, "w": 8, "h": 8}
"""Flash, bulletin, urgent, regular, deferred, and the advances that wait for their day."""

TRAILER_LENGTH = 60
"""A longer last line belongs to the story."""

_head = re.compile(
    r"(?P<service>[A-Za-z]?)(?P<number>\d{1,5})(?P<agency>[^\x1f\n]{0,20})\x1f?(?P<selector>[^\n]{0,10})\s+"
    r"(?P<priority>[A-Za-z]) (?P<category>[A-Za-z])(?P<type>[\x11-\x14]{0,2})(?P<rest>[^\n]{0,120})"
)
_trailer = re.compile(
    r"(?P<wire>[A-Z]{2,4}(?:-[A-Z]{2,4})?)-(?P<date>\d\d-\d\d-\d\d)\s(?P<clock>\d{4})(?P<zone>[A-Z]{2,4})?"
    r"|(?P<clock2>\d\d:\d\d)(?P<zone2>[A-Z]{2,3})? (?P<date2>\d\d-\d\d-\d\d)"
)


def recognise(content: bytes, _name: str) -> float:
    """Sure of a header of this format behind SOH."""
    start = content[:512].lstrip(b"\x00\x16\x1a\x7f\r\n ")
    if start[:1] != b"\x01":
        return 0.0
    return 0.96 if _head.match(start[1:300].decode("latin-1").replace("\r\n", "\n")) else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read every message in the bytes.

    Raises:
        Unreadable: ``no-article`` where no message has a text.
    """
    found = [_read_message(number, message) for number, message in enumerate(transmissions(content), start=1)]
    if not any(isinstance(each, Article) for each in found):
        raise Unreadable("no-article", "no message in it has a text: get it anew from its sender")
    return found


def _read_message(number: int, message: Transmission) -> Article | Unread:
    head = _head.match(message.header)
    text, trailer = _take_trailer(message)
    lines = read_lines(text)
    start = body_start(lines)
    heading = read_heading([line for line in lines[:start] if line.words.strip()], head, has_body=start < len(lines))
    is_tabular = bool(head and head["type"][1:] == "\x12")
    paragraphs, opening = take_credit(_read_body([*heading.rest, *lines[start:]], is_tabular=is_tabular))
    fields = heading.fields | _read_header(head) | opening
    fields |= _read_trailer(trailer, fields, heading.slug)
    # A kill may say no more than which story it kills.
    bare = heading.slug if fields["status"] == "canceled" else ""
    fields["title"] = fields.get("title") or (first_sentence(paragraphs[0]) if paragraphs else bare)
    if not fields["title"]:
        return Unread(f"message {number}", "empty", "neither a headline nor a text is in it")
    tail = tuple(filter(None, [*heading.photos, trailer]))
    confidence = 0.95 if head and "published_at" in fields else 0.7
    return Article(**fields, text="\n\n".join(paragraphs), tail=tail, rule="anpa1312", confidence=confidence)


def _take_trailer(message: Transmission) -> tuple[str, str]:
    """The text and the line that closes it: agency, date and time, behind ETX or as the last line before it."""
    trailer = plain(message.trailer).strip(" \n\t<@")
    text, _, last = message.text.rstrip().rpartition("\n")
    if not trailer and len(last) < TRAILER_LENGTH and _trailer.search(last):
        return text, plain(last).strip(" \t^<@")
    return message.text, trailer


def _read_header(head: re.Match[str] | None) -> Fields:
    if not head:
        return {}
    code = head["category"].lower()
    name = CATEGORIES.get(code, "")
    fields: Fields = {"urgency": URGENCIES.get(head["priority"].lower(), 0), "section": name}
    agency = head["agency"].strip()
    return fields | {"subjects": (Subject(code, name),)} | ({"source": agency} if agency else {})


def _read_body(lines: Sequence[Line], *, is_tabular: bool) -> list[str]:
    """The paragraphs, each line with a caret one of its own; a rule between parts parts them."""
    paragraphs: list[str] = []
    pieces: list[str] = []
    for line in lines:
        if line.is_heading:
            paragraphs += [*wire_paragraphs(pieces, is_tabular=is_tabular), line.words.strip()]
            pieces = []
        else:
            pieces.append(line.words if line.words.strip(" \t_—") else "")
    paragraphs += wire_paragraphs(pieces, is_tabular=is_tabular)
    return [paragraph for paragraph in paragraphs if paragraph not in ("", "END")]


def _read_trailer(trailer: str, fields: Fields, slug: str) -> Fields:
    """The time of the message, and the story's identity where the wire's own words prove it."""
    found = _trailer.search(trailer)
    moment = _moment(found) if found else None
    if not found or not moment:
        return {}
    read: Fields = {"published_at": moment.at, "published_precision": "minute", "published_raw": found[0]}
    read |= {"updated_at": moment.at} if fields["version"] > 1 else {}
    if not found["wire"]:
        return read
    read["source"] = fields.get("source") or found["wire"].partition("-")[0]
    # One slug serves all flashes of a day, all digests and all tables; a story has a writer and a place.
    is_story = bool(fields.get("byline") and fields.get("dateline")) and fields.get("urgency", 9) > URGENCIES["b"]
    if slug and fields["version"] and (is_story or fields["status"] == "canceled"):
        read["uri"] = f"anpa1312:{found['wire']}:{moment.at[:10]}:{'-'.join(slug.casefold().split())}"
    return read


def _moment(found: re.Match[str]) -> Moment | None:
    # AP writes month, day and year; CP, which names its zone behind the clock, day, month and year.
    one, two, year = (found["date"] or found["date2"]).split("-")
    month, day = (one, two) if found["date"] else (two, one)
    clock = found["clock2"] or f"{found['clock'][:2]}:{found['clock'][2:]}"
    return read_date(f"{full_year(year)}-{month}-{day} {clock} {found['zone'] or found['zone2'] or ''}")


FORMAT: Format = Format("anpa1312", recognise, read, is_light=True)
