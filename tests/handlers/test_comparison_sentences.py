"""Sentences of a text: where they end, and in which paragraph they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.comparison.middle import middle
from presslog.handlers.comparison.sentences import ends, sentences

LETTERS = st.text(st.sampled_from("aA1 .!?\n\"“”'’。؟…,(“"), max_size=60)
PARAGRAPHS = st.lists(st.sampled_from(["One.", "Two.", "Three", "", "Four. Five."]), max_size=8).map("\n\n".join)


@pytest.mark.parametrize(
    "text",
    [
        "It rained.|Then it stopped.",
        "Mr. Li and Mrs. Silva met Dr. J. K. Berg.|They left.",
        "The U.S. Senate met at 6 p.m. Thursday.|No one came.",
        "He lives in the U.S.|The rest is known.",
        "On Jan. 6 they chose No. 12.|It paid $1.9 million, or 8.7%.",
        "“We stay.”|“Why?” he asked.|“Go!”",
        "She said: “It rained.|It stopped.”|Nobody knew.",
        "Wait… for it.|Is it … here?|Yes!",
        "1. The first of them.|2. The second.",
        "Am 6. Januar kam das Wasser.|Es blieb.",
        "水が来た。|橋は閉鎖された！|なぜ？",
        "「水が来た。」|橋は閉鎖。",
        "هل جاء الماء؟|نعم.",
        "Die „Welle“ kam.|Sie blieb.",
        "It grew by 2.|Then it fell.",
        "At google.com it says so.|Fine.",
    ],
)
def test_a_sentence_ends_where_people_end_it(text: str) -> None:
    wanted = text.split("|")
    joined = text.replace("|", "" if "。" in text else " ")

    assert [each.text for each in sentences(joined)] == wanted


def test_sentences_know_their_paragraph() -> None:
    found = sentences("One. Two.\n\nThree\nand more\n\n“Four.”", paragraph=3)

    assert [(each.text, each.paragraph) for each in found] == [
        ("One.", 3),
        ("Two.", 3),
        ("Three and more", 4),
        ("“Four.”", 5),
    ]


@given(LETTERS)
def test_no_letter_is_lost_between_sentences(text: str) -> None:
    found = sentences(text)

    assert "".join(each.text for each in found).replace(" ", "") == "".join(text.split())
    assert [text[each.start : each.end].split() for each in found] == [each.text.split() for each in found]


@given(PARAGRAPHS, PARAGRAPHS)
def test_the_middle_is_what_two_texts_do_not_share(before: str, after: str) -> None:
    found = middle(before, after)

    assert found.before in before
    assert found.after in after
    assert len(before) - len(found.before) == len(after) - len(found.after)
    assert (found.before == found.after) == (before == after)


@pytest.mark.parametrize("size", [1, 1 << 16, (1 << 16) + 1, 300_000])
def test_one_letter_is_found_in_any_text(size: int) -> None:
    text = "x" * size

    found = middle(f"{text}a{text}\n\nEnd.", f"{text}b{text}\n\nEnd.")

    assert found.before.replace("a", "b") == found.after
    assert "a" in found.before
    assert found.paragraph == 1


@given(st.one_of(LETTERS, PARAGRAPHS))
def test_sentences_end_where_they_are_said_to_end(text: str) -> None:
    assert ends(text) == [each.end for each in sentences(text)]
