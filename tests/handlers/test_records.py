"""The format records: articles in the JSON of crawlers, data sets and publishers' answers."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.records import read, recognise
from presslog.handlers.parts.json_values import Place, keys_of, read_objects
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Unread
from presslog.store.errors import Unreadable

SAMPLES = Path(__file__).parents[1] / "samples" / "records"
RECORD = {"title": "Rain", "text": "It rained.", "url": "https://a.example/1"}


def answer(name: str) -> Article:
    answers = json.loads((SAMPLES / "answers.json").read_text())
    return read_articles(json.dumps(answers[name]).encode(), f"{name}.json").articles[0]


def only(**values: object) -> Article:
    (article,) = read(json.dumps(values).encode(), "")
    assert isinstance(article, Article)
    return article


def test_a_line_of_a_crawl_is_an_article_and_a_broken_one_is_named() -> None:
    reading = read_articles((SAMPLES / "crawl.jsonl").read_bytes(), "crawl.jsonl")

    first, second = reading.articles

    assert (first.title, first.text) == ("Tram line 7 opens", "Line 7 opened.\n\nIt has nine stops.")
    assert first.authors == (Author("Ana Silva"), Author("Bo Lee"))
    assert (first.published_at, first.source, first.uri) == ("2024-02-03T09:30:00", "tarn.example", first.url)
    assert (second.text, second.url) == ("A bell was found.\n\nIt rings.", "https://bell.example/found")
    assert (second.source, second.published_precision) == ("bell.example", "day")
    assert [(each.place, each.code) for each in reading.unread] == [("line 2", "malformed"), ("line 5", "empty")]


def test_an_answer_of_the_guardian_is_read_with_its_fields() -> None:
    article = answer("guardian")

    assert (article.title, article.text) == ("Mud everywhere, again", "Mud came.\n\nIt stayed.")
    assert (article.uri, article.section) == ("https://paper.example/mud", "World")
    assert (article.byline, article.description) == ("Tora Ulven", "Boots sell.")
    assert article.published_at == "2024-01-02T03:04:05Z"


def test_an_answer_of_newsapi_is_read_with_its_source() -> None:
    article = answer("newsapi")

    assert (article.source, article.text, article.description) == ("Bell Times", "The bell rang twice.", "A bell.")


def test_an_answer_of_the_new_york_times_is_read_from_its_tables() -> None:
    article = answer("nyt")

    assert (article.title, article.text, article.byline) == ("Wall falls", "A long wall fell.", "By Xenia Yarrow")
    assert (article.uri, article.keywords) == ("nyt://article/1", ("Walls",))


def test_an_answer_of_gdelt_is_read_without_a_text() -> None:
    article = answer("gdelt")

    assert (article.title, article.text, article.published_at) == ("Dust settles", "", "2024-01-05T04:12:00Z")


def test_an_answer_of_wordpress_is_read_without_its_keys() -> None:
    article = answer("wordpress")

    assert (article.title, article.text, article.uri) == ("Stone – again", "Stone.", "https://quarry.example/?p=7")
    assert (article.byline, article.keywords) == ("", ())


def test_an_article_of_schema_org_is_read() -> None:
    article = answer("schema.org")

    assert (article.title, article.text, article.uri) == (
        "Kelp grows",
        "Kelp grew.\n\nA lot.",
        "https://kelp.example/k",
    )
    assert (article.authors, article.source) == ((Author("Ruben Solberg"),), "Kelp Daily")


@pytest.mark.parametrize(
    "content",
    [
        b'[{"title": "Rain", "text": "It rained."}, {"title": "Sun", "text": "It shone."}]',
        b'{"title": "Rain", "text": "It rained."}\r\n\r\n{"title": "Sun", "text": "It shone."}\r\n',
        b'{"title": "Rain", "text": "It rained."}{"title": "Sun", "text": "It shone."}',
        b'\x1e{"title": "Rain", "text": "It rained."}\n\x1e{"title": "Sun", "text": "It shone."}\n',
        b'{"page": 1, "data": {"hits": [{"_source": {"title": "Rain", "text": "x"}}, {"title": "Sun", "text": "y"}]}}',
        '[{"title": "Rain", "text": "x"}, {"title": "Sun", "text": "y"}]'.encode("utf-16"),
        '\ufeff[{"title": "Rain", "text": "x"}, {"title": "Sun", "text": "y"}]'.encode(),
        b'[{"title": "Rain", "text": "x", "n": NaN, "m": -Infinity}, {"title": "?", "title": "Sun", "text": "y"}]',
        b'[{"title": "Rain", "text": "x", "n": ' + b"9" * 9_000 + b'}, {"title": "Sun", "text": "y", "n": 1e999}]',
    ],
)
def test_records_are_found_however_they_are_dumped(content: bytes) -> None:
    reading = read_articles(content, "dump")

    assert [article.title for article in reading.articles] == ["Rain", "Sun"]
    assert (reading.format, reading.unread) == ("records", ())


@pytest.mark.parametrize(
    ("written", "at"),
    [
        (1_641_441_600, "2022-01-06T04:00:00Z"),
        (1_641_441_600_000, "2022-01-06T04:00:00Z"),
        ("1641441600", "2022-01-06T04:00:00Z"),
        ({"$date": "2022-01-06T04:00:00.000Z"}, "2022-01-06T04:00:00Z"),
        ("2022-01-06", "2022-01-06"),
        (True, ""),
        ("soon", ""),
    ],
)
def test_a_time_is_read_as_it_is_dumped(written: object, at: str) -> None:
    article = only(**RECORD, published=written)

    assert article.published_at == at


def test_a_date_that_says_nothing_yields_to_one_that_does() -> None:
    article = only(**RECORD, published="yes", date="2022-01-06")

    assert article.published_at == "2022-01-06"


def test_html_and_lists_of_paragraphs_become_prose() -> None:
    texts = [only(title="A", text=text).text for text in ("<p>One.</p><p>Two.</p>", ["One.", "Two."], "5 < 7 & more")]

    assert texts == ["One.\n\nTwo.", "One.\n\nTwo.", "5 < 7 & more"]


@pytest.mark.parametrize(
    "content",
    [
        b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"title": "M 4", "time": 1}}]}',
        b'{"name": "presslog", "version": "1.0", "description": "A log", "dependencies": {}}',
        b'{"openapi": "3.0.0", "info": {"title": "API", "description": "x"}, "paths": {"/": {"content": {"a": {}}}}}',
        b'{"$schema": "x", "title": "Settings", "type": "object", "properties": {}}',
        b'{"compilerOptions": {"strict": true}}',
        b"[1, 2, 3]",
        b"[]",
    ],
)
def test_json_without_articles_is_refused_by_its_keys(content: bytes) -> None:
    with pytest.raises(Unreadable) as refused:
        read_articles(content, "config.json")

    assert refused.value.code == "unknown-format"


def test_json_that_only_looks_like_articles_is_refused_by_its_keys() -> None:
    with pytest.raises(Unreadable, match="JSON with the keys title, main, settings, text") as refused:
        read_articles(b'{"title": {"main": 7}, "settings": {"text": "x"}}', "config.json")

    assert refused.value.code == "no-article"


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"title": "x", "text": "y", "b": [', b'{"title":"\n'])
def test_deep_and_broken_nesting_is_refused_soon(opening: bytes) -> None:
    began = time.monotonic()

    pieces = [each for each in read_objects(opening * 200_000) if isinstance(each, Unread)]

    assert time.monotonic() - began < 5
    assert all(piece.code in ("too-deep", "malformed") for piece in pieces)


def test_a_large_dump_is_recognised_without_parsing_it() -> None:
    content = json.dumps([RECORD] * 100_000).encode()
    began = time.perf_counter()

    sure = recognise(content, "dump.json")

    assert (sure, time.perf_counter() - began < 0.02) == (0.85, True)


@given(
    st.lists(st.fixed_dictionaries({"n": st.integers(), "s": st.text()})), st.sampled_from(["\n", "", "\n\n", " , "])
)
def test_every_object_of_a_dump_is_given_in_its_order(objects: list[dict[str, object]], between: str) -> None:
    content = between.join(json.dumps(each) for each in objects).encode()

    found = [place.value["s"] for place in read_objects(content) if isinstance(place, Place)] if content else []

    assert found == [each["s"] for each in objects]


@given(st.binary(max_size=300))
def test_any_bytes_are_looked_at_without_a_crash(noise: bytes) -> None:
    keys = keys_of(b"{" + noise)

    assert all(isinstance(key, str) for key in keys)
