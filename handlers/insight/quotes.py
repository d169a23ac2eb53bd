"""What people and bodies say in an article: in words of their own, or as the writer puts it."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

from presslog.handlers.article import Article
from presslog.handlers.speech.clauses import Said, clause_of, said_by
from presslog.handlers.speech.passage import MOST_LETTERS, Passage, passage
from presslog.handlers.speech.spoken import HIDDEN, quoted

from .attributions import has_cues
from .facts import Attribution, Quote, Span

LEAST_SPACES = 4
"""Where a language has no cues, five words in marks are a quote; fewer may be a title, or a word that is doubted."""
OF_OTHERS = frozenset({"outlet", "document"})
"""They speak where nobody else does."""


def quotes(article: Article, found: Sequence[Attribution]) -> list[Quote]:
    """What is quoted in an article, in the order of the text; ``found`` are its attributions.

    >>> from .attributions import attributions
    >>> story = Article(title="", text="“It rained,” said Lee Tan. The dam had held, he said.")
    >>> [(quote.kind, quote.speaker_name) for quote in quotes(story, attributions(story))]
    [('direct', 'Lee Tan'), ('indirect', 'Lee Tan')]
    """
    if not has_cues(article):
        return _of_nobody(article.text[:MOST_LETTERS])
    told = passage(article.text)
    said = said_by(told, found)
    in_marks = _in_marks(told, said)
    indirect = _indirect(told, said, in_marks)
    return sorted([*in_marks, *indirect], key=lambda quote: quote.span)


def _of_nobody(text: str) -> list[Quote]:
    spans = [span for span in quoted(text) if text.count(" ", *span) >= LEAST_SPACES]
    return [Quote(span, "direct", None, "", confidence=0.5, rule="marks") for span in spans]


def _in_marks(told: Passage, said: Mapping[int, Sequence[Said]]) -> list[Quote]:
    """The stretches in quotation marks that somebody says; others are titles, or words that are doubted."""
    found: list[Quote] = []
    for span in told.quotes:
        number = told.at(span.start)
        if speaker := _speaker(told, number, said):
            found.append(_quote(span, _kind(told, number, speaker), speaker))
        elif quote := _going_on(told, number, span, said, found):
            found.append(quote)
    return found


def _speaker(told: Passage, number: int, said: Mapping[int, Sequence[Said]]) -> Said | None:
    """The one whose cue stands nearest in the sentence of a word."""
    here = said.get(told.sentences[number][0], ())
    speaking = [each for each in here if each.attribution.kind not in OF_OTHERS] or here
    return min(speaking, key=lambda each: abs(each.cue - number), default=None)


def _going_on(
    told: Passage, number: int, span: Span, said: Mapping[int, Sequence[Said]], found: Sequence[Quote]
) -> Quote | None:
    """A quote that is a sentence by itself, of the one who spoke in the sentence before.

    In a new paragraph it goes on only where a quote ended the one before.
    """
    if not number:
        return None
    first, stop = told.sentences[number]
    before, end = told.sentences[number - 1]
    if first != number or stop - number > 2 or end != number:
        return None
    last = found[-1] if found and found[-1].span.start >= told.starts[before] else None
    if told.paragraph(before) != told.paragraph(number):
        return _in_new_paragraph(last, span) if last and last.speaker_name else None
    if last:
        return last._replace(span=span, kind="direct")
    speaker = _speaker(told, number - 1, said)
    return _quote(span, "direct", speaker) if speaker and speaker.attribution.kind not in OF_OTHERS else None


def _in_new_paragraph(last: Quote, span: Span) -> Quote:
    return last._replace(span=span, kind="direct", speaker=None, cue=None, role="", outlet="", rule="going on")


def _kind(told: Passage, number: int, speaker: Said) -> str:
    """``partial`` where the words stand inside a clause of the writer."""
    first, _ = told.sentences[number]
    before = told.words[number - 1] if number > first else ""
    is_resumed = speaker.cue < number and told.words[first][0] == HIDDEN
    if not before or before[0] == HIDDEN or is_resumed:
        return "direct"
    inner = told.text[told.starts[number] + 1]
    return "direct" if not inner.islower() and (before in ",:" or number == speaker.stop) else "partial"


def _quote(span: Span, kind: str, speaker: Said) -> Quote:
    each = speaker.attribution
    outlet = next((through.name for through in reversed(each.via) if through.kind == "outlet"), "")
    confidence = each.confidence if each.name else each.confidence / 2
    return Quote(span, kind, each.source, each.name, each.role, each.cue, outlet, confidence, each.rule)


def _indirect(told: Passage, said: Mapping[int, Sequence[Said]], in_marks: Sequence[Quote]) -> list[Quote]:
    """The clauses of the writer that somebody else says, with nothing in marks in them."""
    ends = [quote.span.end for quote in in_marks]
    found: list[Quote] = []
    for speaker in (each for several in said.values() for each in several):
        span = clause_of(told, speaker) if speaker.attribution.kind not in OF_OTHERS else None
        if not span:
            continue
        following = bisect_left(ends, span.start + 1)
        if following == len(ends) or in_marks[following].span.start >= span.end:
            found.append(_quote(span, "indirect", speaker))
    return _apart(found)


def _apart(found: Sequence[Quote]) -> list[Quote]:
    """Quotes in the order of the text, without those that begin inside of another."""
    kept: list[Quote] = []
    for quote in sorted(found, key=lambda each: each.span):
        if not kept or quote.span.start >= kept[-1].span.end:
            kept.append(quote)
    return kept
