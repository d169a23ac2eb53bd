"""The format json-feed: each item of a JSON Feed."""

from contextlib import suppress
from pathlib import Path

import pytest

from presslog.handlers.formats.json_feed import read, recognise
from presslog.handlers.reading import read_articles
from presslog.store.article import Article, Author
from presslog.store.errors import Unreadable

SAMPLE = Path(__file__).parents[1] / "samples" / "json-feed" / "feed.json"


def test_an_item_is_an_article_with_all_it_says() -> None:
    article = read(SAMPLE.read_bytes(), "feed.json")[0]

    assert isinstance(article, Article)
    assert (article.title, article.text) == ("Crane & ship collide", "A crane hit a ship.\n\nBoth float.")
    assert (article.uri, article.description) == ("https://harbour.example/1", "No one hurt.")
    assert (article.published_at, article.updated_at) == ("2024-05-06T15:56:00-05:00", "2024-05-07T08:00:00-05:00")
    assert (article.authors, article.keywords, article.source) == ((Author("Vidar Wik"),), ("port",), "Harbour Post")


def test_what_an_item_does_not_say_its_feed_says() -> None:
    article = read(SAMPLE.read_bytes(), "feed.json")[1]

    assert isinstance(article, Article)
    assert (article.title, article.byline, article.language) == ("Fog at noon.", "Harbour Desk", "nb")
    assert (article.url, article.uri) == ("https://elsewhere.example/2", "https://elsewhere.example/2")


def test_an_item_with_nothing_in_it_is_named() -> None:
    reading = read_articles(SAMPLE.read_bytes(), "feed.json")

    assert [(unread.place, unread.code) for unread in reading.unread] == [("item 3", "empty")]


def test_the_author_of_version_1_is_read() -> None:
    content = b'{"version":"https:\\/\\/jsonfeed.org\\/version\\/1","items":[{"title":"A","author":{"name":"Bo Lee"}}]}'

    reading = read_articles(content, "")

    assert (reading.format, reading.articles[0].byline) == ("json-feed", "Bo Lee")


@pytest.mark.parametrize("items", [b"[]", b"7", b"null"])
def test_a_feed_without_items_is_refused_by_its_title(items: bytes) -> None:
    content = b'{"version": "https://jsonfeed.org/version/1.1", "title": "Fog", "items": ' + items + b"}"

    with pytest.raises(Unreadable, match="the feed “Fog” has no items"):
        read(content, "")


def test_an_item_that_is_no_object_is_named() -> None:
    content = b'{"version": "https://jsonfeed.org/version/1.1", "items": [7, {"title": "A"}]}'

    reading = read_articles(content, "")

    assert [unread.code for unread in reading.unread] == ["malformed"]


def test_the_items_of_a_feed_that_was_cut_are_read() -> None:
    whole = SAMPLE.read_bytes()

    reading = read_articles(whole[: whole.index(b'{"id": 3}')], "feed.json")

    assert [article.title for article in reading.articles] == ["Crane & ship collide", "Fog at noon."]
    assert [unread.code for unread in reading.unread] == ["malformed"]


def test_what_is_no_json_feed_is_not_recognised() -> None:
    found = [recognise(content, "feed.json") for content in (b"", b"[1]", b'{"version": "1.1", "items": []}')]

    assert found == [0.0] * 3


def test_a_feed_cut_anywhere_is_read_or_refused() -> None:
    whole = SAMPLE.read_bytes()

    for end in range(0, len(whole), 23):
        with suppress(Unreadable):
            assert len(read(whole[:end], "")) <= 4
