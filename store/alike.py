"""Names that look as if they meant the same: a suggestion to people, who alone decide."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from .names import normalized

MOST_SHOWN = 3
MOST_COMPARED = 100
"""So many names that share something are looked at, the most important first: half a country may be called Kim."""
FILLERS = frozenset("the of and for in de la du des der die das und et".split())
MOST_LETTERS = 200
"""No name is longer, whatever a text makes of one."""
LEAST_SKELETON = 3
"""A shorter one fits too much: Li is no Lou."""

_VOWELS = re.compile("(?<=.)[aeiouyj]+")
_TWICE = re.compile(r"(.)\1+")
_DOTTED = re.compile(r"\b(?:\w\.){2,}")


class Lookalikes:
    """Names of one kind, by what two of them must share to look alike."""

    def __init__(self, kind: str, names: Iterable[str]) -> None:
        """Sort these names, the most important first; of several spellings the first stands for all."""
        self._kind = kind
        self._by_key: dict[str, list[str]] = defaultdict(list)
        spelt: dict[str, str] = {}
        for name in names:
            spelt.setdefault(normalized(name), name)
        for name in spelt.values():
            for key in self._keys(name):
                self._by_key[key].append(name)

    def of(self, names: Collection[str]) -> list[str]:
        """Other names that may mean whoever these mean: MOST_SHOWN at most."""
        seen = {normalized(name) for name in names}
        found: list[str] = []
        for name, other in self._sharing(names):
            if normalized(other) not in seen and self._are_alike(name, other):
                seen.add(normalized(other))
                found.append(other)
            if len(found) == MOST_SHOWN:
                break
        return found

    def _sharing(self, names: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Each of some names with those that share a key with it."""
        for name in names:
            for key in self._keys(name):
                for other in self._by_key[key][:MOST_COMPARED]:
                    yield name, other

    def _keys(self, name: str) -> list[str]:
        """What others must share one of: family name, or initials, beginning or bones."""
        words = _words(name)
        if not words:
            return []
        if self._kind == "person":
            return [skeleton(words[-1])]
        return list(dict.fromkeys([_initials(words), " ".join(map(skeleton, words)), words[0]]))

    def _are_alike(self, one: str, other: str) -> bool:
        short, long = sorted((_words(one), _words(other)), key=len)
        if self._kind == "person":
            return all(any(_fits(word, each) for each in long[:-1]) for word in short[:-1])
        begins = long[: len(short)] == short
        return begins or short == [_initials(long)] or list(map(skeleton, short)) == list(map(skeleton, long))


def nearest(name: str, known: Sequence[str]) -> list[str]:
    """Of some names those that are spelt most like one, or that hold all its words.

    >>> nearest("Tokayef", ["Tokayev", "Ana Silva"]), nearest("silva", ["Tokayev", "Ana Silva"])
    (['Tokayev'], ['Ana Silva'])
    """
    import difflib

    words = set(_words(name))
    holding = [each for each in known if words and words <= set(_words(each))]
    spelt = {normalized(each): each for each in reversed(known)}
    close = difflib.get_close_matches(normalized(name), spelt, MOST_SHOWN, cutoff=0.75)
    return list(dict.fromkeys(holding + [spelt[each] for each in close]))[:MOST_SHOWN]


def skeleton(word: str) -> str:
    """What is left of a word however its vowels are spelt; the whole of a short one.

    >>> skeleton("tokayev"), skeleton("tokaev"), skeleton("li")
    ('tkv', 'tkv', 'li')
    """
    bones = _TWICE.sub(r"\1", _VOWELS.sub("", word)).replace("z", "s")
    return bones if len(bones) >= LEAST_SKELETON else word


def _words(name: str) -> list[str]:
    plain = _DOTTED.sub(lambda letters: letters[0].replace(".", ""), normalized(name[:MOST_LETTERS]))
    return [word for word in re.split(r"[\s.-]+", plain) if word and word not in FILLERS]


def _initials(words: Collection[str]) -> str:
    return "".join(word[0] for word in words) if len(words) > 1 else "".join(words)


def _fits(one: str, other: str) -> bool:
    """Whether two given names can be the same: equal, or one the initial of the other."""
    return one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
