"""revisions: every version whole, and from when to when it counted."""

from collections.abc import Callable
from typing import Any

from desks import History

Rows = Callable[..., list[tuple[Any, ...]]]
URI = "urn:newsml:wire:1"


def test_each_revision_counts_until_the_next_begins(history: History, rows: Rows) -> None:
    for text in ("First.", "Second.", "Third."):
        history.article(text=text)

    intervals = rows("select revision, valid_from_position, valid_to_position from revisions order by revision")

    assert intervals == [(1, 1, 2), (2, 2, 3), (3, 3, None)]


def test_late_version_never_counted(history: History, rows: Rows) -> None:
    for version in (1, 3, 2, 4):
        history.article(uri=URI, version=version, text=f"Version {version}.")

    intervals = rows("select version, valid_from_position, valid_to_position from revisions order by position")

    assert intervals == [(1, 1, 2), (3, 2, 4), (2, 3, 3), (4, 4, None)]


def test_current_revision_is_the_head_of_its_article(history: History, rows: Rows) -> None:
    for version in (1, 3, 2):
        history.article(uri=URI, version=version, text=f"Version {version}.")
    history.article("b.txt")

    different = rows(
        """
        select articles.id
        from articles
        left join revisions on revisions.article_id = articles.id and valid_to_position is null
        where revisions.position is not articles.head_position or revisions.text <> articles.text
        """
    )

    assert different == []


def test_times_of_an_interval_meet(history: History, rows: Rows) -> None:
    history.article(text="First.")
    history.article(text="Second.")

    first, second = rows("select valid_from_at, valid_to_at from revisions order by revision")

    assert first[1] == second[0]
    assert second[1] is None


def test_revision_says_what_changed(history: History, rows: Rows) -> None:
    history.article(title="Rivers rise", text="First.")
    history.article(title="Rivers fall", text="Second.")

    kinds = rows("select change_kind, changed from revisions order by revision")

    assert kinds == [("first", ""), ("update", "title text")]
