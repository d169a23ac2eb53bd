"""The place from which an article is written, where its first words say so: ``RENO, Nev. —``, ``KIEL (dpa) -``."""

import re
from typing import NamedTuple

from .cues import tables
from .facts import Mention, Span

PARTICLES = frozenset("DE DA DEL LA LE LES AM AN DER UPON OF SUR".split())

_upper = "".join(letter for letter in map(chr, range(0x250)) if letter.isupper())
_dateline = re.compile(
    rf"\(?([{_upper}][{_upper}.'’-]{{1,30}}(?: [{_upper}][{_upper}.'’-]{{0,30}}){{0,3}})"
    r"(?:, ([A-Z][\w.]{1,20}(?: [A-Z]\w{1,20})?))?(?:, [^()—–\n]{3,20}?)?(?: \(([\w .'’/-]{2,40})\))? ?(?:—|–|--?)\s"
)


class Dateline(NamedTuple):
    """What is named in it, and where the text begins."""

    named: tuple[Mention, ...]
    end: int


def dateline(text: str) -> Dateline:
    """The place, the state and the outlet of a dateline; their names are written as elsewhere.

    >>> [each.name for each in dateline("BAD HOMBURG, Nev. (dpn) - A cloud came.").named]
    ['Bad Homburg', 'Nevada', 'dpn']
    """
    found = _dateline.match(text)
    if not found:
        return Dateline((), 0)
    named = [Mention(Span(*found.span(1)), "place", _spelt(found[1]), 0.95, "dateline")]
    if found[2]:
        state = tables().states.get(found[2], found[2])
        named.append(Mention(Span(*found.span(2)), "place", state, 0.9, "dateline"))
    if found[3]:
        named.append(Mention(Span(*found.span(3)), "organisation", found[3], 0.9, "dateline"))
    return Dateline(tuple(named), found.end())


def _spelt(capitals: str) -> str:
    return " ".join(word.lower() if word in PARTICLES else word.title() for word in capitals.split())
