"""Where a text has words with capitals that may be a name, and where such a run begins and ends."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from .cues import Tables, tables
from .days import DAYS, MONTHS
from .gazetteer import gazetteer
from .outlets import aliases

OPENING = "\"'“‘«„([ "
CLOSING = "\"'”’»“)"
JOINTS = frozenset({" of ", " of the ", " for ", " for the ", " and ", " & ", " and the ", "’s ", "'s "})
POSSESSORS = frozenset("King Queen Prince Children Women Men People Prosecutor General Mayor Governor Sheriff".split())
"""Whose college, office, hospital or party is one name with them."""
NUMBERED = frozenset({"Channel", "District", "Local"})
"""Bodies of such a name have a number behind it."""
HALVES = frozenset(
    "Service Services Affairs Trade Sport Sports Culture Development Industry Technology Science Labour Welfare "
    "Commerce Energy Agriculture Tourism Security Communications Infrastructure Administration Commission Agency "
    "Authority Office Council Board Society Brewery Sons Co Company Museum Department Ministry Rescue "
    "Conservation Planning Education Forestry Fisheries Resources Policy Budget Transport Housing Environment "
    "Research Medicine Arts Politics Economics".split()
)
"""What ends a name that has an ``and`` in it."""
MOST_WORDS = 12
WORDS_THAT_ARE_NAMES = frozenset({"May", "April", "June", "August", "March", "Jan"})

_upper = "".join(letter for letter in map(chr, range(0x530)) if letter.isupper())
_joined = (
    "based|led|backed|born|run|owned|style|area|wide|level|long|old|trained|funded|listed|held|controlled|made|bound|era"
    "|speaking"
)
_short = (
    "(?<=[SMFL])t|(?<=[DM])r|(?<=M)r?s|(?<=P)rof|(?<=[GS])en|(?<=R)e[pv]|(?<=G)ov|(?<=C)ol|(?<=S)gt|(?<=C)apt|(?<=H)on"
    "|(?<=A)dm|(?<=M)aj|(?<=C)mdr|(?<=C)pl"
)
_rest = (
    rf"(?:\.(?:[{_upper}]\.){{0,3}}|(?=[a-z]{{1,3}}\.)(?:{_short})\."
    rf"|\w{{0,40}}+(?:(?:['’](?=[^\W\d_]{{2}})|-(?!(?:{_joined})\b)|[.&])\w{{1,40}}+){{0,8}}+)"
)
_word = f"[{_upper}]{_rest}"
_particles = "de|da|del|della|di|do|dos|du|van|von|der|den|la|le|el|al|bin|ibn|ben|ter|ten|af|av|zu|zur|y"
_run = re.compile(
    rf"[{_upper}](?<![\w@#/-].){_rest}"
    rf"(?: (?:(?:{_particles}) ){{0,3}}(?:(?:al|el|ibn|bin|d|O)[-'’])?{_word}|(?<=s)['’] {_word}){{0,9}}"
)
_number = re.compile(r" (\d{1,3})(?![\w%]|[.,:]\d)")
_breaks = frozenset({*DAYS, *MONTHS}) - WORDS_THAT_ARE_NAMES


class Name(NamedTuple):
    """A run of words with capitals: where it stands, its words, and whether its first begins a sentence or a quote."""

    start: int
    end: int
    words: tuple[str, ...]
    is_first: bool
    is_quoted: bool
    title: str = ""

    def text(self) -> str:
        """Its words as a name."""
        return " ".join(self.words)


def names(text: str) -> list[Name]:
    """The runs in the order of the text, those joined that one name is made of.

    >>> [name.text() for name in names("The Ministry of Transport told Jens-Uwe van der Tamm of Kiel. Nobody cared.")]
    ['Ministry of Transport', 'Jens-Uwe van der Tamm', 'Kiel']
    """
    return list(_joined_names(text, _runs(text), tables()))


def _runs(text: str) -> Iterator[Name]:
    known = tables()
    for found in _run.finditer(text):
        run, (start, end) = found[0], found.span()
        is_quoted, is_first = _beginning(text, start)
        if (is_first and run in known.openers) or text[end : end + 2] in {"’t", "'t"}:
            continue
        words = run.split(" ")
        if is_first or (words[0] == "The" and run not in aliases()):
            start, words = _opened(start, words, known)
        if words and words[-1] in NUMBERED and (number := _number.match(text, end)):
            words, end = [*words, number[1]], number.end()
        if words and not _breaks.isdisjoint(words) and run not in known.whole:
            yield from _pieces(start, words, is_first, is_quoted)
        elif words:
            yield Name(start, end, tuple(words), is_first and start == found.start(), is_quoted)


def _beginning(text: str, start: int) -> tuple[bool, bool]:
    """Whether a quotation mark stands before a place, and whether a sentence begins there."""
    before = text[max(0, start - 4) : start]
    plain = before.rstrip(OPENING)
    is_first = not plain or plain[-1] in ".!?:…\n—–" or (plain[-1] == "-" and plain.endswith((" -", "--")))
    return before[-1:] in {"“", "‘", "„", "«", '"', "'"}, is_first


def _opened(start: int, words: list[str], known: Tables) -> tuple[int, list[str]]:
    """Without the words that only begin a sentence: ``When Putin`` is ``Putin``."""
    while words and _is_opener(words, known):
        start += len(words[0]) + 1
        words = words[1:]
    return start, words


def _is_opener(words: list[str], known: Tables) -> bool:
    word = words[0].partition("’")[0].partition("'")[0]
    if word in known.openers or word.islower():
        return True
    is_name = words[-1] in known.last or word in known.first or " ".join(words) in aliases()
    return word.endswith("ing") and len(words) > 1 and not is_name


def _pieces(start: int, words: list[str], is_first: bool, is_quoted: bool) -> Iterator[Name]:
    """The parts between days and months."""
    piece: list[str] = []
    begin = start
    for word in [*words, ""]:
        if word and word not in _breaks:
            begin = begin if piece else start
            piece.append(word)
        elif piece:
            yield Name(begin, start - 1, tuple(piece), is_first and begin == start, is_quoted)
            piece = []
        start += len(word) + 1


def _joined_names(text: str, runs: Iterator[Name], known: Tables) -> Iterator[Name]:
    before: Name | None = None
    for name in runs:
        gap = text[before.end : name.start] if before and name.start - before.end < 10 else ""
        if before and gap in JOINTS and len(before.words) < MOST_WORDS and _is_one(before, gap.strip(), name, known):
            words = f"{before.text()}{gap}{name.text()}".split()
            before = before._replace(end=name.end, words=tuple(words))
            continue
        if before:
            yield before
        before = name
    if before:
        yield before


def _is_one(before: Name, joint: str, name: Name, known: Tables) -> bool:
    """Whether two runs with ``of``, ``for`` or ``and`` between them are one name."""
    head, tail = before.words[-1], name.words[-1]
    if joint == "&":
        return True
    if joint in {"’s", "'s"}:
        is_owner = head in POSSESSORS or before.words[0] in {"St", "St."}
        return is_owner and _is_body(name.words[0], known)
    if joint.startswith("and"):
        return tail in HALVES and head not in known.titles and not (len(before.words) > 1 and _is_body(head, known))
    kinds = {cue.kind for cue in (*known.last.get(head, ()), *known.first.get(head, ()))}
    if joint.startswith("for"):
        return "organisation" in kinds
    if name.text() in gazetteer().large and len(before.words) > 1:
        return head in known.first
    return bool(kinds & {"organisation", "place"}) and head not in known.whole


def _is_body(word: str, known: Tables) -> bool:
    return word in known.whole or any(cue.kind == "organisation" for cue in known.last.get(word, ()))
