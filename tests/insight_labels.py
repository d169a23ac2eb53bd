"""What is labelled in the articles of tests/samples/insight: who said what, and who and what is named, by offsets."""

from pathlib import Path
from typing import Literal, NamedTuple

import msgspec

FOLDER = Path(__file__).parent / "samples" / "insight"

SourceKind = Literal["outlet", "organisation", "official", "document", "person"]
QuoteKind = Literal["direct", "partial", "indirect"]
MentionKind = Literal["person", "organisation", "place", "date", "money", "number"]


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of the body: ``text`` is what stands between the offsets, which count characters from 0."""

    start: int
    end: int
    text: str


class Via(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One through whom a source is known: the outlet that quotes it, or a source that cites another."""

    span: Span
    kind: SourceKind
    name: str


class Attribution(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Somebody or something that is relied on; ``via`` is a chain, in the order in which it stands in the text."""

    span: Span
    source: Span
    cue: Span
    kind: SourceKind
    named: bool
    name: str
    role: str
    via: tuple[Via, ...] = ()


class Quote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody said; ``speaker`` is the source of the attribution that it hangs on."""

    kind: QuoteKind
    span: Span
    speaker: Span | None
    speaker_name: str
    role: str
    outlet: str


class Mention(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name, a date or a figure; ``name`` is the fullest form that the article has, of people, places and bodies."""

    kind: MentionKind
    span: Span
    name: str = ""


class Labels(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All labels of one article, each kind in the order of the text."""

    attributions: tuple[Attribution, ...]
    quotes: tuple[Quote, ...]
    mentions: tuple[Mention, ...]


class Sample(NamedTuple):
    """An article's file, and the labels beside it; ``style`` is the house style in which it is written."""

    path: Path
    labels: Labels

    @property
    def style(self) -> str:
        return self.path.stem.rpartition("-")[0]


def samples() -> list[Sample]:
    """All articles with their labels, by name."""
    paths = sorted(FOLDER.glob("*.txt"))
    return [Sample(path, msgspec.json.decode(path.with_suffix(".json").read_bytes(), type=Labels)) for path in paths]
