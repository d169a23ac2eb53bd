"""The labelled articles: each is read as one article, and its labels say of its body what stands there."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import msgspec
import pytest
from insight_labels import FOLDER, Labels, Sample, Span, samples

from presslog.handlers.reading import read_articles
from presslog.store.article import Article

ALL = samples()
EACH = pytest.mark.parametrize("sample", ALL, ids=lambda sample: sample.path.stem)
OPENING = "“‘\"'"
CLOSING = "”’\"'"


def article_of(sample: Sample) -> Article:
    reading = read_articles(sample.path.read_bytes(), sample.path.name)
    assert reading.format == "text"
    (article,) = reading.articles
    return article


def spans(labels: Labels) -> Iterator[Span]:
    for each in labels.attributions:
        yield from (each.span, each.source, each.cue, *(through.span for through in each.via))
    for quote in labels.quotes:
        yield from (quote.span, *([quote.speaker] if quote.speaker else []))
    yield from (mention.span for mention in labels.mentions)


def overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def contains(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def test_there_are_sixty_articles_in_ten_styles_and_six_at_least_of_each() -> None:
    styles = Counter(sample.style for sample in ALL)

    assert len(ALL) >= 60
    assert len(styles) >= 10
    assert min(styles.values()) >= 6


def test_every_file_is_an_article_or_its_labels() -> None:
    named = {path for sample in ALL for path in (sample.path, sample.path.with_suffix(".json"))}

    assert set(FOLDER.iterdir()) - named == {FOLDER / "README.md"}


@EACH
def test_a_sample_is_one_article_of_250_to_450_words_with_a_title(sample: Sample) -> None:
    article = article_of(sample)

    assert article.title == sample.path.read_text().partition("\n")[0]
    assert 250 <= len(article.text.split()) <= 450


@EACH
def test_every_span_holds_the_text_that_its_label_says(sample: Sample) -> None:
    text = article_of(sample).text

    wrong = [span for span in spans(sample.labels) if not span.text or text[span.start : span.end] != span.text]

    assert wrong == []


@EACH
def test_labels_are_sorted_compact_and_stand_in_the_order_of_the_text(sample: Sample) -> None:
    written = sample.path.with_suffix(".json").read_text()

    labels = msgspec.json.decode(written)

    assert written == msgspec.json.encode(labels, order="sorted").decode() + "\n"
    for each in labels.values():
        assert each == sorted(each, key=lambda label: (label["span"]["start"], -label["span"]["end"]))


@EACH
def test_an_attribution_holds_its_source_and_its_cue_and_names_whom_it_can(sample: Sample) -> None:
    for each in sample.labels.attributions:
        assert contains(each.span, each.source)
        assert contains(each.span, each.cue)
        assert not overlap(each.source, each.cue)
        assert each.name or not each.named


@EACH
def test_a_quote_has_its_marks_and_a_speaker_who_is_attributed(sample: Sample) -> None:
    sources = {each.source: each.name for each in sample.labels.attributions}

    for quote in sample.labels.quotes:
        if quote.kind != "indirect":
            assert quote.span.text[0] in OPENING
            assert quote.span.text[-1] in CLOSING
        if quote.speaker:
            assert sources[quote.speaker] == quote.speaker_name
        else:
            assert quote.speaker_name in sources.values()


@EACH
def test_mentions_do_not_overlap_and_a_name_is_said_of_whom_it_stands_for(sample: Sample) -> None:
    mentions, text = sample.labels.mentions, article_of(sample).text

    assert not any(overlap(one.span, other.span) for one, other in pairwise(mentions))
    for mention in mentions:
        assert bool(mention.name) == (mention.kind in {"person", "organisation", "place"})
        assert mention.kind != "person" or mention.name in text
