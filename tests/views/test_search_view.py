"""search: every revision is indexed under the position of its event."""

from collections.abc import Callable
from typing import Any

import pytest
from desks import History

Rows = Callable[..., list[tuple[Any, ...]]]
FOUND = "select rowid from revisions_fts where revisions_fts match ? order by rowid"


def test_words_of_every_revision_are_found(history: History, rows: Rows) -> None:
    history.article(text="Three boats left.")
    history.article(text="Four boats came.")

    found = [rows(FOUND, words) for words in ("boats", "left", "came")]

    assert found == [[(1,), (2,)], [(1,)], [(2,)]]


@pytest.mark.parametrize("words", ["title: rising", "Rises", "sao"], ids=["title", "stem", "marks"])
def test_titles_stems_and_words_without_marks_are_found(history: History, rows: Rows, words: str) -> None:
    history.article(title="Rivers rise in São Paulo")

    assert rows(FOUND, words) == [(1,)]


def test_only_what_holds_letters_without_words_stands_in_the_index_of_pairs(history: History, rows: Rows) -> None:
    history.article("a.txt", text="“Rivers” — rise.")
    history.article("b.txt", text="北京")
    history.article("c.txt", title="مطر")

    assert rows("select id from revisions_grams_docsize") == [(2,), (3,)]
    assert rows("select rowid from revisions_grams where revisions_grams match '北京'") == [(2,)]


def test_index_agrees_with_its_content(history: History, rows: Rows, followed: Any) -> None:
    for number in range(20):
        history.article(f"{number % 7}.txt", text=f"Number {number} boats.")
    rows("select 1")

    followed.serving.tune(["insert into revisions_fts (revisions_fts, rank) values ('integrity-check', 1)"])

    assert len(rows(FOUND, "boats")) == 20
