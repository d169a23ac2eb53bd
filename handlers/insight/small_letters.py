"""Outlets whose names are written in small letters, as they stand in a text: ``dpa``, ``taz``."""

import re
from collections.abc import Iterator, Mapping
from functools import cache

from .facts import Mention, Span
from .outlets import aliases


def in_small_letters(text: str) -> Iterator[Mention]:
    """The outlets that a text names in small letters."""
    for name, pattern in _patterns().items():
        if name in text:
            for found in pattern.finditer(text):
                yield Mention(Span(*found.span()), "organisation", name, 0.9, "outlet")


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """By name; to begin with its letters makes the search fast."""
    names = [name for name in aliases() if name.islower() and " " not in name]
    return {name: re.compile(rf"{re.escape(name)}(?<![\w.-]{re.escape(name)})(?![\w-]|\.\w)") for name in names}
