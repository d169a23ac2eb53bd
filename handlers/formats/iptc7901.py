"""The format ``iptc7901``: a news agency's message as IPTC 7901 frames it, in the dialects of dpa, Belga and others."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from presslog.handlers.parts.bylines import people_of
from presslog.handlers.parts.credits import take_credit
from presslog.handlers.parts.fields import Fields
from presslog.handlers.parts.leads import held_until, status_of, version_of
from presslog.handlers.parts.markup import is_wire
from presslog.handlers.parts.paragraphs import first_sentence
from presslog.handlers.parts.transmissions import (
    Transmission,
    decode_wire,
    plain,
    read_time_group,
    transmissions,
    wire_paragraphs,
)
from presslog.store.article import Article, Subject, Unread
from presslog.store.errors import Unreadable

from . import Format

CATEGORIES = {
    "pl": "Politics",
    "pol": "Politics",
    "wi": "Business",
    "eco": "Business",
    "f": "Finance",
    "fin": "Finance",
    "ku": "Culture",
    "clt": "Culture",
    "s": "Sports",
    "sp": "Sports",
    "spo": "Sports",
    "i": "International",
    "vm": "Miscellaneous",
    "gen": "General",
    "rs": "Editorial service",
}
"""What the category codes of dpa and Belga mean; any other stays a code."""

HEADING_LINES = 16
"""Kickers, notes, headline and byline together; where no end is marked in this many lines, it is none."""

_head = re.compile(
    r"(?P<service>[A-Za-z]{1,8})-?(?P<number>\d{1,5}) (?P<priority>[1-9]) (?P<category>[A-Za-z]{1,4})"
    r" (?P<words>\d{1,5})(?: +(?P<more>[^\n]{0,80}))?\s*"
)
_some_header = re.compile(rb"\x01[\t\r\n -~]{4,400}\x02")
_agency = re.compile(r"([A-Za-z][A-Za-z-]{1,14}?)[ -]?(?:\d{2,5}|\.{4})(?: |$)")
_byline = re.compile(r"(?:by|von|par|por|di|door|av)\s(?=[^\W\d_])", re.IGNORECASE)
_between_names = re.compile(r"\s(?:und|et|y|e|en|och|og)\s")
_copied = re.compile(r"(?<!\s)\s*\(((?P<number>\d{1,2})(?:LEAD|DER)?|DER|CORRECT|RECTIFICATIF)\)$")
_divider = re.compile(r"# ?(?:\w{2,8} )?(?:notebook|notizblock)|\* ?\* ?\* ?\*|\./\.|-- ?dpa ?--", re.IGNORECASE)
_signoff = re.compile(r"(?:[a-z]{2,5}|[A-Z]{2,6})(?: [a-z0-9]{1,5}(?:/[a-z0-9]{1,5})*/?){1,7}|(?:[A-Z]{2,4}/){1,5}")
_notes = re.compile(r"## ?(?:note to editors|redaktionelle hinweise|berichtigung|correction|korrektur)", re.IGNORECASE)
_copyright = re.compile(r"\(c\)\s?\d{4}|©", re.IGNORECASE)
_identified = re.compile(r"urn:newsml:[\w.-]{1,80}:\d{8}:[\w:.-]{1,80}[\w-]")


def recognise(content: bytes, _name: str) -> float:
    """Sure of a header behind SOH, and of one without it where a date-time group ends the file."""
    start = content[:1024].lstrip(b"\x00\x16\x1a\x7f\r\n ")
    if start[:1] == b"\x01":
        if _head.match(start[1:200].decode("latin-1")):
            return 0.96
        # Some other wire: who knows the header better answers higher.
        return 0.5 if _some_header.match(start) else 0.0
    first = start[:160].partition(b"\n")[0].decode("latin-1")
    is_bare = _head.fullmatch(first) is not None and read_time_group(content[-200:].decode("latin-1")) is not None
    return 0.9 if is_bare else 0.0


def read(content: bytes, _name: str) -> list[Article | Unread]:
    """Read every message in the bytes.

    Raises:
        Unreadable: ``no-article`` where no message has a text.
    """
    framed = transmissions(content) if is_wire(content) else _unframed(decode_wire(content))
    found = [_read_message(number, message) for number, message in enumerate(framed, start=1)]
    if not any(isinstance(each, Article) for each in found):
        raise Unreadable("no-article", "no message in it has a text: get it anew from its sender")
    return found


def _unframed(text: str) -> Iterator[Transmission]:
    """Messages whose control bytes were lost: each begins with a header and ends with a date-time group."""
    header = ""
    body: list[str] = []
    for line in text.split("\n"):
        if (not header or (body and _is_time_group(body))) and _head.fullmatch(line):
            if header:
                yield Transmission(header, "\n".join(body), "")
            header, body = line, []
        else:
            body.append(line)
    yield Transmission(header, "\n".join(body), "")


def _is_time_group(lines: Sequence[str]) -> bool:
    last = next((line for line in reversed(lines[-4:]) if line.strip()), "")
    return len(last) < 40 and read_time_group(last) is not None


def _read_message(number: int, message: Transmission) -> Article | Unread:
    head_line, _, below = plain(message.header).partition("\n")
    lines = plain(f"{below}\n{message.text}").strip("\n").split("\n")
    fields = _read_header(head_line)
    slug, lines = _take_slug(lines)
    fields |= slug
    heading, lines = _take_heading(lines)
    fields |= _read_heading(heading)
    body = _take_body(lines)
    moment = read_time_group(plain(message.trailer)) or read_time_group("\n".join(body.tail[-3:]))
    if moment:
        fields |= moment.published
        fields |= {"updated_at": moment.at} if fields.get("version", 1) > 1 else {}
    fields |= _read_notes(body.tail, fields)
    text, opening = take_credit(body.paragraphs)
    fields = fields | opening
    # A withdrawal may say no more than what it withdraws.
    bare = fields["ednote"] if fields["status"] == "canceled" else ""
    fields["title"] = fields["title"] or first_sentence(text[0] if text else bare)
    if not fields["title"]:
        return Unread(f"message {number}", "empty", "neither a headline nor a text is in it")
    return Article(**fields, text="\n\n".join(text), tail=body.tail, rule="iptc7901", confidence=_confidence(fields))


def _read_header(line: str) -> Fields:
    found = _head.match(line)
    if not found:
        return {}
    code = found["category"]
    name = CATEGORIES.get(code.lower(), "")
    agency = _agency.search(found["more"] or "")
    fields: Fields = {"urgency": int(found["priority"]), "subjects": (Subject(code, name),), "section": name}
    return fields | ({"source": agency[1]} if agency else {})


def _take_slug(lines: list[str]) -> tuple[Fields, list[str]]:
    """The line of key words, which closes with a stroke."""
    slug, rest = next(((line.strip(), lines[at + 1 :]) for at, line in enumerate(lines) if line.strip()), ("", []))
    if not slug.endswith("/") or slug.startswith("/"):
        return {}, lines
    words = tuple(word.strip() for word in slug.split("/") if word.strip())
    return {"slugline": slug.strip("/ "), "keywords": tuple(dict.fromkeys(words))}, rest


def _take_heading(lines: list[str]) -> tuple[list[str], list[str]]:
    """What stands above the body: up to a line that ends with an equals sign, or to the blank line without one."""
    start = next((at for at, line in enumerate(lines) if line.strip()), 0)
    for at, line in enumerate(lines[start : start + HEADING_LINES], start):
        if line[:2] == "  " or not line.strip():
            return _whole(lines[start:at]), lines[at:]
        if line.rstrip().endswith("="):
            return _whole(lines[start : at + 1]), lines[at + 1 :]
    return _whole(lines[start : start + 1]), lines[start + 1 :]


def _whole(lines: Sequence[str]) -> list[str]:
    """The parts of a heading, one a line; what is in brackets runs on to the line that closes it."""
    parts: list[str] = []
    for line in (line.strip().removesuffix("=").rstrip() for line in lines):
        if parts and parts[-1][0] == "(" and parts[-1].count("(") > parts[-1].count(")"):
            parts[-1] += f" {line}"
        elif line:
            parts.append(line)
    return parts


def _read_heading(parts: Sequence[str]) -> Fields:
    fields: Fields = {}
    notes = [part.strip("()") for part in parts if part[0] == "(" and part.strip("( )")]
    rest = [part for part in parts if part[0] != "("]
    if len(rest) > 1 and _byline.match(rest[-1]):
        byline = rest.pop()
        names = _between_names.sub(" and ", _byline.sub("", byline))
        fields |= {"byline": byline, "authors": people_of(names)}
    kickers = [part for part in rest if part.isupper()]
    if len(kickers) == len(rest):
        # A headline may be in capitals as well; the last line is one.
        kickers = kickers[:-1]
    title = " ".join(part for part in rest if part not in kickers)
    marks = " ".join([*kickers, *notes])
    copied = _copied.search(title)
    version = version_of(marks) or (int(copied["number"] or 0) + ("LEAD" in copied[1]) if copied else 0)
    status = next((word for part in [*parts, *kickers, " ".join(parts)] if (word := status_of(part))), "")
    fields |= {"title": title[: copied.start()] if copied else title, "ednote": "\n".join([*kickers, *notes])}
    fields |= {"version": version, "status": status or "usable"}
    return fields | {"embargoed_until": next(filter(None, map(held_until, parts)), "")}


class _Body(NamedTuple):
    paragraphs: list[str]
    tail: tuple[str, ...]


def _take_body(lines: list[str]) -> _Body:
    end = next((at for at, line in enumerate(lines) if _divider.match(line.strip())), len(lines))
    while end and (not (last := lines[end - 1].strip()) or _signoff.fullmatch(last) or _is_time_group([last])):
        end -= 1
    return _Body(wire_paragraphs(lines[:end]), tuple(" ".join(line.split()) for line in lines[end:] if line.strip()))


def _read_notes(tail: Sequence[str], fields: Fields) -> Fields:
    """The desk's notes below the body, and the message that they correct or take back, where they identify one."""
    notes: list[str] = []
    is_note = False
    for line in tail:
        is_note = bool(_notes.match(line)) if line[:1] in "#*" else is_note
        if is_note and line[:1] != "#":
            notes += [line.removeprefix("- ")] if line[:2] == "- " or not notes else []
            notes[-1] += f" {line}" if line[:2] != "- " and notes[-1] != line else ""
    written = "\n".join(filter(None, [fields.get("ednote", ""), *notes]))
    owned = next((note for note in notes if _copyright.match(note)), "")
    named = set(_identified.findall(re.sub(r":\s+", ":", written)))
    return {"ednote": written, "copyright": owned} | ({"uri": named.pop()} if len(named) == 1 else {})


def _confidence(fields: Fields) -> float:
    return 0.95 if fields.get("published_at") and fields.get("subjects") else 0.7


FORMAT: Format = Format("iptc7901", recognise, read, is_light=True)
