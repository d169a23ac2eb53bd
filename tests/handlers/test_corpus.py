"""Real files, read in place where the private corpus is: titles, days and authors are right."""

import html
import json
from pathlib import Path

import pytest

from presslog.handlers.reading import read_articles
from presslog.store.article import Article

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.json").exists(), reason="the private corpus is not here")


@pytest.fixture(scope="module")
def readings() -> list[tuple[dict[str, str], Article]]:
    items = json.loads((CORPUS / "manifest.json").read_text())["items"]
    files = [(item["expect"], CORPUS / item["file"]) for item in items if item["format"] == "markdown"]
    return [(expect, read_articles(path.read_bytes(), path.name).articles[0]) for expect, path in files]


def share(answers: list[bool]) -> float:
    return sum(answers) / len(answers)


def test_titles_of_real_markdown_are_exact(readings: list[tuple[dict[str, str], Article]]) -> None:
    # The expected titles hold HTML entities as typed; ours are text for readers.
    right = [article.title == " ".join(html.unescape(expect["title"]).split()) for expect, article in readings]

    exact = share(right)

    assert exact >= 0.97


def test_days_of_real_markdown_are_right(readings: list[tuple[dict[str, str], Article]]) -> None:
    right = [article.published_at[:10] == expect["date"] for expect, article in readings]

    exact = share(right)

    assert exact >= 0.97


def test_authors_of_real_markdown_are_right(readings: list[tuple[dict[str, str], Article]]) -> None:
    right = [[author.name for author in article.authors] == expect["authors"] for expect, article in readings]

    exact = share(right)

    assert exact >= 0.97
