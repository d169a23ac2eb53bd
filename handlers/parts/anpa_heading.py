"""The lines of an ANPA 1312 text: which are its heading's, and what these say."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .bylines import people_of
from .fields import Fields
from .leads import held_until, is_embargo, is_piece, status_of, version_of
from .transmissions import plain

HEADING_LINES = 14
HEADING_LENGTH = 160
"""Without carets, more or longer lines than these are no heading."""

_keywords = re.compile(r"\s*(?P<slug>\S+)(?P<marks>.*?)(?:\s+\d\d?-\d\d)?(?:\s+\d{1,5})?\s*$")
_cycle = re.compile(r"(?:BC|AM|PM|XX|AP)-(?=\w)")
_slug_line = re.compile(r"(?:BC|AM|PM|XX|AP)-\w|.{2,120},\s?(?:\d{0,5}$|\d{1,2}(?:st|nd|rd|th)\s)", re.IGNORECASE)
_last_word = re.compile(r"[\s-]((?:MANDATORY )?(?:KILL|ELIMINATION|WITHHOLD))$")
_note = re.compile(r"\(?(?:eds?|editors?)(?:['’]s?)?(?:\snotes?)?\s?[:—.]\s*|\(?(?=note\b.{0,20}:)", re.IGNORECASE)
_change = re.compile(r"(?:UPDATES?|ADDS?|CORRECTS?|RECASTS?|SUBS?|RESTORES?|LEADS?|TRIMS?)\b.{0,400}")
_keyed = re.compile(r"(?P<key>HL|INDEX|SYMBOL|Update|code)\s?:\s?(?P<value>.*)")
_by = re.compile(r"by\s", re.IGNORECASE)
_copyright = re.compile(r"(?:c\.|\(c\)|©|copyright)\s?\d{4}\b", re.IGNORECASE)
_house = re.compile(
    r"(?:(?:the )?associated press|ap|the canadian press|reuters|agence france-presse|bloomberg news"
    r"|united press international|(?:the )?new york times news service)(?: (?:\w+ )?(?:writers?|editor|analyst))?$",
    re.IGNORECASE,
)
_photo = re.compile(r"(?:ap )?(?:laser)?(?:photo|graphic|video|gfx)s?\b.{0,400}\d", re.IGNORECASE)
_half = re.compile(r"(?<=[\d;\s])\{(?=[;\s\x10\x1e\x1f]|$)")


class Line(NamedTuple):
    """A line of the text: whether a caret opens it, and the mark that closes it: ``<`` for left, ``=`` for centred."""

    words: str
    is_heading: bool
    end: str


class Heading(NamedTuple):
    """What the lines on top say: fields, the whole slug, notes to editors, numbers of photos, and lines of the text."""

    fields: Fields
    slug: str
    notes: list[str]
    photos: list[str]
    rest: list[Line]


def read_lines(text: str) -> list[Line]:
    """The lines as people read them; a tab or blanks in front of one stay, they begin a paragraph.

    >>> read_lines("^Rain falls@<\\n\\x08^;W;L\\n\\x08Ayr;2;1{")[1:]
    [Line(words=';W;L', is_heading=False, end=''), Line(words='Ayr;2;1½', is_heading=False, end='')]
    """
    # A backspace opens the row of a table, where a caret is no heading's.
    text = _half.sub("½", text.replace("< ^", "<\n^").replace("\x08^", ""))
    return _joined(map(_read_line, plain(text).split("\n")))


def _read_line(words: str) -> Line:
    words = words.rstrip()
    end = words[-1:] if words.endswith(("<", "=")) else ""
    return Line(words[words.startswith("^") : len(words) - len(end)].rstrip(" @"), words.startswith("^"), end)


def _joined(lines: Iterable[Line]) -> list[Line]:
    """The lines, with those of a heading whole that were broken before their closing mark."""
    whole: list[Line] = []
    for line in lines:
        before = whole[-1] if whole else None
        is_rest = line.words.strip() and not line.is_heading and line.words[0] not in "\t "
        if before and before.is_heading and not before.end and line.end and is_rest:
            whole[-1] = before._replace(words=f"{before.words} {line.words}", end=line.end)
        else:
            whole.append(line)
    return whole


def body_start(lines: Sequence[Line]) -> int:
    """Where the text begins: at the first line with an indent, and without one at the first without a caret."""
    written = [at for at, line in enumerate(lines) if line.words.strip() and not line.is_heading]
    for at in written[:HEADING_LINES]:
        if lines[at].words[:1] == "\t" or lines[at].words[:2] == "  ":
            return at
        if len(lines[at].words) > HEADING_LENGTH:
            break
    return written[0] if written else len(lines)


def read_heading(lines: list[Line], head: re.Match[str] | None, *, has_body: bool) -> Heading:
    """Read the lines on top; what is none of a heading's belongs to the text."""
    keywords = _keywords.match(plain(head["rest"])) if head else None
    slug, marks = (keywords["slug"], [keywords["marks"].strip()]) if keywords else ("", [])
    slugline = _cycle.sub("", slug)
    while lines and lines[0].words.startswith("*"):
        lines = lines[1:]
    if lines and _is_slug_line(lines[0].words, slug):
        slug, *more = _last_word.sub(r",\1", lines[0].words.strip()).split(",")
        marks += [mark.strip() for mark in more]
        lines = lines[1:]
    marked = " ".join(marks)
    heading = Heading({"slugline": slugline or _cycle.sub("", slug)}, slug, [], [], [])
    heading.fields["version"] = 0 if is_piece(marked) else version_of(marked) or 1
    heading.fields["status"] = next(filter(None, map(status_of, marks)), "usable")
    heading.notes.extend(mark for mark in marks if is_piece(mark) or is_embargo(mark))
    for line in lines:
        _read_heading_line(line, heading)
    if has_body and heading.rest and heading.rest[0].end == "<":
        heading.fields["description"] = heading.rest.pop(0).words.strip()
    heading.fields["ednote"] = "\n".join(heading.notes)
    return heading


def _is_slug_line(words: str, slug: str) -> bool:
    letters = re.sub(r"\W", "", slug)
    return bool(_slug_line.match(words)) or bool(letters and re.sub(r"\W", "", words).startswith(letters[:12]))


def _read_heading_line(line: Line, heading: Heading) -> None:
    fields, words = heading.fields, line.words.strip()
    if keyed := _keyed.fullmatch(words):
        _read_keyed(keyed["key"], keyed["value"], heading)
    elif (status := status_of(words)) or is_embargo(words) or _change.fullmatch(words):
        fields["status"] = status or fields["status"]
        fields["embargoed_until"] = fields.get("embargoed_until") or held_until(words)
        heading.notes.append(words)
    elif note := _note.match(words):
        heading.notes.append(words[note.end() :].removesuffix(")" if words[0] == "(" else "\0"))
    elif _by.match(words) and "byline" not in fields:
        fields |= {"byline": words, "authors": people_of(words)}
    elif _copyright.match(words):
        fields["copyright"] = words
    elif _house.match(words):
        fields.setdefault("credit", words)
    elif _photo.match(words):
        heading.photos.append(words)
    elif not fields.get("title"):
        fields["title"] = words
    else:
        heading.rest.append(line)


def _read_keyed(key: str, value: str, heading: Heading) -> None:
    """The lines with keys that CP writes; ``SYMBOL`` and ``code`` are for its own machines."""
    if key == "HL":
        heading.fields["title"] = value
    elif key == "INDEX":
        heading.fields["keywords"] = tuple(word.strip() for word in value.split(",") if word.strip())
    elif key == "Update":
        heading.notes.append(value)
