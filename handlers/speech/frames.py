"""Where in a passage somebody speaks: the cue, whose it is, and on which side of it stands what is said."""

import msgspec

from .cues import HEARERS, PARTICIPLES, PLURAL, THOUGHTS
from .evidence import ADVERBIAL, DAYS, VERBS, behind_hearer, cue_stop, rule_of, rule_of_participle
from .objects import phrase_after
from .passage import Passage
from .phrases import FINITE, PRONOUNS, SEVERAL, TAILS, Phrase
from .spoken import HIDDEN
from .subjects import phrase_before

QUOTING = frozenset("quoted quotes cited cites".split())
AUXILIARY = frozenset(
    "has have had also later then just already earlier previously once again both ever repeatedly".split()
)
SPANS_OF_TIME = frozenset("night week month year".split())
BLOCKING = frozenset(
    "to not never would could should might may can will must cannot is was are were be been being do does did "
    "don't doesn't didn't won't wouldn't hasn't haven't hadn't couldn't don’t doesn’t didn’t won’t wouldn’t hasn’t "
    "haven’t hadn’t couldn’t nobody none nor if".split()
)
"""Before a verb they say that nobody said it, or that somebody else did."""
AFTER_SPEAKER = ADVERBIAL | {"and", "who", "whose"}
ALSO_NOUNS = frozenset(
    "answers calls claims comments fears finds hopes lists notes posts reports shows states terms".split()
)
"""Verbs that may as well be nouns where more than an article stands before them."""
LEAST_FRONTED = 4
"""So many words stand before ``, explained Fuchs``."""


class Frame(msgspec.Struct, frozen=True):
    """Somebody and his cue, in numbers of words: the cue from ``cue`` to before ``stop``; it goes on at ``rest``.

    ``rule`` says where the words stand of which it is the cue: before it (``fronted``, ``inverted``), behind it
    (``following``, ``participle``, ``colon``), in marks behind it (``naming``), around it (``according``, ``citing``,
    ``quoted``). ``through`` is the outlet that quotes somebody.
    """

    phrase: Phrase
    cue: int
    stop: int
    rest: int
    rule: str
    through: Phrase | None = None


def frames(told: Passage) -> list[Frame]:
    """All frames of a passage, in the order of their cues."""
    found: list[Frame] = []
    first = stop = 0
    for number, word in enumerate(told.lowered):
        if word in TRIGGERS:
            if number >= stop:
                first, stop = told.sentences[number]
            last = found[-1] if found and found[-1].cue >= first else None
            if frame := _frame(told, number, first, stop, last):
                found.append(frame)
    return found


def _frame(told: Passage, number: int, first: int, stop: int, last: Frame | None) -> Frame | None:
    word = told.lowered[number]
    if word in BY_WORD:
        return BY_WORD[word](told, number, first, stop)
    if word in PARTICIPLES:
        return _participle(told, number, first, last)
    if word in QUOTING and (frame := _quoted(told, number, first, stop) or _was_quoted(told, number, first, stop)):
        return frame
    if word not in VERBS or not told.words[number].islower():
        return None
    return _inverted(told, number, first, stop) or _after_subject(told, number, first, stop, last)


def _according(told: Passage, number: int, first: int, stop: int) -> Frame | None:
    is_cue = first <= number and told.lowered[number + 1 : number + 2] == ["to"]
    phrase = phrase_after(told, number + 2, stop) if is_cue else None
    if phrase and phrase.name and not _is_whole(told, phrase, stop):
        return None
    return Frame(phrase, number, number + 2, phrase.stop, "according") if phrase else None


def _colon(told: Passage, number: int, first: int, stop: int) -> Frame | None:
    """``Quill: “It held.”``"""
    if number + 1 >= stop or told.words[number + 1][0] != HIDDEN:
        return None
    phrase = phrase_before(told, number, first)
    is_alone = phrase and phrase.name and phrase.first == first
    return Frame(phrase, number, number + 1, number + 1, "colon") if phrase and is_alone else None


def _citing(told: Passage, number: int, first: int, stop: int) -> Frame | None:
    phrase = phrase_after(told, number + 1, stop) if number > first else None
    is_whole = phrase and _is_whole(told, phrase, stop)
    return Frame(phrase, number, number + 1, phrase.stop, "citing") if phrase and is_whole else None


def _is_whole(told: Passage, phrase: Phrase, stop: int) -> bool:
    """Whether no other noun goes on with it: ``citing health worries``, ``according to Dutch tallies``."""
    after = told.lowered[phrase.tail] if phrase.tail < stop else "."
    return not after[0].isalnum() or after in TAILS or after in AFTER_SPEAKER


def _participle(told: Passage, number: int, first: int, last: Frame | None) -> Frame | None:
    """``The church refused to pay, arguing that``: of the one with whom the sentence begins."""
    if number - first < 3 or told.words[number - 1] != ",":
        return None
    phrase = last.phrase if last else phrase_after(told, first, number)
    if not phrase or (not last and not _has_verb_behind(told, phrase, number)):
        return None
    rule = rule_of_participle(told, number, PARTICIPLES[told.lowered[number]])
    return Frame(phrase, number, number + 1, number + 1, rule) if rule else None


