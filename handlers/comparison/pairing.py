"""Which sentence became which: the most alike of two runs of sentences, in their order."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from .alignment import runs
from .facts import plain
from .sentences import Sentence

MOST_WORK = 200_000
"""Bounds the comparison of sentences (``runs``): 600 that differ on both sides, 60 ms."""
MOST_PAIRS = 2_500
"""So many pairs are looked at for the most alike; 50 sentences in place of 50 others take 10 ms."""
LEAST_ALIKE = 0.4
"""Two sentences are one that was changed where so much of their words is the same, else one went and another came."""

_word = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W\u3040-\u30ff\u3400-\u9fff]+")


class Pair(NamedTuple):
    """A sentence before and after; one of them is None where it came or went."""

    before: Sentence | None
    after: Sentence | None


class Paired(NamedTuple):
    """The sentences that differ, in the order of the text; of a block only what has no equal on the other side."""

    pairs: list[Pair]
    has_block: bool


def paired(before: Sequence[Sentence], after: Sequence[Sentence]) -> Paired:
    """Two texts sentence by sentence; where too much differs in one place, that place is compared as a block."""
    found: list[Pair] = []
    has_block = False
    for run in runs(*_keys(before, after), MOST_WORK):
        was, now = before[run.start : run.end], after[run.begin : run.stop]
        if run.is_same:
            both = zip(was, now, strict=True)
            found += [Pair(one, other) for one, other in both if one.text != other.text]
        elif len(was) * len(now) > MOST_PAIRS:
            found += as_block(was, now)
            has_block = True
        else:
            found += _side_by_side(was, now)
    return Paired(found, has_block)


def _keys(before: Sequence[Sentence], after: Sequence[Sentence]) -> tuple[list[str], list[str]]:
    """By what two sentences are the same: what stands on both sides letter for letter needs no closer look."""
    both = {each.text for each in before} & {each.text for each in after}
    one, other = ([each.text if each.text in both else plain(each.text) for each in side] for side in (before, after))
    return one, other


def as_block(was: Sequence[Sentence], now: Sequence[Sentence]) -> list[Pair]:
    """What went, then what came, wherever it stood; a sentence that stands on both sides did neither."""
    one, other = Counter(each.text for each in was), Counter(each.text for each in now)
    went = [Pair(each, None) for each in _beyond(was, one - other)]
    return went + [Pair(None, each) for each in _beyond(now, other - one)]


def _beyond(sentences: Sequence[Sentence], surplus: Counter[str]) -> Iterator[Sentence]:
    for each in sentences:
        if surplus[each.text] > 0:
            surplus[each.text] -= 1
            yield each


def _side_by_side(was: Sequence[Sentence], now: Sequence[Sentence]) -> Iterator[Pair]:
    """Two runs that stand in place of one another, what is alike as pairs."""
    left, right = 0, 0
    for one, other in [*_alike(was, now), (len(was), len(now))]:
        yield from (Pair(each, None) for each in was[left:one])
        yield from (Pair(None, each) for each in now[right:other])
        if one < len(was):
            yield Pair(was[one], now[other])
        left, right = one + 1, other + 1


def _alike(was: Sequence[Sentence], now: Sequence[Sentence]) -> list[tuple[int, int]]:
    """The pairs of places with the greatest sum of likeness among those that cross no other."""
    one, other = [_words(each) for each in was], [_words(each) for each in now]
    best = _sums([[_likeness(mine, yours) for yours in other] for mine in one], len(now))
    found, row, column = [], len(was), len(now)
    while row and column:
        if best[row][column] == best[row - 1][column]:
            row -= 1
        elif best[row][column] == best[row][column - 1]:
            column -= 1
        else:
            row, column = row - 1, column - 1
            found.append((row, column))
    return found[::-1]


def _sums(likeness: list[list[float]], width: int) -> list[list[float]]:
    """The greatest sum of likeness for every beginning of one side with every beginning of the other."""
    best = [[0.0] * (width + 1)]
    for values in likeness:
        above, row = best[-1], [0.0]
        for column, value in enumerate(values):
            taken = above[column] + value if value >= LEAST_ALIKE else 0.0
            row.append(max(above[column + 1], row[column], taken))
        best.append(row)
    return best


def _words(sentence: Sentence) -> frozenset[str]:
    return frozenset(_word.findall(sentence.text.lower()))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    return 2 * len(one & other) / (len(one) + len(other)) if one and other else 0.0
