"""Two readings of one article side by side: which fields differ, and in a text which words."""

from difflib import SequenceMatcher
from typing import Any

import msgspec

from presslog.handlers.article import Article, changed_fields

MOST_LETTERS = 160
"""So much is shown of one value."""
MOST_WORDS = 400
"""Words of two texts that are compared one by one; measured: 400 take up to 30 ms, and the time grows by the square."""
AROUND_WORDS = 3
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

    >>> changed_words("The water came at night and went by noon.", "The water came at dawn and went by noon.")
    '… water came at [-night-] {+dawn+} and went by …'
    """
    was, now = before.replace("\n\n", " ¶ ").split(), after.replace("\n\n", " ¶ ").split()
    start = _alike(was, now)
    end = min(_alike(was[::-1], now[::-1]), len(was) - start, len(now) - start)
    inner = (was[start : len(was) - end], now[start : len(now) - end])
    if max(map(len, inner)) > MOST_WORDS:
        places = [(start, len(was) - end, start, len(now) - end)]
    else:
        found = SequenceMatcher(None, *inner, autojunk=False).get_opcodes()
        places = [(start + a, start + b, start + c, start + d) for tag, a, b, c, d in found if tag != "equal"]
    shown = [_place(was, now, *each) for each in places[:MOST_PLACES]]
    more = [f"({len(places) - MOST_PLACES} more)"] if len(places) > MOST_PLACES else []
    return " ".join([*shown, *more])


def _alike(was: list[str], now: list[str]) -> int:
    """How many words two lists have in common at their beginning."""
    pairs = enumerate(zip(was, now, strict=False))
    return next((number for number, (one, other) in pairs if one != other), min(len(was), len(now)))


def _place(was: list[str], now: list[str], start: int, end: int, begin: int, stop: int) -> str:
    went, came = _cut(" ".join(was[start:end])), _cut(" ".join(now[begin:stop]))
    left, right = was[max(0, start - AROUND_WORDS) : start], was[end : end + AROUND_WORDS]
    parts = ["…" if start > AROUND_WORDS else "", *left, f"[-{went}-]" if went else "", f"{{+{came}+}}" if came else ""]
    return " ".join(filter(None, [*parts, *right, "…" if end + AROUND_WORDS < len(was) else ""]))


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[: MOST_LETTERS - 1] + "…"
