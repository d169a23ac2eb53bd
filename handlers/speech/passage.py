"""The body of an article as words and sentences, what is quoted hidden: what attributions and quotes are read from."""

import re
from bisect import bisect_left, bisect_right
from functools import lru_cache
from itertools import pairwise

import msgspec

from presslog.handlers.comparison.sentences import breaks
from presslog.handlers.insight.facts import Span

from .proper import proper
from .spoken import ENDS, HIDDEN, hidden, quoted

MOST_LETTERS = 100_000
"""So much of a body is read: 16,000 words."""

_clock = re.compile(r"\d{1,2}[:.]\d\d(?::|\s?[ap]\.?m\.?:?|\s[–—-])\s*+")
_dateline = re.compile(
    r"(?:[A-Z]{2}[^\n(—–]{0,60}?\s?(?:\([^)\n]{2,40}\)\s)?|(?:[A-Z][^\n(—–]{0,40})?\([^)\n]{2,40}\)\s)(?:--|[—–-])\s"
)
_word = re.compile(
    rf"{HIDDEN}++[{ENDS}]?[”’\"'»«“‘」』]?|"
    # Few words begin with a capital: the long list is tried for those alone.
    r"(?=[A-Z])(?:(?:[A-Z]\.)++|"
    r"(?:Mr|Mrs|Ms|Dr|Prof|Gen|Sen|Rep|Gov|Lt|Col|Sgt|Capt|St|Jr|Sr|Det|Insp|Supt|Cllr|Rev)\.)|"
    r"[ap]\.m\.|\w++(?:[-’'&]\w++|[.,]\d++)*+(?:(?<=s)[’'])?|[^\w\s]"
)


class Passage(msgspec.Struct, frozen=True):
    """A body in words and marks: ``words[n]`` begins at ``starts[n]``; a stretch in quotation marks is one word.

    ``firsts`` are the numbers of the words that begin a sentence, and how many words there are; ``begins`` the same as
    a set; ``sentences[n]`` is the first word of the sentence of a word, and the one behind its last. ``paragraphs`` are
    those that begin any but the first paragraph, ``quotes`` the stretches. Of the words with ``capitals`` those that
    are ``proper`` may be part of a name.
    """

    text: str
    words: list[str]
    lowered: list[str]
    starts: list[int]
    firsts: list[int]
    sentences: list[tuple[int, int]]
    paragraphs: list[int]
    quotes: list[Span]
    begins: frozenset[int]
    capitals: list[int]
    proper: set[int]

    def paragraph(self, number: int) -> int:
        """The number of the paragraph in which a word stands."""
        return bisect_right(self.paragraphs, number)

    def span(self, first: int, stop: int) -> Span:
        """Where the words from ``first`` to before ``stop`` stand."""
        return Span(self.starts[first], self.starts[stop - 1] + len(self.words[stop - 1]))

    def said(self, span: Span) -> str:
        """The text of a span, with single spaces."""
        return " ".join(self.text[span.start : span.end].split())

    def at(self, place: int) -> int:
        """The number of the first word that begins at a place of the text or behind it."""
        return bisect_left(self.starts, place)


def _words(told: str) -> tuple[list[str], list[int]]:
    """The words and marks, and where each begins; most stand between two spaces and have no marks beside them."""
    words: list[str] = []
    starts: list[int] = []
    start = 0
    for chunk in told.split(" "):
        if chunk.isalpha():
            words.append(chunk)
            starts.append(start)
        # With a full stop a word that has a capital may be a title or an initial: the pattern knows.
        elif chunk[:-1].isalpha() and (chunk[-1] == "," or (chunk[-1] == "." and chunk.islower())):
            words += chunk[:-1], chunk[-1]
            starts += start, start + len(chunk) - 1
        elif chunk:
            for each in _word.finditer(chunk):
                words.append(each[0])
                starts.append(start + each.start())
        start += len(chunk) + 1
    return words, starts


def _beginnings(told: str) -> list[int]:
    """Where the sentences begin, behind a dateline; the time of an entry is one of its own: ``15:48: The tide``."""
    dateline = _dateline.match(told)
    begin = dateline.end() if dateline else 0
    places = [begin, *(end for end, _ in breaks(told) if begin < end < len(told))]
    times = (_clock.match(told, place) for place in places)
    return sorted({*places, *(time.end() for time in times if time)})


def _sentences(firsts: list[int]) -> list[tuple[int, int]]:
    found = [(0, firsts[0])] * firsts[0]
    for first, stop in pairwise(firsts):
        found += [(first, stop)] * (stop - first)
    return found


@lru_cache(maxsize=2)
def passage(text: str) -> Passage:
    """Read a text into words; its attributions and its quotes share the reading."""
    text = text[:MOST_LETTERS]
    quotes = quoted(text)
    # A page may hold the sign itself, as "&#26;": beside marks it would be taken for a part of what they hide.
    told = hidden(text.replace(HIDDEN, " "), quotes)
    words, starts = _words(told)
    firsts = [*(bisect_left(starts, place) for place in _beginnings(told)), len(words)]
    paragraphs = [bisect_left(starts, each.start()) for each in re.finditer("\n\n", told)]
    lowered = [word.lower() for word in words]
    begins = frozenset(firsts[:-1])
    capitals = [number for number, word in enumerate(words) if word[0].isupper()]
    named = proper(words, capitals, begins)
    sentences = _sentences(firsts)
    return Passage(text, words, lowered, starts, firsts, sentences, paragraphs, quotes, begins, capitals, named)
