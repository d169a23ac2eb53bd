"""presslog views snapshot and adopt: what a person sees of it, beside a daemon and without one."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import Archive
from click.testing import Result
from desks import Desk, a_story, running_daemon
from examples import until

from presslog.store.links import serving_path

Ask = Callable[..., Result]


@pytest.fixture
def built(archive: Archive) -> Archive:
    """Two articles, and their views."""
    archive.keep("a.txt", title="Rivers rise")
    archive.keep("b.txt", title="Bridges hold")
    return archive.build()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a snapshot will be."""
    return tmp_path / "snapshot.db"


@pytest.fixture
def other(tmp_path: Path, built: Archive) -> Path:
    """Another store with the same log, and no views."""
    other = tmp_path / "other"
    other.mkdir()
    for path in built.folder.glob("log.db*"):
        shutil.copy(path, other)
    return other


def test_snapshot_says_position_size_and_views(built: Archive, ask: Ask, file: Path) -> None:
    told = json.loads(ask("views", "snapshot", file, "-o", "json").stdout)
    again = ask("views", "snapshot", file, "--force")

    assert (told["file"], told["position"], told["log_id"]) == (str(file), 4, built.log.log_id)
    assert told["size_bytes"] == file.stat().st_size
    assert {(each["position"], each["state"]) for each in told["views"]} == {(4, "live")}
    assert again.stdout == f"{file}\n"
    assert "6 views as of #4" in again.stderr


def test_file_that_is_there_is_not_replaced_without_force(built: Archive, ask: Ask, file: Path) -> None:
    file.write_text("mine")

    refused = ask("views", "snapshot", file)

    assert refused.exit_code == 2
    assert "--force" in refused.stderr
    assert file.read_text() == "mine"


def test_snapshot_without_views_says_how_to_build_them(archive: Archive, ask: Ask, file: Path) -> None:
    refused = ask("views", "snapshot", file)

    assert refused.exit_code == 8
    assert "presslog views rebuild" in refused.stderr


def test_folder_that_is_not_there_is_told(built: Archive, ask: Ask, tmp_path: Path) -> None:
    refused = ask("views", "snapshot", tmp_path / "nowhere" / "a.db")

    assert refused.exit_code == 1
    assert f"{tmp_path / 'nowhere'} cannot be written: No such file" in refused.stderr


def test_adopted_views_answer_on_the_other_host(built: Archive, ask: Ask, file: Path, other: Path) -> None:
    ask("views", "snapshot", file)

    adopted = ask("views", "adopt", file, store=other)
    found = ask("search", "bridges", "-o", "id", store=other)

    assert adopted.stdout == f"{other / 'views-0001.db'}\n"
    assert "6 views serve, as of #4, 0 behind the log" in adopted.stderr
    assert len(found.stdout.split()) == 1


def test_adoption_says_in_json_how_far_it_is_behind(built: Archive, ask: Ask, file: Path) -> None:
    ask("views", "snapshot", file)
    built.keep("c.txt", title="Floods")

    told = json.loads(ask("views", "adopt", file, "-o", "json").stdout)

    assert (told["position"], told["behind"], told["missing"]) == (4, 2, [])


def test_snapshot_of_another_log_ends_with_5(built: Archive, ask: Ask, file: Path, tmp_path: Path) -> None:
    ask("views", "snapshot", file)
    stranger = Archive(tmp_path / "stranger")
    stranger.close()

    refused = ask("views", "adopt", file, store=stranger.folder)

    assert refused.exit_code == 5
    assert "on a host of this log" in refused.stderr
    assert serving_path(stranger.folder) is None


def test_file_that_is_no_snapshot_ends_with_5_and_link_is_not_followed(built: Archive, ask: Ask, file: Path) -> None:
    file.symlink_to(built.folder / "views.db")

    refused = ask("views", "adopt", file)

    assert refused.exit_code == 5
    assert "it is a link" in refused.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED: only root makes files for others")
def test_root_adopts_for_the_owner_of_the_store(built: Archive, ask: Ask, file: Path, other: Path) -> None:
    ask("views", "snapshot", file)
    os.chown(other, 1234, 1234)

    ask("views", "adopt", file, store=other)

    assert (other / "views.db").stat().st_uid == 1234
    assert (other / "rebuild.lock").stat().st_uid == 1234


def test_running_daemon_goes_on_with_adopted_views(tmp_path: Path, ask: Ask, file: Path) -> None:
    desk = Desk(tmp_path / "desk")
    desk.drop("a.txt", a_story("Old"))
    with running_daemon(desk):
        until(lambda: desk.is_served() and bool(desk.rows("select 1 from articles")), seconds=20)
        assert ask("views", "snapshot", file, store=desk.folder).exit_code == 0

        adopted = ask("views", "adopt", file, store=desk.folder)
        desk.drop("b.txt", a_story("New"))

        assert adopted.exit_code == 0, adopted.stderr
        until(lambda: ("New",) in desk.rows("select title from articles"))
        assert os.readlink(desk.store / "views.db") == "views-0002.db"
