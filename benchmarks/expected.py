"""What is known of the files of the corpus, and how a reading is held against it."""

import gzip
import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from scoring import Overlap, is_same_moment, overlap, plain

from presslog.handlers.reading import read_articles
from presslog.store.article import Article
from presslog.store.errors import Unreadable

BESIDE = Path(__file__).resolve().parents[2] / "shared" / "corpus"
PACKED = ("html/", "feed/")
"""Folders in which the files are only packed to save room."""


class Sample(NamedTuple):
    """A file of the corpus: its format there, its name, and what it is expected to say."""

    format: str
    name: str
    path: Path
    expect: dict[str, Any]
    itself: dict[str, Any]

    def content(self) -> bytes:
        """The bytes as they were dropped."""
        content = self.path.read_bytes()
        return gzip.decompress(content) if self.is_packed else content

    @property
    def is_packed(self) -> bool:
        """Whether the corpus, and not its source, has packed it."""
        return self.name.startswith(PACKED) and self.name.endswith(".gz")

    @property
    def is_damaged(self) -> bool:
        """Whether the file is known to be none of its format."""
        return self.expect.get("valid") is False


class Score(NamedTuple):
    """Fields of one reading: name -> right or not; and what the text shares with the one that is expected."""

    fields: dict[str, bool]
    body: Overlap | None


def samples() -> list[Sample]:
    """All files of the corpus, which lies beside the repository or where ACCURACY_CORPUS says; none without it."""
    folder = Path(os.environ.get("ACCURACY_CORPUS") or BESIDE)
    if not (folder / "manifest.json").exists():
        print(f"no corpus in {folder}: nothing to measure (name its folder with ACCURACY_CORPUS)")
        return []
    items = json.loads((folder / "manifest.json").read_text())["items"]
    return [
        Sample(item["format"], item["file"], folder / item["file"], item["expect"] or {}, item.get("expect_self") or {})
        for item in items
    ]


def real_texts(least_words: int, most_words: int = 1_000_000) -> list[str]:
    """The texts of the corpus of such lengths, each once; none where there is no corpus."""
    texts: dict[str, None] = {}
    for sample in samples():
        with suppress(Unreadable):
            name = sample.path.name.removesuffix(".gz") if sample.is_packed else sample.path.name
            texts |= dict.fromkeys(article.text for article in read_articles(sample.content(), name).articles)
    return [text for text in texts if least_words <= len(text.split()) <= most_words]


def score(sample: Sample, articles: Sequence[Article]) -> Score:
    """Hold the articles of a file against what is expected of it: of several, the one that fits best."""
    if "entries" in sample.expect:
        return Score(dict(_entries(sample.expect, articles)), None)
    scores = [_score(sample, article) for article in articles[:50]]
    return max(scores, key=lambda each: sum(each.fields.values()))


def _score(sample: Sample, article: Article) -> Score:
    fields = dict(_fields(sample.itself, article)) | dict(_fields(sample.expect, article))
    body = overlap(sample.expect["body"], article.text) if sample.expect.get("body") else None
    return Score(fields, body)


def _fields(expect: dict[str, Any], article: Article) -> Iterator[tuple[str, bool]]:
    for name, value in expect.items():
        if name in RULES and value is not None:
            yield NAMES.get(name, name), RULES[name](value, article)


def _entries(expect: dict[str, Any], articles: Sequence[Article]) -> Iterator[tuple[str, bool]]:
    yield "entries", len(articles) == expect["entries"]
    titles = {plain(article.title) for article in articles}
    yield "title", all(not title or plain(title) in titles for title in expect["entry_titles"])
    moments = [moment for article in articles for moment in (article.published_at, article.updated_at)]
    yield "day", all(not moment or is_same_moment(moment, moments) for moment in expect["entry_dates"])


def _authors(expected: Sequence[str], article: Article) -> bool:
    names = {plain(author.name).casefold() for author in article.authors}
    return names == {plain(name).casefold() for name in expected}


def _byline(expected: str, article: Article) -> bool:
    wanted = _without_by(plain(expected))
    names = ", ".join(author.name for author in article.authors)
    return wanted in (_without_by(plain(article.byline)), _without_by(plain(names)))


def _without_by(byline: str) -> str:
    return re.sub(r"^(?:by|von|par)\s+", "", byline.casefold())


def _guid(expected: str, article: Article) -> bool:
    """A guid may end in the revision, which is no part of what makes versions one article."""
    rest = expected.removeprefix(article.uri) if article.uri else expected
    return bool(article.uri) and (
        not rest or bool(re.fullmatch(r":\d+[A-Z]?", rest)) or article.uri == f"mid:{expected}"
    )


def _contains(expected: str | Sequence[str], article: Article) -> bool:
    wanted = [expected] if isinstance(expected, str) else expected
    text = re.sub(r"\W+", "", article.text)
    return all(re.sub(r"\W+", "", re.sub(r"<[^>]*>", "", plain(each))) in text for each in wanted)


def _moments(expected: str, article: Article) -> bool:
    return is_same_moment(str(expected), [article.published_at, article.updated_at])


def _text(field: str) -> Callable[[Any, Article], bool]:
    return lambda expected, article: plain(expected) == plain(getattr(article, field))


RULES: dict[str, Callable[[Any, Article], bool]] = {
    "title": _text("title"),
    "authors": _authors,
    "byline": _byline,
    "date": lambda expected, article: expected[:10] == article.published_at[:10] or _moments(expected, article),
    "guid": _guid,
    "uri": _guid,
    "version": _text("version"),
    "pubstatus": lambda expected, article: expected.removeprefix("stat:").lower() == article.status,
    "firstcreated": _moments,
    "versioncreated": _moments,
    "slugline": lambda expected, article: plain(expected).casefold() == plain(article.slugline).casefold(),
    "urgency": _text("urgency"),
    "abstract": lambda expected, article: plain(re.sub(r"<[^>]*>", " ", expected)) == plain(article.description),
    "lang": lambda expected, article: expected.lower().replace("_", "-") == article.language.lower(),
    "ednote": _text("ednote"),
    "source": lambda expected, article: plain(expected).replace("-", "–") == plain(article.source).replace("-", "–"),
    "body_html_starts": _contains,
    "body_html_contains": _contains,
}
"""What the corpus calls a field -> whether an article says the same."""

NAMES = {"date": "day", "body_html_starts": "contains", "body_html_contains": "contains"}
"""Fields that share a column."""
