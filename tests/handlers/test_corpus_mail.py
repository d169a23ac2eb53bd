"""Real mails, read in place where the private corpus is: what another system's tests assert of them."""

import json
from pathlib import Path
from typing import Any

import pytest

from presslog.handlers.reading import read_articles
from presslog.store.article import Article

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.json").exists(), reason="the private corpus is not here")


@pytest.fixture(scope="module")
def readings() -> list[tuple[dict[str, Any], Article]]:
    items = json.loads((CORPUS / "manifest.json").read_text())["items"]
    files = [(item["expect"], CORPUS / item["file"]) for item in items if item["format"] == "eml"]
    read = [(expect, read_articles(path.read_bytes(), path.name)) for expect, path in files]
    assert all(reading.format == "mail" and not reading.unread for _, reading in read)
    return [(expect, reading.articles[0]) for expect, reading in read]


@pytest.mark.parametrize(
    ("expected", "field"),
    [("title", "title"), ("urgency", "urgency"), ("abstract", "description"), ("slugline", "slugline")],
)
def test_fields_of_real_mails_are_right(
    readings: list[tuple[dict[str, Any], Article]], expected: str, field: str
) -> None:
    # One subject is asserted undecoded: "=?windows-1252?Q?...".
    asserted = [
        (expect[expected], getattr(article, field))
        for expect, article in readings
        if expected in expect and "=?" not in str(expect[expected])
    ]

    missed = [words for words, ours in asserted if words != ours]

    assert asserted
    assert missed == []


@pytest.mark.parametrize(("expected", "field"), [("source", "source"), ("guid", "uri")])
def test_sources_and_identifiers_of_real_mails_are_the_asserted_ones_without_brackets(
    readings: list[tuple[dict[str, Any], Article]], expected: str, field: str
) -> None:
    asserted = [(expect[expected], getattr(article, field)) for expect, article in readings if expected in expect]

    missed = [words for words, ours in asserted if ours.removeprefix("mid:") not in words or not ours]

    assert asserted
    assert missed == []


def test_every_real_mail_has_a_time_a_text_and_an_identifier(readings: list[tuple[dict[str, Any], Article]]) -> None:
    seen = [article for _, article in readings]

    bare = [article.title for article in seen if not (article.text and article.published_at and article.uri)]

    assert bare == []
