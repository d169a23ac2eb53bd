"""What speaks for a name being one of a person, a place or an organisation: its words, and those around it."""

import re
from collections.abc import Iterator

from .capitals import Name
from .cues import Cue, Tables, tables
from .gazetteer import gazetteer
from .outlets import aliases, plain_words

PREPOSITIONS = frozenset("of in at from for who that which on whose with by and".split())
BEFORE = 40
AFTER = 90
MOST_WORDS_OF_A_PERSON = 4

CITY = Cue("place", 4, "gazetteer")
LONG_CITY = Cue("place", 6, "gazetteer")
TOWN = Cue("place", 2, "gazetteer")
OUTLET = Cue("organisation", 6, "outlet")
PLAIN_OUTLET = Cue("organisation", 4, "outlet")
TITLE = Cue("person", 5, "title")
GIVEN = Cue("person", 3, "given-name")
TWO_WORDS = Cue("person", 2, "two-words")
INITIAL = Cue("person", 2, "initial")
AGE = Cue("person", 5, "age")
LETTERS = Cue("organisation", 4, "capitals")
CAMEL = Cue("organisation", 4, "capitals")
APPOSITION = Cue("person", 3, "apposition")
FIRM = Cue("organisation", 5, "head")
WORK = Cue("other", 6, "title")
DEMONYM = Cue("other", 6, "demonym")
DIGITS = Cue("other", 5, "no-name")
THREE_WORDS = Cue("person", 1, "two-words")
BESIDE_STATE = Cue("place", 4, "state")

_particle = re.compile(r"(?:de|da|del|della|di|dos?|van|von|der|bin|ibn|el|al)|(?:al|el|ibn)-.*")
_in_a_name = re.compile(
    r"(?!(?:of|for|and|the)$|\w*(?:tions?|ments|it(?:y|ies)|olog(?:y|ies)|ics|isms?)$)[^\W\d_]++(?:['’.-][^\W\d_]++)*+\.?"
)
_of_a_town = re.compile(
    r"\w{2}(?:bury|ford|ville|burgh?|borough|chester|mouth|stan|grad|shire|minster|wick|haven|abad|pur|polis|stadt)$"
)
_camel = re.compile(r"(?!Mc|Mac|De|La|Le|Di|Du|Van|Fitz)[A-Z][a-z]+[A-Z]")
_age = re.compile(r", \d{1,2}[,.;)]| \(\d{1,2}\)|, aged? \d")
_aside = re.compile(r", ((?:an?|the|its|his|her|their) )?([^,.;:()“”\"\n]{3,80})")
_word = re.compile(r"[\w'’-]+")
_agents = re.compile(r"\w{3,}(?:ist|ian|man|woman)$")


def own(name: Name) -> Iterator[Cue]:
    """What the words of a name say, wherever it stands."""
    known, text, words = tables(), name.text(), name.words
    yield from known.whole.get(text, ())
    if text in aliases():
        yield (
            OUTLET if text not in plain_words() else PLAIN_OUTLET._replace(weight=1) if name.is_first else PLAIN_OUTLET
        )
    if text in gazetteer().large:
        yield CITY if len(words) == 1 else LONG_CITY
    elif text in gazetteer().small:
        yield TOWN
    if text in known.demonyms or (len(words) > 1 and words[-1] in known.demonyms):
        yield DEMONYM
    if any(map(str.isdigit, words[0])):
        yield DIGITS
    heads = (*known.last.get(_head(words), ()), *known.first.get(words[0], ())) if len(words) > 1 else ()
    yield from heads
    yield from _of_a_person(name, known, is_headed=bool(heads))
    if "&" in words or (len(words) > 1 and words[0] in aliases() and words[0] not in plain_words()):
        yield FIRM
    if len(words) == 1 and _of_a_town.search(text):
        yield TOWN._replace(rule="suffix")
    if len(words) == 1 and 2 <= len(text) <= 6 and text.isupper():
        yield LETTERS
    elif len(words) == 1 and _camel.match(text):
        yield CAMEL


def _head(words: tuple[str, ...]) -> str:
    """The word that says what it is: the last one, or that before ``of`` or ``for``."""
    last = words[-2] if words[-1].isdigit() and len(words) > 2 else words[-1]
    return next((words[place - 1] for place, word in enumerate(words) if word in {"of", "for"} and place), last)


def _of_a_person(name: Name, known: Tables, *, is_headed: bool) -> Iterator[Cue]:
    words = name.words
    if name.title or words[0] in known.ranks:
        yield TITLE
    if words[0] in known.given:
        yield GIVEN if len(words) > 1 else GIVEN._replace(weight=1)
    if is_headed or name.is_quoted or not 2 <= len(words) <= MOST_WORDS_OF_A_PERSON or name.text().isupper():
        return
    if all(map(_in_a_name.fullmatch, words)):
        is_joined = any(len(word) == 2 and word[1] == "." for word in words[:-1]) or any(
            map(_particle.fullmatch, words[1:-1])
        )
        yield TWO_WORDS if len(words) == 2 or is_joined else THREE_WORDS
        yield from (INITIAL,) if is_joined else ()


def around(name: Name, text: str) -> Iterator[Cue]:
    """What stands before and after a name in the text."""
    known = tables()
    before = (
        () if name.title or name.is_quoted else tuple(_preceding(text[max(0, name.start - BEFORE) : name.start], known))
    )
    yield from before
    after = text[name.end : name.end + AFTER]
    mark = after[:1]
    if mark in {" ", ","}:
        is_place = any(cue.rule == "preposition" and cue.weight > 1 for cue in before)
        yield from () if is_place and mark == "," else _following(after, mark, known)
        if after[2:4].isdigit() or after[2:7] == "aged ":
            yield from (AGE,) if _age.match(after) else ()
    elif mark == "-":
        yield from known.after.get("-" + after[1:].partition(" ")[0].rstrip(",.;"), ())
    elif mark and mark in "”’\"'" and name.is_quoted and len(name.words) > 1:
        yield WORK
    if mark == ",":
        yield from _beside(after, known, is_long=len(name.words) > 1)


def _preceding(before: str, known: Tables) -> Iterator[Cue]:
    words = before.lower().split()[-2:]
    if words and before[-1] in " \n(":
        last = words[-1].lstrip("(“‘\"'")
        is_aside = last.endswith(",")
        yield from known.before.get(last.rstrip(","), ()) if not is_aside or last[:-1] in known.noun else ()
        if len(words) > 1:
            yield from known.before.get(f"{words[0]} {last}", ())


def _following(after: str, mark: str, known: Tables) -> Iterator[Cue]:
    words = after[1:].split(maxsplit=1)
    if words:
        key = words[0].rstrip(",.;:!?”’\"'")
        yield from known.after.get(f", {key}" if mark == "," else key, ())


def _beside(after: str, known: Tables, *, is_long: bool) -> Iterator[Cue]:
    """What the noun says that stands beside a name between commas: ``NetBlocks, a London-based agency``."""
    found = _aside.match(after)
    if not found:
        return
    if found[2] in gazetteer().large or f"{found[2]}." in known.states:
        yield BESIDE_STATE
    if not found[1] and not is_long:
        return
    yield from _of_noun(_word.findall(found[2])[:7], known)


def _of_noun(words: list[str], known: Tables) -> Iterator[Cue]:
    """The cues of the last noun, which no verb follows: in ``off Brest, the captain said`` it stands beside nothing."""
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else ""
        if word in PREPOSITIONS:
            return
        if not following or following in PREPOSITIONS:
            yield from known.noun.get(word, (APPOSITION,) if _agents.match(word) else ())
            return
