"""The query language: what people type, and what FTS5 is asked."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from presslog.store.errors import BadQuery
from presslog.store.query import LIMIT_LETTERS, LIMIT_TERMS, Filter, one_phrase, parse
from presslog.store.sqlite import sqlite3

ODD = st.text(
    st.characters(codec=None) | st.sampled_from('"*-:()^+{}[]\x00\ud800 ORANDNOTNEAR“”北京ｶﾞ＂ไทการिﷺَـ\u200d'),
    max_size=60,
)


@pytest.fixture(scope="module")
def words() -> sqlite3.Connection:
    """A real index with two articles in it."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    connection.execute(
        "create virtual table words using fts5 (title, text, tokenize = 'porter unicode61 remove_diacritics 2')"
    )
    rows = [("Rivers rise", "The water came at night."), ("Lakes fall", "No water came; the anti-war march did.")]
    connection.executemany("insert into words values (?, ?)", rows)
    return connection


def found(words: sqlite3.Connection, text: str) -> list[str]:
    rows = words.execute("select title from words where words match ? order by rowid", (parse(text).match,))
    return [row[0] for row in rows]


@pytest.mark.parametrize(
    ("text", "titles"),
    [
        ("water", ["Rivers rise", "Lakes fall"]),
        ("WATER night", ["Rivers rise"]),
        ("river", ["Rivers rise"]),
        ('"water came at"', ["Rivers rise"]),
        ("“water came at”", ["Rivers rise"]),
        ('"water came', ["Rivers rise", "Lakes fall"]),
        ("water -night", ["Lakes fall"]),
        ('water -"at night" -fall', []),
        ("night OR march", ["Rivers rise", "Lakes fall"]),
        ("water night OR march lakes", ["Lakes fall"]),
        ("night AND rivers", ["Rivers rise"]),
        ("wat*", ["Rivers rise", "Lakes fall"]),
        ("anti-war", ["Lakes fall"]),
        ("anti-w*", ["Lakes fall"]),
        ("title:rivers", []),
        ("(water) night!", ["Rivers rise"]),
        ("NEAR(water night)", []),
    ],
)
def test_words_find_what_they_say(words: sqlite3.Connection, text: str, titles: list[str]) -> None:
    assert found(words, text) == titles


def test_filters_are_taken_out_of_the_words() -> None:
    query = parse('rain source:AFP -author:"Ann Lee" since:2d')

    assert query.match == '"rain"'
    assert query.filters == (
        Filter("source", "AFP"),
        Filter("author", "Ann Lee", is_negative=True),
        Filter("since", "2d"),
    )


def test_query_of_filters_only_matches_no_words() -> None:
    assert parse("SOURCE:AFP").match == ""


def test_unknown_filter_is_searched_for_as_words(words: sqlite3.Connection) -> None:
    assert parse("10:30").match == '"10:30"'
    assert found(words, "came:at") == ["Rivers rise"]


@pytest.mark.parametrize(
    ("text", "remedy"),
    [
        ("", "write words"),
        ("!!! ---", "write words"),
        ("-rain", "only says what not to find"),
        ("source:", "has no value"),
        ('source:""', "has no value"),
        ("sorce:AFP", "did you mean source:"),
        ("rain OR", "stands between"),
        ("OR rain", "stands between"),
        ("rain OR -snow", "stands between"),
        ("rain OR source:AFP", "already means either"),
        ("x" * (LIMIT_LETTERS + 1), "ask for less"),
        ("x " * (LIMIT_TERMS + 1), "ask for less"),
    ],
)
def test_query_that_cannot_be_understood_says_what_to_do(text: str, remedy: str) -> None:
    with pytest.raises(BadQuery, match=remedy):
        parse(text)


@pytest.mark.parametrize(
    ("text", "pairs", "words"),
    [
        ("rain", "", '"rain"'),
        ("rain 北京", '"rain" AND "北京"', ""),
        ("rain -北京", '("rain") NOT ("北京")', '"rain"'),
        ("rain OR 北京 night", '("rain" OR "北京") AND "night"', '"rain" AND "night"'),
        ("北 source:AFP", '"北" *', ""),
        ('"北京 rain*" -snow', '("北京 京 rain") NOT ("snow")', ""),
        ("＂北京＂rai*", '""" 北京 京 ""rai" *', ""),
    ],
)
def test_letters_without_words_are_asked_in_pairs_and_hold_for_nothing_elsewhere(
    text: str, pairs: str, words: str
) -> None:
    query = parse(text)

    assert (query.grams, query.match) == (pairs, words)
    assert query.has_words


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("several police", "several police"),
        ('"several police" source:AFP', "several police"),
        ("source:AFP several police*", "several police*"),
        ("北京 上海", "北京 上海"),
    ],
)
def test_one_phrase_is_taken_with_or_without_quotes(text: str, phrase: str) -> None:
    assert one_phrase(text).wanted == (phrase,)


@pytest.mark.parametrize("text", ["", "source:AFP", "!!", '"one" "two"', 'one "two"', "one OR two", "one -two"])
def test_anything_but_one_phrase_is_refused(text: str) -> None:
    with pytest.raises(BadQuery, match="phrase"):
        one_phrase(text)


@settings(max_examples=1000, deadline=None)
@given(ODD)
@example('"')
@example("\x00")
@example('a"\x00"*')
@example("a" + ' OR a"*' * 60)
@example("-".join("abc" * 20))
@example("北\x00京 -\ud800ไ*")
@example("＂北京＂")
@example("ـ -ـ rain")
def test_no_text_whatever_is_a_syntax_error(words: sqlite3.Connection, text: str) -> None:
    for understand in (parse, one_phrase):
        try:
            query = understand(text)
        except BadQuery:
            continue

        assert query.filters or query.has_words
        for match in filter(None, (query.match, query.grams)):
            words.execute("select rowid from words where words match ?", (match,)).fetchall()
