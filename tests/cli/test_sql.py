"""presslog sql: answers with their freshness, the past, plans, and what is stopped."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from archives import Archive
from click.testing import Result
from examples import until
from processes import ENVIRONMENT, LIMIT_SECONDS

Ask = Callable[..., Result]
COUNT = "with recursive numbers (n) as (select 1 union all select n + 1 from numbers)"


def test_answer_says_how_fresh_it_is(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt")
    archive.build()
    archive.keep("b.txt")

    assert ask("sql", "select title from articles").stderr == "1 row · as of #2, 2 behind\n"


def test_sql_answers_as_of_the_past(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", title="Rivers rise")
    archive.clock += 3600
    archive.keep("a.txt", title="Rivers fall")
    archive.build()

    then = ask("sql", "--at", "2", "select title, revision_count from articles")
    by_time = ask("sql", "--as-of", "2022-01-06T12:30Z", "select count(*), max(title) from revisions")
    ahead = ask("sql", "--at", "99", "select 1")

    assert then.stdout == "Rivers rise\t1\n"
    assert then.stderr == "1 row · as of #2, in the past\n"
    assert by_time.stdout == "1\tRivers rise\n"
    assert (ahead.exit_code, "not reached yet" in ahead.stderr) == (2, True)


def test_what_is_cut_says_so_and_why(archive: Archive, ask: Ask) -> None:
    archive.build()

    by_rows = ask("sql", f"{COUNT} select n from numbers", "--limit", "3", "-o", "csv")
    by_size = ask("sql", f"{COUNT} select printf('%.*c', 4000000, 'x') from numbers", "-o", "id")

    assert by_rows.stdout.splitlines() == ["n", "1", "2", "3"]
    assert "cut after 3 rows: there are more; add a limit clause, or --limit" in by_rows.stderr
    assert "name fewer columns" in by_size.stderr


def test_plan_is_a_tree_and_runs_nothing(archive: Archive, ask: Ask) -> None:
    archive.build()

    tree = ask("sql", "--explain", f"select id from articles where id in ({COUNT} select n from numbers)")
    refused = ask("sql", "--explain", "delete from revisions")

    lines = tree.stdout.splitlines()
    assert lines[0].startswith("SEARCH revisions USING")
    assert any(line.startswith("  ") for line in lines)
    assert ask("sql", "--explain", "select 1", "-o", "json").stdout.startswith('[\n{"id":')
    assert (refused.exit_code, "only reading is allowed" in refused.stderr) == (2, True)


def test_guide_tells_tables_with_their_comments_and_without_those_of_the_index(archive: Archive, ask: Ask) -> None:
    archive.build()

    guide = ask("sql").stdout

    assert "\ncreate table files ( -- what happened to every path\n  feed text not null,\n" in guide
    assert "\n  resolution text, -- read, dismissed, removed\n" in guide
    assert "create table checkpoints ( -- how far each view has come in the log\n" in guide
    assert "revisions_fts_data" not in guide


def test_ctrl_c_ends_the_child_too(archive: Archive) -> None:
    archive.build()
    command = [sys.executable, "-m", "presslog.daemon", "sql", f"{COUNT} select count(*) from numbers"]

    process = subprocess.Popen([*command, "--store", str(archive.folder)], env=ENVIRONMENT, stderr=subprocess.PIPE)
    until(lambda: children(process.pid) != [])
    child = children(process.pid)[0]
    process.send_signal(signal.SIGINT)
    complaints = process.communicate(timeout=LIMIT_SECONDS)[1]

    assert process.returncode == 130
    assert complaints == b""
    until(lambda: not is_running(child))


def children(pid: int) -> list[int]:
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
