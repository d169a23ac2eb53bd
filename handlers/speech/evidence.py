"""Whether something is said by the verb of somebody, and on which side of it that stands."""

from .cues import CUES, DENIALS, HEARERS, THOUGHTS, WILLING
from .kinds import named_kind
from .nouns import ARTICLES, DETERMINERS
from .objects import phrase_after
from .passage import Passage
from .phrases import FINITE, LINKS, PRONOUNS, Phrase
from .spoken import HIDDEN

VERBS = CUES["en"]
DAYS = frozenset("monday tuesday wednesday thursday friday saturday sunday yesterday today".split())
ADVERBIAL = (
    LINKS
    | DAYS
    | frozenset(
        "during after before last late early earlier later through via afterwards then again this when while as "
        "without under upon citing giving".split()
    )
)
"""What follows a verb whose clause stands before it."""
INTRODUCING = frozenset(
    "after as asked at before by despite during for from if in on since speaking under until upon when while "
    "with".split()
)
"""What begins a sentence with something else than what is said."""
REPORTS = frozenset("reported reports".split())
NEVER_AFTER = frozenset("to nothing so goodbye farewell hello".split())
LEAST_CLAUSE = 5
"""A clause that begins with an article has so many words: ``believes the fault lies there``."""
JOINS = frozenset("and but".split())
OWN = frozenset("its their his her".split())
SUBJECTS = PRONOUNS | {"there", "nobody", "i", "we"}
NEAR = 10
"""So many words may stand between a verb and ``that``: ``said in a letter to the council that``."""
NEAR_QUOTE = 14
"""So many between a verb and words in marks which it needs: ``called the forecast by the ministry “absurd”``."""
NEXT_QUOTE = 4


def behind_hearer(told: Passage, number: int, stop: int) -> int:
    """Where it goes on behind a verb and the one who is told: ``told Reuters``, ``told a meeting``."""
    rest = cue_stop(told, number)
    if told.lowered[number] not in HEARERS or rest >= stop or told.lowered[rest] == "that":
        return rest
    if hearer := phrase_after(told, rest, stop):
        return hearer.tail
    rest += told.lowered[rest] in DETERMINERS
    return rest + 1 if rest < stop and told.words[rest][0].isalnum() else rest


def cue_stop(told: Passage, number: int) -> int:
    """Where the cue ends that begins at ``number``."""
    return (
        number + 1 + (told.lowered[number] in {"spoke", "speaks"} and told.lowered[number + 1 : number + 2] == ["of"])
    )


def rule_of(told: Passage, number: int, rest: int, phrase: Phrase) -> str:
    """The rule by which a verb counts that goes on at ``rest``: fronted, following, naming; empty where it does not."""
    first, stop = told.sentences[number]
    word = told.lowered[number]
    if rest < stop and told.lowered[rest] in NEVER_AFTER:
        return "naming" if word in WILLING and _has_quote(told, rest, stop, NEAR) else ""
    if VERBS[word] == "quote":
        return "naming" if _has_quote(told, rest, stop, NEAR_QUOTE) else ""
    if word in DENIALS:
        return "following" if rest < stop and told.lowered[rest] == "that" else ""
    that = _has_that(told, rest, stop)
    is_before = not that or (told.lowered[rest] != "that" and _has_verb(told, first, phrase.first))
    if is_before and _may_end(told, rest, stop) and _is_fronted(told, rest, phrase, first, stop):
        return "fronted"
    return "following" if (that and VERBS[word] != "behind") or _follows(told, number, rest, phrase) else ""


def _follows(told: Passage, number: int, rest: int, phrase: Phrase) -> bool:
    """Whether something is said behind a verb without ``that``."""
    _, stop = told.sentences[number]
    word = told.lowered[number]
    need = VERBS[word]
    is_report = word in REPORTS and named_kind(phrase.name) == "outlet"
    if need == "nothing" or is_report or _has_quote(told, rest, stop, NEXT_QUOTE):
        return need != "behind"
    return need == "clause" and _is_clause(told, rest, stop)


def rule_of_participle(told: Passage, number: int, need: str) -> str:
    """The same for ``arguing that``, ``calling it “absurd”``."""
    _, stop = told.sentences[number]
    has_words = _has_that(told, number + 1, stop) or _has_quote(told, number + 1, stop, NEAR)
    return "participle" if has_words or (need == "clause" and _is_clause(told, number + 1, stop)) else ""


def _may_end(told: Passage, rest: int, stop: int) -> bool:
    return rest >= stop or not told.words[rest][0].isalnum() or told.lowered[rest] in ADVERBIAL


def _has_that(told: Passage, rest: int, stop: int) -> bool:
    """Whether ``that`` comes before any comma, with a clause behind it."""
    for number in range(rest, min(stop - 1, rest + NEAR)):
        if told.lowered[number] == "that":
            return number == rest or told.lowered[number - 1] not in LINKS
        if not told.words[number][0].isalnum() or told.lowered[number] in JOINS:
            return False
    return False


def _has_quote(told: Passage, rest: int, stop: int, most: int) -> bool:
    """Whether words in marks come before any other verb."""
    for number in range(rest, min(stop, rest + most)):
        if told.words[number][0] == HIDDEN:
            return True
        if told.lowered[number] in VERBS and told.lowered[number - 1] not in DETERMINERS:
            return False
    return False


def _is_fronted(told: Passage, rest: int, phrase: Phrase, first: int, stop: int) -> bool:
    """Whether what is said stands before the one who says it: ``It rained, Quill said on Monday``."""
    before = phrase.first - 1
    if before < first or (told.words[before] != "," and told.words[before][0] != HIDDEN):
        return False
    if rest + 1 < stop and told.words[rest] in ",:" and told.words[rest + 1][0] == HIDDEN:
        # "He was wrong, Quill said, “as we all are”" goes on; "In the end, Quill said, “We go”" begins.
        inner = told.starts[rest + 1] + 1
        return told.words[before][0] == HIDDEN or told.text[inner : inner + 1].islower()
    if rest >= stop or not told.words[rest][0].isalnum():
        return True
    return told.lowered[first] not in INTRODUCING or before - first > NEAR


def _is_clause(told: Passage, rest: int, stop: int) -> bool:
    """Whether a clause without ``that`` seems to begin: ``warned it would``, ``thinks they are wrong``."""
    if rest + 1 >= stop:
        return False
    word = told.lowered[rest]
    begins = word in ARTICLES or word in OWN
    is_thought = begins and stop - rest > LEAST_CLAUSE and told.lowered[rest - 1] in THOUGHTS
    return word in SUBJECTS or is_thought or (begins and _has_verb(told, rest, stop))


def _has_verb(told: Passage, first: int, stop: int) -> bool:
    return not FINITE.isdisjoint(told.lowered[first : min(stop, first + NEAR)])
