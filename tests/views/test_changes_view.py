"""changes: each step from one revision that counted to the next, with what it changed."""

from collections.abc import Callable
from typing import Any

from desks import History

Rows = Callable[..., list[tuple[Any, ...]]]
STEPS = "select from_revision, to_revision, change_kind, salience, is_silent, summary from changes order by position"


def test_number_that_changed_is_named(history: History, rows: Rows) -> None:
    history.article(text="The mayor said several people were hurt.", updated_at="2022-01-06T04:00:00Z")
    history.article(text="The mayor said 12 people were hurt.", updated_at="2022-01-06T05:00:00Z")

    first, second = rows(STEPS)

    assert first == (None, 1, "first", 0, 0, "")
    assert (*second[:3], *second[4:]) == (1, 2, "update", 0, "1 number: several → 12")
    assert rows("select numbers_changed, headline_changed from changes where to_revision = 2") == [(1, 0)]


def test_edit_that_nothing_in_the_article_tells_of_is_silent(history: History, rows: Rows) -> None:
    history.article(text="The bridge is closed.")
    history.article(text="The bridge was shut.")

    assert rows("select is_silent from changes") == [(0,), (1,)]


def test_withdrawal_matters_most_and_is_not_silent(history: History, rows: Rows) -> None:
    history.article(text="The bridge is closed.")
    history.article(text="The bridge is closed.", status="canceled")

    assert rows(STEPS)[1] == (1, 2, "withdrawal", 100, 0, "withdrawn")


def test_note_of_a_correction_makes_it_one(history: History, rows: Rows) -> None:
    history.article(text="Nine people were hurt.")
    history.article(text="Ten people were hurt.", ednote="Correction: an earlier version misstated the number.")

    assert rows("select change_kind, is_silent from changes where to_revision = 2") == [("correction", 0)]


def test_version_that_comes_too_late_is_no_change(history: History, rows: Rows) -> None:
    history.article(uri="urn:1", version=2, text="Second.")
    history.article(uri="urn:1", version=1, text="First.")

    assert [row[1] for row in rows(STEPS)] == [1]
    assert rows("select salience, from_revision from revisions where version = 1") == [(0, None)]


def test_reading_anew_is_kept_apart_and_never_silent(history: History, rows: Rows) -> None:
    history.article(title="Rivers rise", text="The water came. Share this!")
    history.reread(title="Rivers rise", text="The water came.")

    assert [(row[2], row[4]) for row in rows(STEPS)] == [("first", 0), ("reread", 0)]
