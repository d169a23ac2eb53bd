"""Differences between two readings: short whatever they are, and true of both."""

from examples import an_article
from hypothesis import given
from hypothesis import strategies as st

from presslog.daemon.differences import MOST_LETTERS, changed_words, differences
from presslog.store.article import Author, Subject

WORDS = st.lists(st.sampled_from(["the", "water", "came", "at", "night", "¶"]), max_size=30).map(" ".join)


def test_fields_are_told_in_words_people_read() -> None:
    before = an_article(authors=(Author("Ana Silva"),), urgency=4)
    after = an_article(byline="Jo Li", authors=(), subjects=(Subject("medtop:1", "Floods"), Subject(name="Towns")))

    told = [(each.field, each.before, each.after) for each in differences(before, after)]

    assert told == [
        ("byline", "", "Jo Li"),
        ("authors", "Ana Silva byline", ""),
        ("urgency", "4", ""),
        ("subjects", "", "medtop:1 Floods; Towns"),
    ]


def test_long_text_shows_where_it_differs() -> None:
    text = "word " * 100 + "\n\nRead more: Lakes fall"

    told = differences(an_article(text=text), an_article(text="word " * 100))[0]

    assert told.words == "… word word word[- ¶ Read more: Lakes fall-]"
    assert len(told.before) == MOST_LETTERS


def test_many_changes_are_counted() -> None:
    words = [str(number) for number in range(100)]

    told = changed_words(
        " ".join(words), " ".join("x" if number % 10 == 5 else each for number, each in enumerate(words))
    )

    assert told.startswith("0 1 2 3 4 [-5-]{+x+} 6 7 8 9 10 11 12 13 14 [-15-]{+x+}")
    assert told.endswith("(7 more)")


def test_texts_that_share_nothing_are_cut_short() -> None:
    before, after = "one " * 5_000, "two " * 5_000

    assert len(changed_words(before, after)) < 3 * MOST_LETTERS


@given(WORDS, WORDS)
def test_equal_texts_alone_have_no_difference(before: str, after: str) -> None:
    assert (changed_words(before, after) == "") == (before.split() == after.split())
