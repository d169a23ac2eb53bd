"""The shapes that articles take on their way out: what is written is read back, and nothing in a text is markup."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import Archive
from hypothesis import given
from hypothesis import strategies as st

from presslog.daemon.exports import SHAPES
from presslog.daemon.exports.documents import document, file_name
from presslog.daemon.exports.ninjs import ninjs_item
from presslog.handlers.formats import markdown, ninjs, records
from presslog.store.article import Article, Subject
from presslog.store.queries import Answers

Row = dict[str, Any]
WHOLE: Row = {
    "title": "Rivers rise: 5 dead",
    "text": "Tom & Jerry paid <b>$5</b> for *one* boat_house.\n\n# No heading\n- first\n- second\n\n2. Not an item.",
    "uri": "urn:newsml:example.org:20220106:1",
    "version": 3,
    "subtitle": "Boats at noon",
    "byline": "By Ann Lee and Bo Ek",
    "published_at": "2022-01-06T09:30:00+06:00",
    "updated_at": "2022-01-06T10:00:00+06:00",
    "source": "Example Wire",
    "language": "en",
    "keywords": ("rivers", "rain"),
    "description": "What the water did.",
    "credit": "EW/Lima",
    "slugline": "FLOODS",
    "located": "Lima",
    "urgency": 2,
    "subjects": (Subject("medtop:03000000", "disaster"),),
    "embargoed_until": "2022-01-07",
    "ednote": "Adds toll.",
    "copyright": "Example 2022",
}
KEPT = ("title", "text", "uri", "version", "status", "published_at", "updated_at", "source", "language", "slugline")
KEPT += ("located", "urgency", "credit", "embargoed_until", "ednote", "copyright", "description")
MARKS = st.text("ab c\n\\`*_{}[]()<>|~#=-+:.!&;1$%\"'^/é中😀", max_size=60)
STATUSES = pytest.mark.parametrize("status", ["usable", "withheld", "canceled"])


@pytest.fixture
def row_of(tmp_path: Path) -> Callable[..., Row]:
    """What export knows of an article with these fields."""

    def told(**fields: Any) -> Row:
        archive = Archive(tmp_path / "store")
        archive.keep(**fields)
        archive.build().close()
        with Answers(archive.folder) as answers:
            return next(answers.export())

    return told


@pytest.fixture(scope="module")
def plain_row(tmp_path_factory: pytest.TempPathFactory) -> Row:
    archive = Archive(tmp_path_factory.mktemp("desk") / "store")
    archive.keep()
    archive.build().close()
    with Answers(archive.folder) as answers:
        return next(answers.export())


def kept(article: Any) -> Row:
    assert isinstance(article, Article)
    return {name: getattr(article, name) for name in KEPT}


def as_formats_write(text: str) -> str:
    paragraphs = ([" ".join(line.split()) for line in part.split("\n")] for part in text.split("\n\n"))
    return "\n\n".join(filter(None, ("\n".join(filter(None, lines)) for lines in paragraphs)))


@STATUSES
def test_ninjs_is_read_back_as_it_was(row_of: Callable[..., Row], status: str) -> None:
    line = json.dumps(ninjs_item(row_of(**WHOLE, status=status))).encode()

    article = ninjs.read(line, "a.json")[0]

    assert kept(article) == {name: {**WHOLE, "status": status}[name] for name in KEPT}
    assert ninjs.recognise(line, "a.json") > 0.9


def test_ninjs_says_nothing_that_the_article_does_not(plain_row: Row) -> None:
    item = ninjs_item(plain_row)

    assert item["uri"] == "presslog:seeds/a.txt"
    assert item["altids"][0] == {"role": "presslog-id", "value": plain_row["id"]}
    assert not item.keys() & {"version", "firstcreated", "embargoed", "urgency", "by", "subjects", "descriptions"}


@STATUSES
def test_markdown_is_read_back_as_it_was(row_of: Callable[..., Row], status: str) -> None:
    article = markdown.read(document(row_of(**WHOLE, status=status)).encode(), "a.md")[0]

    assert kept(article) == {name: {**WHOLE, "status": status}[name] for name in KEPT}
    assert [author.name for author in article.authors] == ["Ann Lee", "Bo Ek"]
    assert (article.byline, article.subtitle) == (WHOLE["byline"], WHOLE["subtitle"])
    assert (article.subjects, article.keywords) == (WHOLE["subjects"], WHOLE["keywords"])


@given(text=MARKS.map(as_formats_write), title=st.text("ab:#'\"[*!|>%@`-é😀", max_size=20))
def test_no_text_is_markup_in_a_document(plain_row: Row, text: str, title: str) -> None:
    article = markdown.read(document(plain_row | {"text": text, "title": f"a{title}a"}).encode(), "a.md")[0]

    assert (article.title, article.text) == (f"a{title}a", text)


@given(text=MARKS.map(as_formats_write))
def test_no_text_is_markup_in_ninjs(plain_row: Row, text: str) -> None:
    article = ninjs.read(json.dumps(ninjs_item(plain_row | {"text": text})).encode(), "a.json")[0]

    assert isinstance(article, Article)
    assert article.text == text


@given(title=st.text(max_size=300), published_at=st.text(max_size=12))
def test_no_title_makes_an_unsafe_name(plain_row: Row, title: str, published_at: str) -> None:
    name = file_name(plain_row | {"title": title, "published_at": published_at}, with_revision=True)

    assert name.startswith("2022-01-06-")
    assert name.endswith(f"-{plain_row['id']}-r1.md")
    assert len(name.encode()) <= 255
    assert name.isprintable()
    assert not set('/\\:*?"<>| ') & set(name)


def test_news_please_has_its_keys_and_is_read_by_our_records(row_of: Callable[..., Row]) -> None:
    row = row_of(**{**WHOLE, "url": "https://www.example.org/a?b=1"}, authors=("Ann Lee", "Bo Ek"))

    record = SHAPES["news-please"](row)
    article = records.read(json.dumps(record).encode(), "a.json")[0]

    assert record == {
        "authors": ["Ann Lee", "Bo Ek"],
        "date_download": "2022-01-06 12:00:00",
        "date_modify": "2022-01-06 04:00:00",
        "date_publish": "2022-01-06 03:30:00",
        "description": "What the water did.",
        "filename": "https%3A%2F%2Fwww.example.org%2Fa%3Fb%3D1.json",
        "image_url": None,
        "language": "en",
        "localpath": "seeds/a.txt",
        "maintext": WHOLE["text"],
        "source_domain": "www.example.org",
        "title": WHOLE["title"],
        "title_page": None,
        "title_rss": None,
        "url": "https://www.example.org/a?b=1",
    }
    assert isinstance(article, Article)
    assert article.title == WHOLE["title"]
