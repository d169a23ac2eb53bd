"""SQL of other people: it reads, and nothing else, whatever it tries."""

import hashlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import Archive

from presslog.store.errors import BadQuery, NoSuchStore
from presslog.store.past import Past
from presslog.store.sandbox import run_sql

SECONDS = 0.7
OVERHEAD_SECONDS = 5.0
"""What starting a child may take on a busy machine."""

COUNT = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers)"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    archive = Archive(tmp_path_factory.mktemp("desk") / "store")
    for number in range(20):
        archive.keep(f"{number}.txt", text="The water came at night. " * 200)
    yield archive.build().folder
    archive.close()


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.db")}


def test_answer_has_columns_and_rows(store: Path) -> None:
    table = run_sql(store / "views.db", "select 1 as one, null, 'é', x'00ff', 0.5")

    assert table.columns[0] == "one"
    assert table.rows == [[1, None, "é", "00ff", 0.5]]
    assert not table.is_cut


def test_words_can_be_searched_and_tables_described(store: Path) -> None:
    words = "select count(*) from revisions_fts where revisions_fts match 'water'"

    assert run_sql(store / "views.db", words).rows == [[20]]
    assert run_sql(store / "views.db", "pragma table_info(articles)").rows[0][1] == "id"


def test_more_rows_than_the_limit_are_cut(store: Path) -> None:
    table = run_sql(store / "views.db", f"{COUNT} select n from numbers", limit_rows=10)

    assert len(table.rows) == 10
    assert table.is_cut


@pytest.mark.parametrize(
    "sql",
    [
        "attach '/tmp/presslog-attached.db' as other",
        "pragma query_only = 0",
        "pragma writable_schema = 1",
        "pragma journal_mode = delete",
        "select * from pragma_journal_mode",
        "select load_extension('evil')",
        "delete from articles",
        "update articles set title = ''",
        "update sqlite_master set sql = ''",
        "insert into revisions_fts (revisions_fts) values ('delete-all')",
        "drop table articles",
        "create table mine (a)",
        "create temp table mine (a)",
        "vacuum into '/tmp/presslog-copied.db'",
        "begin immediate",
        "analyze",
    ],
)
def test_what_is_more_than_reading_is_refused(store: Path, sql: str) -> None:
    before = hashes(store)

    with pytest.raises(BadQuery, match=r"only reading is allowed|presslog sql"):
        run_sql(store / "views.db", sql)

    assert hashes(store) == before
    assert not list(Path("/tmp").glob("presslog-*.db"))


@pytest.mark.parametrize(
    "sql",
    [
        f"{COUNT} select count(*) from numbers",
        "select printf('%.*c', 900000000, 'x')",
        "select zeroblob(2e9)",
        "select randomblob(1000000000)",
        "select length(replace(hex(zeroblob(10000000)), '0', printf('%.*c', 100, 'a')))",
        f"{COUNT} select length(group_concat(n || text)) from numbers, articles",
        "select count(*) from revisions_words a, revisions_words b, revisions_words c, revisions_words d",
    ],
)
def test_what_takes_too_much_is_stopped_in_time(store: Path, sql: str) -> None:
    before, began = hashes(store), time.monotonic()

    with pytest.raises(BadQuery, match=r"stopped: it took|too big"):
        run_sql(store / "views.db", sql, seconds=SECONDS)

    assert time.monotonic() - began < SECONDS + OVERHEAD_SECONDS
    assert hashes(store) == before


@pytest.mark.parametrize(
    "sql",
    [
        "select 1; select 2",
        "",
        "-- nothing",
        "selec 1",
        "select nothing",
        "select '\ud800'",
        "select 1 \x00",
        "(" * 9000,
    ],
)
def test_what_is_no_query_is_a_bad_query_with_a_remedy(store: Path, sql: str) -> None:
    with pytest.raises(BadQuery, match="presslog sql"):
        run_sql(store / "views.db", sql)


def test_two_thousand_parentheses_do_no_harm(store: Path) -> None:
    assert run_sql(store / "views.db", f"select {'(' * 2000}1{')' * 2000}").rows == [[1]]


def test_store_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(NoSuchStore, match="presslog init"):
        run_sql(tmp_path / "views.db", "select 1")


def test_past_is_hidden_before_the_fence_stands(store: Path) -> None:
    past = Past(position=4)

    assert run_sql(store / "views.db", "select count(*) from articles", past=past).rows == [[2]]
    assert run_sql(store / "views.db", "select count(*) from changes, sources", past=past).rows == [[0]]
    with pytest.raises(BadQuery, match="only reading is allowed"):
        run_sql(store / "views.db", "drop view temp.revisions", past=past)
    with pytest.raises(BadQuery, match="not reached yet"):
        run_sql(store / "views.db", "select 1", past=Past(position=9000))
