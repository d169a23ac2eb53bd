"""timeline: what happened to articles, each at the time that its publisher gives, or when it was recorded."""

from collections.abc import Callable
from typing import Any

from desks import History

from presslog.store.names import article_id

Rows = Callable[..., list[tuple[Any, ...]]]
A = article_id("presslog:seeds/a.txt")
URN = "urn:example:1"


def test_an_article_comes_out_is_revised_and_withdrawn(history: History, rows: Rows) -> None:
    history.article("a.txt", source="Wire", title="Rivers rise")
    history.article("a.txt", source="Wire", title="Rivers fall")
    history.reread(source="Wire", title="Rivers fall!")
    history.article("a.txt", source="Wire", title="Rivers fall", status="canceled")

    found = rows(
        "select kind, article_id, source, headline, position, at = recorded_at from timeline order by position"
    )

    assert found == [
        ("first", A, "Wire", "Rivers rise", 1, 1),
        ("update", A, "Wire", "Rivers fall", 2, 1),
        ("withdrawal", A, "Wire", "Rivers fall", 4, 1),
    ]


def test_a_first_version_stands_where_its_publisher_dates_it(history: History, rows: Rows) -> None:
    history.article("zone.txt", published_at="2022-01-05T03:30:00+06:00")
    history.article("minute.txt", published_at="2022-01-06T09:30")
    history.article("day.txt", published_at="2022-01-06")
    history.article("month.txt", published_at="2022-01")
    history.article("odd.txt", published_at="the sixth of January")
    history.article("now.txt", published_at="now", updated_at="2022-01-06T10:00:00Z")

    found = rows("select at, at = recorded_at from timeline order by position")

    assert [at for at, _ in found[:4]] == [
        "2022-01-04T21:30:00.000Z",
        "2022-01-06T09:30:00.000Z",
        "2022-01-06",
        "2022-01",
    ]
    assert [is_recorded for _, is_recorded in found] == [0, 0, 0, 0, 1, 1]


def test_a_revision_stands_at_its_time_of_update_where_it_has_one_of_its_own(history: History, rows: Rows) -> None:
    history.article("a.txt", text="First.", updated_at="2022-01-06T09:00:00Z")
    history.article("a.txt", text="Second.", updated_at="2022-01-06T10:00:00Z")
    history.article("a.txt", text="Silent.", updated_at="2022-01-06T10:00:00Z")
    history.article("a.txt", text="Dated to a day.", updated_at="2022-01-07")

    found = rows("select at, at = recorded_at from timeline where kind <> 'first' order by position")

    assert found[0] == ("2022-01-06T10:00:00.000Z", 0)
    assert [is_recorded for _, is_recorded in found[1:]] == [1, 1]


def test_a_version_that_comes_late_never_happened(history: History, rows: Rows) -> None:
    history.article(uri=URN, version=2, text="Second.")
    history.article(uri=URN, version=1, text="First.")

    assert rows("select kind, position from timeline") == [("first", 1)]


def test_of_an_erased_article_only_the_order_is_told(history: History, rows: Rows) -> None:
    history.article("a.txt", source="Wire", published_at="2022-01-06")

    position = history.erased(reason="by order")

    found = rows("select kind, article_id, source, headline, detail, position from timeline")
    assert found == [("erasure", A, "", "", "by order", position)]
