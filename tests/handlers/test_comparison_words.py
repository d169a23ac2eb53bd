"""The words in which two sentences differ, and how they are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.comparison.alignment import runs
from presslog.handlers.comparison.words import Part, marked, shortened, word_parts

SENTENCES = st.text(st.sampled_from("aAbé1 .,%$水の“”-ิ"), max_size=40)


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        ("said several police were killed.", "said 12 police were killed and 353 wounded.", None),
        ("It fell 8.7% today.", "It fell 9.1% today.", "It fell [-8.7%-]{+9.1%+} today."),
        ("$1.9 million", "$2.1 million", "$[-1.9-]{+2.1+} million"),
        ("“We stay,” he said", "“We go,” he said", "“We [-stay-]{+go+},” he said"),
        ("It was.", "It was not.", "It was{+ not+}."),
        ("Not so.", "So.", "[-Not so-]{+So+}."),
        ("水が来た", "火が来た", "[-水-]{+火+}が来た"),
        ("हिन्दी में", "हिन्दू में", "[-हिन्दी-]{+हिन्दू+} में"),
    ],
)
def test_words_are_marked(before: str, after: str, shown: str | None) -> None:
    wanted = shown or "said [-several-]{+12+} police were killed{+ and 353 wounded+}."

    assert marked(word_parts(before, after)) == wanted


@given(SENTENCES, SENTENCES)
def test_parts_hold_both_sentences(before: str, after: str) -> None:
    parts = word_parts(before, after)

    assert "".join(part.text for part in parts if part.kind != "came") == before
    assert "".join(part.text for part in parts if part.kind != "went") == after


@given(SENTENCES, SENTENCES, st.integers(1, 20))
def test_shortening_keeps_every_changed_word(before: str, after: str, around: int) -> None:
    parts = word_parts(before, after)

    short = shortened(parts, around)

    changed = [part for part in parts if part.kind != "same"]
    assert [part for part in short if part.kind != "same"] == changed
    assert all(len(part.text) <= 2 * around + len(" … ") for part in short[1:-1] if part.kind == "same")


def test_a_long_sentence_is_shortened_to_whole_words() -> None:
    before = "The water came to us at night and went by noon."
    parts = word_parts(before, before.replace("night", "dawn"))

    assert marked(shortened(parts, 9)) == "… to us at [-night-]{+dawn+} and went …"


def test_what_takes_too_long_is_one_run() -> None:
    before, after = "a b " * 300, "b b a " * 200

    assert [part.kind for part in word_parts(before, after)].count("went") <= 1
    assert word_parts("same", "same") == (Part("same", "same"),)


@given(st.lists(st.integers(0, 3), max_size=30), st.lists(st.integers(0, 3), max_size=30), st.sampled_from([0, 10_000]))
def test_runs_cover_both_lists(before: list[int], after: list[int], most_work: int) -> None:
    found = runs(before, after, most_work)

    assert [item for run in found for item in before[run.start : run.end]] == before
    assert [item for run in found for item in after[run.begin : run.stop]] == after
    assert all(before[run.start : run.end] == after[run.begin : run.stop] for run in found if run.is_same)
