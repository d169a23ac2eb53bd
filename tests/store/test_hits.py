"""Hits of a query after a position: nothing skipped, nothing twice, and only what newsrooms did."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from desks import History
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.views import views
from presslog.store.counted import COLUMNS, Hit
from presslog.store.engines.memory import MemoryLog
from presslog.store.hits import BY_FILTERS, BY_WORDS, Hits, count_new, hits
from presslog.store.newest import newest_articles, newest_changes
from presslog.store.past import Past
from presslog.store.query import parse
from presslog.store.tables import Tables
from presslog.store.views import Views

NOON = datetime(2022, 1, 6, 12, tzinfo=UTC)
Find = Callable[..., Hits]


class Followed:
    """A history, the views of it, and the questions of this file asked of them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.history = History(MemoryLog())
        self.views = Views(folder, views(), self.history.log)
        self.views.open()

    def find(self, query: str = "rivers", after: int = 0, *, limit: int = 100, with_changes: bool = False) -> Hits:
        with self.open() as tables:
            return hits(tables, parse(query), after, limit=limit, now=NOON, with_changes=with_changes)

    def positions(self, *asked: Any, **wish: Any) -> list[int]:
        return [hit.position for hit in self.find(*asked, **wish).hits]

    def changes(self, query: str = "rivers", *, limit: int = 100, past: Past | None = None) -> list[Hit]:
        with self.open(past) as tables:
            return newest_changes(tables, parse(query), limit=limit, now=NOON)

    def open(self, past: Past | None = None) -> closing[Tables]:
        self.views.catch_up()
        return closing(Tables(self.folder, past))


@pytest.fixture
def followed(tmp_path: Path) -> Iterator[Followed]:
    followed = Followed(tmp_path)
    yield followed
    followed.views.close()


@pytest.mark.parametrize("query", ["rivers", "source:Wire", "rivers source:Wire"])
def test_hits_come_in_the_order_of_the_log(followed: Followed, query: str) -> None:
    first = followed.history.article("a.txt", source="Wire")
    followed.history.article("b.txt", title="Bridges hold", source="Paper")
    last = followed.history.article("c.txt", source="Wire")

    found = followed.find(query)

    assert [hit.position for hit in found.hits] == [first, last]
    assert found.until == last


def test_after_the_last_position_there_is_nothing_until_more_comes(followed: Followed) -> None:
    until = followed.history.article("a.txt")
    assert followed.find(after=until) == Hits([], until)

    more = followed.history.article("b.txt")

    assert followed.positions(after=until) == [more]


def test_position_moves_on_where_nothing_matches(followed: Followed) -> None:
    followed.history.article("a.txt")
    last = followed.history.refused("b.txt")

    assert followed.find("drought") == Hits([], last)


def test_revision_of_an_article_that_matched_is_a_change_and_no_new_hit(followed: Followed) -> None:
    first = followed.history.article(text="Rivers.")
    second = followed.history.article(text="Rivers and lakes.")

    assert followed.positions() == [first]
    found = followed.find(with_changes=True).hits
    assert [(hit.position, hit.is_new, hit.matches) for hit in found] == [(first, True, True), (second, False, True)]


@pytest.mark.parametrize("query", ["drought", "section:Alerts"])
def test_article_that_matches_only_since_its_revision_is_new_then(followed: Followed, query: str) -> None:
    followed.history.article(text="Rain.", section="News")

    second = followed.history.article(text="Drought.", section="Alerts")

    assert followed.positions(query) == [second]


def test_article_that_matches_once_more_is_not_new_again(followed: Followed) -> None:
    for text in ("Drought.", "Rain.", "Drought."):
        last = followed.history.article(text=text)

    assert followed.positions("drought", after=last - 1) == []
    assert followed.positions("drought", after=last - 1, with_changes=True) == [last]


