"""Lines to paragraphs: hard wraps are undone, and what was broken on purpose stays broken."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

WRAP_COLUMNS = 100
"""Wrapped text is narrower than this (mail 72, wires 69, old terminals 80); a wider line is a paragraph itself."""

WRAP_SLACK = 12
"""How far short of its column a wrapped line may fall, beyond the next word; a hyphenated word is about so long."""

WRAP_LEAST = 40
"""No text is wrapped narrower; short lines under one another are a list."""

RUN_ON_SHARE = 0.4
"""Share of wrapped lines that go on in small letters; in a list of headlines hardly one does."""

WRAP_SHARE = 0.75
"""Share of a text's inner lines that have to be as full as wrapping makes them."""

FIRST_SENTENCE = 100
"""Where a first sentence is cut when it has to serve as a title."""

_sentence_end = re.compile(r"(?<=[^\s.A-Z][.!?…])[”\"’')]*\s+(?=\W{0,2}[^\Wa-z_])|\n")


def to_paragraphs(lines: Sequence[str]) -> list[str]:
    """Group stripped lines into paragraphs at blank lines, and join or part the lines inside a group.

    >>> to_paragraphs(["One.", "", "Two", "", "", "Three."])
    ['One.', 'Two', 'Three.']
    """
    blocks = _blocks(lines)
    if all(len(block) == 1 for block in blocks):
        return [block[0] for block in blocks]
    column = _wrap_column(blocks)
    return [paragraph for block in blocks for paragraph in _set(block, column)]


def first_sentence(paragraph: str, *, limit: int = FIRST_SENTENCE) -> str:
    """Return the first sentence, cut at a word near ``limit`` characters and then closed by an ellipsis.

    >>> first_sentence("Rain fell on Lima. Then it stopped.")
    'Rain fell on Lima.'
    """
    start = paragraph.lstrip()[: limit * 4]
    end = _sentence_end.search(start)
    sentence = " ".join((start[: end.start()] if end else start).split())
    if len(sentence) <= limit:
        return sentence
    cut = sentence.rfind(" ", limit // 2, limit)
    return sentence[: cut if cut > 0 else limit - 1].rstrip(" ,;:–—-") + "…"


def _blocks(lines: Iterable[str]) -> list[list[str]]:
    blocks: list[list[str]] = []
    is_open = False
    for line in lines:
        if not line:
            is_open = False
        elif is_open:
            blocks[-1].append(line)
        else:
            blocks.append([line])
            is_open = True
    return blocks


def _wrap_column(blocks: list[list[str]]) -> int:
    """Find the column at which a text was wrapped; 0 where it was not."""
    sizes = [len(line) for block in blocks for line in block]
    if 2 * sum(size for size in sizes if size > WRAP_COLUMNS) > sum(sizes):
        return 0
    inner = [pair for block in blocks if len(block) > 1 for pair in pairwise(block)]
    widths = sorted(len(line) for line, _ in inner)
    column = widths[len(widths) * 9 // 10]
    full = sum(_is_full(line, following, column) for line, following in inner)
    running_on = sum(not following[0].isupper() for _, following in inner)
    is_prose = full >= WRAP_SHARE * len(inner) and running_on >= RUN_ON_SHARE * len(inner)
    return column if is_prose and WRAP_LEAST <= column <= WRAP_COLUMNS else 0


def _set(block: list[str], column: int) -> list[str]:
    """Join a wrapped block's lines; part an unwrapped one at its long lines and sentences, and keep its lists."""
    pieces = [block[0]]
    for line, following in pairwise(block):
        if column:
            pieces.append(" " if _is_full(line, following, column) else "\n")
        elif len(line) > WRAP_COLUMNS or len(following) > WRAP_COLUMNS or line[-1] in ".!?…”":
            pieces.append("\n\n")
        else:
            pieces.append("\n")
        pieces.append(following)
    return "".join(pieces).split("\n\n")


def _is_full(line: str, following: str, column: int) -> bool:
    return len(line) + 1 + len(following.split(None, 1)[0]) > column - WRAP_SLACK
