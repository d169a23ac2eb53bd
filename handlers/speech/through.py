"""Through which outlet a source is known: the one that was told, or that carries its words."""

import re
from collections.abc import Iterator, Sequence

from presslog.handlers.insight.outlets import outlet_of

from .cues import HEARERS
from .evidence import REPORTS
from .frames import Frame
from .kinds import named_kind
from .memory import Memory
from .nouns import NAMED_OUTLETS
from .objects import phrase_after
from .passage import Passage
from .phrases import Phrase

CARRIED = frozenset("aired broadcast carried cited obtained published quoted reported seen".split())
GIVEN = frozenset("article column essay interview".split())
SHOWING = CARRIED | GIVEN
TO = frozenset("for in to with".split())
FOREIGN_ARTICLES = ("Al ", "Das ", "De ", "Der ", "Die ", "El ", "Il ", "La ", "Le ")
_CALL_SIGN = re.compile(r"ABC|ARD|CBC|MDR|NDR|ZDF|[KW][A-Z]{3}")
"""Broadcasters whose initials mean one only to those who read there."""
NEAR = 14
"""So many words behind a cue an outlet is looked for."""


def reporting(told: Passage, seen: Sequence[Frame]) -> frozenset[str]:
    """The names that a passage shows to be of outlets: they reported something, or something was seen by them."""
    reported = [frame.phrase for frame in seen if told.lowered[frame.cue] in REPORTS]
    return frozenset(each.name for each in (*reported, *_carriers(told)) if _may_report(each))


def _carriers(told: Passage) -> Iterator[Phrase]:
    if CARRIED.isdisjoint(told.lowered):
        return
    for number, word in enumerate(told.lowered):
        if word in CARRIED and told.lowered[number + 1 : number + 2] == ["by"]:
            found = phrase_after(told, number + 2, told.sentences[number][1])
            if found:
                yield found


def _may_report(phrase: Phrase) -> bool:
    """Whether a name may be one of an outlet: of one word, or behind an article, without a role, and of no body."""
    is_short = phrase.article == "the" or " " not in phrase.name or phrase.name.startswith(FOREIGN_ARTICLES)
    return bool(phrase.name) and is_short and not phrase.role and named_kind(phrase.name) != "organisation"


def outlet_near(told: Passage, frame: Frame, memory: Memory) -> Phrase | None:
    """The outlet beside a cue: ``told Reuters``, ``in an interview with it``, ``in comments carried by Khabar``."""
    first, stop = told.sentences[frame.cue]
    if told.lowered[frame.cue] in HEARERS:
        return _outlet(told, frame.stop, stop, memory)
    phrase, rest = frame.phrase, max(frame.stop, frame.phrase.stop)
    at = rest + (told.words[rest : rest + 1] == [","])
    if at < stop and told.lowered[at] in {"in", "on"} and (found := _outlet(told, at + 1, stop, memory)):
        return found
    if SHOWING.isdisjoint(told.lowered[first:stop]):
        return None
    places = [*range(phrase.tail, phrase.stop), *range(rest, min(stop, rest + NEAR))]
    if told.lowered[first] == "in":
        places += range(first, min(first + NEAR, phrase.first))
    return next((found for number in places if (found := _carrier(told, number, stop, memory))), None)


def _carrier(told: Passage, number: int, stop: int, memory: Memory) -> Phrase | None:
    word = told.lowered[number]
    after = told.lowered[number + 1] if number + 1 < stop else ""
    if word in GIVEN and after in TO:
        return _outlet(told, number + 2, stop, memory)
    if word not in CARRIED or after != "by":
        return None
    found = phrase_after(told, number + 2, stop)
    return found if found and found.name and not memory.names.is_person(found.name) else None


def _outlet(told: Passage, first: int, stop: int, memory: Memory) -> Phrase | None:
    found = phrase_after(told, first, stop)
    if not found or not found.name:
        return None
    name = found.name
    is_known = name in memory.outlets or outlet_of(name) or named_kind(name) == "outlet"
    is_called_so = _CALL_SIGN.fullmatch(name) or (found.article == "the" and name in NAMED_OUTLETS)
    return found if is_known or is_called_so else None
