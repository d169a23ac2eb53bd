"""What the words of a name say of it, wherever it stands: a person, a place, an organisation, or no name."""

import re
from collections.abc import Iterator

from .capitals import Name
from .cues import Cue, Tables, tables
from .gazetteer import gazetteer
from .outlets import aliases, plain_words

MOST_WORDS_OF_A_PERSON = 4
LETTERS_OF_INITIALS = range(2, 7)

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
_ending = re.compile(
    r"\w{2}(?:bury|ford|ville|burgh?|borough|chester|mouth|stan|grad|shire|minster|wick|haven|abad|pur|polis|stadt)$"
)
_camel = re.compile(r"(?!Mc|Mac|De|La|Le|Di|Du|Van|Fitz)[A-Z][a-z]+[A-Z]")


def within(name: Name) -> Iterator[Cue]:
    """The cues of a name itself."""
    known, text, words = tables(), name.text(), name.words
    yield from known.whole.get(text, ())
    yield from _as_listed(text, words, is_first=name.is_first)
    if text in known.demonyms or (len(words) > 1 and words[-1] in known.demonyms):
        yield DEMONYM
    if any(map(str.isdigit, words[0])):
        yield DIGITS
    if len(words) == 1:
        yield from _as_one_word(text)
    else:
        heads = (*known.last.get(_head(words), ()), *known.first.get(words[0], ()))
        yield from heads
        yield from () if heads or name.is_quoted or text.isupper() else _as_person(words)
        yield from (FIRM,) if _is_firm(words) else ()
    yield from _as_called(name, known)


def _as_listed(text: str, words: tuple[str, ...], *, is_first: bool) -> Iterator[Cue]:
    if text in plain_words():
        yield FIRST_WORD_AND_OUTLET if is_first else WORD_AND_OUTLET
    elif text in aliases():
        yield OUTLET
    if text in gazetteer().large:
        yield CITY if len(words) == 1 else LONG_CITY
    elif text in gazetteer().small:
        yield TOWN


def _as_one_word(text: str) -> Iterator[Cue]:
    if _ending.search(text):
        yield ENDING
    if (text.isupper() and len(text) in LETTERS_OF_INITIALS) or _camel.match(text):
        yield INITIALS


def _as_person(words: tuple[str, ...]) -> Iterator[Cue]:
    """Words that might be those of anybody."""
    if len(words) > MOST_WORDS_OF_A_PERSON or not all(map(_in_a_name.fullmatch, words)):
        return
    has_middle = any(map(_middle.fullmatch, words[:-1]))
    yield TWO_WORDS if len(words) == 2 or has_middle else MORE_WORDS
    if has_middle:
        yield MIDDLE


def _as_called(name: Name, known: Tables) -> Iterator[Cue]:
    if name.title or name.words[0] in known.ranks:
        yield TITLE
    if name.words[0] in known.given:
        yield GIVEN if len(name.words) > 1 else ONLY_GIVEN


def _is_firm(words: tuple[str, ...]) -> bool:
    """``Harrow & Stint``, or ``BBC Scotland``."""
    return "&" in words or (words[0] in aliases() and words[0] not in plain_words())


def _head(words: tuple[str, ...]) -> str:
    """The word that says what it is: the last one, or that before ``of`` or ``for``."""
    last = words[-2] if words[-1].isdigit() and len(words) > 2 else words[-1]
    return next((words[place - 1] for place, word in enumerate(words) if word in {"of", "for"} and place), last)
