"""What the words of a name say of it, wherever it stands: a person, a place, an organisation, or no name."""

import re

from .capitals import Name
from .cues import Cue, Tables, tables
from .gazetteer import gazetteer
from .outlets import aliases, plain_words

MOST_WORDS_OF_A_PERSON = 4
LETTERS_OF_INITIALS = range(2, 7)
BEHIND_A_HEAD = frozenset({"of", "for"})
ENDINGS = tuple(
    "bury ford ville burg burgh borough chester mouth stan grad shire minster wick haven abad pur polis stadt".split()
)
"""What names of places end in."""

OUTLET = Cue("organisation", 6, "outlet")
WORD_AND_OUTLET = Cue("organisation", 4, "outlet")
FIRST_WORD_AND_OUTLET = Cue("organisation", 1, "outlet")
FIRM = Cue("organisation", 5, "head")
INITIALS = Cue("organisation", 4, "capitals")
CITY = Cue("place", 4, "gazetteer")
LONG_CITY = Cue("place", 6, "gazetteer")
TOWN = Cue("place", 2, "gazetteer")
ENDING = Cue("place", 2, "ending")
TITLE = Cue("person", 5, "title")
GIVEN = Cue("person", 3, "given-name")
ONLY_GIVEN = Cue("person", 1, "given-name")
TWO_WORDS = Cue("person", 2, "two-words")
MORE_WORDS = Cue("person", 1, "two-words")
MIDDLE = Cue("person", 2, "middle-name")
DEMONYM = Cue("other", 6, "demonym")
DIGITS = Cue("other", 5, "no-name")

_middle = re.compile(r"\w\.|(?:de|da|del|della|di|dos?|van|von|der|bin|ibn|el|al)|(?:al|el|ibn)-.*")
_in_a_name = re.compile(
    r"(?!(?:of|for|and|the)$|\w*(?:tions?|ments|it(?:y|ies)|olog(?:y|ies)|ics|isms?)$)[^\W\d_]++(?:['’.-][^\W\d_]++)*+\.?"
)
_ending = re.compile(rf"\w{{2}}(?:{'|'.join(ENDINGS)})$")
_camel = re.compile(r"(?!Mc|Mac|De|La|Le|Di|Du|Van|Fitz)[A-Z][a-z]+[A-Z]")


def within(name: Name) -> list[Cue]:
    """The cues of a name itself."""
    known, text, words = tables(), name.text(), name.words
    cues = [*known.whole.get(text, ()), *_as_listed(text, name)]
    if text in known.demonyms or (len(words) > 1 and words[-1] in known.demonyms):
        cues.append(DEMONYM)
    if not words[0].isalpha() and any(map(str.isdigit, words[0])):
        cues.append(DIGITS)
    cues += _as_one_word(text) if len(words) == 1 else _as_words(text, name, known)
    if name.title or words[0] in known.ranks:
        cues.append(TITLE)
    if words[0] in known.given:
        cues.append(GIVEN if len(words) > 1 else ONLY_GIVEN)
    return cues


def _as_listed(text: str, name: Name) -> list[Cue]:
    cues = []
    if text in aliases():
        is_word = text in plain_words()
        cues.append(OUTLET if not is_word else FIRST_WORD_AND_OUTLET if name.is_first else WORD_AND_OUTLET)
    if text in gazetteer().large:
        cues.append(CITY if len(name.words) == 1 else LONG_CITY)
    elif text in gazetteer().small:
        cues.append(TOWN)
    return cues


def _as_one_word(text: str) -> list[Cue]:
    cues = []
    if text.endswith(ENDINGS) and _ending.search(text):
        cues.append(ENDING)
    if (text.isupper() and len(text) in LETTERS_OF_INITIALS) or _camel.match(text):
        cues.append(INITIALS)
    return cues


def _as_words(text: str, name: Name, known: Tables) -> list[Cue]:
    words = name.words
    cues = [*known.last.get(_head(words), ()), *known.first.get(words[0], ())]
    if not cues and not name.is_quoted and not text.isupper():
        cues += _as_person(words)
    if _is_firm(words):
        cues.append(FIRM)
    return cues


def _as_person(words: tuple[str, ...]) -> tuple[Cue, ...]:
    """Words that might be those of anybody."""
    if len(words) > MOST_WORDS_OF_A_PERSON or not all(map(_in_a_name.fullmatch, words)):
        return ()
    if any(map(_middle.fullmatch, words[:-1])):
        return TWO_WORDS, MIDDLE
    return (TWO_WORDS if len(words) == 2 else MORE_WORDS,)


def _is_firm(words: tuple[str, ...]) -> bool:
    """``Harrow & Stint``, or ``BBC Scotland``."""
    return "&" in words or (words[0] in aliases() and words[0] not in plain_words())


def _head(words: tuple[str, ...]) -> str:
    """The word that says what it is: the last one, or that before ``of`` or ``for``."""
    last = words[-2] if words[-1].isdigit() and len(words) > 2 else words[-1]
    if BEHIND_A_HEAD.isdisjoint(words):
        return last
    return next((words[place - 1] for place, word in enumerate(words) if word in BEHIND_A_HEAD and place), last)
