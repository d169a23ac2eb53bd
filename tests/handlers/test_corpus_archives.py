"""Real web archives and packed feeds, read in place where the private corpus is: whole ones are read, none crashes."""

import json
from pathlib import Path

import pytest

from presslog.handlers.formats import FORMATS, Format
from presslog.handlers.reading import Reading, read_with
from presslog.store.article import Article
from presslog.store.errors import Unreadable

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
ARCHIVES = (".warc", ".arc", ".wacz", ".warc.gz", ".arc.gz")
ALLOWED = {"no-article", "no-archive", "damaged"}

PAGES = Format(
    "page",
    lambda content, name: 0.8 if b"<html" in content[:2000].lower() else 0.0,
    lambda content, name: [Article(title="a page", text="")],
)
"""A format that reads any page, so that the test is of the archives alone."""

pytestmark = pytest.mark.skipif(not (CORPUS / "manifest.json").exists(), reason="the private corpus is not here")


def outcome(path: Path) -> Reading | Unreadable:
    known = (*(each for each in FORMATS if each.name not in ("html", "text")), PAGES)
    try:
        return read_with(known, path.read_bytes(), path.name)
    except Unreadable as error:
        return error


@pytest.fixture(scope="module")
def outcomes() -> list[tuple[bool, Reading | Unreadable]]:
    items = json.loads((CORPUS / "manifest.json").read_text())["items"]
    archives = [item for item in items if item["format"] in ("warc", "wacz") and item["file"].endswith(ARCHIVES)]
    return [(item["expect"]["valid"], outcome(CORPUS / item["file"])) for item in archives]


def test_every_refusal_has_a_reason(outcomes: list[tuple[bool, Reading | Unreadable]]) -> None:
    refused = [found for _, found in outcomes if isinstance(found, Unreadable)]

    codes = {refusal.code for refusal in refused}

    assert codes <= ALLOWED


def test_whole_archives_are_read_or_hold_no_page(outcomes: list[tuple[bool, Reading | Unreadable]]) -> None:
    whole = [found for is_whole, found in outcomes if is_whole]

    refused = [found for found in whole if isinstance(found, Unreadable)]

    assert {refusal.code for refusal in refused} <= {"no-article"}
    assert len(refused) <= 0.25 * len(whole)


def test_packed_files_come_out_of_their_packing() -> None:
    paths = sorted(CORPUS.glob("*/*.gz"))
    plain = [path for path in paths if not path.name.endswith(ARCHIVES)]

    codes = [found.code for path in plain if isinstance(found := outcome(path), Unreadable)]

    assert set(codes) <= {"no-article"}