def _has_verb_behind(told: Passage, phrase: Phrase, stop: int) -> bool:
    word = told.lowered[phrase.stop] if phrase.stop < stop else ""
    return word in FINITE or word in AUXILIARY or word.endswith("ed")


def _quoted(told: Passage, number: int, first: int, stop: int) -> Frame | None:
    """``Reuters quoted Lordkipa as saying``."""
    source = phrase_after(told, number + 1, stop)
    if not source or "as" not in told.lowered[source.tail : source.stop + 2]:
        return None
    through = phrase_before(told, _verb_start(told, number, first), first)
    rest = told.lowered.index("as", source.tail) + 1
    rest += told.lowered[rest : rest + 1] in (["saying"], ["telling"])
    return Frame(source, number, number + 1, rest, "quoted", through) if through else None


def _was_quoted(told: Passage, number: int, first: int, stop: int) -> Frame | None:
    """``Lordkipa was quoted by Reuters as saying``."""
    if number - 1 <= first or told.lowered[number - 1] not in FINITE:
        return None
    by = phrase_after(told, number + 2, stop) if told.lowered[number + 1 : number + 2] == ["by"] else None
    rest = by.stop if by else number + 1
    source = phrase_before(told, number - 1, first) if told.lowered[rest : rest + 2] == ["as", "saying"] else None
    return Frame(source, number, number + 1, rest + 2, "quoted", by) if source else None


def _inverted(told: Passage, number: int, first: int, stop: int) -> Frame | None:
    """``“…,” said Quill``; ``The sign was wrong, explained Fuchs, a teacher``."""
    word = told.lowered[number]
    if number == first or VERBS[word] == "quote" or word in HEARERS:
        return None
    before = told.words[number - 1]
    is_quoted = before[0] == HIDDEN or (before == "," and told.words[number - 2][0] == HIDDEN)
    if not is_quoted and (before != "," or number - first < LEAST_FRONTED or phrase_before(told, number, first)):
        return None
    phrase = phrase_after(told, number + 1, stop)
    if not phrase or (phrase.noun in PRONOUNS and not is_quoted):
        return None
    after = told.lowered[phrase.stop] if phrase.stop < stop else "."
    is_speaker = not after[0].isalnum() or after in AFTER_SPEAKER
    return Frame(phrase, number, number + 1, phrase.stop, "inverted") if is_speaker else None


def _after_subject(told: Passage, number: int, first: int, stop: int, last: Frame | None) -> Frame | None:
    """``Quill said``, ``The council, which met on Monday, warned that``."""
    start = _verb_start(told, number, first)
    if start == first or not BLOCKING.isdisjoint(told.lowered[start - 1 : number]):
        return None
    phrase = _subject(told, start, first, last)
    word = told.lowered[number]
    is_past = word in THOUGHTS and told.lowered[number - 1] == "had"
    if not phrase or is_past or (word in PLURAL and not _are_several(told, phrase)):
        return None
    if word in ALSO_NOUNS and phrase.noun and phrase.stop > phrase.tail:
        return None
    rest = behind_hearer(told, number, stop)
    rule = rule_of(told, number, rest, phrase)
    return Frame(phrase, number, cue_stop(told, number), rest, rule) if rule else None


def _verb_start(told: Passage, number: int, first: int) -> int:
    """Where the group of a verb begins, with auxiliaries, adverbs and the day that stands before it."""
    start = number
    while start - 1 > first:
        word, before = told.lowered[start - 1], told.lowered[start - 2]
        if word in DAYS or (word in SPANS_OF_TIME and before == "last"):
            start -= 1 + (before in {"on", "last"})
        elif word in AUXILIARY or (word.endswith("ly") and told.words[start - 1].islower()):
            start -= 1
        else:
            break
    return start


def _subject(told: Passage, start: int, first: int, last: Frame | None) -> Phrase | None:
    word = told.lowered[start - 1]
    if word in {"who", "which"}:
        return phrase_before(told, start - 1 - (told.words[start - 2] == ","), first)
    if word in {"and", "but"} and last and last.rule in {"following", "naming"}:
        return last.phrase
    return phrase_before(told, start, first)


def _are_several(told: Passage, phrase: Phrase) -> bool:
    """Whether a phrase may go with ``say``."""
    if phrase.noun:
        return phrase.noun.endswith("s") or phrase.noun in SEVERAL
    return phrase.name.endswith("s") or "and" in told.lowered[phrase.first : phrase.stop]


BY_WORD = {"according": _according, ":": _colon, "citing": _citing, "quoting": _citing}
TRIGGERS = frozenset(VERBS) | frozenset(PARTICIPLES) | QUOTING | frozenset(BY_WORD)
