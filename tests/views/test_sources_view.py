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


def test_article_without_a_source_counts_nowhere(history: History, rows: Rows) -> None:
    history.article()

    assert rows("select * from sources") == []
    assert rows("select source_id, source from articles") == [("", "")]
