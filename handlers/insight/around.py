"""What stands around a name and says what it is: prepositions, verbs, roles, an age, a noun between commas."""

import re
from collections.abc import Iterator

from .capitals import Name
from .cues import Cue, Tables, tables
from .gazetteer import gazetteer

PREPOSITIONS = frozenset("of in at from for who that which on whose with by and".split())
BEFORE = 40
AFTER = 90

AGE = Cue("person", 5, "age")
APPOSITION = Cue("person", 3, "apposition")
BESIDE_STATE = Cue("place", 4, "state")
TITLE_OF_A_WORK = Cue("other", 6, "title")

_age = re.compile(r", \d{1,2}[,.;)]| \(\d{1,2}\)|, aged? \d")
_aside = re.compile(r", ((?:an?|the|its|his|her|their) )?([^,.;:()“”\"\n]{3,80})")
_word = re.compile(r"[\w'’-]+")
_agents = re.compile(r"\w{3,}(?:ist|ian|man|woman)$")


def around(name: Name, text: str) -> Iterator[Cue]:
    """What stands before and after a name in the text."""
    known = tables()
    before = text[max(0, name.start - BEFORE) : name.start]
    after = text[name.end : name.end + AFTER]
    preceding = () if name.title or name.is_quoted else tuple(_preceding(before, known))
    yield from preceding
    match after[:1]:
        case ",":
            # In "a nurse from Kew, who left" the clause is about the nurse.
            is_place = any(cue.rule == "preposition" and cue.weight > 1 for cue in preceding)
            yield from () if is_place else _following(after, known)
            yield from _beside(after, known, is_long=len(name.words) > 1)
        case " ":
            yield from _following(after, known)
        case "-":
            yield from known.after.get("-" + after[1:].partition(" ")[0].rstrip(",.;"), ())
        case "”" | "’" | '"' | "'" if name.is_quoted and len(name.words) > 1:
            yield TITLE_OF_A_WORK


def _preceding(before: str, known: Tables) -> Iterator[Cue]:
    words = before.lower().split()[-2:]
    if words and before[-1] in " \n(":
        last = words[-1].lstrip("(“‘\"'")
        is_aside = last.endswith(",")
        yield from known.before.get(last.rstrip(","), ()) if not is_aside or last[:-1] in known.noun else ()
        if len(words) > 1:
            yield from known.before.get(f"{words[0]} {last}", ())


def _following(after: str, known: Tables) -> Iterator[Cue]:
    words = after[1:].split(maxsplit=1)
    if words:
        key = words[0].rstrip(",.;:!?”’\"'")
        yield from known.after.get(f", {key}" if after[0] == "," else key, ())
    if (after[2:4].isdigit() or after[2:7] == "aged ") and _age.match(after):
        yield AGE


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