@pytest.mark.parametrize("query", ["drought", "section:Alerts"])
def test_article_that_matches_no_more_is_told_of_once_among_changes(followed: Followed, query: str) -> None:
    followed.history.article(text="Drought.", section="Alerts")
    gone = followed.history.article(text="Rain.", section="News")
    followed.history.article(text="Sun.", section="News")

    found = followed.find(query, after=1, with_changes=True).hits

    assert [(hit.position, hit.is_new, hit.matches) for hit in found] == [(gone, False, False)]


def test_withdrawal_without_a_text_is_a_change(followed: Followed) -> None:
    followed.history.article(uri="urn:newsml:1", text="Drought.")
    kill = followed.history.article(uri="urn:newsml:1", title="", text="", status="canceled")

    found = followed.find("drought", after=1, with_changes=True).hits

    assert [(hit.position, hit.revision["status"]) for hit in found] == [(kill, "withdrawn")]


def test_what_is_only_read_otherwise_is_no_hit(followed: Followed) -> None:
    first = followed.history.article(text="Rain.")
    followed.history.reread(text="Drought.")

    assert followed.positions("drought", with_changes=True) == []
    assert followed.positions("rain", with_changes=True) == [first]


def test_article_that_was_told_of_stays_known_when_it_is_read_otherwise(followed: Followed) -> None:
    followed.history.article(text="Drought.")
    followed.history.reread(text="Droughts.")
    last = followed.history.article(text="Droughts again.")

    assert followed.positions("drought", after=1) == []
    assert followed.positions("drought", after=1, with_changes=True) == [last]


def test_old_version_that_comes_late_is_no_hit(followed: Followed) -> None:
    first = followed.history.article(uri="urn:newsml:1", version=2)
    followed.history.article(uri="urn:newsml:1", version=1)

    assert followed.positions(with_changes=True) == [first]


def test_words_of_scripts_without_spaces_are_hits(followed: Followed) -> None:
    first = followed.history.article("a.txt", title="洪水", text="北京今天发生洪水。")
    followed.history.article("b.txt", title="天气", text="今天晴。")
    both = followed.history.article("c.txt", title="Floods", text="Floods in Beijing.")
    gone = followed.history.article("a.txt", title="天气", text="今天晴。")

    found = followed.find("洪水 OR floods", with_changes=True).hits

    assert [(hit.position, hit.is_new, hit.matches) for hit in found] == [
        (first, True, True),
        (both, True, True),
        (gone, False, False),
    ]
    assert [hit.snippet for hit in found] == ["北京今天发生[洪水]。", "[Floods] in Beijing.", "今天晴。"]
    assert followed.positions("洪水") == [first]
    assert [hit.position for hit in followed.changes("洪水 OR floods")] == [gone]
    with followed.open() as tables:
        assert [row["path"] for row in newest_articles(tables, parse("天气 OR floods"), limit=9, now=NOON)] == [
            "a.txt",
            "c.txt",
            "b.txt",
        ]


def test_hit_says_what_was_found(followed: Followed) -> None:
    followed.history.article(title="Rain", text="At night the river rose.", authors=())

    hit = followed.find("rivers").hits[0]

    assert hit.snippet == "At night the [river] rose."
    assert (hit.revision["title"], hit.revision["revision"], hit.revision["authors"]) == ("Rain", 1, [])
    assert followed.find("feed:seeds").hits[0].snippet == "At night the river rose."


@given(texts=st.lists(st.sampled_from(["Drought.", "Rain."]), max_size=12), limit=st.integers(1, 4))
def test_any_portions_give_the_same_hits(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], limit: int
) -> None:
    followed = Followed(tmp_path_factory.mktemp("portions"))
    for number, text in enumerate(texts):
        followed.history.article(f"{number % 3}.txt", text=text)
    whole = followed.find("drought", with_changes=True).hits

    found, after = [], 0
    while (portion := followed.find("drought", after, limit=limit, with_changes=True)).until > after:
        found += portion.hits
        after = portion.until

    assert found == whole
    followed.views.close()


