"""The comparison of two versions: which sentences, words and facts differ, and how much that matters."""

import time
from typing import Any

import pytest
from examples import an_article
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.comparison.compare import Comparison, compare
from presslog.handlers.comparison.kind import change_kind, is_silent
from presslog.handlers.comparison.words import Part, marked

STORY = (
    "The water came at night.\n\nThe mayor said several people were hurt. “We stay,” she said.\n\nThe bridge is closed."
)
TEXTS = st.lists(
    st.sampled_from(["Water", "came", "12", "several", "“so", "it”", "is.", "Why?", "Ana", "\n\n", "8.7%", "水。"]),
    max_size=40,
).map(" ".join)


def compared(after: str, before: str = STORY, **fields: Any) -> Comparison:
    return compare(an_article(text=before), an_article(text=after, **fields))


def edited(*edits: tuple[str, str]) -> Comparison:
    text = STORY
    for went, came in edits:
        assert went in text
        text = text.replace(went, came)
    return compared(text)


def test_a_number_in_place_of_a_word_is_one_number() -> None:
    told = edited(("several", "12"))

    change = told.changes[0]
    assert change.marked == "The mayor said [-several-]{+12+} people were hurt."
    assert (change.kind, change.field, change.paragraph, change.categories) == ("changed", "text", 2, ("number",))
    assert (told.summary, told.numbers_changed, told.sentences_total) == ("1 number: several → 12", 1, 4)


def test_the_same_number_written_otherwise_is_wording() -> None:
    told = [compared("He paid 5%.", "He paid 5 percent."), compared("He saw 5 men.", "He saw five men.")]

    assert [change.categories for each in told for change in each.changes] == [("wording",), ("wording",)]


def test_headline_stands_before_the_text() -> None:
    told = compared(STORY.replace("several", "12"), title="Rivers rise, 12 hurt")

    assert [(change.field, change.categories) for change in told.changes] == [
        ("title", ("headline", "number")),
        ("text", ("number",)),
    ]
    assert told.headline == ("Rivers rise", "Rivers rise, 12 hurt")
    assert told.summary.startswith("headline; ")


def test_quote_that_changed_is_a_quote() -> None:
    told = edited(("We stay", "We go"))

    assert told.changes[0].categories == ("quote",)
    assert (told.quotes.went, told.quotes.came) == (("We stay,",), ("We go,",))


def test_name_that_came_is_a_name() -> None:
    told = edited(("The mayor said", "The mayor, Ana Silva, said"))

    assert told.changes[0].categories == ("name",)
    assert (told.names.came, told.summary) == (("Ana Silva",), "1 name added")


def test_sentences_come_and_go_in_their_order() -> None:
    told = compared("One was here. A dog barked loudly.", "One was here.\n\nNobody knows his reasons.")

    assert [(change.kind, change.paragraph) for change in told.changes] == [("removed", 2), ("added", 1)]
    assert (told.sentences_added, told.sentences_removed, told.sentences_changed) == (1, 1, 0)


def test_salience_follows_the_most_telling_category() -> None:
    title = compared(STORY, title="Rivers fall").salience
    number = edited(("several", "12")).salience
    quote = edited(("We stay", "We go")).salience
    name = edited(("The mayor said", "The mayor, Ana Silva, said")).salience
    wording = edited(("is closed", "was shut"), ("came", "arrived")).salience
    marks = edited(("“We stay,”", '"We stay",')).salience
    space = edited(("night.\n\n", "night.  ")).salience

    assert title > number > quote > name > wording > marks > space == 0
    assert marks <= 3


def test_number_that_changed_matters_more_than_many_in_new_sentences() -> None:
    changed = edited(("several", "12")).salience
    quote = edited(("We stay", "We go")).salience
    news = compared(f"{STORY} At 9:30 there were 40 boats.\n\nAt 10:30 there were 50 boats.").salience
    wording = edited(("is closed", "was shut")).salience

    assert changed > quote > news > wording


