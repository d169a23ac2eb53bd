"""articles and authors: the revision that leads, and who is credited in it."""

from collections.abc import Callable
from typing import Any

from desks import History

from presslog.handlers.article import Author
from presslog.store.names import article_id

Rows = Callable[..., list[tuple[Any, ...]]]
URI = "urn:newsml:wire:1"


def test_publisher_version_that_comes_late_does_not_lead(history: History, rows: Rows) -> None:
    history.article(uri=URI, version=3, text="Third.")
    history.article(uri=URI, version=2, text="Second.")

    head = rows("select version, text, revision, revision_count, head_position, last_position from articles")

    assert head == [(3, "Third.", 1, 2, 1, 2)]


def test_higher_publisher_version_leads(history: History, rows: Rows) -> None:
    for version in (1, 2, 3):
        history.article(uri=URI, version=version, text=f"Version {version}.")

    head = rows("select version, text, revision from articles")

    assert head == [(3, "Version 3.", 3)]


def test_newest_update_leads_among_equal_versions(history: History, rows: Rows) -> None:
    history.article(uri=URI, updated_at="2022-01-06T05:00:00Z", text="Five.")
    history.article(uri=URI, updated_at="2022-01-06T04:00:00Z", text="Four.")

    head = rows("select text from articles")

    assert head == [("Five.",)]


def test_last_arrival_leads_where_the_publisher_names_nothing(history: History, rows: Rows) -> None:
    history.article(version=3, text="Third.")
    history.article(version=2, text="Second.")

    head = rows("select version, text from articles")

    assert head == [(2, "Second.")]


def test_article_keeps_where_it_began_and_learns_where_it_stands(history: History, rows: Rows) -> None:
    history.article("a.txt", uri=URI, text="First.")
    history.article("b.txt", uri=URI, text="Second.")

    found = rows("select id, path, first_position, last_position, head_position from articles")

    assert found == [(article_id(URI), "b.txt", 1, 2, 2)]


def test_authors_follow_the_head(history: History, rows: Rows) -> None:
    history.article(authors=(Author("Ana Silva"), Author("Jo Li", "with_assistance")), text="First.")
    history.article(authors=(Author("Jo Li"),), text="Second.")

    credited = rows("select name, role from article_authors join authors on authors.id = author_id order by position")

    assert credited == [("Jo Li", "byline")]
    assert rows("select name from authors order by name") == [("Ana Silva",), ("Jo Li",)]
    assert rows("select authors from articles") == [('["Jo Li"]',)]


def test_authors_of_a_version_that_does_not_lead_are_not_credited(history: History, rows: Rows) -> None:
    history.article(uri=URI, version=3, authors=(Author("Ana Silva"),))
    history.article(uri=URI, version=2, authors=(Author("Jo Li"),))

    credited = rows("select name from article_authors join authors on authors.id = author_id")

    assert credited == [("Ana Silva",)]


def test_spellings_of_one_name_are_one_author(history: History, rows: Rows) -> None:
    history.article("a.txt", authors=(Author("José García"),))
    history.article("b.txt", authors=(Author("JOSE  GARCIA"),))

    found = rows("select name, (select count(*) from article_authors where author_id = authors.id) from authors")

    assert found == [("José García", 2)]


def test_words_are_counted(history: History, rows: Rows) -> None:
    history.article(text="One two\n\nthree.")

    assert rows("select word_count from articles") == [(3,)]


def test_reading_anew_changes_the_words_and_adds_no_revision(history: History, rows: Rows) -> None:
    history.article(title="Rivers rise", source="")
    history.reread(title="Rivers Rise", source="Wire")

    head = rows("select title, revision, revision_count, first_position, head_position from articles")

    assert head == [("Rivers Rise", 1, 1, 1, 2)]
    assert rows("select sources.name, sources.revision_count from articles join sources on sources.id = source_id") == [
        ("Wire", 0)
    ]


def test_reading_anew_of_an_older_revision_leaves_the_head(history: History, rows: Rows) -> None:
    history.article(text="First.")
    history.article(text="Second.")
    history.reread(revision=1, text="First of all.")

    assert rows("select text, head_position, last_position from articles") == [("Second.", 2, 3)]


def test_withdrawn_article_stays_withdrawn_however_it_is_read(history: History, rows: Rows) -> None:
    history.article(status="canceled", text="Kill.")
    history.reread(text="Killed.")

    assert rows("select status, text from articles") == [("withdrawn", "Killed.")]
    assert rows("select status, change_kind from revisions order by position") == [
        ("withdrawn", "withdrawal"),
        ("withdrawn", "reread"),
    ]


def test_withdrawal_that_only_today_is_understood_withdraws(history: History, rows: Rows) -> None:
    history.article(text="Kill.")
    history.reread(status="canceled", text="Kill.")

    assert rows("select status from articles") == [("withdrawn",)]


def test_language_is_declared_or_detected(history: History, rows: Rows) -> None:
    history.article("a.txt", language="en_US")
    history.article("b.txt", title="Der Fluss steigt", text="In der Nacht kam das Wasser, verletzt wurde niemand.")
    history.article("c.txt", title="Ja", text="Nein")

    found = rows("select language, language_rule, language_confidence > 0.5 from articles order by path")

    assert found == [("en-US", "declared", 1), ("de", "detected", 1), ("", "", 0)]
