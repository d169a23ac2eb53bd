"""What stands between quotation marks in a text, and the text without it: what the writer says in words of his own."""

import re
from collections.abc import Sequence

import msgspec

from presslog.handlers.insight.facts import Span

HIDDEN = "\x1a"
"""Stands for a letter between marks: offsets stay, and neither a name nor a cue nor a full stop is found there."""
LONGEST = 6_000
"""A mark that is not closed for so long, about a thousand words, is none."""
CLOSED_BY = {
    "“": '”"',
    "‘": "’",
    '"': '"”',
    "'": "'",
    "«": "»",
    "»": "«",
    "„": "“”",
    "‚": "‘’",
    "「": "」",
    "『": "』",
}
ENDS = ".,!?…;"
"""Marks that stay at the end of what is hidden, for where a sentence ends."""

# A class at the beginning makes the search fast.
_mark = re.compile(r"[“”‘’\"'«»„‚「」『』\n](?:(?<!\n)|\n)")
_speaker_follows = re.compile(
    r"(?:\s[A-Z][\w’'-]{1,30}){1,3}\s(?:asked|asks|said|says|told|shouted|replied|wondered|exclaimed)\b"
)


class _Open(msgspec.Struct, frozen=True):
    """A mark that is not closed yet."""

    mark: str
    start: int


def quoted(text: str) -> list[Span]:
    """The stretches between quotation marks, with their marks; marks inside of marks belong to them.

    One that is open at the end of its paragraph goes on where the next paragraph begins with its mark.

    >>> quoted("“Go,” he said. ‘It’s “late”,’ said she.")
    [Span(start=0, end=5), Span(start=15, end=29)]
    """
    found: list[Span] = []
    opened: list[_Open] = []
    skipped = -1
    for each in _mark.finditer(text):
        at, mark = each.start(), each[0]
        if opened and at - opened[0].start > LONGEST:
            opened = []
        if mark == "\n\n":
            if opened and text[at + 2 : at + 3] == opened[0].mark:
                skipped = at + 2
                del opened[1:]
            else:
                opened = []
        elif at != skipped:
            _take(text, at, mark, opened, found)
    return found


def _take(text: str, at: int, mark: str, opened: list[_Open], found: list[Span]) -> None:
    """Let a mark close one that is open, or else open one."""
    for depth in range(len(opened) - 1, -1, -1):
        if mark in CLOSED_BY[opened[depth].mark]:
            if _closes(text, at, mark, opened[depth]):
                if depth == 0:
                    found.append(Span(opened[0].start, at + 1))
                del opened[depth:]
            return
    if mark in CLOSED_BY and len(opened) < 3 and _opens(text, at, mark):
        opened.append(_Open(mark, at))


def _opens(text: str, at: int, mark: str) -> bool:
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if before.isalnum() or not after or after.isspace():
        return False
    return mark not in "‘'" or after.isalpha() or after in '“"…' or not text[at + 1 : at + 4].endswith("0s")


def _closes(text: str, at: int, mark: str, opened: _Open) -> bool:
    """Whether the mark is no apostrophe: ``It’s``, ``the lamps’ light``."""
    if at - opened.start < 2 or mark not in "’'":
        return at - opened.start >= 1
    before, after = text[at - 1], text[at + 1 : at + 2]
    if after.isalnum() or before.isspace():
        return False
    if before != "s" or after != " " or not text[at + 2 : at + 3].islower():
        return True
    following = _single.search(text, at + 1, at + LONGEST)
    return not following or following[0] != mark


_single = re.compile(r"‘|(?<!\w)'(?=\w)|[’'](?!\w)|\n\n")


def hidden(text: str, stretches: Sequence[Span]) -> str:
    """The text with what is quoted hidden, as long as before; the last stop of each stretch and its mark stay.

    Where who asked ``“Why?”`` comes with a capital behind it, a comma stands for the stop: no sentence ends there.
    """
    parts = []
    end = 0
    for start, stop in stretches:
        last = text[stop - 2] if stop - start > 2 and text[stop - 2] in ENDS else HIDDEN
        if last in "?!" and _speaker_follows.match(text, stop):
            last = ","
        parts += [text[end:start], HIDDEN * (stop - start - 2), last, text[stop - 1]]
        end = stop
    return "".join([*parts, text[end:]])
