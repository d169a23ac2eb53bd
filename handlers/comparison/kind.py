"""What the newsroom says of a new version: an update, a correction, a write-through, or nothing at all."""

import re
from collections.abc import Iterator
from typing import Literal

from presslog.handlers.article import Article

from .middle import middle
from .sentences import sentences

NOTE_LETTERS = 10_000
"""So much at the beginning and the end of what differs is read: notes stand at the head or the foot of an article."""

LINE_LETTERS = 400
"""A note says what it is at its beginning."""

_story = r"(?:article|story|report|headline|piece|post|column|dispatch|caption|version|summary)"
_wrong = r"(?:misstate|misspel|misidentif|mischaracteri|misattribut|misquot|incorrect|inaccura|erroneous|wrong)"
_corrects = re.compile(
    rf"""
    \W*(?:corrections?|corrected|clarifications?|corrigend(?:um|a)|errat(?:um|a))\s*[:(\-–—]
    | \W*(?:corrects|clarifies)\b
    | \W*correction\W*$
    | .*\b(?:previous|earlier|original)\ (?:version|{_story})\b.{{0,40}}\b(?:this|our)\ {_story}\b
    | .*\bthis\ {_story}\ (?:originally|previously|initially|earlier)\b
    | .*\bthis\ {_story}\ (?:has\ been|was|is)\ (?:\w+\ ){{0,2}}(?:corrected|amended|clarified|updated\ to\ correct)\b
    | .*\b(?:editor['’]s|editors['’]?|eds?|desk)\ notes?\b.*\b(?:{_wrong}|correct)
    | \W*(?:korrektur|berichtigung|richtigstellung|rectificati(?:f|on)|correcci[oó]n|fe\ de\ erratas|rettifica|
          corre[cç][aã]o|rectificatie|rettelse|r[aä]ttelse|oikaisu|sprostowanie)\s*[:(\-–—]
    | .*\bin\ einer\ früheren\ (?:version|fassung)\b | .*\bune\ (?:première\ )?version\ (?:précédente|antérieure)
    | \W*(?:更正|訂正|تصحيح|исправление)\s*[:：]
    """,
    re.IGNORECASE | re.VERBOSE,
)
_note_corrects = re.compile(
    r"\b(?:correct(?:s|ed|ing|ions?)|clarif(?:y|ies|ied|ication)|fixe[sd]|misstate|incorrect)", re.IGNORECASE
)
_writes_through = re.compile(
    r"\bwrite-?\s?th(?:ru|rough)\b|\b\d(?:st|nd|rd|th)[ -](?:ld|lead|lede)\b|\bnew throughout\b", re.IGNORECASE
)
_note_adds = re.compile(
    r"(?:^|\beds?:?\s|[:;.,(]\s*)(?:updat(?:es|ing)|adds|adding|recasts|rewrites|writes through|leads with|subs)\b"
    r"|(?-i:\b(?:UPDATES|ADDS|RECASTS|SUBS)\b)",
    re.IGNORECASE,
)
_line_adds = re.compile(r"\s*\((?:adds|updates|recasts|rewrites|writes through|new throughout)\b", re.IGNORECASE)
_tells = re.compile(
    rf"\W*(?:last\ )?updated?\b\W*(?:\d|on\b|at\b|:|-|–|—|$)|.*\bthis\ {_story}\ (?:has\ been|was|is\ being)\ "
    r"(?:\w+\ ){0,2}(?:updated|edited|changed|revised|expanded)\b|\W*(?:editor['’]s|editors['’]?)\ note\b",
    re.IGNORECASE,
)
Kind = Literal["update", "correction", "writethru"]


def change_kind(before: Article, after: Article) -> Kind:
    """What the newsroom calls a new version, by a note, slugline or sentence that the old one does not have.

    A correction is one whatever else it is; without a word of either it is an update. Takes 0.2 ms where one sentence
    of 800 words is new, 2 ms where all are.
    """
    notes, slugline, lines = _new_notes(before, after), _new_slugline(before, after), list(_new_lines(before, after))
    if any(map(_note_corrects.search, notes)) or any(map(_corrects.match, lines)):
        return "correction"
    if any(_writes_through.search(each) for each in (*notes, slugline)) or any(map(_note_adds.search, notes)):
        return "writethru"
    return "writethru" if any(_line_adds.match(each) or _says_so(each) for each in lines) else "update"


def is_silent(before: Article, after: Article) -> bool:
    """Whether title or text say something else, white space aside, and nothing tells a reader that they changed.

    What would tell: another time of update, another version, another note, and a new sentence that says so.
    """
    if (before.updated_at, before.version, before.ednote) != (after.updated_at, after.version, after.ednote):
        return False
    if not _has_other_words(before.title, after.title) and not _has_other_words(before.text, after.text):
        return False
    return change_kind(before, after) == "update" and not any(map(_tells.match, _new_lines(before, after)))


def _has_other_words(before: str, after: str) -> bool:
    """Whether two texts differ in more than white space; they are read as far as the first difference."""
    region = middle(before, after)
    one = other = ""
    for place in range(0, max(map(len, region[:2])), NOTE_LETTERS):
        one += "".join(region.before[place : place + NOTE_LETTERS].split())
        other += "".join(region.after[place : place + NOTE_LETTERS].split())
        shorter = min(len(one), len(other))
        if one[:shorter] != other[:shorter]:
            return True
        one, other = one[shorter:], other[shorter:]
    return bool(one or other)


def _new_notes(before: Article, after: Article) -> list[str]:
    """The sentences of the note that the old note does not have."""
    known = {each.text for each in sentences(before.ednote[:NOTE_LETTERS])}
    return [each.text for each in sentences(after.ednote[:NOTE_LETTERS]) if each.text not in known]


def _new_slugline(before: Article, after: Article) -> str:
    return after.slugline if after.slugline != before.slugline else ""


def _new_lines(before: Article, after: Article) -> Iterator[str]:
    """The title and the sentences that the old version does not have."""
    if after.title != before.title:
        yield after.title[:LINE_LETTERS]
    region = middle(before.text, after.text)
    known = {each.text for text in _ends(region.before) for each in sentences(text)}
    for text in _ends(region.after):
        yield from (each.text[:LINE_LETTERS] for each in sentences(text) if each.text not in known)


def _ends(text: str) -> tuple[str, ...]:
    return (text,) if len(text) <= 2 * NOTE_LETTERS else (text[:NOTE_LETTERS], text[-NOTE_LETTERS:])


def _says_so(line: str) -> bool:
    return len(line) < 80 and _writes_through.search(line) is not None
