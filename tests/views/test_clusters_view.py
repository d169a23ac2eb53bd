"""Clusters in the views: what is alike stands together, and nothing of an erased article is left."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest
from desks import History
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.views import clusters, postings
from presslog.store.engines.memory import MemoryLog
from presslog.store.generation import Generation
from presslog.store.kinship import together, unpacked
from presslog.store.names import article_id
from presslog.store.sqlite import connect, connect_readonly
from presslog.store.views import Views

Rows = Callable[..., list[tuple[Any, ...]]]
Step = Callable[[History], int]
MEMBERS = "select article_id, relation, is_lead, lag_seconds from cluster_members order by is_lead desc, article_id"


def a_text(seed: int = 1, words: int = 160) -> str:
    chance = Random(seed)
    return " ".join(f"w{chance.randrange(5000)}" for _ in range(words))


def named(path: str) -> str:
    return article_id(f"presslog:seeds/{path}")


STORY, OTHER = a_text(1), a_text(2)
BOTH = f"{STORY} {OTHER}"
A, B, C = map(named, ("a.txt", "b.txt", "c.txt"))


@pytest.fixture
def rows(tmp_path: Path, history: History) -> Iterator[Rows]:
    """A function that brings the view to the head and gives the rows of a statement."""
    with closing(Generation(tmp_path / "views.db", [clusters.VIEW], history.log)) as live:

        def ask(sql: str, *values: Any) -> list[tuple[Any, ...]]:
            while live.advance():
                pass
            with closing(connect_readonly(live.path)) as connection:
                return list(connection.execute(sql, values))

        yield ask


def test_same_words_of_another_source_are_exact_and_most_of_them_syndicated(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY, source="Wire")
    history.article("b.txt", text=STORY.upper(), source="Quay")
    history.article("c.txt", text=f"{STORY} {a_text(3, 60)}", source="Ledger")

    assert [row[:3] for row in rows(MEMBERS)] == [(A, "lead", 1), *sorted([(B, "exact", 0), (C, "syndicated", 0)])]
    assert rows("select lead_article_id, size, source_count from clusters") == [(A, 3, 3)]


def test_what_has_nothing_in_common_is_in_no_cluster(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY)
    history.article("b.txt", text=OTHER)

    assert rows("select count(*) from cluster_members") == [(0,)]
    assert rows("select count(*) from fingerprints where is_current") == [(2,)]


def test_who_came_out_first_leads_and_the_others_lag(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY, source="Quay", published_at="2022-01-06T09:48:00Z")
    history.article("b.txt", text=STORY, source="Wire", published_at="2022-01-06T10:30:00+01:00")
    history.article("c.txt", text=STORY, source="Ledger", published_at="2022-01-06")

    assert rows(MEMBERS) == [(B, "lead", 1, 0), *sorted([(A, "exact", 0, 1080), (C, "exact", 0, None)])]


def test_an_update_of_one_source_holds_what_it_said(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY, source="Wire")
    history.article("b.txt", text=f"{STORY} {a_text(3, 80)}", source="Wire")

    assert [row[:2] for row in rows(MEMBERS)] == [(A, "lead"), (B, "update-of")]


def test_what_one_source_writes_in_one_form_every_day_is_no_update(history: History, rows: Rows) -> None:
    form, days = a_text(1, 200), [a_text(seed, 160) for seed in range(3, 9)]
    for number, day in enumerate(days):
        history.article(f"{number}.txt", text=f"{form} {day}", source="Weather Office")
    history.article("quay.txt", text=f"{form} {days[0]}", source="The Quay")

    assert {row[0] for row in rows(MEMBERS)} >= {named("quay.txt"), named("0.txt")}
    duplicates = "near_duplicates join fingerprints using (position)"
    assert rows(f"select count(*) from {duplicates} where source_id = 'weather-office'") == [(0,)]


def test_a_round_up_makes_one_story_of_none(history: History, rows: Rows) -> None:
    stories = [a_text(seed) for seed in range(10, 20)]
    for number, story in enumerate(stories):
        history.article(f"{number}.txt", text=story)
    history.article("round-up.txt", text=" ".join(stories))

    assert rows(MEMBERS) == []


def test_an_article_that_is_like_two_makes_one_cluster_of_theirs(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY)
    history.article("a2.txt", text=STORY)
    history.article("b.txt", text=OTHER)
    history.article("b2.txt", text=OTHER)
    assert rows("select id, size from clusters order by id") == [(1, 2), (3, 2)]

    history.article("c.txt", text=BOTH)

    assert rows("select id, size from clusters") == [(1, 5)]


def test_a_cluster_falls_apart_where_what_held_it_is_rewritten(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY)
    history.article("b.txt", text=OTHER)
    history.article("c.txt", text=BOTH)
    assert rows("select id, size from clusters") == [(1, 3)]

    history.article("c.txt", text=f"{OTHER} {a_text(3, 10)}")

    assert {row[0] for row in rows(MEMBERS)} == {B, C}


def test_a_revision_is_no_duplicate_of_its_own_article(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY)
    history.article("a.txt", text=f"{STORY} More.")
    history.reread(text=STORY)

    assert rows("select count(*) from near_duplicates") == [(0,)]
    assert rows("select position from fingerprints where is_current") == [(3,)]


def test_a_version_that_comes_late_is_compared_with_nothing(history: History, rows: Rows) -> None:
    history.article("a.xml", text=OTHER, uri="urn:a", version=2)
    history.article("b.txt", text=STORY)
    history.article("a-old.xml", text=STORY, uri="urn:a", version=1)

    assert rows("select position, is_current from fingerprints order by 1") == [(1, 1), (2, 1), (3, 0)]
    assert rows(MEMBERS) == []


def test_an_article_that_is_withdrawn_with_its_text_leaves(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY)
    history.article("b.txt", text=STORY)
    assert rows("select size from clusters") == [(2,)]

    history.article("a.txt", text="", status="canceled")

    assert rows(MEMBERS) == []
    assert rows("select count(*) from near_duplicates") == [(1,)]


def test_of_an_erased_article_nothing_is_left(history: History, rows: Rows) -> None:
    history.article("a.txt", text=STORY, title="Zanzibar")
    history.article("a.txt", text=BOTH)
    history.article("b.txt", text=STORY)
    history.article("c.txt", text=OTHER)
    assert rows("select size from clusters") == [(3,)]

    history.erased()

    assert rows(MEMBERS) == []
    assert rows("select article_id from fingerprints order by 1") == [(each,) for each in sorted([B, C])]
    assert rows("select count(*) from near_duplicates") == [(0,)]
    assert {position for (position,) in rows("select position from postings")} == {3, 4}


def test_what_many_hold_is_kept_of_the_first_of_them_alone(history: History, rows: Rows) -> None:
    for number in range(40):
        history.article(f"{number}.txt", text=STORY)

    assert rows("select distinct count(*) from postings group by shingle") == [(postings.MOST_BEARERS,)]
    assert rows("select size from clusters") == [(40,)]


PATHS = st.sampled_from(["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"])
TEXTS = st.sampled_from([STORY, OTHER, BOTH, f"{STORY} {a_text(3, 60)}", a_text(4), "It rained.", a_text(5, 30)])
FIELDS = st.fixed_dictionaries(
    {
        "text": TEXTS,
        "title": st.sampled_from(["Rivers rise", "Bridges hold"]),
        "source": st.sampled_from(["", "Wire", "Quay"]),
        "published_at": st.sampled_from(["", "2022-01-06", "2022-01-06T09:30:00Z", "soon"]),
        "status": st.sampled_from(["usable", "usable", "usable", "canceled"]),
    }
)


def an_article(path: str, fields: dict[str, Any]) -> Step:
    return lambda history: history.article(path, **fields)


def a_reading(path: str, fields: dict[str, Any]) -> Step:
    return lambda history: history.reread(f"presslog:seeds/{path}", **fields)


def an_erasure(path: str) -> Step:
    return lambda history: history.erased(f"presslog:seeds/{path}")


STEPS = st.one_of(
    st.builds(an_article, PATHS, FIELDS),
    st.builds(an_article, PATHS, FIELDS),
    st.builds(a_reading, PATHS, FIELDS),
    st.builds(an_erasure, PATHS),
)


@settings(max_examples=40, deadline=None)
@given(batches=st.lists(st.lists(STEPS, max_size=8), max_size=4))
def test_live_is_what_a_rebuild_makes(tmp_path_factory: pytest.TempPathFactory, batches: list[list[Step]]) -> None:
    folder, history = tmp_path_factory.mktemp("law"), History(MemoryLog())
    with (
        closing(Generation(folder / "live.db", [clusters.VIEW], history.log)) as live,
        closing(Generation(folder / "single.db", [clusters.VIEW], history.log)) as single,
        closing(Views(folder, [clusters.VIEW], history.log)) as rebuilt,
    ):
        for batch in batches:
            for step in batch:
                step(history)
                single.advance()
            live.advance()
        rebuilt.rebuild()

        contents = [held(each.path) for each in (live, single, rebuilt.serving)]
        assert contents[0] == contents[1] == contents[2]
        assert contents[0].posted == expected_postings(live.path)
        assert {each.state for each in live.checkpoints()} == {"live"}


class Held(NamedTuple):
    """The rows of the tables of the view, and the numbers with their positions, wherever they wait."""

    tables: list[list[tuple[Any, ...]]]
    posted: set[tuple[int, int]]


def held(path: Path) -> Held:
    with closing(connect_readonly(path)) as connection:
        tables = [sorted(connection.execute(f"select * from {table}")) for table in clusters.VIEW.tables]
        posted = connection.execute("select shingle, position from postings").fetchall()
    assert len(posted) == len(set(posted))
    return Held(tables, set(posted))


def expected_postings(path: Path) -> set[tuple[int, int]]:
    """What of the current revisions is to be found."""
    with closing(connect_readonly(path)) as connection:
        rows = connection.execute("select position, shingles from fingerprints where is_current").fetchall()
    return {(number, position) for position, packed in rows for number in postings.indexed(unpacked(packed))}


@settings(max_examples=12, deadline=None)
@given(sizes=st.lists(st.integers(1, 200), min_size=1, max_size=12))
def test_numbers_are_found_in_whatever_tier_they_wait(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int]
) -> None:
    chance, position, pairs = Random(1), 0, set()
    with closing(connect(tmp_path_factory.mktemp("tiers") / "views.db")) as connection:
        for statement in postings.SCHEMA:
            connection.execute(statement)
        for size in sizes:
            new = {(chance.getrandbits(32), position + number) for number in range(size) for _ in range(3)}
            postings.add(connection, new, size)
            pairs, position = pairs | new, position + size

        found = postings.bearers(connection, {number for number, _ in pairs})

    assert {(number, each) for number, positions in found.items() for each in positions} == pairs


def test_pairs_join_directly_or_through_others() -> None:
    assert together([(1, 2), (3, 4), (5, 6), (2, 4), (6, 5)]) == [[1, 2, 3, 4], [5, 6]]
