"""presslog views: what a rebuild did, what it would do, and what is left of one that was killed."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from archives import Archive
from click.testing import Result

from presslog.handlers.views import INSIGHTS, VIEWS
from presslog.store.links import serving_path
from presslog.store.lock import WriterLock
from presslog.store.rebuild import LOCK
from presslog.store.sqlite import connect
from presslog.store.views import Views

Ask = Callable[..., Result]


@pytest.fixture
def built(archive: Archive) -> Archive:
    """Two articles, and their views."""
    archive.keep("a.txt", title="Rivers rise")
    archive.keep("b.txt", title="Bridges hold")
    return archive.build()


def damage(folder: Path, statement: str) -> None:
    with closing(connect(folder / "views.db")) as connection:
        connection.execute(statement)


def test_rebuild_shows_each_view_before_and_after(built: Archive, ask: Ask) -> None:
    rebuilt = ask("views", "rebuild", "-o", "json")

    rows = json.loads(rebuilt.stdout)
    assert rebuilt.exit_code == 0
    assert [row["view"] for row in rows] == [view.name for view in (*VIEWS, *INSIGHTS)]
    assert all(row["is_equal"] and row["rows_before"] == row["rows"] for row in rows[: len(VIEWS)])


def test_rebuild_of_one_view_leaves_the_others(built: Archive, ask: Ask) -> None:
    rebuilt = ask("views", "rebuild", "revisions", "-o", "id")

    assert rebuilt.stdout == "revisions\n"
    assert "copied from views-0001.db to make revisions anew" in rebuilt.stderr
    assert "views-0002.db serves, as of #4" in rebuilt.stderr


def test_unknown_view_is_refused_with_those_there_are(built: Archive, ask: Ask) -> None:
    refused = ask("views", "rebuild", "artikel")

    assert refused.exit_code == 2
    assert "no such view: artikel; there are revisions" in refused.stderr


def test_view_that_was_wrong_is_told_loudly(built: Archive, ask: Ask) -> None:
    damage(built.folder, "update revisions set title = 'Rivers fall' where path = 'a.txt'")

    rebuilt = ask("views", "rebuild")

    assert "warning: revisions was not what the log makes" in rebuilt.stderr
    assert "revisions\t6\t" in rebuilt.stdout
    assert rebuilt.stdout.splitlines()[0].endswith("\tNO")


def test_diff_shows_what_a_rebuild_would_change_and_changes_nothing(built: Archive, ask: Ask) -> None:
    damage(built.folder, "update revisions set title = 'Rivers fall' where path = 'a.txt'")
    before = serving_path(built.folder)

    shown = ask("views", "diff", "revisions", "-o", "table")
    rows = json.loads(ask("views", "diff", "revisions", "-o", "json").stdout)

    assert "title: 'Rivers fall' -> 'Rivers rise'" in shown.stderr
    assert [(row["table"], row["changed"], row["added"], row["removed"]) for row in rows] == [("revisions", 1, 0, 0)]
    assert rows[0]["examples"][0]["values"] == [{"column": "title", "before": "Rivers fall", "after": "Rivers rise"}]
    assert serving_path(built.folder) == before


def test_diff_of_views_that_are_right_says_so(built: Archive, ask: Ask) -> None:
    built.derive()

    same = ask("views", "diff")

    assert (same.exit_code, same.stdout) == (0, "")
    assert "nothing would change" in same.stderr


def test_dry_run_only_counts(built: Archive, ask: Ask) -> None:
    damage(built.folder, "delete from revisions where path = 'a.txt'")

    dry = ask("views", "rebuild", "--dry-run", "-o", "json")

    rows = json.loads(dry.stdout)
    assert {row["table"]: (row["added"], row["examples"]) for row in rows}["revisions"] == (1, [])
    assert serving_path(built.folder) == built.folder / "views-0001.db"


def test_unfinished_rebuild_is_told_and_resumed(built: Archive, ask: Ask) -> None:
    ask("views", "diff")

    listed = ask("views").stderr
    resumed = ask("views", "rebuild")

    assert "an unfinished rebuild stands at 100 %" in listed
    assert "resumed at 100 %" in resumed.stderr
    assert "unfinished" not in ask("views").stderr


def test_running_rebuild_is_told_with_its_pid(built: Archive, ask: Ask) -> None:
    ask("views", "diff")

    with WriterLock(built.folder, LOCK):
        listed = ask("views", "status").stderr
        status = ask("status").stdout

    assert "rebuilt by pid" in status
    assert "a rebuild runs: views-0002.db, pid " in listed


def test_titles_cannot_act_on_a_terminal(built: Archive, ask: Ask) -> None:
    damage(built.folder, "update revisions set title = 'x' || char(27) || '[2J' where path = 'a.txt'")

    shown = ask("views", "diff", "revisions", "-o", "table")

    assert "\x1b" not in shown.stderr + shown.stdout


def test_first_build_has_nothing_to_compare_with(archive: Archive, ask: Ask) -> None:
    archive.keep()

    rows = json.loads(ask("views", "rebuild", "-o", "json").stdout)

    assert {(row["rows_before"], row["is_equal"]) for row in rows} == {(None, None)}
    with closing(Views(archive.folder, VIEWS, archive.log)) as opened:
        assert opened.open() is None


def test_diff_without_views_says_how_to_build_them(archive: Archive, ask: Ask) -> None:
    archive.keep()

    assert "presslog views rebuild" in ask("views", "diff").stderr
