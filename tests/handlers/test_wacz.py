"""WACZ: web archives in a zip, checked against the list of them."""

import hashlib
import json

import pytest
from captured import PAGE, PAGES, URL, answer, record, zip_of

from presslog.handlers.formats import FORMATS
from presslog.handlers.reading import Reading, read_with
from presslog.store.errors import Unreadable

ARCHIVE = record("response", answer(PAGE.encode()))
PATH = "archive/crawl.warc"


def read(files: dict[str, str | bytes], name: str = "crawl.wacz") -> Reading:
    return read_with((*FORMATS, PAGES), zip_of(files), name)


def listed(digest: str, path: str = PATH) -> str:
    return json.dumps({"resources": [{"path": path, "hash": f"sha256:{digest}"}]})


RIGHT = hashlib.sha256(ARCHIVE).hexdigest()


def test_only_the_web_archives_are_unpacked() -> None:
    files: dict[str, str | bytes] = {PATH: ARCHIVE, "pages/pages.jsonl": "{}", "indexes/index.cdx": "x"}

    reading = read(files | {"datapackage.json": listed(RIGHT)})

    assert [each.inside for each in reading.found] == [f"{PATH}!/{URL}"]
    assert reading.unread == ()


def test_it_is_known_by_its_list_whatever_its_name() -> None:
    assert read({PATH: ARCHIVE, "datapackage.json": listed(RIGHT)}, "a.zip").format == "wacz"


def test_digests_are_heard_as_older_writers_state_them() -> None:
    resource = {"path": PATH, "stats": {"hash": RIGHT, "bytes": 1}, "hashing": "sha256"}

    assert read({PATH: ARCHIVE, "datapackage.json": json.dumps({"resources": [resource]})}).unread == ()


@pytest.mark.parametrize("path", [PATH, "archive/gone.warc.gz"])
def test_an_archive_that_is_not_as_listed_is_damaged(path: str) -> None:
    files: dict[str, str | bytes] = {"archive/whole.warc": ARCHIVE, PATH: ARCHIVE}

    reading = read(files | {"datapackage.json": listed("0" * 64, path)})

    assert [(part.place, part.code) for part in reading.unread] == [(path, "damaged")]
    assert reading.found


@pytest.mark.parametrize("text", ["{", "[]", '{"resources": [7]}', '{"resources": 7}', "[" * 100_000, "7"])
def test_a_broken_list_is_said_and_the_archives_are_read(text: str) -> None:
    reading = read({PATH: ARCHIVE, "datapackage.json": text})

    assert [(part.place, part.code) for part in reading.unread] == [("datapackage.json", "damaged")]
    assert reading.found


def test_without_an_archive_it_is_refused() -> None:
    with pytest.raises(Unreadable) as refusal:
        read({"datapackage.json": '{"resources": []}', "archive/a.txt": "x"})

    assert refusal.value.code == "no-archive"
