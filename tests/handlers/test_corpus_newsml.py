"""Real files of NITF and NewsML, read in place where the private corpus is: what is asserted of them is right."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest

from presslog.handlers.parts.blocks import text_of_html
from presslog.handlers.reading import read_articles
from presslog.store.article import Article
from presslog.store.errors import Unreadable

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FORMATS = ("nitf", "newsml-1", "newsml-g2", "xml-other")
pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.json").exists(), reason="the private corpus is not here")


class Expected(NamedTuple):
    fields: dict[str, object]
    article: Article


@pytest.fixture(scope="module")
def expected() -> list[Expected]:
    items = json.loads((CORPUS / "manifest.json").read_text())["items"]
    found = []
    for item in items:
        if item["format"] in FORMATS and item["expect"]:
            path = CORPUS / item["file"]
            article = read_articles(path.read_bytes(), path.name).articles[0]
            found.append(Expected(item["expect"], article))
    return found


def folded(text: object) -> str:
    return " ".join(str(text).replace("–", "-").casefold().split())


def is_moment(stated: object, at: str) -> bool:
    """Whether two times are one; theirs without a zone is UTC, ours without one is of any zone."""
    theirs, ours = datetime.fromisoformat(str(stated)).replace(microsecond=0), datetime.fromisoformat(at)
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    if ours.tzinfo:
        return abs(theirs - ours) < timedelta(seconds=1)
    distance = abs(theirs - ours.replace(tzinfo=UTC))
    return distance <= timedelta(hours=14) and distance % timedelta(hours=1) < timedelta(seconds=1)


def is_title(stated: object, article: Article) -> bool:
    """Whether two titles are one; where a file has none, theirs is cut from the text at another letter than ours."""
    return folded(stated) == folded(article.title) or folded(article.text).startswith(folded(stated))


def starts_alike(markup: object, article: Article) -> bool:
    words = folded(text_of_html(str(markup)))
    return folded(article.text).startswith(words)


CHECKS: dict[str, Callable[[object, Article], bool]] = {
    "title": is_title,
    "slugline": lambda stated, article: folded(stated) == folded(article.slugline),
    "guid": lambda stated, article: stated in (article.uri, f"{article.uri}:{article.version}"),
    "uri": lambda stated, article: stated == article.uri,
    "urgency": lambda stated, article: stated == article.urgency,
    "byline": lambda stated, article: folded(stated) == folded(article.byline),
    "abstract": lambda stated, article: folded(stated) == folded(article.description),
    "firstcreated": lambda stated, article: is_moment(stated, article.published_at),
    "versioncreated": lambda stated, article: is_moment(stated, article.updated_at or article.published_at),
    "pubstatus": lambda stated, article: stated == article.status,
    "lang": lambda stated, article: stated == article.language,
    "version": lambda stated, article: str(stated) == str(article.version),
    "ednote": lambda stated, article: folded(stated) == folded(article.ednote),
    "source": lambda stated, article: folded(stated) == folded(article.source),
    "body_html_starts": starts_alike,
    "body_html_contains": lambda stated, article: all(folded(each) in folded(article.text) for each in stated),
}


def test_what_is_asserted_of_real_files_is_read(expected: list[Expected]) -> None:
    right = [
        CHECKS[field](stated, article)
        for fields, article in expected
        for field, stated in fields.items()
        if field in CHECKS
    ]

    share = sum(right) / len(right)

    # The rest is what another system makes of a file: a byline taken from its source or its text, an urgency mapped.
    assert share >= 0.95


def test_what_identifies_dates_and_withdraws_real_files_is_exact(expected: list[Expected]) -> None:
    exact = ("guid", "uri", "version", "pubstatus", "firstcreated", "versioncreated", "lang")
    asserted = [(field, stated, article) for fields, article in expected for field, stated in fields.items()]

    wrong = [field for field, stated, article in asserted if field in exact and not CHECKS[field](stated, article)]

    assert wrong == []


def test_every_real_document_is_read_or_refused_with_its_reason() -> None:
    items = json.loads((CORPUS / "manifest.json").read_text())["items"]
    paths = [CORPUS / item["file"] for item in items if item["format"] in FORMATS]

    codes = [code for code in map(refusal, paths) if code]

    assert set(codes) <= {"no-article", "unknown-format"}
    assert len(codes) <= len(paths) / 4


def refusal(path: Path) -> str:
    try:
        read_articles(path.read_bytes(), path.name)
    except Unreadable as error:
        return error.code
    return ""
