"""presslog files: what became of a file, asked in whatever words."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from archives import Archive
from click.testing import CliRunner
from desks import Desk, a_story

from presslog.daemon.cli import presslog
from presslog.store.article import Unread

Answer = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with a file in each state that the log tells of; the person stands in it."""
    desk = Desk(tmp_path / "desk")
    desk.drop("2022/read.txt", a_story())
    desk.drop(b"caf\xe9.txt", "")
    desk.drop("gone.txt", a_story("Gone"))
    desk.drain()
    desk.path("gone.txt").unlink()
    desk.drop("copy.txt", a_story())
    desk.drain()
    monkeypatch.chdir(desk.folder)
    return desk


@pytest.fixture
def files(desk: Desk) -> Answer:
    """Rows of `presslog files` with these arguments."""

    def ask(*arguments: object) -> list[dict[str, Any]]:
        words = ["files", *map(str, arguments), "--store", str(desk.folder), "-o", "json"]
        return json.loads(CliRunner().invoke(presslog, words, catch_exceptions=False).stdout)

    return ask


def test_every_file_has_its_state_and_why(files: Answer) -> None:
    found = {row["path"]: (row["state"], row["why"]) for row in files()}

    assert found["seeds/copy.txt"] == ("copy", "of seeds/2022/read.txt")
    assert found["seeds/2022/read.txt"][0] == "read"
    assert found["seeds/2022/read.txt"][1].startswith("art_")
    assert found["seeds/gone.txt"][0] == "removed"
    assert found["seeds/caf%E9.txt"][0] == "refused"
    assert found["seeds/caf%E9.txt"][1].startswith("empty: ")


def test_states_and_number_are_chosen(files: Answer) -> None:
    assert {row["state"] for row in files("--state", "copy", "--state", "refused")} == {"copy", "refused"}
    assert len(files("-n", 2)) == 2


@pytest.mark.parametrize(
    "words", ["caf%E9.txt", "caf\udce9.txt", "seeds/caf\udce9.txt", "./seeds/caf\udce9.txt", "seeds/caf%E9.txt"]
)
def test_name_of_any_bytes_is_found_as_it_is_and_as_it_is_printed(files: Answer, words: str) -> None:
    assert [row["path"] for row in files(words)] == ["seeds/caf%E9.txt"]


def test_file_on_the_disk_is_found_by_its_path_there(desk: Desk, files: Answer) -> None:
    desk.drop("2022/read.txt.bak", a_story("Bak"))
    desk.drain()

    for path in ("seeds/2022/read.txt", desk.path("2022/read.txt"), "seeds/../seeds/2022/read.txt"):
        assert [row["path"] for row in files(path)] == ["seeds/2022/read.txt"]


def test_folder_on_the_disk_means_what_lies_below_it(desk: Desk, files: Answer) -> None:
    assert [row["path"] for row in files(desk.path("2022"))] == ["seeds/2022/read.txt"]
    assert len(files(desk.seeds)) == len(files("seeds/")) == 4


def test_file_that_is_gone_from_the_disk_is_found_by_where_it_lay(desk: Desk, files: Answer) -> None:
    assert [row["state"] for row in files(desk.path("gone.txt"))] == ["removed"]


@pytest.mark.parametrize(
    ("path", "state", "reason"),
    [
        ("seeds/new.txt", "unseen", "no daemon runs"),
        ("seeds/.new.txt.swp", "ignored", "'.*'"),
        ("seeds/2022/new.part", "ignored", "'*.part'"),
        ("elsewhere.txt", "outside", "presslog ingest"),
    ],
)
def test_file_that_presslog_has_not_read_is_told_why(
    desk: Desk, files: Answer, path: str, state: str, reason: str
) -> None:
    (desk.folder / path).write_text("here\n")

    for words in (path, desk.folder / path):
        rows = files(words)

        assert [(row["state"], os.path.basename(row["path"])) for row in rows] == [(state, os.path.basename(path))]
        assert reason in rows[0]["reason"]


def test_name_that_lies_elsewhere_too_means_what_presslog_knows(desk: Desk, files: Answer) -> None:
    (desk.folder / "copy.txt").write_text("another one\n")

    assert [row["path"] for row in files("copy.txt")] == ["seeds/copy.txt"]


def test_name_of_nothing_is_an_empty_list(files: Answer) -> None:
    assert files("nowhere") == []
    assert files("/nowhere") == []


def test_parts_left_unread_follow_the_file_that_is_named(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "store")
    parts = (Unread("b.bin", "binary", "no text in it"), Unread("item 3", "no-title", "no title"))
    archive.keep("day.zip", inside="a.xml", unread=parts)
    archive.keep("a.txt", text="Another text.")
    archive.build()
    archive.close()

    def run(*words: str) -> str:
        return CliRunner().invoke(presslog, [*words, "--store", str(tmp_path / "store")]).stdout

    named, all_of_them = run("files", "seeds/day.zip").splitlines(), run("files")

    assert named[0].split("\t")[2].endswith(", 2 left unread")
    assert [line.split("\t")[:3] for line in named[1:]] == [
        ["unread", "seeds/day.zip", "b.bin: binary: no text in it"],
        ["unread", "seeds/day.zip", "item 3: no-title: no title"],
    ]
    assert "\nunread\t" not in all_of_them
    assert "1 with parts left unread" in run("status")
    assert "2 parts left unread" in run("log")
