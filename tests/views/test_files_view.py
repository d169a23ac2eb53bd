"""files: one row a path, with what is known of it last."""

from collections.abc import Callable
from typing import Any

from desks import History

from presslog.store.article import Unread

Rows = Callable[..., list[tuple[Any, ...]]]


def test_path_goes_through_its_outcomes(history: History, rows: Rows) -> None:
    seen = []

    for happen in (history.refused, history.received, history.removed, history.received):
        happen()
        seen += rows("select outcome from files")

    assert seen == [("refused",), ("read",), ("removed",), ("read",)]


def test_dismissed_file_is_still_refused(history: History, rows: Rows) -> None:
    history.refused()
    history.dismissed()

    assert rows("select outcome, last_position from files") == [("refused", 1)]


def test_copy_points_to_the_first_and_shares_its_articles(history: History, rows: Rows) -> None:
    history.received("a.txt", content="same", articles=("art_1", "art_2"))
    history.received("b.txt", content="same", copy_of="a.txt")
    history.received("b.txt", content="same", copy_of="a.txt")

    found = rows("select path, outcome, article_id, article_count, copy_of, copy_count from files order by path")

    assert found == [("a.txt", "read", "art_1", 2, "", 0), ("b.txt", "copy", "art_1", 2, "seeds/a.txt", 2)]


def test_copy_of_itself_is_read_and_counted(history: History, rows: Rows) -> None:
    history.received("a.txt", content="same", articles=("art_1",))
    history.received("a.txt", content="same", copy_of="a.txt")

    found = rows("select outcome, article_id, article_count, copy_of, copy_count from files")

    assert found == [("read", "art_1", 1, "", 1)]


def test_copy_of_a_path_with_slashes_finds_its_articles(history: History, rows: Rows) -> None:
    history.received("wires/2022/a.txt", content="same", articles=("art_1",))
    history.received("b.txt", content="same", copy_of="wires/2022/a.txt")

    found = rows("select article_id, copy_of from files where path = 'b.txt'")

    assert found == [("art_1", "seeds/wires/2022/a.txt")]


def test_copy_has_the_articles_of_its_own_bytes_though_the_first_path_holds_others_now(
    history: History, rows: Rows
) -> None:
    history.received("a.txt", content="old", articles=("art_1", "art_2"))
    history.received("a.txt", content="new", articles=("art_3",))
    history.received("b.txt", content="old", copy_of="a.txt")

    found = rows("select article_id, article_count from files where path = 'b.txt'")

    assert found == [("art_1", 2)]


def test_refusal_is_explained_and_forgotten_when_the_path_is_read(history: History, rows: Rows) -> None:
    history.refused(code="binary")
    refused = rows("select code, reason from files")
    history.received()

    assert refused == [("binary", "it is binary")]
    assert rows("select code, reason from files") == [("", "")]


def test_parts_left_unread_are_kept_with_the_content_and_counted_for_every_copy(history: History, rows: Rows) -> None:
    parts = (Unread("b.bin", "binary", "no text in it"), Unread("item 3", "no-title", "no title"))
    history.received("a.zip", content="same", articles=("art_1",), unread=parts)
    history.received("b.zip", content="same", copy_of="a.zip")
    history.received("c.zip", content="other", articles=("art_2",))

    assert rows("select path, unread_count from files order by path") == [("a.zip", 2), ("b.zip", 2), ("c.zip", 0)]
    assert rows("select number, place, code, reason from unread_parts order by number") == [
        (1, "b.bin", "binary", "no text in it"),
        (2, "item 3", "no-title", "no title"),
    ]
