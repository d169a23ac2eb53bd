"""failures: opened by a refusal, counted while it lasts, resolved by a reading or a removal."""

from collections.abc import Callable
from typing import Any

from desks import History

Rows = Callable[..., list[tuple[Any, ...]]]


def test_refusals_of_one_path_are_one_failure_with_its_attempts(history: History, rows: Rows) -> None:
    history.refused(code="empty")
    history.refused(code="binary")

    assert rows("select id, code, attempts, resolved_at from failures") == [(1, "binary", 2, None)]


def test_failure_ends_when_its_path_is_read(history: History, rows: Rows) -> None:
    history.refused("a.txt")
    history.refused("b.txt")
    history.received("a.txt")

    ended = rows("select path, resolution, resolved_at is not null, last_position from failures order by path")

    assert ended == [("a.txt", "read", 1, 3), ("b.txt", None, 0, 2)]


def test_failure_ends_when_its_path_is_gone(history: History, rows: Rows) -> None:
    history.refused()
    history.removed()

    assert rows("select resolution from failures") == [("removed",)]


def test_failure_ends_when_somebody_dismisses_it_and_new_bytes_open_another(history: History, rows: Rows) -> None:
    history.refused(code="empty")
    history.dismissed()
    history.refused(code="binary")

    found = rows("select id, code, resolution from failures order by id")

    assert found == [(1, "empty", "dismissed"), (3, "binary", None)]


def test_refusal_after_the_end_opens_another_failure(history: History, rows: Rows) -> None:
    history.refused()
    history.received()
    history.refused()

    assert rows("select id, attempts, resolution from failures order by id") == [(1, 1, "read"), (3, 1, None)]


def test_path_that_never_failed_has_no_failure(history: History, rows: Rows) -> None:
    history.received()
    history.removed()

    assert rows("select * from failures") == []
