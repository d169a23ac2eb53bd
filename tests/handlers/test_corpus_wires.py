"""Real wires, read in place where the private corpus is: what another system's tests assert of them."""

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
    files = [
        (item["expect"], CORPUS / item["file"], item["format"])
        for item in items
        if item["format"] in ("iptc7901", "anpa1312")
    ]
    read = [(expect, read_articles(path.read_bytes(), path.name), name) for expect, path, name in files]
    assert all(reading.format == name and len(reading.found) == 1 for _, reading, name in read)
    return [(expect, reading.articles[0]) for expect, reading, _ in read]


def wrong(readings: list[tuple[dict[str, Any], Article]], expected: str, field: str) -> list[str]:
    """What is expected and not in our field; another system strips notes of brackets, ours of their label as well."""
    asserted = [
        (str(expect[expected]), str(getattr(article, field))) for expect, article in readings if expected in expect
    ]
    return [words for words, ours in asserted if words.strip("()") not in ours]


@pytest.mark.parametrize(
    ("expected", "field"), [("title", "title"), ("slugline", "slugline"), ("byline", "byline"), ("ednote", "ednote")]
)
def test_fields_of_real_wires_are_right(
    readings: list[tuple[dict[str, Any], Article]], expected: str, field: str
) -> None:
    seen = readings

    missed = wrong(seen, expected, field)

    assert missed == []


def test_minutes_of_real_wires_are_right(readings: list[tuple[dict[str, Any], Article]]) -> None:
    asserted = [(expect["firstcreated"], article) for expect, article in readings if "firstcreated" in expect]

    right = [article.published_at.removesuffix("Z") == moment[:16] for moment, article in asserted]

    assert all(right)


def test_every_real_wire_has_a_title_a_text_and_a_time(readings: list[tuple[dict[str, Any], Article]]) -> None:
    seen = [article for _, article in readings]

    bare = [article.title for article in seen if not (article.title and article.text and article.published_at)]

    assert bare == []
