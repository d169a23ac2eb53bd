"""One place where two versions differ: what went, what came, and of which categories that is."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

import msgspec

from .facts import Fact, Moved, moved, numbers, plain, spelled_numbers
from .names import names
from .words import Part, marked, whole_parts, word_parts

CATEGORIES = ("headline", "number", "quote", "name", "wording", "punctuation")
"""From the most telling to the least; a change has ``wording`` or ``punctuation`` where it has no other."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence, headline, subtitle or byline that differs.

    ``field`` is ``title``, ``subtitle``, ``byline`` or ``text``. ``paragraph`` counts from 1 in the newer text, for
    what was removed in the older; it is 0 outside of the text. ``parts`` show both sides word by word.
    """

    kind: Literal["changed", "added", "removed"]
    field: str
    paragraph: int
    categories: tuple[str, ...]
    before: str
    after: str
    parts: tuple[Part, ...]

    @property
    def marked(self) -> str:
        """Both sides as one text: ``Tokayev said [-several-]{+12+} police were killed.``"""
        return marked(self.parts)


class Side(msgspec.Struct, frozen=True):
    """A sentence on one side, and what of it stands between quotation marks."""

    text: str = ""
    paragraph: int = 0
    quotes: list[Fact] = []


class Seen(msgspec.Struct, frozen=True):
    """A change with the facts of both its sides."""

    change: Change
    numbers: tuple[list[Fact], list[Fact]]
    quotes: tuple[list[Fact], list[Fact]]
    names: tuple[list[Fact], list[Fact]]


def see(before: Side, after: Side, *, context: str, is_close: bool = True) -> Seen:
    """A sentence beside what became of it; an empty side: it was added or removed.

    ``context`` is text in which names are looked for, ``is_close`` compares word by word.
    """
    parts = (word_parts if is_close and before.text and after.text else whole_parts)(before.text, after.text)
    found = numbers_of(before.text, after.text, parts)
    has_capitals = any(part.kind != "same" and not part.text.islower() for part in parts)
    named = (names(before.text, context), names(after.text, context)) if has_capitals else ([], [])
    facts = {"number": moved(*found), "quote": moved(before.quotes, after.quotes), "name": moved(*named)}
    change = Change(
        kind="changed" if before.text and after.text else "added" if after.text else "removed",
        field="text",
        paragraph=after.paragraph or before.paragraph,
        categories=categories(before.text, after.text, facts),
        before=before.text,
        after=after.text,
        parts=parts,
    )
    return Seen(change, found, (before.quotes, after.quotes), named)


def see_field(field: str, before: str, after: str) -> Seen:
    """The headline, subtitle or byline beside what became of it; names in them are not looked for."""
    parts = word_parts(before, after)
    found = numbers_of(before, after, parts)
    told = categories(before, after, {"number": moved(*found)})
    if field == "title" and told != ("punctuation",):
        told = ("headline", *(each for each in told if each != "wording"))
    if field == "byline" and told != ("punctuation",):
        told = ("name",)
    kind: Literal["changed", "added", "removed"] = "changed" if before and after else "added" if after else "removed"
    change = Change(kind=kind, field=field, paragraph=0, categories=told, before=before, after=after, parts=parts)
    return Seen(change, found, ([], []), ([], []))


def categories(before: str, after: str, facts: dict[str, Moved]) -> tuple[str, ...]:
    """The categories of facts that differ, else whether words or only marks do."""
    told = tuple(name for name, each in facts.items() if each.count)
    return told or (("punctuation",) if plain(before) == plain(after) else ("wording",))


def numbers_of(before: str, after: str, parts: Sequence[Part]) -> tuple[list[Fact], list[Fact]]:
    """The numbers of both sides; spelled ones only where one stands in place of another number."""
    was, now = numbers(before), numbers(after)
    for went, came in pairwise(parts):
        if (went.kind, came.kind) != ("went", "came"):
            continue
        one, other = spelled_numbers(went.text), spelled_numbers(came.text)
        if (one and (other or numbers(came.text))) or (other and numbers(went.text)):
            was, now = was + one, now + other
    return was, now