def test_new_articles_are_counted(followed: Followed) -> None:
    followed.history.article("a.txt")
    followed.history.article("a.txt", text="Rivers again.")
    followed.history.article("b.txt")

    with followed.open() as tables:
        counts = [count_new(tables, parse("rivers"), after, now=NOON) for after in (0, 1, 3)]

    assert counts == [2, 1, 0]


@pytest.mark.parametrize("query", ["drought", "section:Alerts", "drought section:Alerts"])
def test_newest_changes_are_those_of_articles_that_match_or_did(followed: Followed, query: str) -> None:
    followed.history.article("a.txt", text="Drought.", section="Alerts")
    followed.history.article("b.txt", text="Rain.", section="News")
    followed.history.article("b.txt", text="Sun.", section="News")
    gone = followed.history.article("a.txt", text="Rain.", section="News")
    back = followed.history.article("a.txt", text="Drought again.", section="Alerts")
    followed.history.reread("presslog:seeds/a.txt", text="Droughts.", section="Alerts")

    found = followed.changes(query)

    assert [(hit.position, hit.matches) for hit in found] == [(back, True), (gone, False)]
    assert [hit.position for hit in followed.changes(query, limit=1)] == [back]
    assert [hit.position for hit in followed.changes(query, past=Past(back - 1))] == [gone]


@pytest.mark.parametrize("query", ["drought", "section:Alerts", "drought section:Alerts"])
def test_newest_articles_are_those_that_a_newsroom_touched_last(followed: Followed, query: str) -> None:
    for path in ("a.txt", "b.txt", "c.txt"):
        followed.history.article(path, text="Drought.", section="Alerts")
    followed.history.article("a.txt", text="Drought again.", section="Alerts")
    followed.history.article("c.txt", text="Rain.", section="News")
    followed.history.reread("presslog:seeds/b.txt", text="Droughts.", section="Alerts")

    with followed.open() as tables:
        whole = newest_articles(tables, parse(query), limit=9, now=NOON)
        one = newest_articles(tables, parse(query), limit=1, now=NOON)
    with followed.open(Past(3)) as tables:
        then = newest_articles(tables, parse(query), limit=9, now=NOON)

    assert [(row["path"], row["text"]) for row in whole] == [("a.txt", "Drought again."), ("b.txt", "Droughts.")]
    assert [row["path"] for row in one] == ["a.txt"]
    assert [row["path"] for row in then] == ["c.txt", "b.txt", "a.txt"]


def test_hits_of_the_past_end_there(followed: Followed) -> None:
    followed.history.article("a.txt")
    last = followed.history.article("b.txt", source="Wire")

    with followed.open(Past(last - 1)) as tables:
        found = [
            hits(tables, parse(query), 0, limit=9, now=NOON, with_changes=True) for query in ("rivers", "feed:seeds")
        ]

    assert [([hit.position for hit in each.hits], each.until) for each in found] == [([1], 1), ([1], 1)]


def test_what_came_last_is_found_by_its_position_alone(followed: Followed) -> None:
    followed.history.article(source="Wire")
    wire = "articles.source_id = 'wire'"
    statements = {
        "words": BY_WORDS.format(columns=COLUMNS, index="revisions_fts", also="true", where=wire),
        "filters": BY_FILTERS.format(columns=COLUMNS, where=wire),
    }

    values = {"after": 0, "until": 9, "limit": 9, "match": "rivers"}
    with followed.open() as tables:
        plans = {
            name: " ".join(row[3] for row in tables.tuples(f"explain query plan {statement}", **values))
            for name, statement in statements.items()
        }

    assert "SCAN revisions_fts VIRTUAL TABLE INDEX" in plans["words"]
    assert "USING INDEX" not in plans["words"] + plans["filters"]
    assert "rowid>? AND rowid<?" in plans["filters"]
