"""Outlets whose names are written in small letters, as they stand in a text: ``dpa``, ``taz``."""

import re
from collections.abc import Iterator
from functools import cache

from .facts import Mention, Span
from .outlets import aliases


def in_small_letters(text: str) -> Iterator[Mention]:
    """The outlets that a text names in small letters."""
    listed = [name for name in _names() if name in text]
    if listed:
        for found in re.finditer(rf"(?<![\w.-])(?:{'|'.join(map(re.escape, listed))})(?![\w-]|\.\w)", text):
            yield Mention(Span(*found.span()), "organisation", found[0], 0.9, "outlet")


@cache
def _names() -> tuple[str, ...]:
    return tuple(name for name in aliases() if name.islower() and " " not in name)
