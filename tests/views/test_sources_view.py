"""sources: revisions counted under the agency or paper that they come from."""

from collections.abc import Callable
from typing import Any

from desks import History

Rows = Callable[..., list[tuple[Any, ...]]]


def test_revisions_are_counted(history: History, rows: Rows) -> None:
    history.article("a.txt", source="Wire", text="First.")
    history.article("a.txt", source="Wire", text="Second.")
    history.article("b.txt", source="Wire")
    history.article("c.txt", source="Agence France-Presse")

    counted = rows("select id, name, revision_count, first_position, last_position from sources order by id")

    assert counted == [
        ("agence-france-presse", "Agence France-Presse", 1, 4, 4),
        ("wire", "Wire", 3, 1, 3),
    ]


def test_spellings_of_one_source_are_one_source(history: History, rows: Rows) -> None:
    history.article("a.txt", source="Harbour Wire")
    history.article("b.txt", source="HARBOUR  WIRE")

    assert rows("select name, revision_count from sources") == [("Harbour Wire", 2)]
    assert rows("select name from source_names order by first_position") == [("Harbour Wire",), ("HARBOUR  WIRE",)]


def test_all_that_one_outlet_is_called_is_one_source(history: History, rows: Rows) -> None:
    history.article("a.txt", source="AP")
    history.article("b.txt", source="The Associated Press")
    history.article("c.txt", source="AP/Reuters")
    history.article("d.txt", byline="By Ana Silva, Associated Press")
    history.article("e.txt", url="https://apnews.com/article/1")

    found = rows("select id, name, kind, country, domains, article_count from sources")

    assert found == [("associated-press", "Associated Press", "agency", "US", '["apnews.com","ap.org"]', 5)]
    assert rows("select path, source, source_rule from articles order by path") == [
        ("a.txt", "AP", "named"),
        ("b.txt", "The Associated Press", "named"),
        ("c.txt", "AP/Reuters", "named"),
        ("d.txt", "Associated Press", "byline"),
        ("e.txt", "Associated Press", "address"),
    ]


def test_of_a_source_that_is_not_known_nothing_is_said(history: History, rows: Rows) -> None:
    history.article(source="Harbour Wire")

    assert rows("select kind, country, domains from sources") == [("", "", "[]")]
    assert rows("select * from outlets") == []


def test_rate_says_how_often_an_article_was_revised(history: History, rows: Rows) -> None:
    history.article("a.txt", source="Wire", text="First.")
    history.article("a.txt", source="Wire", text="Second.")
    history.article("a.txt", source="Wire", text="Third.")
    history.reread(source="Wire", text="Third!")
    history.article("b.txt", source="Wire")
    history.article("c.txt", source="Quay", text="First.")
    history.article("c.txt", source="Wire", text="Second.")

    found = rows("select id, article_count, revision_count, revision_rate from sources order by id")

    assert found == [("quay", 0, 1, None), ("wire", 3, 5, 1.0)]


def test_article_without_a_source_counts_nowhere(history: History, rows: Rows) -> None:
    history.article()

    assert rows("select * from sources") == []
    assert rows("select source_id, source from articles") == [("", "")]
