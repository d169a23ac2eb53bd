"""What the newsrooms changed: spans, counts and lists over the view of the changes."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives import NOON, Archive
from desks import History
from newsroom import BRIDGE, CLOSED, FERRY, WIRE, a_morning

from presslog.store.changes import BY_NEWSROOMS, FIRST, LAST, Asked, Which, asked, counts, listed, span
from presslog.store.past import Past
from presslog.store.short_ids import LEAST_LETTERS, id_letters
from presslog.store.sqlite import connect
from presslog.store.tables import Row, Tables

NOW = datetime.fromtimestamp(NOON, UTC)
MANY = 1000


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = a_morning(tmp_path_factory.mktemp("morning") / "store")
    archive.close()
    return archive.folder


@pytest.fixture
def tables(morning: Path) -> Iterator[Tables]:
    tables = Tables(morning)
    yield tables
    tables.close()


def all_of(tables: Tables, text: str = "", **within: object) -> Asked:
    return asked(tables, text, span(tables, NOW, **within), NOW)


def rows(tables: Tables, text: str = "", **within: object) -> list[Row]:
    """Changes in the order of the log."""
    return listed(tables, all_of(tables, text, **within), Which(order="log", limit=MANY))


def test_every_step_counts_once(tables: Tables) -> None:
    found = counts(tables, all_of(tables))

    changed = found.revised + found.corrected
    assert (found.new, found.withdrawn, changed, found.failed) == (8, 1, 20, 0)
    assert sum(found.told.values()) == found.revised
    assert found.by_source[:2] == [("Harbour Wire", 2), ("Morning Ledger", 2)]
    assert sum(count for _, count in found.by_source) == found.new


def test_times_are_those_of_the_log(tables: Tables) -> None:
    since = rows(tables, since="2022-01-06T10:50:00Z")
    until = rows(tables, until="2022-01-06T09:05:00Z")
    between = rows(tables, since="2022-01-06T09:05:00Z", until="2022-01-06T09:10:00Z")

    assert [row["at"][11:16] for row in since] == ["10:50", "10:52", "10:55", "11:00"]
    assert [row["at"][11:16] for row in until] == ["09:00", "09:05"]
    assert [row["at"][11:16] for row in between] == ["09:05", "09:10"]


def test_a_cursor_that_goes_on_misses_nothing(tables: Tables) -> None:
    whole = [row["position"] for row in rows(tables)]

    after, walked = 0, []
    while page := listed(tables, all_of(tables, after=after), Which(order="log", limit=7)):
        walked += [row["position"] for row in page]
        after = walked[-1]

    assert walked == whole


def test_what_matters_most_comes_first_and_of_equals_the_newest(tables: Tables) -> None:
    found = listed(tables, all_of(tables), Which(limit=MANY))
    backwards = listed(tables, all_of(tables), Which(limit=MANY, is_reversed=True))

    keys = [(row["salience"], row["position"]) for row in found]
    assert keys == sorted(keys, reverse=True)
    assert backwards == found[::-1]


def test_filters_and_words_ask_of_the_newer_revision(tables: Tables) -> None:
    wire = rows(tables, f'source:"{WIRE}"')
    ola = rows(tables, "minister Ola")
    opinion = rows(tables, "section:opinion -lang:de")

    assert {row["source"] for row in wire} == {WIRE}
    assert [(row["article_id"], row["to_revision"]) for row in ola] == [(BRIDGE, 2), (BRIDGE, 3)]
    assert [row["to_revision"] for row in opinion] == [1, 2, 3]
    assert counts(tables, all_of(tables, "section:opinion")).new == 1


def test_kinds_are_chosen(tables: Tables) -> None:
    withdrawn = listed(tables, all_of(tables), Which(kinds=("withdrawal",)))
    silent = listed(tables, all_of(tables), Which(kinds=(), with_silent=True, limit=MANY))

    assert [(row["article_id"], row["status"]) for row in withdrawn] == [(CLOSED, "withdrawn")]
    assert silent == [row for row in listed(tables, all_of(tables), Which(limit=MANY)) if row["is_silent"]]


def test_late_revision_never_counted(tables: Tables) -> None:
    assert "This version comes late." not in {row["title"] for row in rows(tables)}
    assert len(rows(tables)) == 29


def test_past_knows_only_what_was_known(morning: Path) -> None:
    tables = Tables(morning, Past(at="2022-01-06T09:20:00.000Z"))

    found, within = rows(tables), span(tables, NOW)
    tables.close()

    assert [row["to_revision"] for row in found if row["article_id"] == FERRY] == [1, 2]
    assert (len(found), within.last) == (5, 5)


def test_reading_anew_is_no_change_of_a_newsroom(folder: Path) -> None:
    archive = Archive(folder)
    history = History(archive.log)
    history.article()
    history.reread(text="The water came by night.")
    archive.build().close()

    tables = Tables(folder)
    found = counts(tables, all_of(tables))
    kinds = [row["change_kind"] for row in listed(tables, all_of(tables), Which())]
    reread = listed(tables, all_of(tables), Which(kinds=("reread",)))
    tables.close()

    assert (found.new, found.revised, found.silent, found.reread) == (1, 0, 0, 1)
    assert kinds == ["first"]
    assert [row["position"] for row in reread] == [2]
    assert "reread" not in BY_NEWSROOMS


def test_failures_count_since_then_while_they_are_open(folder: Path) -> None:
    archive = Archive(folder)
    archive.refuse("old.txt")
    archive.clock = NOON + 3600
    archive.refuse("new.txt")
    archive.refuse("mended.txt")
    archive.keep("mended.txt")
    archive.refuse("last.txt")
    archive.build().close()

    tables = Tables(folder)
    since = counts(tables, all_of(tables, since="2022-01-06T12:30:00Z")).failed
    after = counts(tables, all_of(tables, after=1)).failed
    until = counts(tables, all_of(tables, until="2022-01-06T12:30:00Z")).failed
    tables.close()

    assert (since, after, until) == (2, 2, 1)


def test_clock_that_is_set_back_hides_nothing(folder: Path) -> None:
    archive = Archive(folder)
    archive.keep("a.txt")
    archive.clock = NOON - 7200
    archive.keep("b.txt")
    archive.clock = NOON + 60
    archive.keep("c.txt")
    archive.build().close()

    tables = Tables(folder)
    found = rows(tables, since="2022-01-06T11:00:00Z")
    tables.close()

    assert [row["position"] for row in found] == [1, 5]


def test_a_span_is_found_by_its_positions(tables: Tables) -> None:
    what = all_of(tables, since="yesterday")

    plan = tables.tuples(f"explain query plan select 1 from {what.tables} where {what.where}", **what.values)

    assert [row[3] for row in plan] == ["SEARCH revisions USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]


@pytest.mark.parametrize("text", ["source:Reuters", "minister", "lang:de"])
def test_no_filter_walks_through_all_revisions(tables: Tables, text: str) -> None:
    what = all_of(tables, text, since="yesterday")

    plan = tables.tuples(f"explain query plan select 1 from {what.tables} where {what.where}", **what.values)

    assert [row[3] for row in plan if row[3].startswith("SCAN revisions ")] == []


@pytest.mark.parametrize("statement", [FIRST, LAST])
def test_a_time_is_found_by_its_index(tables: Tables, statement: str) -> None:
    plan = tables.tuples(f"explain query plan {statement}", at="2022-01-06")

    assert "USING COVERING INDEX revisions_valid_from_at" in plan[0][3]


def test_as_many_letters_of_an_id_as_tell_it_from_its_neighbours(tmp_path: Path) -> None:
    tables = Tables(store_with_ids(tmp_path, "art_aaaabbbb1111aaaa", "art_aaaabbbb1122aaaa", "art_zzzz"))

    alone = id_letters(tables, ["art_zzzz"])
    beside = id_letters(tables, ["art_aaaabbbb1111aaaa", "art_zzzz"])
    nothing = id_letters(tables, [])
    tables.close()

    assert (alone, beside, nothing) == (LEAST_LETTERS, len("art_aaaabbbb112"), LEAST_LETTERS)


def store_with_ids(folder: Path, *ids: str) -> Path:
    """A store whose articles have these ids: those of real ones cannot be chosen."""
    archive = Archive(folder / "store")
    for number, _ in enumerate(ids):
        archive.keep(f"{number}.txt")
    archive.build().close()
    connection = connect(archive.folder / "views.db")
    for number, identifier in enumerate(ids):
        connection.execute("update revisions set article_id = ? where path = ?", (identifier, f"{number}.txt"))
    connection.close()
    return archive.folder
