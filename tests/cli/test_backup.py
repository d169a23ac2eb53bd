"""presslog backup and presslog restore, as people and scripts use them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import Archive
from click.testing import CliRunner, Result
from desks import Desk, a_story, in_company, running_daemon
from examples import until

from presslog.daemon.cli import presslog
from presslog.store.manifest import NAME

Run = Callable[..., Result]


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "shelf"


@pytest.fixture
def desk(tmp_path: Path, shelf: Path) -> Desk:
    """A desk that backs up to the shelf by hand, with one article."""
    desk = Desk(tmp_path / "desk", backup_folder=str(shelf), backup_seconds=0)
    desk.drop("a.txt", a_story())
    desk.drain()
    return desk


@pytest.fixture
def run(desk: Desk) -> Run:
    def run(*arguments: object) -> Result:
        words = [*map(str, arguments), "--store", str(desk.folder)]
        return CliRunner().invoke(presslog, words, catch_exceptions=False)

    return run


def test_backup_is_made_listed_and_verified(desk: Desk, run: Run, shelf: Path, company: str) -> None:
    with in_company(desk, company):
        made = json.loads(run("backup", "-o", "json").stdout)
        listed = json.loads(run("backup", "ls", "-o", "json").stdout)
        verified = json.loads(run("backup", "verify", made["name"], "-o", "json").stdout)

    assert made["path"] == str(shelf / made["name"])
    assert [each["name"] for each in listed] == [made["name"]]
    assert listed[0]["position"] == desk.events()[-1].position
    assert [(each["state"], each["relation"]) for each in verified] == [("good", "prefix")]


def test_folder_that_is_named_wins_over_the_setting(run: Run, shelf: Path, tmp_path: Path) -> None:
    ended = run("backup", tmp_path / "usb")

    assert ended.exit_code == 0
    assert ended.stdout.strip() == str(next((tmp_path / "usb").iterdir()))
    assert not shelf.exists()
    assert "presslog-" in run("backup", "ls", tmp_path / "usb").stdout
    assert run("backup", "verify", "--all", "--in", tmp_path / "usb").exit_code == 0


def test_options_may_stand_before_the_name_of_the_subcommand(desk: Desk, shelf: Path) -> None:
    ended = CliRunner().invoke(presslog, ["backup", "--store", str(desk.folder), "ls"])

    assert f"no backups in {shelf}" in ended.stderr


def test_damaged_backup_ends_with_5_and_is_named(run: Run, shelf: Path) -> None:
    run("backup")
    path = next(shelf.iterdir()) / "log.db"
    path.write_bytes(path.read_bytes()[:-1])

    ended = run("backup", "verify", "--all")

    assert ended.exit_code == 5
    assert "log.db is not the file that was written" in ended.stdout
    assert "0 of 1 are good" in ended.stderr


def test_log_that_was_put_back_by_hand_ends_with_5(desk: Desk, run: Run, shelf: Path) -> None:
    run("backup")
    early = next(shelf.iterdir())
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()
    run("backup")
    (desk.store / "log.db").write_bytes((early / "log.db").read_bytes())

    ended = run("backup", "verify", "--all")

    assert ended.exit_code == 5
    assert "LACKS EVENTS" in ended.stdout


@pytest.mark.parametrize("place", ["seeds", "seeds/deep", "store", "store/backups"])
def test_folder_that_is_watched_or_lost_with_the_store_is_refused(desk: Desk, run: Run, place: str) -> None:
    ended = run("backup", desk.folder / place)

    assert ended.exit_code == 8
    assert "name a folder" in ended.stderr


@pytest.mark.parametrize(
    "arguments", [("backup", "verify"), ("backup", "verify", "--all", "x"), ("backup", "--set", "backup_folder=")]
)
def test_what_names_nothing_is_refused(run: Run, arguments: tuple[str, ...]) -> None:
    assert run(*arguments).exit_code == 2


def test_restore_puts_the_old_log_aside_and_loses_no_file(desk: Desk, run: Run, shelf: Path) -> None:
    run("backup")
    backup = next(shelf.iterdir())
    before = desk.events()
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()

    refused = run("restore", backup.name)
    done = run("restore", backup.name, "--replace")
    desk.drain()

    assert refused.exit_code == 2
    assert "--replace" in refused.stderr
    assert done.exit_code == 0
    events = desk.events()
    assert events[: len(before)] == before
    assert [event.type for event in events[len(before) :]] == ["log-restored", "article-recorded", "file-received"]
    assert desk.actors()[len(before)].startswith("operator:")
    assert sorted(desk.rows("select title from articles")) == [("Bridges hold",), ("Rivers rise",)]
    assert desk.kinds() == []
    assert f"restored to #{before[-1].position} from {backup.name}" in run("log").stdout


def test_restore_to_an_earlier_position_or_time(desk: Desk, run: Run, shelf: Path, tmp_path: Path) -> None:
    moment = desk.events()[-1].recorded_at
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()
    run("backup")
    backup, head = next(shelf.iterdir()), desk.events()[-1].position

    to = json.loads(run("restore", backup, "--to", head - 2, "--replace", "-o", "json").stdout)
    by = run("restore", backup, "--to", "2022-01-06", "--replace")
    beyond = run("restore", backup, "--to", head + 1, "--replace")

    assert (to["position"], to["replaced"]) == (head - 2, head)
    assert Path(to["aside"]).is_dir()
    assert moment
    assert (by.exit_code, beyond.exit_code) == (2, 2)


def test_restore_beside_a_daemon_is_refused(desk: Desk, run: Run, shelf: Path) -> None:
    run("backup")
    with running_daemon(desk) as process:
        until(desk.is_served, seconds=20)

        ended = run("restore", next(shelf.iterdir()), "--replace")

    assert ended.exit_code == 7
    assert f"pid {process.pid}" in ended.stderr


def test_status_and_doctor_say_how_old_the_last_backup_is(desk: Desk, run: Run, shelf: Path) -> None:
    none = run("status").stdout, run("doctor").stdout
    shelf.mkdir()
    run("backup")
    some = run("status").stdout, run("doctor").stdout
    unset = run("status", "--set", "backup_folder=").stdout, run("doctor", "--set", "backup_folder=").stdout

    assert f"none yet in {shelf}" in none[0]
    assert "warn\tbackup\tthere is none of this log" in none[1]
    assert f"s ago · {shelf}" in some[0]
    assert "ok\tbackup\tpresslog-" in some[1]
    assert "set backup_folder" in unset[0]
    assert "warn\tbackup\tno backup_folder is set" in unset[1]
    assert json.loads(run("status", "-o", "json").stdout)["backup"]["position"] == desk.events()[-1].position


def test_damaged_manifest_is_listed_with_its_problem(run: Run, shelf: Path) -> None:
    run("backup")
    (next(shelf.iterdir()) / NAME).write_text("{")

    assert "manifest.json is damaged" in run("backup", "ls").stdout


def test_unknown_backup_is_not_found(run: Run) -> None:
    assert run("restore", "presslog-nothing", "--replace").exit_code == 3
    assert run("backup", "verify", "presslog-nothing").exit_code == 3


def test_store_without_a_log_has_nothing_to_back_up(archive: Archive, tmp_path: Path) -> None:
    ended = CliRunner().invoke(presslog, ["backup", str(tmp_path / "x"), "--store", str(tmp_path / "empty")])

    assert ended.exit_code == 8
