"""Which words with a capital may be part of a name: those that have it wherever they stand."""

from collections.abc import Container, Iterable, Sequence

NO_NAMES = frozenset(
    "I A An And But Or If He She It They We You His Her Its Their Our My Monday Tuesday Wednesday Thursday Friday "
    "Saturday Sunday January February March April May June July August September October November December Jan Feb "
    "Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec Mr Mr. Mrs Mrs. Ms Ms.".split()
)
BEGINNING = frozenset(
    "The So In On At As By For From To Of With After Before During Since Until When While Where Who What Why How "
    "This That These Those There Here No Not Yes None Nobody Some Many Most Both All Each Every Another Other One "
    "Two Three Four Five Six Seven Eight Nine Ten Although Though Because Once Then Also Now Yesterday Today "
    "Tomorrow Later Earlier Meanwhile However According Citing Asked Under Over Last Next First Speaking Nor Yet "
    "Only Even Still Just Like Unlike Despite Late Early Local Several".split()
)
"""Words that a capital makes no name of where a sentence begins."""


def proper(words: Sequence[str], capitals: Iterable[int], begins: Container[int]) -> set[int]:
    """The numbers of those that may, of the words with ``capitals``; ``begins`` are words that begin a sentence.

    >>> proper(["The", "Quill", "Inn", "Monday"], [0, 1, 2, 3], {0})
    {1, 2}
    """
    return {
        number
        for number in capitals
        if words[number] not in NO_NAMES
        and (words[number] not in BEGINNING or number not in begins)
        and not words[number].endswith("-based")
    }
