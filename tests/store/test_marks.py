"""Marks that are made from the text itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.store.marks import excerpt, marked, pattern_of

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
