"""Passages: the words and marks of a text, and where each begins."""

from hypothesis import example, given
from hypothesis import strategies as st

from presslog.handlers.speech.passage import passage

WRITTEN = "rain Quill rain, Quill, Quill. Mr. Mr, A. a, a.m. p.m., U.S. it’s lamps’ 1,000 (x) ß. İ, -based _ 3,".split()


@given(st.lists(st.sampled_from(["", *WRITTEN])))
@example(["", *WRITTEN])
def test_words_are_the_same_between_spaces_and_between_lines(written: list[str]) -> None:
    spaced = passage(" ".join(written))

    lined = passage("\n".join(written))

    assert (spaced.words, spaced.starts) == (lined.words, lined.starts)


def test_a_full_stop_belongs_to_what_is_short() -> None:
    text = "Mr. Quill, of A. Falk Ltd, left at 7 a.m. today."

    words = passage(text).words

    assert words == "Mr. Quill , of A. Falk Ltd , left at 7 a.m. today .".split()
