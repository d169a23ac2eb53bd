"""Who is meant by less than a name: ``Tokayev``, ``Pallas``, ``CSTO``, where the article has it whole elsewhere."""

from bisect import bisect_right
from collections.abc import Iterable
from operator import attrgetter
from typing import NamedTuple

from .capitals import Name
from .cues import tables

TEAMS = frozenset("Sporting Athletic Real FC AC AS SC Dynamo Inter Borussia".split())


class Whole(NamedTuple):
    """A whole name that stands in the article, its kind and its place."""

    text: str
    kind: str
    start: int


class ShortForms:
    """The short forms that an article's whole names may have."""

    def __init__(self, wholes: Iterable[tuple[Name, str]]) -> None:
        """Take the whole names, each with its kind, in the order of the text."""
        self._people: dict[str, list[Whole]] = {}
        self._bodies: dict[str, Whole] = {}
        self._teams: dict[str, Whole] = {}
        for name, kind in wholes:
            whole = Whole(name.text(), kind, name.start)
            if kind == "person":
                self._add_person(name, whole)
            elif kind == "organisation":
                self._add_body(name, whole)

    def _add_person(self, name: Name, whole: Whole) -> None:
        words = name.words[1:]
        for start in range(len(words)):
            self._people.setdefault(" ".join(words[start:]), []).append(whole)
        if words and (bare := words[-1].partition("-")[2]) and words[-1][0].islower():
            self._people.setdefault(bare, []).append(whole)

    def _add_body(self, name: Name, whole: Whole) -> None:
        words = name.words
        for end in range(1, len(words)):
            self._bodies.setdefault(" ".join(words[:end]), whole)
        initials = "".join(word[0] for word in words if word[0].isupper())
        if len(initials) > 1:
            self._bodies.setdefault(initials, whole)
        if words[0] in TEAMS:
            place = " ".join(words[1:])
            self._teams[place] = Whole(place, "place", name.start)

    def __contains__(self, text: str) -> bool:
        """Whether anything may be meant by it."""
        return text in self._people or text in self._bodies or text in self._teams

    def person(self, text: str, start: int) -> Whole | None:
        """The person of that last name who was named last before a place in the text, else the first one."""
        found = self._people.get(text)
        return found[max(0, bisect_right(found, start, key=attrgetter("start")) - 1)] if found else None

    def body(self, text: str) -> Whole | None:
        """The organisation whose name begins so, or has these initials."""
        if text in tables().demonyms:
            return None
        return self._bodies.get(text)

    def team(self, text: str) -> Whole | None:
        """The place whose team is named with it elsewhere: ``Corvo`` of ``Athletic Corvo``."""
        return self._teams.get(text)
