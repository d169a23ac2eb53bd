"""Marks that are made from the text itself."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.store.marks import best_piece, excerpt, marked, pattern_of

MARKS = ("[", "]")


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("中国首都北京市", ["北京"], "中国首都[北京]市"),
        ("ﾄｳｷｮｳｶﾞｽ", ["ガス"], "ﾄｳｷｮｳ[ｶﾞｽ]"),
        ("الأُمّة والأمم", ["امه"], "ال[أُمّة] والأمم"),
        ("Rivers rise in 北京", ["RIVERS", "北京"], "[Rivers] rise in [北京]"),
        ("Riverside 北京", ["river"], "Riverside 北京"),
        ("Riverside 北京", ["river*"], "[River]side 北京"),
        ("北京、上海", ["北京 上海"], "[北京、上海]"),
        ("北京", [], "北京"),
        ("", ["北京"], ""),
    ],
)
def test_what_was_found_is_marked_as_it_is_written(text: str, wanted: list[str], expected: str) -> None:
    assert marked(text, pattern_of(wanted), MARKS) == expected


def test_excerpt_begins_a_little_before_what_is_found() -> None:
    text = "雨" * 5000 + "北京" + "雪" * 500

    found = excerpt(text, pattern_of(["北京"]), MARKS, 60)

    assert found == "…" + "雨" * 20 + "[北京]" + "雪" * 38 + "…"


def test_excerpt_without_a_find_is_the_beginning() -> None:
    assert excerpt("雨" * 10, pattern_of(["北京"]), MARKS, 4) == "雨雨雨雨…"


@given(text=st.text(max_size=40), wanted=st.lists(st.text(max_size=4), max_size=3))
def test_marks_change_nothing_else(text: str, wanted: list[str]) -> None:
    found = marked(text, pattern_of(wanted), ("\x01", "\x02"))

    assert found.replace("\x01", "").replace("\x02", "") == text.replace("\x01", "").replace("\x02", "")


def test_piece_is_found_in_a_time_that_grows_with_the_text_only() -> None:
    text = "[the] " * 200_000 + "[the] [end]"

    piece = best_piece(text, MARKS, 60)

    assert piece.startswith("[the] [the]")
    assert piece.count("[") == piece.count("]") > 3


@given(st.text(st.sampled_from("ab []é北\n"), max_size=300), st.integers(1, 60))
def test_piece_has_no_mark_without_its_other(text: str, letters: int) -> None:
    whole = "".join(f"[{word}] " if word.isascii() else f"{word} " for word in re.sub(r"[\[\]]", "", text).split())

    piece = best_piece(whole, MARKS, letters)

    assert re.fullmatch(r"(?:[^\[\]]|\[[^\[\]]*\])*", piece)
    assert re.sub(r"[\[\]…]", "", piece).strip() in re.sub(r"[\[\]]", "", whole)
