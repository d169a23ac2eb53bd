"""What words say of a name that they stand in or beside: ``cues.txt``, a word list under each heading, as tables."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("cues.txt")


class Cue(NamedTuple):
    """Something that speaks for a kind of name, or against it where ``weight`` is negative."""

    kind: str
    weight: int
    rule: str


Cues = Mapping[str, tuple[Cue, ...]]


class Tables(NamedTuple):
    """Cues by word: a whole name, its first and its last word, what stands before and after it, and the noun beside.

    ``openers`` begin sentences without being names, ``titles`` stand before names, ``ranks`` belong to them.
    """

    whole: Cues
    first: Cues
    last: Cues
    before: Cues
    after: Cues
    noun: Cues
    openers: frozenset[str]
    titles: frozenset[str]
    ranks: frozenset[str]
    demonyms: frozenset[str]
    given: frozenset[str]
    states: Mapping[str, str]


@cache
def tables() -> Tables:
    """The tables, read when they are asked for first: in 3 ms."""
    cues: dict[str, dict[str, tuple[Cue, ...]]] = {}
    plain: dict[str, frozenset[str]] = {}
    for block in LIST.read_text(encoding="utf-8").removeprefix("[").split("\n["):
        heading, _, listed = block.partition("]\n")
        words = [word for line in listed.splitlines() for word in line.split("; ")]
        where, *fields = heading.split()
        if not fields:
            plain[where] = frozenset(words)
            continue
        cue, table = Cue(fields[0], int(fields[1]), fields[2]), cues.setdefault(where, {})
        for word in words:
            table[word] = (*table.get(word, ()), cue)
    return Tables(
        whole=cues["whole"],
        first=cues["first"],
        last=cues["last"],
        before=cues["before"],
        after=cues["after"],
        noun=cues["noun"],
        openers=plain["openers"],
        titles=plain["titles"],
        ranks=plain["ranks"],
        demonyms=plain["demonyms"],
        given=plain["given"],
        states=dict(pair.split("=") for pair in plain["states"]),
    )
