"""Two readings of one article side by side: which fields differ, and in a text which words."""

from itertools import pairwise
from typing import Any

import msgspec

from presslog.handlers.article import Article, changed_fields
from presslog.handlers.comparison.words import Part, marked, shortened, word_parts

MOST_LETTERS = 160
"""So much is shown of one value."""
MOST_WORK = 1_000_000
"""Bounds the comparison of two texts word by word (``runs``): 400 words that differ take up to 30 ms."""
AROUND_LETTERS = 16
MOST_PLACES = 3


class Difference(msgspec.Struct, frozen=True):
    """A field that differs, both values as text and cut short; of long texts ``words`` shows only what changed."""

    field: str
    before: str
    after: str
    words: str = ""


def differences(before: Article, after: Article) -> tuple[Difference, ...]:
    """The fields in which two readings differ, in the order of Article."""
    return tuple(_difference(name, before, after) for name in changed_fields(before, after))


def _difference(name: str, before: Article, after: Article) -> Difference:
    was, now = _plain(getattr(before, name)), _plain(getattr(after, name))
    is_long = max(len(was), len(now)) > MOST_LETTERS
    return Difference(name, _cut(was), _cut(now), changed_words(was, now) if is_long and was and now else "")


def _plain(value: Any) -> str:
    """A value of an article as people read it: lists with semicolons, nothing for nothing."""
    if isinstance(value, tuple):
        return "; ".join(map(_plain, value))
    if isinstance(value, msgspec.Struct):
        return " ".join(filter(None, map(str, msgspec.structs.astuple(value))))
    return str(value) if value else ""


def changed_words(before: str, after: str) -> str:
    """Where two texts differ, with a few words around each place: what went in ``[-…-]``, what came in ``{+…+}``.

    >>> changed_words("The water came to us at night and went.", "The water came to us at dawn and went.")
    '… came to us at [-night-]{+dawn+} and went.'
    """
    parts = shortened(word_parts(_on_one_line(before), _on_one_line(after), MOST_WORK), AROUND_LETTERS)
    pairs = enumerate(pairwise([Part("same", ""), *parts]))
    places = [number for number, (one, other) in pairs if one.kind == "same" != other.kind]
    if not places:
        return ""
    more = f" ({len(places) - MOST_PLACES} more)" if len(places) > MOST_PLACES else ""
    told = parts[: places[MOST_PLACES]] if more else parts
    return marked(Part(part.kind, _cut(part.text)) for part in told).strip() + more


def _on_one_line(text: str) -> str:
    """A text as one paragraph: where a reading parts paragraphs otherwise, the sign between them goes or comes."""
    return " ".join(text.replace("\n\n", " ¶ ").split())


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
