"""Marks around what was found, made from the text itself for words that the index of pairs found; and pieces of text.

FTS5's own ``snippet`` takes a time that grows with the square of what a text holds of a word: of one that says it
8,000 times 5 s (measured), and whoever drops such a text would stop every search for the word.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from .grams import WORD, fold, is_spread, pieces

WINDOW_LETTERS = 400
OVERLAP_LETTERS = 200
LEAD_LETTERS = 20
"""So much of the text stands before what was found."""

MOST_MARKS = 1000
"""So many of a text are looked at for the piece that holds most."""

Pattern = re.Pattern[str]


def pattern_of(wanted: Sequence[str]) -> Pattern:
    """What to look for in folded text: words and phrases as they were written, a star at the end of a beginning."""
    spelt = [_spelt(pieces(text), is_prefix=text.endswith("*")) for text in wanted if pieces(text)]
    return re.compile("|".join(sorted(spelt, key=len, reverse=True)) or "(?!)")


def literal_of(wanted: str) -> Pattern:
    """The same for words that must stand in the text as they were written, but for case and white space."""
    words = fold(wanted.removesuffix("*")).split() or [""]
    before = f"(?<!{WORD})" if re.match(WORD, words[0]) else ""
    after = f"(?!{WORD})" if re.search(f"{WORD}\\Z", words[-1]) and not wanted.endswith("*") else ""
    return re.compile(before + "\\s+".join(map(re.escape, words)) + after)


def marked(text: str, pattern: Pattern, marks: tuple[str, str]) -> str:
    """A text with marks around all that is found.

    >>> marked("الأُمّة", pattern_of(["امه"]), ("[", "]"))
    'ال[أُمّة]'
    """
    parts, end = [], 0
    for start, after in _spans(text, pattern):
        parts += [text[end:start], marks[0], text[start:after], marks[1]]
        end = after
    return "".join([*parts, text[end:]])


def excerpt(text: str, pattern: Pattern, marks: tuple[str, str], letters: int) -> str:
    """About so many letters of a text from a little before what is found first, else from its beginning."""
    begin = max(_first(text, pattern) - LEAD_LETTERS, 0)
    if begin:
        begin = text.find(" ", begin, begin + LEAD_LETTERS) + 1 or begin
    piece = marked(text[begin : begin + letters], pattern, marks)
    return ("…" if begin else "") + piece + ("…" if begin + letters < len(text) else "")


def best_piece(text: str, marks: tuple[str, str], letters: int) -> str:
    """About so many letters of a text with marks in it, each of one letter: those that hold the most that was found.

    >>> best_piece("the [river] rose " + "and rose " * 9 + "the [river] met the [sea] there", ("[", "]"), 30)
    '…rose and rose the [river] met the [sea] there'
    """
    start = _best_start(_found(text, marks), letters)
    begin, end = max(start - LEAD_LETTERS, 0), start + letters
    if begin:
        begin = max(text.find(" ", begin, start), text.rfind(marks[1], begin, start)) + 1 or start
    if end < len(text):
        end = max(text.rfind(" ", start, end), 0) or end
    piece = text[begin:end]
    piece += marks[1] * (piece.count(marks[0]) - piece.count(marks[1]))
    return ("…" if begin else "") + piece + ("…" if end < len(text) else "")


def _found(text: str, marks: tuple[str, str]) -> list[tuple[int, str]]:
    """Where the first marks stand, and what is marked."""
    begun = islice(re.finditer(re.escape(marks[0]), text), MOST_MARKS)
    return [(each.start(), text[each.end() : text.find(marks[1], each.end())].casefold()) for each in begun]


def _best_start(found: Sequence[tuple[int, str]], letters: int) -> int:
    """Where the letters begin that hold the most different words that were found, and then the most words."""
    best, best_start, last = (0, 0), 0, 0
    held: Counter[str] = Counter()
    for first, (start, word) in enumerate(found):
        while last < len(found) and found[last][0] < start + letters:
            held[found[last][1]] += 1
            last += 1
        best, best_start = max((best, best_start), ((len(held), last - first), start), key=lambda each: each[0])
        held[word] -= 1
        held += Counter()
    return best_start


def _spelt(words: list[str], *, is_prefix: bool) -> str:
    before = "" if is_spread(words[0]) else f"(?<!{WORD})"
    after = "" if is_prefix or is_spread(words[-1]) else f"(?!{WORD})"
    return before + "[\\W_]*".join(map(re.escape, words)) + after


def _first(text: str, pattern: Pattern) -> int:
    """Where the first is found; 0 where none is. A text can be long, so that all of it is only folded."""
    for start in range(0, len(text), WINDOW_LETTERS):
        window = text[start : start + WINDOW_LETTERS + OVERLAP_LETTERS]
        spans = _spans(window, pattern) if pattern.search(fold(window)) else []
        if spans:
            return start + spans[0][0]
    return 0


def _spans(text: str, pattern: Pattern) -> list[tuple[int, int]]:
    """Where in the text itself stands what is found in its folded form."""
    folded, origins = _aligned(text)
    spans = []
    for found in pattern.finditer(folded):
        end = found.end()
        while end < len(folded) and origins[end] == origins[end - 1]:
            end += 1
        spans.append((origins[found.start()], origins[end]))
    return spans


def _aligned(text: str) -> tuple[str, list[int]]:
    """The folded text, and where each of its letters stands in the text, with where that ends at the end."""
    folded, origins = [], []
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not unicodedata.combining(unicodedata.normalize("NFKC", text[end])[0]):
            letters = fold(text[start:end])
            folded.append(letters)
            origins += [start] * len(letters)
            start = end
    return "".join(folded), [*origins, len(text)]
