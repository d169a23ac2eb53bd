"""What a text is compared by: one in eight of the numbers that each three of its words in a row give."""

import re
import unicodedata
from hashlib import blake2b
from typing import NamedTuple
from zlib import crc32

from presslog.store.grams import grams, has_grams

SAMPLED = 8
"""One in so many numbers stands for all, whichever text holds it: what two samples share is what two texts share."""
LEAST_SHINGLES = 6
"""A text with fewer, of about 50 words, is like no text but the same one: too little of it is compared."""
LEAST_WORDS = 12
"""Less is no text that anybody copies: ``More follows.``"""
MOST_LETTERS = 60_000
MOST_TITLE_LETTERS = 1_000

_plain = (
    bytes(range(256)).lower().translate(bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256)))
)
"""Byte by byte: small letters and digits, and spaces for the marks between."""
_other_marks = re.compile(r"[^\w\x00-\x7f]")


class Fingerprint(NamedTuple):
    """The numbers that stand for a text, in order, and one for the whole of its words; no numbers for too few words."""

    shingles: tuple[int, ...]
    digest: int


def fingerprint(title: str, text: str) -> Fingerprint:
    """What an article is compared by; a short text stands by one number, as a whole and with its title.

    >>> len(fingerprint("Rain", "It rained on Lima " * 4).shingles), fingerprint("", "More follows.").shingles
    (1, ())
    """
    words = _words(text)
    digest = _number(words)
    if len(words) < LEAST_WORDS:
        return Fingerprint((), digest)
    found = _sampled(words)
    return Fingerprint(
        found if len(found) >= LEAST_SHINGLES else (_number([*_words(title[:MOST_TITLE_LETTERS]), *words]),), digest
    )


def shingles(text: str) -> tuple[int, ...]:
    """One in eight numbers of 32 bits that three words in a row give, in order, each once.

    Case, marks and white space do not count; of scripts without spaces pairs of letters are the words, as in search.
    Of a longer text the first 60,000 letters are read. The same everywhere; takes 0.1 ms for 450 words.

    >>> set(shingles("a b c d e f g h")) <= set(shingles("A b, c d! E f g h i j k l m n o p"))
    True
    """
    return _sampled(_words(text))


def _words(text: str) -> list[bytes]:
    text = text[:MOST_LETTERS]
    if has_grams(text):
        text = grams(text)
    if not text.isascii():
        text = _other_marks.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return text.encode("utf-8", "surrogatepass").translate(_plain).split()


def _sampled(words: list[bytes]) -> tuple[int, ...]:
    every = map(crc32, map(b" ".join, zip(words, words[1:], words[2:], strict=False)))
    return tuple(sorted({number for number in every if not number % SAMPLED}))


def _number(words: list[bytes]) -> int:
    digest = blake2b(b" ".join(words), digest_size=4).digest()
    return int.from_bytes(digest, "big")