def test_other_quotation_marks_are_punctuation() -> None:
    told = compared(STORY.replace("“", '"').replace("”", '"'))

    assert [change.categories for change in told.changes] == [("punctuation",)]
    assert (told.summary, told.quotes_changed) == ("punctuation", 0)


def test_byline_and_subtitle_are_told() -> None:
    told = compared(STORY, subtitle="More rain", byline="Jo Li")

    assert (told.subtitle, told.byline) == (("", "More rain"), ("", "Jo Li"))
    assert told.summary == "subtitle; byline"


def test_texts_that_share_nothing_are_compared_as_a_block() -> None:
    before, after = (" ".join(f"Word {word}{number} is here." for number in range(80)) for word in "ab")

    told = compared(after, before)

    assert told.has_block
    assert (told.sentences_removed, told.sentences_added) == (80, 80)
    assert told.summary.endswith("compared as a block")


def test_a_change_in_a_long_text_is_told_word_by_word() -> None:
    text = "\n\n".join(f"Paragraph {number} is here, word by word." for number in range(9_000))
    after = text.replace("Paragraph 5 is", "Paragraph 5 was").replace("Paragraph 8999 is", "Paragraph 8999 was")

    told = compared(after, text)

    assert [change.marked for change in told.changes] == [
        f"Paragraph {number} [-is-]{{+was+}} here, word by word." for number in (5, 8999)
    ]
    assert [change.paragraph for change in told.changes] == [6, 9_000]


@given(TEXTS)
def test_a_version_does_not_differ_from_itself(text: str) -> None:
    told = compare(an_article(text=text), an_article(text=text))

    assert (told.changes, told.salience, told.summary) == ((), 0, "")


@given(TEXTS, TEXTS)
def test_marked_text_holds_both_sides(before: str, after: str) -> None:
    told = compared(after, before)

    for change in told.changes:
        assert side(change.parts, "came") == change.before
        assert side(change.parts, "went") == change.after
    assert told.changes or before.split() == after.split()
    assert 0 <= told.salience <= 100
    assert len(told.summary) <= 120


@given(TEXTS, TEXTS)
def test_counts_agree_with_what_is_told(before: str, after: str) -> None:
    told = compared(after, before)

    kinds = [change.kind for change in told.changes]
    counts = (told.sentences_added, told.sentences_removed, told.sentences_changed)
    assert counts == tuple(map(kinds.count, ("added", "removed", "changed")))


def side(parts: tuple[Part, ...], without: str) -> str:
    return marked(Part("same", part.text) for part in parts if part.kind != without)


HOSTILE = {
    "one word again and again": ("a " * 500_000, "b " * 500_000),
    "initials": ("A. " * 100_000, "B. " * 100_000),
    "short sentences": ("A! B! " * 20_000, "B! A! A! " * 14_000),
    "full stops": ("." * 1_000_000, "." * 999_999 + "x"),
    "quotation marks": ("“" * 300_000, "„" * 300_000),
    "numbers": ("1 " * 150_000, "1-1 " * 75_000),
    "capitals": ("Aa " * 100_000, "Aa Bb " * 50_000),
    "a letter in 12 MB": ("水が来た。" * 2_500_000, "水が来た。" * 2_400_000 + "火" + "水が来た。" * 100_000),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_no_longer_than_large_ones(name: str) -> None:
    before, after = (an_article(text=text) for text in HOSTILE[name])
    started = time.process_time()

    told = compare(before, after)
    change_kind(before, after)
    is_silent(before, after)

    assert time.process_time() - started < 5
    assert told.changes


def test_paragraphs_that_moved_in_a_long_text_are_not_nothing() -> None:
    paragraphs = [f"Paragraph {number} is here, word by word." for number in range(9_000)]

    told = compared("\n\n".join(reversed(paragraphs)), "\n\n".join(paragraphs))

    assert told.summary == "compared as a block"
