"""Real pages, read in place where the private corpus is: titles, days, authors and bodies are mostly right."""

import gzip
import json
import re
from collections import Counter
from pathlib import Path

import pytest

from presslog.handlers.reading import read_articles
from presslog.store.article import Article
from presslog.store.errors import Unreadable

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
Pages = list[tuple[dict[str, str], Article]]

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.json").exists(), reason="the private corpus is not here")


def items(format_name: str) -> list[dict[str, object]]:
    return [
        item for item in json.loads((CORPUS / "manifest.json").read_text())["items"] if item["format"] == format_name
    ]


@pytest.fixture(scope="module")
def pages() -> Pages:
    """Every page; that none is refused is what the fixture itself asserts."""
    files = [(item["expect"], CORPUS / item["file"]) for item in items("html")]
    return [
        (expect, read_articles(gzip.decompress(path.read_bytes()), path.stem).articles[0]) for expect, path in files
    ]


def share(answers: list[bool]) -> float:
    return sum(answers) / len(answers)


def words(text: str) -> str:
    return " ".join(text.replace("\xad", "").split())


def shingles(text: str) -> Counter[tuple[str, ...]]:
    tokens = re.findall(r"\w+", text)
    return Counter(tuple(tokens[start : start + 4]) for start in range(max(1, len(tokens) - 3)))


def overlap(expected: str, found: str) -> float:
    true, said = shingles(expected), shingles(found)
    return 2 * (true & said).total() / (true.total() + said.total())


def test_titles_of_real_pages_are_exact(pages: Pages) -> None:
    right = [article.title == words(expect["title"]) for expect, article in pages if expect.get("title")]

    exact = share(right)

    assert exact >= 0.85


def test_days_of_real_pages_are_right(pages: Pages) -> None:
    right = [article.published_at[:10] == expect["date"] for expect, article in pages if expect.get("date")]

    exact = share(right)

    assert exact >= 0.98


def test_authors_of_real_pages_are_right(pages: Pages) -> None:
    stated = [(expect["authors"], article) for expect, article in pages if "authors" in expect]

    exact = share([{author.name for author in article.authors} == set(names) for names, article in stated])

    assert exact >= 0.85


def test_bodies_of_real_pages_overlap_with_what_people_marked(pages: Pages) -> None:
    found = [overlap(expect["body"], article.text) for expect, article in pages if expect.get("body")]

    average = sum(found) / len(found)

    assert average >= 0.96


def test_damaged_mhtml_is_refused_and_the_rest_is_read() -> None:
    found = {}
    for item in items("mhtml"):
        try:
            found[item["file"]] = bool(read_articles((CORPUS / item["file"]).read_bytes(), "page.mhtml").articles)
        except Unreadable:
            found[item["file"]] = False

    expected = {item["file"]: item["expect"]["valid"] for item in items("mhtml")}

    assert found == expected
