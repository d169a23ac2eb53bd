"""Who is meant by words beside a cue, a name or a noun or a pronoun, and the words at which such a phrase ends."""

import msgspec

from .nouns import ARTICLES, BODIES, DETERMINERS, DOCUMENTS, OFFICES, OUTLETS, PEOPLE, TITLES
from .passage import Passage

PRONOUNS = frozenset("he she it they".split())
SPEAKERS = OFFICES | PEOPLE | frozenset(f"{word}s" for word in OFFICES | PEOPLE)
NOUNS = SPEAKERS | BODIES | OUTLETS | DOCUMENTS
SEVERAL = frozenset("people police spokespeople men women they".split())
LINKS = frozenset("of for from at in with by on to near".split())
TAILS = LINKS | frozenset(
    "who which that whose familiar close released published posted seen obtained ordered issued quoted cited filed "
    "reviewed".split()
)
"""What goes on with a noun that is complete: ``a survey by the university``, ``people familiar with the matter``."""
BEFORE_SUBJECTS = frozenset(
    "that and but as when while because or what which where than if though although since until after before how why "
    "yesterday today night week month year later earlier meanwhile however so then".split()
)
"""What stands before a subject without a comma between."""
FINITE = frozenset("is are was were has have had do does did will would can could may might must should".split())
NO_PART = (
    LINKS
    | BEFORE_SUBJECTS
    | FINITE
    | frozenset(
        "be been not into over under about against between during through without within among said says say".split()
    )
)
"""Words that are no part of what somebody is."""
RELATIVES = frozenset("who which whose that where".split())
ASIDES = frozenset("who which whose where now formerly aged also himself herself".split())
PARTICIPLES = frozenset("seen sent written made held led known shown signed".split())
ROLE_ENDS = ("ist", "man", "woman", "eer", "ian", "master", "keeper")
POSSESSIVE = ("’s", "'s", "s’", "s'")
MOST_WORDS = 14
"""No role and no noun is longer."""
MOST_ASIDES = 4
"""So many stand between a name and its verb: ``Quill, 29, an archivist, who was there, said``."""


class Phrase(msgspec.Struct, frozen=True):
    """Who speaks, in numbers of words: from ``first`` to before ``stop``, its name or noun from ``head`` to ``tail``.

    ``name`` is as it is written there; it is empty for a noun or pronoun, which ``noun`` has in small letters.
    """

    first: int
    stop: int
    head: int
    tail: int
    name: str = ""
    noun: str = ""
    role: str = ""
    article: str = ""


def is_role(word: str) -> bool:
    """Whether a word in small letters says what somebody is."""
    return word in SPEAKERS or (len(word) > 5 and word.endswith(ROLE_ENDS) and word not in NO_PART)


def role_start(told: Passage, stop: int, floor: int) -> int:
    """Where what somebody is begins that ends before ``stop``, with ``the`` or ``his`` before it."""
    first = stop
    while first > max(floor, stop - MOST_WORDS):
        word = told.lowered[first - 1]
        if word in DETERMINERS:
            return first - 1
        is_joined = word == "and" and first - 2 >= floor and told.lowered[first - 2] in SPEAKERS
        if (word in NO_PART and not is_joined) or not word[0].isalnum():
            break
        first -= 1
    return first


def without_article(told: Passage, first: int, stop: int) -> str:
    """The words as a role is told: ``the club's coach`` is ``club's coach``."""
    first += first < stop and told.lowered[first] in ARTICLES
    return told.said(told.span(first, stop)) if first < stop else ""


def noun_phrase(told: Passage, start: int, head: int, stop: int, floor: int) -> Phrase | None:
    """The noun at ``head`` with what belongs to it; None where it has no article and is not one of several."""
    first = told.lowered[start]
    word = told.lowered[head]
    is_many = word.endswith("s") or word in SEVERAL
    is_whole = start == floor or told.lowered[start - 1] in NO_PART
    if first not in DETERMINERS and not (is_many and is_whole) and not first.endswith(POSSESSIVE):
        return None
    begin = head - (head > start and told.lowered[head - 1] == "news")
    return Phrase(start, stop, begin, head + 1, noun=word, article=first if first in DETERMINERS else "")


def is_aside(told: Passage, first: int, end: int) -> bool:
    """Whether words between commas tell of the name before them."""
    if first >= end:
        return False
    word = told.lowered[first]
    begins = word in ASIDES or word in LINKS or word in PARTICIPLES or (word in DETERMINERS and word != "that")
    if begins or word.isdecimal() or word.endswith(("ing", "ed")):
        return True
    return not SPEAKERS.isdisjoint(told.lowered[first : first + 6])


def role_in(told: Passage, first: int, end: int) -> str:
    """What somebody is by the words between commas behind the name; empty where they tell something else."""
    word = told.lowered[first]
    stop = next((n for n in range(first, end) if told.lowered[n] in RELATIVES or told.lowered[n] == "from"), end)
    if stop == first or word in LINKS or word.isdecimal() or word.endswith(("ing", "ed")):
        return ""
    is_office = not SPEAKERS.isdisjoint(told.lowered[first:stop]) or not TITLES.isdisjoint(told.words[first:stop])
    return without_article(told, first, stop) if word in DETERMINERS or is_office else ""
