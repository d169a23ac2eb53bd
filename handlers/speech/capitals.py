"""Runs of words with capitals: the names of people and bodies, and the titles before them."""

from .nouns import NAMED_BODIES, OFFICES, PARTICLES, PEOPLE, STYLES, TITLES
from .passage import Passage

SMALL_NAMES = frozenset("dpa afp epd".split())
FOR = frozenset("for of".split())
OF_A_PLACE = STYLES | TITLES | {"Duke", "Duchess", "Earl", "Bank", "Isle", "Gulf", "Port"}
JOINING = frozenset("of for and & on".split())
LONGEST = 12
"""No name has more words."""


def is_name(told: Passage, number: int) -> bool:
    """Whether a word may be part of a name."""
    return number in told.proper or told.words[number] in SMALL_NAMES


def run_before(told: Passage, stop: int, floor: int) -> int:
    """Where the name begins that ends before ``stop``; ``stop`` itself where none does."""
    first = _plain_before(told, stop, floor)
    while first < stop:
        at = first - 1
        if at - 1 > floor and told.lowered[at] == "the":
            at -= 1
        if at <= floor or told.lowered[at] not in JOINING or not is_name(told, at - 1):
            break
        left = _plain_before(told, at, floor)
        if not _joins(told, left, at, first, stop):
            break
        first = left
    return first


def _plain_before(told: Passage, stop: int, floor: int) -> int:
    first, floor = stop, max(floor, stop - LONGEST)
    if first - 2 >= floor and told.words[first - 1].isdecimal() and is_name(told, first - 2):
        first -= 1
    while first > floor:
        if is_name(told, first - 1):
            if first < stop and told.words[first - 1].endswith(("’s", "'s")):
                break
            first -= 1
        elif first < stop and told.words[first - 1] in PARTICLES and first - 1 > floor and is_name(told, first - 2):
            first -= 2
        else:
            break
    return first


def _joins(told: Passage, left: int, at: int, first: int, stop: int) -> bool:
    """Whether two runs with ``of``, ``for`` or ``and`` between are one name: those of bodies and of offices are."""
    words = told.words[left:at]
    if told.lowered[at] == "and":
        is_body = not NAMED_BODIES.isdisjoint(told.words[first:stop])
        is_short = len(words) <= 2 and left > 0 and told.lowered[left - 1] == "the"
        return (is_body and is_short) or _is_field(told, left, at)
    return words[-1] in OF_A_PLACE or not NAMED_BODIES.isdisjoint(words)


def _is_field(told: Passage, left: int, at: int) -> bool:
    """Whether the words are what a body is for, or a body with that: ``Center for Disease Control and Prevention``."""
    if left > 1 and told.lowered[left - 1] in FOR:
        return told.words[left - 2] in NAMED_BODIES
    return not FOR.isdisjoint(told.lowered[left:at]) and not NAMED_BODIES.isdisjoint(told.words[left:at])


def run_after(told: Passage, first: int, ceiling: int) -> int:
    """Where the name ends that begins at ``first``."""
    stop = _plain_after(told, first, ceiling)
    while first < stop < ceiling - 1 and told.lowered[stop] in JOINING:
        at = stop + 1 + (told.lowered[stop + 1] == "the")
        if at >= ceiling or not is_name(told, at):
            break
        end = _plain_after(told, at, ceiling)
        if not _joins(told, first, stop, at, end):
            break
        stop = end
    return stop


def _plain_after(told: Passage, first: int, ceiling: int) -> int:
    stop, ceiling = first, min(ceiling, first + LONGEST)
    while stop < ceiling:
        if is_name(told, stop):
            stop += 1
            if told.words[stop - 1][-2:] in {"’s", "'s"}:
                break
        elif stop > first and told.words[stop] in PARTICLES and stop + 1 < ceiling and is_name(told, stop + 1):
            stop += 2
        else:
            break
    return stop


def split_title(told: Passage, first: int, stop: int) -> tuple[int, str]:
    """Where the name proper begins in a run of capitals, and the title before it.

    ``stop`` where the run is a title alone.
    """
    if told.words[first] in STYLES:
        return first, ""
    last = None
    if not TITLES.isdisjoint(told.words[first:stop]):
        last = next(n for n in range(stop - 1, first - 1, -1) if told.words[n] in TITLES)
    if last is None and first in told.begins and (told.lowered[first] in OFFICES or told.lowered[first] in PEOPLE):
        last = first
    if last is None or not NAMED_BODIES.isdisjoint(told.words[last + 1 : stop]):
        return first, ""
    if last + 2 < stop and told.lowered[last + 1] in FOR:
        # "Secretary of State Hester Quill": the name is what follows one word.
        last = max(last + 2, stop - 3)
    if last + 1 == stop:
        return (stop if all(word in TITLES for word in told.words[first:stop]) else first), ""
    return last + 1, told.said(told.span(first, last + 1))
