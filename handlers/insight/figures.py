"""Dates, money and numbers in the body of an article, each with its value."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import chain

from . import amounts, days
from .facts import Mention

_pattern = (
    rf"(?=[A-Yaefl-osty])(?={days.BEGINNINGS}|{amounts.BEGINNINGS})"
    rf"(?:{days.WRITTEN}|(?P<spelled>(?i:{amounts.SPELLED}|one(?= hundred| thousand| [mb]illion))\b))"
)
# In a class, the spaces themselves are looked up at once; what \s means is asked of every letter.
_spaces = "".join(filter(str.isspace, map(chr, range(0x3001))))
_first = re.compile(_pattern)
_others = re.compile(rf"[{_spaces}“”‘’„\"'()\[\]—–:;,.!?…/-]{_pattern}")
"""To begin with what stands before, then one letter, then the first letters of all, makes it three times faster."""


def figures(text: str, today: date | None = None) -> list[Mention]:
    """What is dated, paid and counted, in the order of the text; ``today`` is the day that it was written for.

    >>> [each.name for each in figures("On Thursday it paid $2 million, 8.7% of two trains.", date(2022, 1, 7))]
    ['2022-01-06', 'USD 2000000', '8.7 %', '2']
    """
    found = sorted([*_of_figures(text, today), *_of_words(text, today)], key=lambda each: (each[0][0], -each[0][1]))
    kept: list[Mention] = []
    for each in found:
        if not kept or each.span.start >= kept[-1].span.end:
            kept.append(each)
    return kept


def _of_figures(text: str, today: date | None) -> Iterator[Mention]:
    for found in amounts.FIGURE.finditer(text):
        mention = days.of_figures(text, found.start(), today) or amounts.figure(text, *found.span())
        if mention:
            yield mention


def _of_words(text: str, today: date | None) -> Iterator[Mention]:
    first = _first.match(text)
    for found in chain(filter(None, [first]), _others.finditer(text)):
        if found.lastgroup == "spelled":
            span = found.span("spelled")
            mention = days.of_hour(text, *span) or amounts.spelled(text, *span)
        else:
            mention = days.written(text, found, today)
        if mention:
            yield mention
