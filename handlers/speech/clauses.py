"""The clause that hangs on a cue: what is said in words of the writer, from its first letter to its last."""

from collections.abc import Sequence

import msgspec
from msgspec.structs import replace

from presslog.handlers.insight.facts import Attribution, Span

from .cues import HEARERS
from .evidence import ADVERBIAL, DAYS, NEAR, VERBS
from .passage import Passage
from .phrases import FINITE

STOPS = ".,;:!?–—"
JOINS = frozenset("and but".split())
GOES_ON = JOINS | FINITE
"""Behind a cue between two commas they go on with what is said: ``What remains, lawyers say, is a wharf``."""
OTHER_VERBS = frozenset(VERBS) | {"declined", "refused"}
BEFORE_THAT = ADVERBIAL | {"that"}
MOST_OF_A_BEGINNING = 5
"""Behind so few words and a comma a cue only parts what is said: ``All were well, she said, except in one matter``."""
LEAST_WORDS = 2


class Said(msgspec.Struct, frozen=True):
    """An attribution in numbers of words: its cue from ``cue`` to before ``stop``, all of it from ``first`` to ``end``.

    What is said stands between ``begin``, where the attribution before it ends, and ``clear``, where the next one
    begins, as far as they stand in the same sentence. ``through`` is the one by which it is cited.
    """

    attribution: Attribution
    first: int
    cue: int
    stop: int
    end: int
    begin: int
    clear: int
    through: "Said | None" = None

    @property
    def rule(self) -> str:
        """What found the attribution."""
        return self.attribution.rule


def said_by(told: Passage, found: Sequence[Attribution]) -> dict[int, list[Said]]:
    """The attributions of each sentence, by the number of its first word."""
    said: dict[int, list[Said]] = {}
    for each in found:
        if each.span.end <= len(told.text):
            _add(told, said, each)
    return said


def _add(told: Passage, said: dict[int, list[Said]], each: Attribution) -> None:
    """Put an attribution behind those of its sentence, each with the room that the others leave it."""
    first, cue, end = told.at(each.span.start), told.at(each.cue.start), told.at(each.span.end)
    begin, clear = told.sentences[cue]
    several = said.setdefault(begin, [])
    before = several[-1] if several else None
    if before and before.cue < first:
        before = several[-1] = replace(before, clear=first)
    begin = before.end if before and before.end < first else begin
    through = before if each.rule == "citing" else None
    several.append(Said(each, first, cue, told.at(each.cue.end), end, begin, clear, through))


def clause_of(told: Passage, said: Said) -> Span | None:
    """The clause of an attribution; None where it has none."""
    if said.rule == "citing" and told.lowered[said.end : said.end + 2] == [",", "that"]:
        return _trimmed(told, said.end + 2, said.clear)
    if said.rule == "citing":
        return clause_of(told, said.through) if said.through and said.through.rule != "citing" else None
    if said.rule in {"following", "participle"}:
        return _following(told, said)
    if said.rule in {"according", "quoted"} and said.first == told.sentences[said.cue][0]:
        return _following(told, said)
    return _fronted(told, said) if said.rule in {"fronted", "inverted", "according", "quoted"} else None


def _following(told: Passage, said: Said) -> Span | None:
    that = _that(told, said)
    start = that + 1 if that is not None else said.end if said.rule == "according" else _behind_adverb(told, said)
    return _trimmed(told, start, _other_verb(told, start, said.clear))


def _that(told: Passage, said: Said) -> int | None:
    """The ``that`` with which the clause begins: not that in ``said a man that fell``."""
    for number in range(said.end, min(said.clear, said.end + NEAR)):
        if told.words[number] in STOPS:
            break
        if told.lowered[number] == "that":
            is_told = told.lowered[said.cue] in HEARERS or told.lowered[said.end] in BEFORE_THAT
            return number if is_told else None
    return None


def _behind_adverb(told: Passage, said: Said) -> int:
    """Where the clause begins behind the one who is told and the day; behind a place or a letter that is not clear."""
    through = (told.at(each.span.end) for each in said.attribution.via)
    start = max([said.end, *(end for end in through if end <= said.clear)])
    while start < said.clear and (told.lowered[start] in DAYS or told.lowered[start] == "on"):
        start += 1
    return said.clear if start < said.clear and told.lowered[start] in ADVERBIAL else start


def _other_verb(told: Passage, start: int, stop: int) -> int:
    """Where the source does something else: ``said it knew but declined to tell``."""
    joined = (n for n in range(start, stop - 1) if told.lowered[n] in JOINS)
    return next((n for n in joined if told.lowered[n + 1] in OTHER_VERBS), stop)


def _fronted(told: Passage, said: Said) -> Span | None:
    after = told.lowered[said.end + 1] if said.end + 1 < said.clear and told.words[said.end] == "," else ""
    is_short = said.first - said.begin <= MOST_OF_A_BEGINNING
    is_word = after[:1].isalnum()
    goes_on = is_word and (after in GOES_ON or is_short or (said.rule == "according" and after.endswith("ed")))
    return _trimmed(told, said.begin, said.clear if goes_on else min(said.first, said.cue))


def _trimmed(told: Passage, first: int, stop: int) -> Span | None:
    """The words without the marks around them."""
    while first < stop and told.words[first] in STOPS:
        first += 1
    while first < stop and (told.words[stop - 1] in STOPS or told.lowered[stop - 1] in JOINS):
        stop -= 1
    return told.span(first, stop) if stop - first >= LEAST_WORDS else None
