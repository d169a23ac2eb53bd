"""First appearances of a phrase: in which revision of which source, and what became of it."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archives import NOON, Archive
from desks import History

from presslog.handlers.views import views
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.first import Appearance, first
from presslog.store.past import Past
from presslog.store.query import one_phrase
from presslog.store.tables import Tables
from presslog.store.views import Views

NOW = datetime.fromtimestamp(NOON, UTC)
MINUTE = 60.0


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    archive = Archive(folder)
    yield archive
    archive.close()


def appearances(archive: Archive, text: str, past: Past | None = None, **wish: Any) -> list[Appearance]:
    tables = Tables(archive.build().folder, past)
    try:
        return first(tables, one_phrase(text), NOW, **wish)
    finally:
        tables.close()


def told(found: list[Appearance]) -> list[tuple[str, int, str, int | None]]:
    return [(each.source, each.revision, each.fate, each.fate_revision) for each in found]


def test_each_source_has_its_first_and_says_where_it_is_gone(archive: Archive) -> None:
    archive.keep("b", source="Wire", text="A dozen police were hurt.")
    archive.keep("a", source="Wire", text="Several police were killed.")
    archive.clock += 40 * MINUTE
    archive.keep("a", source="Wire", text="Twelve police were killed.")
    archive.keep("c", source="Paper", text="He said several police were killed.")
    archive.keep("d", source="Wire", text="Several police were killed.")

    found = appearances(archive, "several police were killed")

    assert told(found) == [("Wire", 1, "gone", 2), ("Paper", 1, "still there", None)]
    assert (found[0].seen_at, found[0].fate_at) == ("2022-01-06T12:00:00.000Z", "2022-01-06T12:40:00.000Z")


def test_all_lists_every_article_once(archive: Archive) -> None:
    ids = [archive.keep(name, source="Wire") for name in ("a", "b")]
    archive.keep("a", source="Wire", text="The water came at night and went.")

    found = appearances(archive, "water came", every_article=True)

    assert [(each.id, each.revision) for each in found] == [(ids[0], 1), (ids[1], 1)]


def test_phrase_may_come_with_a_later_revision(archive: Archive) -> None:
    archive.keep("a", text="Dry.")
    archive.keep("a", text="Rain at night.")
    archive.keep("a", text="Rain at night, and more.")

    assert told(appearances(archive, "rain at night")) == [("", 2, "still there", None)]


def test_withdrawn_article_says_so_though_its_text_is_kept(archive: Archive) -> None:
    archive.keep("a", source="Wire")
    archive.keep("a", source="Wire", status="canceled")
    archive.keep("b", source="Paper", status="canceled")

    assert told(appearances(archive, "water")) == [("Wire", 1, "withdrawn", 2), ("Paper", 1, "withdrawn", 1)]


def test_older_version_that_comes_late_was_never_the_current_one(archive: Archive) -> None:
    archive.keep("a", uri="urn:1", version=2, text="Twelve were hurt.")
    archive.keep("a", uri="urn:1", version=1, text="Several were hurt.")

    assert told(appearances(archive, "several were hurt")) == [("", 2, "never current", None)]
    assert told(appearances(archive, "were hurt")) == [("", 1, "still there", None)]


def test_what_a_newer_handler_reads_is_no_news(folder: Path) -> None:
    folder.mkdir()
    history = History(SqliteLog(folder))
    history.article(text="The water came. Read more.")
    history.reread(text="The water came.")
    history.article("b.txt", text="Dry.")
    history.reread("presslog:seeds/b.txt", text="The water came.")
    followed = Views(folder, views(), history.log)
    followed.open()
    tables = Tables(folder)

    found = [told(first(tables, one_phrase(text), NOW)) for text in ('"read more"', '"water came"')]

    tables.close()
    followed.close()
    history.log.close()
    assert found == [[("", 1, "still there", None)]] * 2


@pytest.mark.parametrize(
    ("text", "exact", "forms"),
    [
        ("river rises", [], ["a", "b"]),
        ("rivers rise", ["a"], ["a", "b"]),
        ("Rivers RISE", ["a"], ["a", "b"]),
        ("rivers-rise", [], ["a", "b"]),
        ("river*", ["a", "b"], ["a", "b"]),
        ("北京", ["c"], ["c"]),
        ("京市", ["c"], ["c"]),
        ("المدرسه", ["d"], ["d"]),
    ],
)
def test_exact_takes_the_words_as_they_are_written(
    archive: Archive, text: str, exact: list[str], forms: list[str]
) -> None:
    archive.keep("a", source="a", title="-", text="Now rivers\n\n rise.")
    archive.keep("b", source="b", title="River rising", text="-")
    archive.keep("c", source="c", title="-", text="中国首都北京市")
    archive.keep("d", source="d", title="-", text="المدرسة")

    assert [each.source for each in appearances(archive, text, is_exact=True)] == exact
    assert [each.source for each in appearances(archive, text)] == forms


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("source:Wire", ["Wire"]), ("author:lee", ["Paper"]), ("since:2022-01-07", []), ("-status:withdrawn", ["Paper"])],
)
def test_filters_choose_among_revisions(archive: Archive, asked: str, expected: list[str]) -> None:
    archive.keep("a", source="Wire", status="canceled")
    archive.keep("b", source="Paper", authors=("Ann Lee",))
    archive.keep("b", source="Paper", text="Dry.")

    assert [each.source for each in appearances(archive, f'"water came" {asked}')] == expected


def test_in_the_past_it_was_still_there(archive: Archive) -> None:
    archive.keep("a", text="Several were hurt.")
    then = archive.log.head()
    archive.keep("a", text="Twelve were hurt.")

    assert told(appearances(archive, "several", Past(then))) == [("", 1, "still there", None)]
    assert told(appearances(archive, "several")) == [("", 1, "gone", 2)]
