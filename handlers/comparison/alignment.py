"""Two lists side by side: which runs are the same, and which stand in place of which, in bounded time."""

from collections import Counter
from collections.abc import Hashable, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple


class Run(NamedTuple):
    """``before[start:end]`` and ``after[begin:stop]``: the same, or one in place of the other, which may be empty."""

    is_same: bool
    start: int
    end: int
    begin: int
    stop: int


def runs(before: Sequence[Hashable], after: Sequence[Hashable], most_work: int) -> list[Run]:
    """Both lists from their beginning to their end, as runs in order.

    What differs between the common beginning and the common end is one run where finding more would take too much:
    ``most_work`` bounds equal pairs times the shorter length, the worst that difflib does; a million may take 270 ms.
    """
    head = _alike(before, after)
    tail = min(_alike(before[::-1], after[::-1]), len(before) - head, len(after) - head)
    inner = before[head : len(before) - tail], after[head : len(after) - tail]
    found = [
        Run(is_same=True, start=0, end=head, begin=0, stop=head),
        *(_moved(each, head) for each in _inner(*inner, most_work)),
    ]
    end, stop = len(before) - tail, len(after) - tail
    found.append(Run(is_same=True, start=end, end=len(before), begin=stop, stop=len(after)))
    return [each for each in found if each.end > each.start or each.stop > each.begin]


def _moved(run: Run, by: int) -> Run:
    return Run(run.is_same, run.start + by, run.end + by, run.begin + by, run.stop + by)


def _inner(was: Sequence[Hashable], now: Sequence[Hashable], most_work: int) -> list[Run]:
    if not was or not now or _work(was, now) > most_work:
        return [Run(is_same=False, start=0, end=len(was), begin=0, stop=len(now))]
    found = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return [Run(tag == "equal", *places) for tag, *places in found]


def _work(was: Sequence[Hashable], now: Sequence[Hashable]) -> int:
    one, other = Counter(was), Counter(now)
    return min(len(was), len(now)) * sum(count * other[each] for each, count in one.items() if each in other)


def _alike(one: Sequence[Hashable], other: Sequence[Hashable]) -> int:
    """How many things two lists have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (this, that) in pairs if this != that), min(len(one), len(other)))
