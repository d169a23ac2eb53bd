"""The comparison of two versions: which sentences, words and facts differ, and how much that matters."""

from typing import Any

from examples import an_article
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.comparison.compare import Comparison, compare
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
    told = compared("She paid 5% to 5 people.", "She paid 5 percent to five people.")

    assert [change.categories for change in told.changes] == [("wording",)]
    assert told.numbers_changed == 0


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
