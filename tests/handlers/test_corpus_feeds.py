"""Real feeds and items of ninjs, read in place where the private corpus is: every entry, and what is asserted."""

import gzip
import html
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from presslog.handlers.reading import Reading, read_articles
from presslog.store.article import Article

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.json").exists(), reason="the private corpus is not here")


def items(*names: str) -> list[dict[str, Any]]:
    listed = json.loads((CORPUS / "manifest.json").read_text())["items"]
    return [item for item in listed if item["format"] in names]


def reading(item: dict[str, Any]) -> Reading:
    path = CORPUS / item["file"]
    content = path.read_bytes()
    return read_articles(gzip.decompress(content) if path.suffix == ".gz" else content, path.name.removesuffix(".gz"))


def instant(at: str) -> float:
    return datetime.fromisoformat(at).timestamp()


def test_every_entry_of_a_real_feed_is_read_with_its_title_and_time() -> None:
    for item in items("feed"):
        expect = item["expect"]

        found = reading(item).articles

        assert len(found) == expect["entries"]
        assert {article.source for article in found} == {expect["feed_title"]}
        assert [article.title for article in found] == [_line(title) for title in expect["entry_titles"]]
        assert [instant(article.published_at) for article in found] == [instant(at) for at in expect["entry_dates"]]
        assert all(article.text and article.uri for article in found)


def _line(title: str) -> str:
    return " ".join(html.unescape(title).split())


def test_real_feeds_of_agencies_and_blogs_are_read() -> None:
    for item in items("atom", "rss"):
        found = reading(item).articles[0]

        assert found.title
        assert found.text
        assert found.uri == item["expect"].get("guid", found.uri)
        assert found.title == item["expect"].get("title", found.title)


def test_what_is_asserted_of_real_ninjs_is_right() -> None:
    answers = [
        _says(reading(item), field, value)
        for item in items("ninjs")
        for expect in (item["expect"], item["expect_self"] or {})
        for field, value in expect.items()
    ]

    right = [answer for answer in answers if answer is not None]

    assert len(right) > 300
    assert sum(right) / len(right) >= 0.97


def _says(found: Reading, field: str, value: Any) -> bool | None:
    article: Article = found.articles[0]
    said = {
        "title": article.title,
        "byline": article.byline,
        "lang": article.language,
        "uri": article.uri,
        "guid": article.uri,
        "version": str(article.version),
        "pubstatus": article.status,
        "date": article.published_at[:10],
        "source": article.source,
    }
    if field == "versioncreated":
        return instant(article.updated_at) == instant(value)
    return said[field] == " ".join(value.split()) if field in said else None


def test_answers_of_real_agencies_are_read() -> None:
    for item in items("json-api"):
        found = reading(item)

        assert [bool(article.title and article.uri) for article in found.articles] == [True]
        assert found.unread == ()
