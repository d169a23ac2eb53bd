"""The facts that an article states: who is relied on, who said what, and who, where and how much is named."""

from typing import NamedTuple


class Span(NamedTuple):
    """A piece of the body of an article: offsets in characters from 0, the end excluded."""

    start: int
    end: int


class Via(NamedTuple):
    """One through whom a source is known: the outlet that quotes it, or a source that cites another."""

    span: Span
    kind: str
    name: str


class Attribution(NamedTuple):
    """Somebody or something that is relied on.

    ``span`` runs from the first to the last of source, cue, role and ``via``. ``kind`` is ``outlet``, ``organisation``,
    ``official``, ``document`` or ``person``. ``name`` is who the source is, as fully as the article tells, and empty
    where that stays open; ``is_named`` says that it is called by its name in ``source``. ``via`` is a chain, in the
    order of the text. ``rule`` names what found it, ``confidence`` is between 0 and 1.
    """

    span: Span
    source: Span
    cue: Span
    kind: str
    name: str
    is_named: bool
    role: str = ""
    via: tuple[Via, ...] = ()
    confidence: float = 0.0
    rule: str = ""


class Quote(NamedTuple):
    """What somebody said: ``kind`` is ``direct``, ``partial`` or ``indirect``, ``span`` holds its quotation marks.

    ``speaker`` and ``cue`` are None where it stands alone and the last speaker goes on; ``speaker_name`` is empty where
    it is not known. ``outlet`` is the one that the words were said to, or that reports them.
    """

    span: Span
    kind: str
    speaker: Span | None
    speaker_name: str
    role: str = ""
    cue: Span | None = None
    outlet: str = ""
    confidence: float = 0.0
    rule: str = ""


class Mention(NamedTuple):
    """A name, a date or a figure: ``kind`` is ``person``, ``organisation``, ``place``, ``date``, ``money``, ``number``.

    ``name`` is the fullest form that the article has of it, and for dates, money and numbers the value: ``2022-01-06``,
    ``USD 1900000``, ``8.7 %``; empty where it has none.
    """

    span: Span
    kind: str
    name: str = ""
    confidence: float = 0.0
    rule: str = ""
