"""The words in which two sentences differ: what went, what came, and what stayed between them."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from .alignment import runs

MOST_WORK = 25_000
"""Bounds the comparison of two sentences (``runs``): 7 ms; two of 30 words need 2,400."""

_single = "\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""Scripts that write no space between words."""
_letter = rf"[^\s!-/:-@\[-`{{-~¡-¿\u2010-\u205e\u3000-\u303f\uff01-\uff20{_single}]"
"""No space, no punctuation: marks that stand on letters belong to words in all scripts."""
_word = re.compile(rf"\s?(?:[{_single}]|{_letter}+(?:['’.,:/-]{_letter}+)*%?|\S|\s)")


class Part(NamedTuple):
    """A run of words that stayed (``same``), went or came, with the spaces that belong to it."""

    kind: Literal["same", "went", "came"]
    text: str


def word_parts(before: str, after: str, most_work: int = MOST_WORK) -> tuple[Part, ...]:
    """One sentence beside another; without the parts that came it is the first, without those that went the second.

    >>> word_parts("Several hurt", "Several killed")
    (Part(kind='same', text='Several '), Part(kind='went', text='hurt'), Part(kind='came', text='killed'))
    """
    was, now = _word.findall(before), _word.findall(after)
    parts: list[Part] = []
    for run in runs(was, now, most_work):
        went, came = "".join(was[run.start : run.end]), "".join(now[run.begin : run.stop])
        parts += [Part("same", went)] if run.is_same else _replaced(went, came)
    return _merged(parts)


def whole_parts(before: str, after: str) -> tuple[Part, ...]:
    """The same without looking at words: all of one went, all of the other came."""
    return tuple(_replaced(before, after))


def marked(parts: Iterable[Part]) -> str:
    """Parts as text: what went in ``[-…-]``, what came in ``{+…+}``.

    >>> marked(word_parts("Several were hurt.", "12 were hurt, one badly."))
    '[-Several-]{+12+} were hurt{+, one badly+}.'
    """
    marks = {"same": "{}", "went": "[-{}-]", "came": "{{+{}+}}"}
    return "".join(marks[part.kind].format(part.text) for part in parts)


def shortened(parts: Sequence[Part], around: int) -> tuple[Part, ...]:
    """The same with ``…`` for what is farther than so many letters from a change; changes stay whole.

    >>> marked(shortened(word_parts("Water came to us at night and went.", "Water came to us at dawn and went."), 9))
    '… to us at [-night-]{+dawn+} and …'
    """
    last = len(parts) - 1
    return tuple(
        Part("same", _short(part.text, around, is_first=number == 0, is_last=number == last))
        if part.kind == "same"
        else part
        for number, part in enumerate(parts)
    )


def _short(text: str, around: int, *, is_first: bool, is_last: bool) -> str:
    """Text with words left out that stand far from a change before or behind it."""
    head = "" if is_first else _head(text, around)
    tail = "" if is_last else _head(text[::-1], around)[::-1]
    if len(head) + len(tail) + len(" … ") >= len(text):
        return text
    return head + ("… " if is_first else " …" if is_last else " … ") + tail


def _head(text: str, around: int) -> str:
    """The first whole words of a text, of at most so many letters; a word that is longer is cut."""
    if len(text) <= around:
        return text
    cut = text[: around + 1].rstrip()
    return cut[:around] if len(cut) <= around or " " not in cut.strip() else cut[: cut.rindex(" ")]


def _replaced(went: str, came: str) -> list[Part]:
    """What went and what came, with a space that both begin or end with outside of them."""
    parts = []
    if went and came and went[0] == came[0] == " ":
        parts, went, came = [Part("same", " ")], went[1:], came[1:]
    return [*parts, *([Part("went", went)] if went else []), *([Part("came", came)] if came else [])]


def _merged(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same with neighbours of one kind as one."""
    merged: list[Part] = []
    for part in parts:
        if merged and merged[-1].kind == part.kind:
            merged[-1] = Part(part.kind, merged[-1].text + part.text)
        elif part.text:
            merged.append(part)
    return tuple(merged)
