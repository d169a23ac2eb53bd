"""What a name is taken for: cues are weighed, and the kind with the most weight is it."""

from collections.abc import Sequence
from typing import NamedTuple

from .around import around
from .capitals import Name
from .within import within

LEAST_OF_ONE_WORD = 3
LEAST = 2
CLEAR = 5
"""Weights: the least that makes a name of one word, or of more; and what needs no look at the words around."""
NO_NAME = "other"
KINDS = (NO_NAME, "organisation", "place", "person")
"""Where two have the same weight, the first one counts."""
VAGUE = frozenset({"two-words", "article", "verb", "capitals"})
"""What speaks only for a name that has no word of the language in it."""
NEAR = 5_000
MOST_SEEN = 4
"""So many places of a name are looked at: the first ones introduce it."""


class Verdict(NamedTuple):
    """The kind of a name, or NO_NAME; ``weight`` and ``rule`` are of the cue that spoke for it loudest."""

    kind: str
    confidence: float
    weight: int
    rule: str


def verdict(group: Sequence[Name], text: str, *, is_english: bool) -> Verdict | None:
    """The verdict on a name by all the places where it stands; None where too little is known of it.

    Words around it are understood in English only. What is seen twice counts once.
    """
    name = group[0]
    cues = set(within(name))
    if is_english and not any(cue.weight >= CLEAR for cue in cues):
        for each in group[:MOST_SEEN]:
            cues.update(around(each, text))
    if not cues:
        return None
    weights = dict.fromkeys(KINDS, 0)
    for kind, weight, _ in cues:
        weights[kind] += weight
    best = max(weights, key=weights.__getitem__)
    weight = weights.pop(best)
    if weight < (LEAST if len(name.words) > 1 else LEAST_OF_ONE_WORD):
        return None
    loudest = max((cue.weight, cue.rule) for cue in cues if cue.kind == best)
    if weight < CLEAR and loudest[1] in VAGUE and _is_of_plain_words(name, text):
        return None
    margin = weight - max(weights.values())
    return Verdict(best, round(min(0.95, 0.5 + 0.07 * margin), 2), *loudest)


def _is_of_plain_words(name: Name, text: str) -> bool:
    """Whether a name is a line of its own, or the text has a word of it in small letters: a heading, a programme."""
    if text[name.end : name.end + 1] == "\n":
        return True
    start, end = max(0, name.start - NEAR), name.start + NEAR
    return any(text.find(f" {word.lower()}", start, end) >= 0 for word in name.words if len(word) > 3)
