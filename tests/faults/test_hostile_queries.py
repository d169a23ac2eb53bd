"""Questions that attack: words and SQL of strangers, in great number: nothing is written, hangs or leaks."""

import hashlib
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from archives import Archive
from faults.conftest import Score, times

from presslog.store.errors import BadQuery, PresslogError
from presslog.store.past import Past
from presslog.store.queries import Answers
from presslog.store.query import FIELDS
from presslog.store.sandbox import MEMORY_BYTES, run_sql

pytestmark = pytest.mark.faults

SECONDS = 1.0
BEYOND_SECONDS = 2.0
ANSWER_SECONDS = 1.0
PARENT_MEGABYTES = 300
WORDS = [
    '"',
    "*",
    "-",
    "(",
    ")",
    ":",
    "^",
    "+",
    "{",
    "}",
    "NEAR(",
    "AND",
    "OR",
    "NOT",
    " ",
    "water",
    "a*",
    '"water came"',
]
WORDS += [
    "rivers",
    "北京",
    "ไทย",
    "title:",
    "ﷺ",
    "e\u0301",
    "😀",
    "\x00",
    "\ud800",
    "\u202e",
    "\u0600",
    "“",
    "”",
    "%",
    "_",
    "'",
]
WORDS += [";", "--", "/*", "\\", "rowid", "revisions_fts", "10:30", "--a", "---", "a" * 300, "ab" * 20, "-a", "-sport"]
TIMES = [
    "7d",
    "99999999999d",
    "2022-13-99",
    "99999",
    "-1",
    "0000-00-00",
    "10000-01-01",
    "yesterday",
    "1e9d",
    "٣d",
    "²d",
]
LEAKED = ("fts5", "syntax error", "malformed", "no such column", "sqlite", "near ", "Traceback")
"""What SQLite says of an expression that it cannot read; nobody who searches can do anything about it."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    archive = Archive(tmp_path_factory.mktemp("desk") / "store")
    for number in range(200):
        text = "The water came at night, and an anti-war march did not. 北京 ไทย " * 40
        archive.keep(f"{number}.txt", title=f"Rivers {number} rise", text=text, source="Wire", authors=("Ann Lee",))
    yield archive.build().folder
    archive.close()


def asked(chance: random.Random) -> str:
    """Words in any order, some of them filters; sometimes very many."""
    count = chance.randint(1, chance.choice((3, 8, 60, 2_000)))
    words = [_word(chance) for _ in range(count)]
    return chance.choice(("", " ", "  ")).join(words)


def _word(chance: random.Random) -> str:
    if chance.random() > 0.1:
        return chance.choice(WORDS)
    return f"{chance.choice(FIELDS)}:{chance.choice(WORDS + TIMES)}"


LONG = [" ".join(["water"] * 10_000), "NOT " * 100 + "water", "-(" * 100 + "water", "a" + " OR a" * 500, "a* " * 60]
LONG += ['"' * 3_999, "(" * 3_999, "-" * 3_999, "a:" * 1_999, "*" * 3_999, "source:" * 500, "a " * 2_000]


def test_38_questions_in_odd_words(store: Path, score: Score) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance, slowest, answered = random.Random(seed), 0.0, 0
    with Answers(store) as answers:
        for text in [*LONG, *(asked(chance) for _ in range(times(2_000, 10_000)))]:
            for ask in (answers.search, answers.count, answers.resolve):
                score.stimuli += 1
                began = time.perf_counter()
                try:
                    ask(text)
                    answered += 1
                except PresslogError as error:
                    # The answer repeats a word; what it says beside that is ours.
                    said = str(error).replace(text, "")
                    assert not any(leak in said for leak in LEAKED), f"seed {seed}: {text!r}: {said}"
                slowest = max(slowest, time.perf_counter() - began)

    score.figures.append(f"{answered} answered, the others a bad query; slowest {slowest * 1000:.0f} ms; seed {seed}")
    assert answered > 0
    assert slowest < ANSWER_SECONDS
    assert score.costs == (0, 0, 0)


@pytest.mark.parametrize("text", ['"*-(', "NEAR(a b)", "a" * 3_000, "title:x OR y", "-" * 50, "since:99999999999d"])
def test_38_questions_of_the_command(store: Path, score: Score, text: str) -> None:
    command = [sys.executable, "-m", "presslog.daemon", "search", "--store", str(store), "--", text]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    score.stimuli = 1
    assert ended.returncode in (0, 2, 3), ended.stderr
    assert not any(leak in ended.stderr for leak in LEAKED)
    assert score.costs == (0, 0, 0)


COUNT = "with recursive n (i) as (select 1 union all select i + 1 from n)"
WRITING = [
    "delete from articles",
    "insert into revisions (position) values (1)",
    "replace into revisions (position) values (1)",
    "with a as (select 1) delete from revisions",
    "update revisions set title = '' returning title",
    "update sqlite_master set sql = ''",
    "update sqlite_schema set sql = '' where 1 = 0",
    "insert into revisions_fts (revisions_fts) values ('rebuild')",
    "insert into revisions_fts (revisions_fts, rank) values ('automerge', 0)",
    "create trigger t after insert on revisions begin select 1; end",
    "create temp trigger t after insert on revisions begin delete from revisions; end",
    "create view v as select 1",
    "create virtual table temp.t using fts5vocab(main, revisions_fts, row)",
    "create virtual table temp.t using csv(filename = '/etc/passwd')",
    "create temp table t as select 1",
    "attach '/etc/passwd' as other",
    "attach 'file:/tmp/presslog-a.db?mode=rwc' as other",
    "attach ':memory:' as other",
    "detach main",
    "vacuum into '/tmp/presslog-a.db'",
    "begin exclusive",
    "savepoint a",
    "reindex",
    "pragma query_only = 0",
    "pragma trusted_schema = 1",
    "pragma temp_store_directory = '/tmp'",
    "pragma hard_heap_limit = 0",
    "pragma wal_checkpoint(truncate)",
    "pragma main.user_version = 7",
    "pragma optimize",
    "pragma key = 'a'",
    "select * from pragma_user_version",
    "select * from pragma_wal_checkpoint",
    "select load_extension('/tmp/presslog.so')",
    "select fts3_tokenizer('simple', x'4141414141414141')",
    "select readfile('/etc/passwd')",
    "select writefile('/tmp/presslog-a.db', 'x')",
    "select edit('a', 'sh')",
    "select * from sqlite_dbpage",
    "select * from fsdir('/')",
    "select * from zipfile('/tmp/a.zip')",
]
BOMBS = [
    f"{COUNT} select count(*) from n",
    f"{COUNT} select i from n order by i desc",
    f"{COUNT} select group_concat(i) from n",
    f"{COUNT} select json_group_array(i) from n",
    f"{COUNT} select max(length(printf('%.*c', 100000000, 'x'))) from n",
    "select printf('%.*c', 900000000, 'x')",
    "select printf('%.900000000f', 1.0)",
    "select zeroblob(2e9)",
    "select hex(zeroblob(500000000))",
    "select randomblob(1000000000)",
    "select replace(hex(zeroblob(10000000)), '0', printf('%.*c', 100, 'a'))",
    "select count(*) from revisions a, revisions b, revisions c, revisions d, revisions e",
    "select count(*) from revisions where text like '%' || replace(hex(zeroblob(2000)), '00', 'a%') || 'z'",
    "select " + ", ".join(["replace(hex(zeroblob(8000000)), '0', char(1))"] * 12),
    f"{COUNT} select replace(hex(zeroblob(100000)), '0', char(1)) from n",
    f"select {'(' * 2000}1{')' * 2000}",
    "select " + "not " * 5_000 + "1",
    "select " + "+".join(["1"] * 50_000),
    "select 1 " + "union all select 1 " * 5_000,
    "select json('" + "[" * 100_000 + "')",
    f"with a as (select 1 x), {', '.join(f'a{n} as (select * from a{n or str()}, a)' for n in range(40))} select 1",
    "select * from dbstat",
]


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.db")}


def resident_megabytes() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / (1 << 20)


@pytest.mark.parametrize("past", [None, Past(position=300)], ids=["now", "of the past"])
def test_39_sql_that_wants_to_write_or_to_read_elsewhere(store: Path, score: Score, past: Past | None) -> None:
    before = hashes(store)

    for sql in WRITING:
        score.stimuli += 1
        with pytest.raises(BadQuery):
            run_sql(store / "views.db", sql, past=past, seconds=20)
    score.lost = int(hashes(store) != before)
    score.undetected = len(list(Path("/tmp").glob("presslog-a*")))

    assert score.costs == (0, 0, 0)


def test_39_sql_that_wants_all_time_and_memory(store: Path, score: Score) -> None:
    before, longest, parent = hashes(store), 0.0, resident_megabytes()

    for sql in BOMBS:
        score.stimuli += 1
        began = time.monotonic()
        with suppress(BadQuery):
            run_sql(store / "views.db", sql, seconds=SECONDS)
        longest = max(longest, time.monotonic() - began)
    score.lost = int(hashes(store) != before)
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    grown = resident_megabytes() - parent

    score.figures.append(
        f"longest {longest:.2f} s at a limit of {SECONDS} s; a child {child:.0f} MB, we {grown:+.0f} MB"
    )
    assert longest < SECONDS + BEYOND_SECONDS
    assert child < MEMORY_BYTES >> 20
    assert grown < PARENT_MEGABYTES
    assert score.costs == (0, 0, 0)
