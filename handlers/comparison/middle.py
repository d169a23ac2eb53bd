"""What lies between the beginning and the end that two texts have in common."""

from typing import NamedTuple

STEP = 1 << 16
FAR = 10_000
"""So much of a paragraph is kept on each side of a change; few are longer."""


class Middle(NamedTuple):
    """Whole paragraphs of both texts, from the first that differs to the last, and the number of the first."""

    before: str
    after: str
    paragraph: int


def middle(before: str, after: str) -> Middle:
    r"""The paragraphs between the common beginning and the common end; 30 MB take 20 ms.

    >>> middle("One.\n\nTwo.\n\nThree.", "One.\n\n2.\n\nThree.")
    Middle(before='Two.', after='2.', paragraph=2)
    """
    if before == after:
        return Middle("", "", 1)
    same = _alike(before, after)
    start = max(before.rfind("\n\n", 0, same) + 2, same - FAR)
    start = 0 if start == 1 else start
    was, now = before[start:], after[start:]
    same = _alike_at_end(was, now)
    # The common end begins with a blank line that both texts have.
    cut = was.find("\n\n", len(was) - same)
    end = max(len(was) - cut if cut >= 0 else 0, same - FAR)
    return Middle(was[: len(was) - end], now[: len(now) - end], before.count("\n\n", 0, start) + 1)


def _alike(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginning."""
    shorter = min(len(one), len(other))
    place = next((at for at in range(0, shorter, STEP) if one[at : at + STEP] != other[at : at + STEP]), shorter)
    step = STEP
    while step := step // 2:
        if one[place : place + step] == other[place : place + step]:
            place += step
    return min(place, shorter)


def _alike_at_end(one: str, other: str) -> int:
    """The same at their end."""
    shorter = min(len(one), len(other))
    place = 0
    step = STEP
    while place < shorter and _tail(one, place, step) == _tail(other, place, step):
        place += step
    while step := step // 2:
        if _tail(one, place, step) == _tail(other, place, step):
            place += step
    return min(place, shorter)


def _tail(text: str, place: int, step: int) -> str:
    end = len(text) - place
    return text[max(0, end - step) : max(0, end)]
