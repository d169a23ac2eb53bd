"""The format ninjs: items of versions 1, 2 and 3, alone, in packages and in agencies' answers."""

import json
from pathlib import Path
from typing import Any

import pytest

from presslog.handlers.formats.ninjs import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author, Subject

SAMPLES = Path(__file__).parents[1] / "samples" / "ninjs"


def sample(name: str) -> list[Article]:
    return read_articles((SAMPLES / name).read_bytes(), name).articles


def item(**values: Any) -> Article:
    stated = {"uri": "urn:wire:1", "versioncreated": "2024-06-07T10:37:00Z", "pubstatus": "usable"} | values
    (found,) = read(json.dumps(stated).encode(), "item.json")
    assert isinstance(found, Article)
    return found


def test_a_flat_item_is_an_article_with_all_it_says() -> None:
    article = sample("item1.json")[0]

    assert (article.title, article.text) == ("Glacier lake drains overnight", "The lake drained.\n\nNobody saw it.")
    assert (article.uri, article.version, article.status) == ("urn:newsml:wire.example:20240607:17", 3, "usable")
    assert (article.published_at, article.updated_at) == ("2024-06-07T09:00:00Z", "2024-06-07T10:37:00Z")
    assert (article.byline, article.located) == ("By Tora Ulven and Vidar Wik", "Ysel")
    assert article.authors == (Author("Tora Ulven"), Author("Vidar Wik"))
    assert article.subjects == (Subject("medtop:20000001", "glaciers"), Subject(name="lakes"))
    assert (article.urgency, article.slugline, article.ednote) == (3, "GLACIER", "Adds quote")
    assert (article.source, article.copyright, article.description) == ("Wire", "Wire Ltd", "A lake is gone.")


def test_a_text_that_an_item_brings_along_is_an_article_and_a_picture_is_not() -> None:
    titles = [article.title for article in sample("item1.json")]

    assert titles == ["Glacier lake drains overnight", "What is a glacier?"]


def test_an_item_of_version_3_is_read_from_its_lists() -> None:
    (article,) = sample("item3.json")

    assert (article.title, article.text) == ("Moose stops train", "A moose stood.\n\nIt left.")
    assert (article.status, article.ednote, article.byline) == ("withheld", "Check spelling.", "Pia Quist")
    assert (article.source, article.copyright, article.description) == ("Tarn Radio", "© Wire", "A short stop.")
    assert article.subjects == (Subject("https://cv.example/16000000", "animals"),)


def test_items_in_an_answer_are_found_and_the_empty_one_is_named() -> None:
    reading = read_articles((SAMPLES / "answer.json").read_bytes(), "answer.json")

    picture, kill = reading.articles

    assert (picture.title, picture.text, picture.credit) == ("Regatta", "Boats on the tarn.", "Bo Lee/Wire")
    assert (picture.uri, picture.byline) == ("https://api.example/a?x=1&copy=2", "Bo Lee")
    assert (kill.uri, kill.status) == ("urn:b", "canceled")
    assert [(each.place, each.code) for each in reading.unread] == [("line 1/data/items/3/item", "empty")]


def test_the_dialect_of_superdesk_is_read() -> None:
    article = item(
        uri=None,
        guid="tag:localhost:2024:7",
        headline="A &amp; B",
        abstract="<p>Short.</p>",
        body_html="<p>Long.</p>",
        byline="",
        authors=[{"name": "Ana Silva", "role": "writer"}],
        service=[{"code": "f", "name": "Finance"}],
        subject=[{"qcode": "04000000", "name": "economy"}],
        embargoed="2024-06-08T00:00:00+0000",
        pubstatus="canceled",
    )

    assert (article.title, article.description, article.section) == ("A & B", "Short.", "Finance")
    assert (article.uri, article.byline, article.status) == ("tag:localhost:2024:7", "Ana Silva", "canceled")
    assert (article.subjects, article.embargoed_until) == ((Subject("04000000", "economy"),), "2024-06-08T00:00:00Z")


def test_the_body_in_nitf_is_read_where_there_is_no_other() -> None:
    nitf = "<nitf><body><body.head>x</body.head><body.content><p>One.</p><p>Two.</p></body.content></body></nitf>"

    article = item(headlines=[{"value": "A"}], bodies=[{"role": "nitf", "value": nitf}])

    assert article.text == "One.\n\nTwo."


def test_a_withdrawal_needs_no_words() -> None:
    article = item(pubstatus="canceled", headline="")

    assert (article.uri, article.status, article.title) == ("urn:wire:1", "canceled", "")


def test_a_package_is_its_texts_where_it_has_no_words_of_its_own() -> None:
    member = {"uri": "urn:wire:2", "type": "text", "headline": "B", "body_text": "Text."}

    article = item(type="composite", associations=[member])

    assert (article.uri, article.text) == ("urn:wire:2", "Text.")


@pytest.mark.parametrize("headline", [7, {"main": "x"}, None, ["x"]])
def test_a_headline_of_a_wrong_kind_is_none(headline: object) -> None:
    article = item(headline=headline, body_text="Rain fell. It stopped.")

    assert article.title == "Rain fell."


def test_one_item_a_line_is_read_and_a_broken_line_is_named() -> None:
    line = (SAMPLES / "item3.json").read_text().replace("\n", " ")

    reading = read_articles(f'{line}\n{{"uri": \n{line}\n'.encode(), "items.jsonl")

    assert (len(reading.articles), [each.place for each in reading.unread]) == (2, ["line 2"])


@pytest.mark.parametrize(
    "content",
    [
        b"{}",
        b"[",
        b'{"uri": "urn:a", "headline": "A"}',
        b'{"headline": "A", "byline": "B", "slugline": "C"}',
        b"uri: x",
    ],
)
def test_what_is_no_ninjs_is_not_recognised(content: bytes) -> None:
    assert recognise(content, "ninjs.json") == 0.0


def test_associations_nest_as_deep_as_json_may() -> None:
    deep: dict[str, Any] = {"uri": "urn:x", "type": "text", "headline": "A", "body_text": "B"}
    for _ in range(150):
        deep = {"uri": "urn:x", "type": "text", "headline": "A", "body_text": "B", "associations": [deep]}

    found = read(json.dumps(deep | {"pubstatus": "usable"}).encode(), "")

    assert len(found) == 151


@pytest.mark.parametrize("name", ["item1.json", "item3.json", "answer.json"])
def test_an_item_cut_anywhere_is_named_as_broken(name: str) -> None:
    whole = (SAMPLES / name).read_bytes().rstrip()

    for end in range(2, len(whole), 37):
        assert any(not isinstance(piece, Article) for piece in read(whole[:end], name))
