"""Facts in a text, found by cheap rules: numbers with their units, quotes, and what two sets of them differ in."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from unicodedata import normalize

import msgspec

NUMBER_WORDS = {
    word: str(number)
    for number, word in enumerate("one two three four five six seven eight nine ten eleven twelve".split(), 1)
} | {word: word for word in "several few many dozen dozens scores hundreds thousands millions billions".split()}
"""Spelled numbers and how they compare; they count only where one is in place of another number."""
SAME_UNITS = {
    "percent": "%",
    "per cent": "%",
    "pct": "%",
    "prozent": "%",
    "mn": "million",
    "m": "million",
    "bn": "billion",
}

_unit = (
    r"%|‰|°\s?[CF]?|(?:percent|per\scent|pct|prozent|million|billion|trillion|thousand|mn|bn|m|k|km|kilomet(?:er|re)s?|"
    r"met(?:er|re)s?|miles?|feet|hectares?|acres?|degrees|tons?|tonnes?|kg|kilograms?|pounds?|barrels?|gallons?|lit(?:er|re)s?|"
    r"mw|gw|dollars?|euros?|yen|yuan|rubles?|roubles?|francs?|rupees?|basis\spoints|points?)\b"
)
_number = re.compile(
    rf"(?<!\w)(?<![^\W\d_]-)(?:(?:US|C|A|HK)?[$€£¥₹₽₩₺]\s?|[-−+])?\d++(?:[.,:/]\d++)*+(?:st\b|nd\b|rd\b|th\b)?(?:[\s-]?(?:{_unit}))?+"
    rf"(?:\s(?:{_unit}))?+",
    re.IGNORECASE,
)
_spelled = re.compile(rf"\b(?:{'|'.join(NUMBER_WORDS)})\b", re.IGNORECASE)
_thousands = re.compile(r",(?=\d{3}(?!\d))")
_quote = re.compile(
    r"„([^„“”\n]*+)[“”]|“([^“”\n]*+)(?:”|$)|\"([^\"\n]*+)\"|«([^«»\n]*+)»|「([^「」\n]*+)」|『([^『』\n]*+)』",
    re.MULTILINE,
)
_no_letters = re.compile(r"[\W_]+")


class Fact(NamedTuple):
    """A fact as it is written, and the key by which two of them are the same."""

    text: str
    key: str


class Moved(msgspec.Struct, frozen=True):
    """What one side has beyond the other, as it is written there and in its order."""

    went: tuple[str, ...] = ()
    came: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many were changed, added or taken away; one in place of another counts once."""
        return max(len(self.went), len(self.came))


def moved(before: Sequence[Fact], after: Sequence[Fact]) -> Moved:
    """The facts that went and those that came; what stands on both sides, as often, did neither."""
    if [fact.key for fact in before] == [fact.key for fact in after]:
        return Moved()
    was, now = Counter(fact.key for fact in before), Counter(fact.key for fact in after)
    return Moved(_beyond(before, was - now), _beyond(after, now - was))


def _beyond(facts: Iterable[Fact], surplus: Counter[str]) -> tuple[str, ...]:
    found = []
    for fact in facts:
        if surplus[fact.key] > 0:
            surplus[fact.key] -= 1
            found.append(fact.text)
    return tuple(found)


def plain(text: str) -> str:
    """A text without spaces and punctuation, in one form of its letters; the text itself where there is nothing else.

    >>> plain("“We won’t…” — she said") == plain("\\"We won't,\\" she said")
    True
    """
    letters = text if text.isascii() else normalize("NFKC", text)
    return _no_letters.sub("", letters) or text


def numbers(text: str) -> list[Fact]:
    """Numbers in figures, with currency, per cent and unit; ``1,000`` is ``1000`` and ``8 percent`` is ``8%``.

    >>> [fact.text for fact in numbers("It paid $1.9 million, 8.7% of 40 km, to the G7.")]
    ['$1.9 million', '8.7%', '40 km']
    """
    return [Fact(each, _number_key(each)) for each in _number.findall(text)]


def spelled_numbers(text: str) -> list[Fact]:
    """Numbers in words, ``several`` and ``dozens`` among them.

    >>> spelled_numbers("Two of several")
    [Fact(text='Two', key='2'), Fact(text='several', key='several')]
    """
    return [Fact(each, NUMBER_WORDS[each.lower()]) for each in _spelled.findall(text)]


def _number_key(written: str) -> str:
    if written.isdecimal():
        return written
    key = _thousands.sub("", written.lower()).replace("−", "-")
    figures = key.rstrip("abcdefghijklmnopqrstuvwxyz% ")
    unit = key[len(figures) :].strip()
    return figures.replace(" ", "") + " ".join(
        SAME_UNITS.get(each, each) for each in ([unit] if unit in SAME_UNITS else unit.split())
    )


def quote_spans(text: str) -> list[tuple[int, int]]:
    """Where the words between quotation marks begin and end; a quote ends with its paragraph at the latest."""
    return [found.span(found.lastindex or 0) for found in _quote.finditer(text)]


def quotes(text: str) -> list[Fact]:
    """What stands between quotation marks of any kind, those that a word is put in among them.

    >>> [fact.text for fact in quotes("“We won’t go,” she said. He called it „absurd“.")]
    ['We won’t go,', 'absurd']
    """
    return [quote(text[start:end]) for start, end in quote_spans(text) if end > start]


def quote(words: str) -> Fact:
    """A quote as a fact: the same in other marks and with other punctuation."""
    return Fact(words, plain(words))
