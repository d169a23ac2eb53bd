"""The one who speaks where he stands before the verb: ``Sir Piers Lanyon, chairman of the board, insisted``."""

from msgspec.structs import replace

from .capitals import run_before, split_title
from .nouns import ARTICLES, COURTESY, DETERMINERS
from .passage import Passage
from .phrases import (
    BEFORE_SUBJECTS,
    FINITE,
    LINKS,
    MOST_ASIDES,
    MOST_WORDS,
    NOUNS,
    POSSESSIVE,
    PRONOUNS,
    TAILS,
    Phrase,
    is_aside,
    is_role,
    noun_phrase,
    role_in,
    role_start,
    without_article,
)
from .spoken import HIDDEN

FARTHEST = 60
"""So many words before its end a part of a sentence may begin."""
PARTING = frozenset(f",;:–—{HIDDEN}")
JOINS = frozenset("that and but as".split())


def phrase_before(told: Passage, stop: int, floor: int) -> Phrase | None:
    """The one whose verb begins at ``stop``, no word of it before ``floor``; None where none is seen for certain."""
    if stop <= floor:
        return None
    if told.words[stop - 1] != ",":
        return _simple(told, stop, _part(told, stop, floor))
    end = stop - 1
    first = _part(told, end, floor)
    found = _behind_role(told, first, end, floor) or _before_asides(told, first, end, floor)
    return replace(found, stop=stop) if found else None


def _before_asides(told: Passage, first: int, end: int, floor: int) -> Phrase | None:
    """The name, or else the noun, that stands before what is told of it between commas."""
    role, noun = "", None
    for _ in range(MOST_ASIDES):
        if first <= floor or not is_aside(told, first, end):
            break
        role = role_in(told, first, end) or role
        first, end = _part(told, first - 1, floor), first - 1
        head = _simple(told, end, first) or _behind_role(told, first, end, floor)
        if head and head.name:
            return replace(head, role=head.role or role)
        noun = noun or head
        if head and not is_aside(told, first, end):
            break
    return noun


def _part(told: Passage, stop: int, floor: int) -> int:
    """Where the part of a sentence begins that ends before ``stop``."""
    floor = max(floor, stop - FARTHEST)
    for number in range(stop - 1, floor - 1, -1):
        if told.words[number][0] in PARTING:
            return number + 1
    return floor


def _behind_role(told: Passage, first: int, end: int, floor: int) -> Phrase | None:
    """``the borough's treasurer, Gethin Prosser,``: the name from ``first`` to ``end``, before it what he is."""
    is_behind = floor < first - 1 < end - 1 and told.words[first - 1] == ","
    if not is_behind or run_before(told, end, first) != first:
        return None
    if end - first < 2 and told.words[first - 2][0].isupper():
        return None
    start = _part(told, first - 1, floor)
    start += told.lowered[start] in JOINS
    words = told.lowered[start : first - 1]
    if not 0 < len(words) < MOST_WORDS or words[0] not in DETERMINERS or not FINITE.isdisjoint(words):
        return None
    name = " ".join(told.words[first:end])
    return Phrase(start, end, first, end, name=name, role=without_article(told, start, first - 1))


def _simple(told: Passage, stop: int, floor: int) -> Phrase | None:
    """A phrase without commas that ends before ``stop``."""
    if stop <= floor:
        return None
    if told.words[stop - 1] == ")":
        return _before_bracket(told, stop, floor)
    if told.lowered[stop - 1] in PRONOUNS:
        return Phrase(stop - 1, stop, stop - 1, stop, noun=told.lowered[stop - 1])
    first = run_before(told, stop, floor)
    is_noun = stop - first == 1 and told.lowered[first] in NOUNS and first in told.begins
    return _common(told, stop, floor) if first == stop or is_noun else _named(told, first, stop, floor)


def _before_bracket(told: Passage, stop: int, floor: int) -> Phrase | None:
    opened = next((n for n in range(stop - 2, max(floor, stop - MOST_WORDS), -1) if told.words[n] == "("), floor)
    found = _simple(told, opened, floor)
    return replace(found, stop=stop) if found else None


def _named(told: Passage, first: int, stop: int, floor: int) -> Phrase | None:
    """A name with its title, its role or its article before it."""
    head, role = split_title(told, first, stop)
    if head == stop:
        return _common(told, stop, floor)
    made = Phrase(first, stop, head, stop, name=" ".join(told.words[head:stop]), role=role)
    if first == floor:
        return made
    word = told.lowered[first - 1]
    is_owned = word.endswith(POSSESSIVE[:2])
    link = first - 1 - (word in DETERMINERS or is_owned)
    if link > floor and told.lowered[link] in LINKS and (tail := _with_tail(told, link, stop, floor)):
        return tail
    if is_role(word) or is_owned:
        start = role_start(told, first, floor)
        return replace(made, first=start, role=without_article(told, start, head))
    if word in ARTICLES or told.words[first - 1] in COURTESY:
        return replace(made, first=first - 1, article=word if word in ARTICLES else "")
    return made if word in BEFORE_SUBJECTS or not word[-1].isalnum() else None


def _with_tail(told: Passage, link: int, stop: int, floor: int) -> Phrase | None:
    """``Marlies Kowalke from Aarhus``, ``a spokeswoman for Kestrel``."""
    found = _simple(told, link, floor)
    return replace(found, stop=stop) if found else None


def _common(told: Passage, stop: int, floor: int) -> Phrase | None:
    """A noun, with or without what belongs to it, for somebody or something that speaks."""
    if told.lowered[stop - 1] in NOUNS:
        start = role_start(told, stop - 1, floor)
        if start - 1 <= floor or told.lowered[start - 1] not in LINKS:
            return noun_phrase(told, start, stop - 1, stop, floor)
        if found := _with_tail(told, start - 1, stop, floor):
            return found
    if TAILS.isdisjoint(told.lowered[floor : stop - 1]):
        return None
    joined = next((n + 1 for n in range(stop - 1, floor - 1, -1) if told.lowered[n] in JOINS), floor)
    return _with_long_tail(told, floor, stop) or _with_long_tail(told, joined, stop)


def _with_long_tail(told: Passage, begin: int, stop: int) -> Phrase | None:
    """``two people with knowledge of the plan``, from ``begin`` on."""
    tail = next((n for n in range(begin, min(stop - 1, begin + MOST_WORDS)) if told.lowered[n] in TAILS), begin)
    is_noun = tail > begin and told.lowered[tail - 1] in NOUNS and role_start(told, tail - 1, begin) == begin
    return noun_phrase(told, begin, tail - 1, stop, begin) if is_noun else None
