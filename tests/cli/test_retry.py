"""presslog failures retry and dismiss, beside a running daemon and without one."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from desks import Desk, a_story, in_company
from examples import until

from presslog.daemon.cli import presslog
from presslog.daemon.cli.retry import MOST_PATHS
from presslog.daemon.control import operator
from presslog.store.lock import WriterLock

Ask = Callable[..., Result]


@pytest.fixture
def desk(company: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk with a refused file, its failure 1; in turn without a daemon and with one."""
    desk = Desk(tmp_path / "desk")
    desk.drop("bad.txt", "")
    desk.drain()
    with in_company(desk, company):
        yield desk


@pytest.fixture
def ask(desk: Desk, asker: Callable[..., Ask]) -> Ask:
    """A function that runs `presslog failures` with these arguments."""
    return asker(desk.folder, "failures")


def rows(ended: Result) -> list[dict[str, Any]]:
    return json.loads(ended.stdout)


def test_file_that_fails_again_ends_with_4_and_says_why(ask: Ask) -> None:
    ended = ask("retry", "2", "-o", "json")

    assert [(row["state"], row["path"], row["code"]) for row in rows(ended)] == [("refused", "seeds/bad.txt", "empty")]
    assert ended.exit_code == 4
    assert "1 of 1 files still not read" in ended.stderr


@pytest.mark.parametrize("name", ["2", "seeds/bad.txt", "--all"])
def test_file_that_is_good_now_is_read(desk: Desk, ask: Ask, name: str) -> None:
    desk.path("bad.txt").write_bytes(a_story())

    ended = ask("retry", name, "-o", "json")

    assert [(row["state"], row["article_id"][:4]) for row in rows(ended)] == [("read", "art_")]
    assert ended.exit_code == 0
    until(lambda: desk.rows("select resolution from failures") == [("read",)])


def test_file_is_named_by_its_path_on_the_disk(desk: Desk, ask: Ask) -> None:
    assert [row["path"] for row in rows(ask("retry", desk.path("bad.txt"), "-o", "json"))] == ["seeds/bad.txt"]


def test_name_of_any_bytes_is_understood(desk: Desk, ask: Ask) -> None:
    desk.drop(b"caf\xe9.txt", a_story())

    ended = ask("retry", os.fsdecode(os.fsencode(desk.seeds) + b"/caf\xe9.txt"), "-o", "json")

    assert [(row["state"], row["path"]) for row in rows(ended)] == [("read", "seeds/caf%E9.txt")]


def test_dismissed_failure_is_listed_no_more_and_says_who(desk: Desk, ask: Ask) -> None:
    ended = ask("dismiss", "2", "--reason", "a test page")
    until(lambda: desk.rows("select resolution from failures") == [("dismissed",)])

    assert ended.exit_code == 0
    assert ended.stdout == "dismissed\tseeds/bad.txt\ta test page\n"
    assert desk.actors()[-1] == operator(os.geteuid())
    assert ask().stdout == ""
    assert "dismissed" in ask("--all").stdout
    assert ask("dismiss", "2").exit_code == 4


def test_more_files_than_fit_into_one_request_are_all_answered(desk: Desk, ask: Ask) -> None:
    for number in range(MOST_PATHS + 5):
        desk.drop(f"{number}.txt", "")
    named = [desk.path(f"{number}.txt") for number in range(MOST_PATHS + 5)]

    ended = ask("retry", *named, "-o", "json")

    assert [row["state"] for row in rows(ended)] == ["refused"] * (MOST_PATHS + 5)


@pytest.mark.parametrize("command", ["retry", "dismiss"])
def test_nothing_named_and_everything_named_are_wrong(ask: Ask, command: str) -> None:
    assert ask(command).exit_code == 2
    assert ask(command, "1", "--all").exit_code == 2
    assert ask(command, "99").exit_code == 3
    assert ask(command, "no-such-file").exit_code == 3


def test_writer_that_cannot_be_asked_is_named(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    desk.drop("bad.txt", "")
    desk.drain()

    with WriterLock(desk.store):
        ended = CliRunner().invoke(presslog, ["failures", "retry", "2", "--store", str(desk.folder)])

    assert ended.exit_code == 7
    assert f"pid {os.getpid()}" in ended.stderr
    assert "try again" in ended.stderr
