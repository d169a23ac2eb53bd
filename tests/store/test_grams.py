"""Pairs of letters: what a reader of Chinese, Arabic or Thai types is found inside the words that hold it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.views.search import SCHEMA
from presslog.store.grams import grams, has_grams, phrase
from presslog.store.sqlite import sqlite3

RUN = st.text("北京市ガタンハכתבلاكไทการิ", max_size=8)


@pytest.fixture(scope="module")
def index() -> sqlite3.Connection:
    """The real index of pairs, empty."""
    connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
    connection.execute(next(each for each in SCHEMA if "revisions_grams using" in each))
    return connection


def finds(index: sqlite3.Connection, text: str, words: str, *, is_prefix: bool = False) -> bool:
    """Whether the words find a text that is the only one in the index."""
    index.execute("begin")
    index.execute("insert into revisions_grams (rowid, title, text) values (1, '', ?)", (grams(text),))
    found = index.execute(
        "select rowid from revisions_grams where revisions_grams match ?", (phrase(words, is_prefix=is_prefix),)
    ).fetchall()
    index.execute("rollback")
    return bool(found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("中国首都北京市今天下雨", "北京"),
        ("中国首都北京市今天下雨", "雨"),
        ("中国首都北京市今天下雨", "京"),
        ("北京、上海", "北京 上海"),
        ("北京は雨です。東京タワー", "タワー"),
        ("ﾄｳｷｮｳﾀﾜｰ", "タワー"),
        ("２０２２年１月６日", "1月6日"),
        ("投资A股市场", "A股"),
        ("서울에서 열린 회의", "서울"),
        ("วันนี้ฝนตกที่กรุงเทพ", "ฝนตก"),
        ("الأُمَم المتّحدة", "الامم المتحدة"),
        ("والمدرســـة", "مدرسه"),
        ("می‌خواهم", "خواهم"),
        ("בְּרֵאשִׁית", "בראשית"),
        ("ובירושלים", "ירושלים"),
        ("नरेंद्र मोदी", "मोदी"),
        ("Rivers rise in 北京", "river"),
    ],
)
def test_piece_of_a_word_is_found(index: sqlite3.Connection, text: str, words: str) -> None:
    assert has_grams(text)
    assert finds(index, text, words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("中国首都北京市", "北市"),
        ("北京、上海", "京上"),
        ("北京 上海", "上海 北京"),
        ("北京市 上海", "北京 上海"),
        ("मादा", "मोदी"),
        ("NASA股", "A股"),
    ],
)
def test_what_only_looks_alike_is_not_found(index: sqlite3.Connection, text: str, words: str) -> None:
    assert not finds(index, text, words)


@pytest.mark.parametrize("text", ["", "Rivers rise", "“café” — 5 €", "Привет мир", "Καλημέρα", "🙂 №"])
def test_words_that_unicode61_can_cut_are_none_of_its_business(text: str) -> None:
    assert not has_grams(text)


@settings(max_examples=300, deadline=None)
@given(before=RUN, middle=RUN.filter(bool), after=RUN)
def test_every_piece_of_a_run_is_found(index: sqlite3.Connection, before: str, middle: str, after: str) -> None:
    assert finds(index, f"old {before}{middle}{after} new", middle)
    assert finds(index, f"{before}{middle} {after}", f"{middle} {after}")


@settings(max_examples=300, deadline=None)
@given(text=RUN, words=RUN.filter(bool))
def test_what_is_found_in_a_run_is_a_piece_of_it(index: sqlite3.Connection, text: str, words: str) -> None:
    assert finds(index, text, words) == (words in text)
