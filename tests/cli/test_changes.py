"""presslog changes."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import Archive
from click.testing import Result
from newsroom import AGENCY, CLOSED, FERRY, QUAYS, a_morning

from presslog.store.queries import Answers

Ask = Callable[..., Result]
DAY = ("--since", "2022-01-06")


@pytest.fixture
def morning(tmp_path: Path) -> Path:
    """The store that ``ask`` asks, with the morning of the newsrooms in it."""
    archive = a_morning(tmp_path / "store")
    archive.close()
    return archive.folder


def listed(ended: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


@pytest.mark.usefixtures("morning")
def test_counts_stand_above_the_list(ask: Ask) -> None:
    lines = ask("changes", *DAY, "-o", "table").stdout.splitlines()

    assert lines[0] == "since Thu 06 Jan 2022 00:00 (position 0 → 31)"
    assert lines[1].split()[:4] == ["NEW", "8", "Harbour", "Wire"]
    assert lines[1].endswith("Harbour Wire 2 · Morning Ledger 2 · Radio Fjord 2 · 2 more")
    assert f"WITHDRAWN   1   {CLOSED[:12]} Brücke gesperrt" in "\n".join(lines)
    assert len([line for line in lines if line.startswith("art_")]) == 20


@pytest.mark.usefixtures("morning")
def test_in_a_pipe_only_the_list_is_data(ask: Ask) -> None:
    ended = ask("changes", *DAY, "-n", "3", "source:Quay", f'source:"{AGENCY}"', "source:the-quay")

    rows = [line.split("\t") for line in ended.stdout.splitlines()]
    assert len(rows) == 3
    assert {row[1] for row in rows} <= {"The Quay", AGENCY}
    assert {row[0].partition("@")[0] for row in rows} <= {QUAYS, "art_" + row_id(rows)}
    assert "NEW" in ended.stderr
    assert "3 changes: more with -n · as of #31" in ended.stderr


def row_id(rows: list[list[str]]) -> str:
    return next((row[0].partition("@")[0].removeprefix("art_") for row in rows if row[1] == AGENCY), "")


def test_programs_get_every_column_of_the_view(ask: Ask, morning: Path) -> None:
    found = listed(ask("changes", *DAY, "-n", "99", "-o", "ndjson"))
    table = list(csv.reader(ask("changes", *DAY, "-o", "csv").stdout.splitlines()))
    nothing = list(csv.reader(ask("changes", "-o", "csv").stdout.splitlines()))

    with Answers(morning) as answers:
        columns = [row["name"] for row in answers.tables.rows("select name from pragma_table_info('changes')")]
    assert len(found) == 29
    assert [list(found[0]), table[0], *nothing] == [columns] * 3


@pytest.mark.usefixtures("morning")
def test_ids_name_each_article_once_and_whole(ask: Ask) -> None:
    ended = ask("changes", *DAY, "-n", "99", "-o", "id")

    assert sorted(ended.stdout.splitlines()) == sorted(set(ended.stdout.splitlines()))
    assert FERRY in ended.stdout.splitlines()


@pytest.mark.usefixtures("morning")
def test_cursor_goes_on_where_the_last_answer_ended(ask: Ask) -> None:
    first = listed(ask("changes", "--after", "0", "-n", "20", "-o", "ndjson"))
    rest = listed(ask("changes", "--after", first[-1]["position"], "-n", "20", "-o", "ndjson"))
    newest = listed(ask("changes", "--after", "0", "-n", "1", "-r", "-o", "ndjson"))

    positions = [row["position"] for row in first + rest]
    assert positions == sorted(positions)
    assert len(positions) == 29
    assert newest[0]["position"] == positions[-1]
    assert "no changes after #31" in ask("changes", "--after", "31").stderr


@pytest.mark.usefixtures("morning")
def test_kinds_narrow_the_list_and_leave_the_counts_out(ask: Ask) -> None:
    withdrawn = ask("changes", *DAY, "--withdrawn", "-o", "table").stdout.splitlines()
    kinds = listed(ask("changes", *DAY, "--kind", "first", "--withdrawn", "-n", "99", "-o", "ndjson"))
    silent = listed(ask("changes", *DAY, "--silent", "-n", "99", "-o", "ndjson"))
    corrected = listed(ask("changes", *DAY, "--corrected", "-n", "99", "-o", "ndjson"))

    assert [line.split()[0] for line in withdrawn[3:] if line.startswith("art_")] == [f"{CLOSED[:12]}@1..2"]
    assert "NEW" not in "\n".join(withdrawn)
    assert [row["change_kind"] for row in kinds].count("first") == 8
    assert {row["change_kind"] for row in kinds} == {"first", "withdrawal"}
    assert all(row["is_silent"] for row in silent)
    assert {row["change_kind"] for row in corrected} <= {"correction"}


@pytest.mark.usefixtures("morning")
def test_by_time_the_newest_comes_first_with_its_time(ask: Ask) -> None:
    rows = [line.split("\t") for line in ask("changes", *DAY, "--sort", "time", "-n", "2").stdout.splitlines()]

    assert [row[0] for row in rows] == ["2022-01-06 11:00", "2022-01-06 10:55"]


@pytest.mark.usefixtures("morning")
def test_yesterday_is_that_of_the_moment_asked_of(ask: Ask) -> None:
    then = listed(ask("changes", "--as-of", "2022-01-06T09:20Z", "-o", "ndjson"))
    at = listed(ask("changes", "--at", "5", "-o", "ndjson"))

    assert len(then) == 5
    assert then == at
    assert "in the past" in ask("changes", "--at", "5").stderr


@pytest.mark.usefixtures("morning")
def test_where_nothing_changed_it_says_what_to_do_next(ask: Ask) -> None:
    ended = ask("changes")

    assert (ended.exit_code, ended.stdout) == (0, "")
    assert "Next:  go back further with --since 7d" in ended.stderr


def test_failures_are_counted_beside(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt")
    archive.refuse("b.txt")
    archive.build()

    assert "FAILED  1   presslog failures" in " ".join(ask("changes", *DAY, "-o", "table").stdout.split("    "))


def test_hostile_title_stays_harmless(archive: Archive, ask: Ask) -> None:
    archive.keep(title="\x1b[31mRed\u202e", source="\x1b]0;x\x07Wire")
    archive.build()

    shown = ask("changes", *DAY, "-o", "table").stdout

    assert "\\x1b[31mRed\\u202e" in shown
    assert "\x1b" not in shown


def test_an_answer_of_another_time_or_query_is_refused(archive: Archive, ask: Ask) -> None:
    archive.build()

    assert ask("changes", "--since", "soon").exit_code == 2
    assert ask("changes", "sorce:Wire").exit_code == 2
    assert ask("changes", "--at", "99").exit_code == 2
