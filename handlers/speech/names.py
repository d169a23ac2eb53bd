"""The names in a passage: the full names of people, and of whom it tells, in order."""

import msgspec

from .capitals import is_name, run_after, split_title
from .genders import gender_of
from .kinds import named_kind
from .nouns import ARTICLES, OFFICES, PARTICLES, PEOPLE, STYLES
from .passage import Passage
from .phrases import BEFORE_SUBJECTS, is_role

BEFORE_TOPICS = BEFORE_SUBJECTS | {"was", "is"}
MOST_OF_ONE = 30
"""So often one of several with a surname is named in full after another before all further names are left out."""


class Topic(msgspec.Struct, frozen=True, order=True):
    """One of whom the passage tells: at which word, by what name and as what kind, which may be empty.

    ``is_weak``: no sentence begins with it, and it does not speak.
    """

    at: int
    name: str
    kind: str
    gender: str = ""
    is_weak: bool = False


class Names:
    """The names of a passage.

    ``topics`` are those that a sentence or clause begins with, bodies and outlets wherever they stand; ``titled`` are
    the people with a title before their names.
    """

    def __init__(self, told: Passage, outlets: frozenset[str]) -> None:
        self.topics: list[Topic] = []
        self.titled: set[str] = set()
        self._told = told
        self._outlets = outlets
        self._full: dict[str, list[tuple[int, str]]] = {}
        end = 0
        for at in told.capitals:
            if at >= end:
                end = self._read(at)

    def full(self, name: str, at: int) -> str:
        """The fullest form of a person's name, of those who end with it the last one before; the name without one."""
        fitting = [full for place, full in self._fitting(name) if place <= at]
        if not fitting or named_kind(name):
            return name
        if len(fitting) == 1:
            return fitting[0]
        styled = (full for full in fitting if full.endswith(fitting[-1]) and full.partition(" ")[0] in STYLES)
        # "the envoy to Peru Hester Quill" looks like a name of three words; elsewhere he stands without the country.
        return next(styled, "") or min((full for full in fitting if fitting[-1].endswith(full)), key=len)

    def is_person(self, name: str) -> bool:
        """Whether somebody of that name is known by first name and surname."""
        return bool(self._fitting(name))

    def _fitting(self, name: str) -> list[tuple[int, str]]:
        known = self._full.get(name.rpartition(" ")[2], ())
        return [each for each in known if each[1] == name or each[1].endswith(f" {name}")]

    def _read(self, at: int) -> int:
        """Keep the name that begins at a word; returns where the next one may begin."""
        told = self._told
        is_first = at in told.begins
        first = at + (is_first and told.lowered[at] in ARTICLES and at + 1 < len(told.words))
        is_somebody = first > at and (told.lowered[first] in PEOPLE or told.lowered[first] in OFFICES)
        if is_somebody and told.words[first + 1 : first + 2] == [","]:
            return first + 2
        if is_somebody:
            self.topics.append(Topic(first, "", "person", gender_of(told.lowered[first])))
            return first + 1
        if not is_name(told, first) or not (is_first or self._has_more(first)):
            return at + 1
        stop = run_after(told, first, len(told.words))
        head, role = split_title(told, first, stop)
        if head < stop:
            self._keep(first, head, stop, role, is_first=is_first)
        return max(stop, at + 1)

    def _has_more(self, first: int) -> bool:
        """Whether a name is of several words, or one that counts by itself."""
        words = self._told.words
        following = words[first + 1] if first + 1 < len(words) else "."
        is_several = following[0].isupper() or following in PARTICLES
        return is_several or words[first - 1] == "," or words[first] in self._outlets

    def _keep(self, first: int, head: int, stop: int, role: str, *, is_first: bool) -> None:
        told = self._told
        name = bare(" ".join(told.words[head:stop]))
        before = told.lowered[first - 1] if first else ","
        kind = "outlet" if name in self._outlets else named_kind(name)
        if not kind and before == "the" and not role:
            kind = "organisation"
        if not kind and stop - head > 1:
            kind = "person"
            known = self._full.setdefault(name.rpartition(" ")[2], [])
            if len(known) < MOST_OF_ONE and (not known or known[-1][1] != name):
                known.append((head, name))
        if role and kind in {"", "person"}:
            self.titled.add(name)
        is_subject = is_first or before in BEFORE_TOPICS or not before[-1].isalnum() or is_role(before)
        if is_subject or kind in {"outlet", "organisation"}:
            self.topics.append(Topic(head, name, kind, is_weak=not is_first and not self._is_told(first)))

    def _is_told(self, first: int) -> bool:
        """``The driver, Gus Adamczyk, does not``."""
        return self._told.words[first - 1] == "," and not {first - 3, first - 2}.isdisjoint(self._told.begins)


def bare(name: str) -> str:
    """A name without the mark of possession."""
    return name[:-2] if name.endswith(("’s", "'s")) else name.rstrip("’'")
