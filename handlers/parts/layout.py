"""Layout: printed lines and where they stand on their pages, into a title and paragraphs."""

import re
import statistics
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from .charset import clean
from .paragraphs import first_sentence

LARGER = 1.15
"""Times the size of the body: a heading."""
GAP = 1.35
"""Times the usual distance of lines: a new paragraph."""
INDENT = 0.7
"""Of the letters' size: a first line that stands in."""
SHORT = 0.85
"""Of the column's width: a line that ends before, behind a full stop, ends its paragraph."""
EDGE_LINES = 2
"""Lines on top and at the bottom of a page among which running heads are looked for."""
LONGEST_TITLE = 300

HYPHENS = ("-", "‐", "\xad", "\ufffe")
"""At the end of a line; PDFium writes U+FFFE for one that parts a word."""

_digits = re.compile(r"\d+")
_page_number = re.compile(r"\W*(?:page|p\.|seite)?\W*\d{1,4}(?:\W*(?:of|/|von|de|sur)\W*\d{1,4})?\W*", re.IGNORECASE)
_stop = tuple('.!?:…”"»)')


class Line(NamedTuple):
    """A printed line and its box in points, from the left and from the bottom of the page."""

    text: str
    left: float
    right: float
    bottom: float
    top: float

    @property
    def size(self) -> float:
        """The height of its letters."""
        return max(self.top - self.bottom, 1.0)


def lay_out(pages: Sequence[Sequence[Line]]) -> tuple[str, list[str]]:
    """The title as it is printed, and the paragraphs without it, running heads and page numbers."""
    pages = _without_running_heads(pages)
    lines = [line for page in pages for line in page]
    if not lines:
        return "", []
    body_size = statistics.median_low([line.size for line in lines for _ in range(1 + len(line.text) // 8)])
    title, begin, end = _title(pages[0] or lines, body_size)
    lines = [*lines[:begin], *lines[end:]] if pages[0] else lines
    return title, _paragraphs(lines)


def _without_running_heads(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    edges = [{_running(line) for line in _edge_lines(page)} for page in pages]
    counts = Counter(words for edge in edges for words in edge)
    running = {words for words, count in counts.items() if count > 1 and 3 * count >= len(pages)}
    return [_inner(page, running) for page in pages]


def _inner(page: Sequence[Line], running: set[str]) -> list[Line]:
    heads = [line for line in _edge_lines(page) if _running(line) in running or _page_number.fullmatch(line.text)]
    return [line for line in page if line not in heads]


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: -line.top)
    return [*by_height[:EDGE_LINES], *by_height[-EDGE_LINES:]]


def _running(line: Line) -> str:
    return _digits.sub("#", line.text.lower())


def _title(page: Sequence[Line], body_size: float) -> tuple[str, int, int]:
    """The largest lines of the first page, or its first line; and which lines these are."""
    largest = max(line.size for line in page)
    if largest < LARGER * body_size:
        text = clean(page[0].text)
        return (text, 0, 1) if len(text) <= LONGEST_TITLE else (first_sentence(text), 0, 0)
    begin = next(number for number, line in enumerate(page) if line.size > 0.97 * largest)
    end = begin
    while end < len(page) and page[end].size > 0.97 * largest and end - begin < 6:
        end += 1
    return first_sentence(_set(page[begin:end]), limit=LONGEST_TITLE), begin, end


def _paragraphs(lines: Sequence[Line]) -> list[str]:
    if not lines:
        return []
    distances = [above.bottom - below.bottom for above, below in pairwise(lines) if _is_below(above, below)]
    usual = statistics.median(distances) if distances else 0.0
    groups = [[lines[0]]]
    for above, below in pairwise(lines):
        if _is_new(above, below, usual, groups[-1]):
            groups.append([])
        groups[-1].append(below)
    return [words for group in groups if (words := _set(group))]


def _is_below(above: Line, below: Line) -> bool:
    """Whether a line stands under another in one column, and not on top of the next one."""
    return above.bottom > below.bottom and below.left < above.right and above.left < below.right


def _is_new(above: Line, below: Line, usual: float, group: Sequence[Line]) -> bool:
    if abs(above.size - below.size) > (LARGER - 1) * max(above.size, below.size):
        return True
    if not _is_below(above, below):
        return above.text.endswith(_stop)
    if above.bottom - below.bottom > GAP * usual or below.left - above.left > INDENT * below.size:
        return True
    widest = max(line.right for line in [*group, below])
    return above.text.endswith(_stop) and above.right - above.left < SHORT * (widest - min(above.left, below.left))


def _set(lines: Sequence[Line]) -> str:
    """Lines as one paragraph; a word that was parted at a line's end is whole again."""
    words = ""
    for line in lines:
        is_parted = words.endswith(HYPHENS) and words[-2:-1].isalpha() and line.text[:1].islower()
        words = words[:-1] + line.text if is_parted else f"{words} {line.text}"
    return " ".join(clean(words).split())
