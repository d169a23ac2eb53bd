"""The comparison of two versions of an article: sentence by sentence, and word by word where a sentence changed."""

from collections.abc import Iterator, Sequence

import msgspec

from presslog.handlers.article import Article

from .change import Change, Seen, Side, see, see_field
from .facts import Fact, Moved, moved, quote, quote_spans
from .middle import Middle, middle
from .pairing import Pair, Paired, paired
from .salience import salience, summary
from .sentences import Sentence, sentences

MOST_LETTERS = 60_000
"""Where more lies between the first change and the last, only paragraphs that the other side lacks are compared; of
them so much."""
MOST_CHANGES = 500
"""So many changed sentences are told; all are counted."""
MOST_MARKED_LETTERS = 20_000
"""So much is compared word by word; what changed after it is shown whole."""
CONTEXT_LETTERS = 20_000
"""So much is read for names."""
FIELDS = ("title", "subtitle", "byline")


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """What differs between two versions.

    ``changes`` come in the order of the page, at most 500 of the text. ``headline``, ``subtitle`` and ``byline`` are
    both sides where they differ. ``sentences_total`` counts those of the newer text, of more than 60,000 letters
    about. ``has_block``: so much differs that some of it was not compared pair by pair. ``salience`` and ``summary``
    are those of the module salience.
    """

    changes: tuple[Change, ...]
    sentences_total: int
    sentences_added: int
    sentences_removed: int
    sentences_changed: int
    headline: tuple[str, str] | None
    subtitle: tuple[str, str] | None
    byline: tuple[str, str] | None
    numbers: Moved
    quotes: Moved
    names: Moved
    has_block: bool
    salience: int
    summary: str

    @property
    def numbers_changed(self) -> int:
        """Numbers that differ; one in place of another counts once."""
        return self.numbers.count

    @property
    def quotes_changed(self) -> int:
        """Quotes that differ."""
        return self.quotes.count

    @property
    def names_changed(self) -> int:
        """Names that differ."""
        return self.names.count


def compare(before: Article, after: Article) -> Comparison:
    """Two versions of an article side by side.

    Of 800 words one changed sentence takes 0.9 ms, three far apart 2 ms, all of them 16 ms; 100,000 sentences and
    30 MB of anything take 0.6 s at most (one busy core of two). Beyond the limits above it tells less, not wrong.
    """
    region = middle(before.text, after.text)
    found = _pairs(region)
    fields = [
        see_field(each, _one(before, each), _one(after, each)) for each in FIELDS if _differs(before, after, each)
    ]
    seen = [*fields, *_seen(region, found.pairs[:MOST_CHANGES], context=after.text[:CONTEXT_LETTERS])]
    facts = {
        "numbers": _moved([each.numbers for each in seen]),
        "quotes": _moved([each.quotes for each in seen]),
        "names": _moved([each.names for each in seen]),
    }
    changes = tuple(each.change for each in seen)
    added, removed = (sum(each[side] is None for each in found.pairs) for side in (0, 1))
    return Comparison(
        changes=changes,
        sentences_total=sentence_count(after.text),
        sentences_added=added,
        sentences_removed=removed,
        sentences_changed=len(found.pairs) - added - removed,
        headline=_both(before, after, "title"),
        subtitle=_both(before, after, "subtitle"),
        byline=_both(before, after, "byline"),
        has_block=found.has_block,
        salience=salience(changes),
        summary=summary(changes, **facts, added=added, removed=removed, has_block=found.has_block),
        **facts,
    )


def sentence_count(text: str) -> int:
    """How many sentences a text has; of more than 60,000 letters about how many."""
    count = len(sentences(text[:MOST_LETTERS]))
    return count if len(text) <= MOST_LETTERS else count * len(text) // MOST_LETTERS


def _one(article: Article, field: str) -> str:
    return " ".join(getattr(article, field).split())


def _differs(before: Article, after: Article, field: str) -> bool:
    return _one(before, field) != _one(after, field)


def _both(before: Article, after: Article, field: str) -> tuple[str, str] | None:
    return (getattr(before, field), getattr(after, field)) if _differs(before, after, field) else None


def _pairs(region: Middle) -> Paired:
    if max(len(region.before), len(region.after)) <= MOST_LETTERS:
        return paired(sentences(region.before, region.paragraph), sentences(region.after, region.paragraph))
    was, now = region.before.split("\n\n"), region.after.split("\n\n")
    lost, new = set(was) - set(now), set(now) - set(was)
    found = paired(_first(was, lost, region.paragraph), _first(now, new, region.paragraph))
    is_cut = max(sum(map(len, lost)), sum(map(len, new))) > MOST_LETTERS
    # Paragraphs that only moved leave nothing to pair, and are something all the same.
    return Paired(found.pairs, found.has_block or is_cut or not found.pairs)


def _first(paragraphs: Sequence[str], lone: set[str], first: int) -> list[Sentence]:
    """The sentences of the paragraphs that stand on one side only, as far as they are looked at."""
    found: list[Sentence] = []
    left, place = MOST_LETTERS, 0
    for number, paragraph in enumerate(paragraphs, first):
        if left <= 0:
            break
        if paragraph in lone:
            told = sentences(paragraph[:left], number)
            found += (Sentence(each.text, number, each.start + place, each.end + place) for each in told)
            left -= len(paragraph)
        place += len(paragraph) + len("\n\n")
    return found


def _seen(region: Middle, pairs: Sequence[Pair], *, context: str) -> Iterator[Seen]:
    was, now = _Quoted(region.before), _Quoted(region.after)
    left = MOST_MARKED_LETTERS
    for pair in pairs:
        before, after = was.side(pair.before), now.side(pair.after)
        left -= max(len(before.text), len(after.text)) if before.text and after.text else 0
        yield see(before, after, context=context, is_close=left > 0)


class _Quoted:
    """A text with the places of the quotes in one of its paragraphs; a quote may go on over several sentences."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._paragraph = 0
        self._spans: list[tuple[int, int]] = []

    def side(self, sentence: Sentence | None) -> Side:
        """A sentence with what of it is quoted."""
        if sentence is None:
            return Side()
        if sentence.paragraph != self._paragraph:
            self._paragraph = sentence.paragraph
            self._spans = self._quoted(sentence.start)
        start, end = sentence.start, sentence.end
        inner = [(max(start, begin), min(end, stop)) for begin, stop in self._spans if begin < end and stop > start]
        return Side(sentence.text, sentence.paragraph, [quote(self._text[begin:stop].strip()) for begin, stop in inner])

    def _quoted(self, place: int) -> list[tuple[int, int]]:
        begin = max(self._text.rfind("\n\n", 0, place), 0)
        stop = self._text.find("\n\n", place)
        paragraph = self._text[begin : min(stop if stop >= 0 else len(self._text), begin + MOST_LETTERS)]
        return [(start + begin, end + begin) for start, end in quote_spans(paragraph)]


def _moved(sides: Sequence[tuple[list[Fact], list[Fact]]]) -> Moved:
    return moved([fact for was, _ in sides for fact in was], [fact for _, now in sides for fact in now])
