"""The view of saved searches."""

from collections.abc import Callable
from typing import Any

from desks import History

Rows = Callable[..., list[tuple[Any, ...]]]
POSITIONS = "select name, query, first_position, last_position from searches order by name"


def test_saved_search_is_a_row(history: History, rows: Rows) -> None:
    position = history.search_saved("floods", "rivers -sport")

    assert rows(POSITIONS) == [("floods", "rivers -sport", position, position)]


def test_search_saved_again_has_the_new_query_and_keeps_its_beginning(history: History, rows: Rows) -> None:
    first = history.search_saved("floods", "rivers")
    history.search_saved("lakes", "lakes")

    last = history.search_saved("floods", "rivers OR lakes")

    assert rows(POSITIONS)[0] == ("floods", "rivers OR lakes", first, last)


def test_removed_search_is_gone_and_begins_anew(history: History, rows: Rows) -> None:
    history.search_saved("floods", "rivers")
    history.search_removed("floods")
    gone = rows(POSITIONS)

    again = history.search_saved("floods", "rivers")

    assert gone == []
    assert rows(POSITIONS) == [("floods", "rivers", again, again)]


def test_removing_what_is_not_there_changes_nothing(history: History, rows: Rows) -> None:
    history.search_saved("floods")

    history.search_removed("lakes")

    assert [row[0] for row in rows(POSITIONS)] == ["floods"]
