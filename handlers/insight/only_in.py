"""What only one of several articles says: its sentences that stand in none of the others."""

import re
from collections import Counter
from collections.abc import Mapping

from presslog.handlers.comparison.sentences import sentences

MOST_LETTERS = 60_000
"""So much of each text is read."""
_marks = re.compile(r"[\W_]+")


def only_in(texts: Mapping[str, str]) -> dict[str, list[str]]:
    """The sentences of each text that stand in no other, whatever their case and marks; texts come by a name.

    >>> only_in({"Wire": "It rained. Two were hurt.", "Quay": "It rained! All got home."})
    {'Wire': ['Two were hurt.'], 'Quay': ['All got home.']}
    """
    said = {
        name: {_plain(each.text): each.text for each in sentences(text[:MOST_LETTERS])} for name, text in texts.items()
    }
    bearers = Counter(plain for each in said.values() for plain in each)
    return {
        name: [told for plain, told in each.items() if plain and bearers[plain] == 1] for name, each in said.items()
    }


def _plain(sentence: str) -> str:
    return _marks.sub(" ", sentence.casefold()).strip()
