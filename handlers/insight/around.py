"""What stands around a name and says what it is: prepositions, verbs, roles, an age, a noun between commas."""

import re

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


def around(name: Name, text: str) -> list[Cue]:
    """What stands before and after a name in the text."""
    known = tables()
    cues = [] if name.title or name.is_quoted else _preceding(text[max(0, name.start - BEFORE) : name.start], known)
    after = text[name.end : name.end + AFTER]
    match after[:1]:
        case " ":
            cues += _following(after, known)
        case ",":
            # In "a nurse from Kew, who left" the clause is about the nurse.
            if not any(cue.rule == "preposition" and cue.weight > 1 for cue in cues):
                cues += _following(after, known)
            cues += _beside(after, known, is_long=len(name.words) > 1)
        case "-":
            cues += known.after.get("-" + after[1:].partition(" ")[0].rstrip(",.;"), ())
        case "”" | "’" | '"' | "'" if name.is_quoted and len(name.words) > 1:
            cues.append(TITLE_OF_A_WORK)
    return cues


def _preceding(before: str, known: Tables) -> list[Cue]:
    words = before.lower().rsplit(maxsplit=2)[-2:]
    if not words or before[-1] not in " \n(":
        return []
    last = words[-1].lstrip("(“‘\"'")
    is_aside = last.endswith(",")
    cues = [*known.before.get(last.rstrip(","), ())] if not is_aside or last[:-1] in known.noun else []
    if len(words) > 1:
        cues += known.before.get(f"{words[0]} {last}", ())
    return cues


def _following(after: str, known: Tables) -> list[Cue]:
    words = after[1:].split(maxsplit=1)
    key = words[0].rstrip(",.;:!?”’\"'") if words else ""
    cues = [*known.after.get(f", {key}" if after[0] == "," else key, ())]
    if (after[2:4].isdigit() or after[2:7] == "aged ") and _age.match(after):
        cues.append(AGE)
    return cues


def _beside(after: str, known: Tables, *, is_long: bool) -> list[Cue]:
    """What the noun says that stands beside a name between commas: ``NetBlocks, a London-based agency``."""
    found = _aside.match(after)
    if not found:
        return []
    is_in_a_state = found[2] in gazetteer().large or f"{found[2]}." in known.states
    cues = [BESIDE_STATE] if is_in_a_state else []
    if found[1] or is_long:
        cues += _of_noun(_word.findall(found[2])[:7], known)
    return cues


def _of_noun(words: list[str], known: Tables) -> tuple[Cue, ...]:
    """The cues of the last noun, which no verb follows: in ``off Brest, the captain said`` it stands beside nothing."""
    for word, following in zip(words, [*words[1:], ""], strict=True):
        if word in PREPOSITIONS:
            break
        if not following or following in PREPOSITIONS:
            return known.noun.get(word, (APPOSITION,) if _agents.match(word) else ())
    return ()
