"""run --once and ingest as a person starts them: real processes, real stores."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

STORY = "Rivers rise\n\nThe water came at night.\n"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A desk with one empty feed."""
    folder = tmp_path / "desk"
    (folder / "seeds").mkdir(parents=True)
    (folder / "presslog.toml").write_text('[feeds.seeds]\nfolder = "seeds"\n')
    return folder


def presslog(*arguments: str | Path, given: bytes = b"") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "presslog.daemon", *map(str, arguments)]
    ended = subprocess.run(command, input=given, capture_output=True, timeout=60, check=False)
    return subprocess.CompletedProcess(command, ended.returncode, ended.stdout.decode(), ended.stderr.decode())


def rows(ended: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_once_reads_what_lies_there_and_ends(desk: Path) -> None:
    (desk / "seeds" / "a.txt").write_text(STORY)

    ended = presslog("run", desk, "--once")

    assert ended.returncode == 0, ended.stderr
    assert "1 recorded · views at #3" in ended.stderr
    assert [row["title"] for row in rows(presslog("export", "--store", desk))] == ["Rivers rise"]


def test_once_on_a_folder_without_articles_says_so(desk: Path) -> None:
    ended = presslog("run", desk, "--once")

    assert ended.returncode == 0
    assert "nothing new" in ended.stderr


def test_run_without_a_folder_to_watch_says_what_to_do(tmp_path: Path) -> None:
    config = tmp_path / "presslog.toml"
    config.write_text("")

    ended = presslog("run", "--config", config, "--once")

    assert ended.returncode == 8
    assert "presslog init DIR" in ended.stderr


def test_ingested_file_of_a_watched_folder_belongs_to_its_feed(desk: Path) -> None:
    story = desk / "seeds" / "a.txt"
    story.write_text(STORY)

    first = rows(presslog("ingest", "--store", desk, story, "-o", "ndjson"))
    again = rows(presslog("ingest", "--store", desk, story, "-o", "ndjson"))

    assert (first[0]["outcome"], first[0]["feed"], first[0]["path"]) == ("recorded", "seeds", "a.txt")
    assert again[0]["outcome"] == "known"
    assert "nothing new" in presslog("run", desk, "--once").stderr


def test_ingested_folder_and_standard_input_belong_to_the_feed_ingest(desk: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / "one.txt").write_text(STORY)
    (old / ".hidden").write_text(STORY)

    story = b"Two\n\nSecond.\n"
    given = presslog("ingest", "--store", desk, old, "-", "--name", "two.txt", "-o", "ndjson", given=story)

    found = rows(given)
    assert given.returncode == 0, given.stderr
    assert {row["path"] for row in found} == {"two.txt", os.fspath(old / "one.txt").lstrip("/")}
    assert {row["feed"] for row in found} == {"ingest"}


def test_ingest_of_a_folder_reads_nothing_that_was_moved_away(desk: Path) -> None:
    (desk / "seeds" / "done" / "old").mkdir(parents=True)
    (desk / "seeds" / ".presslog-retiring").mkdir()
    for path in ("done/old/a.txt", "done/b.txt", ".presslog-retiring/c.txt", "new.txt"):
        (desk / "seeds" / path).write_text(STORY)

    moving = ("--store", desk, "--set", "after_read=move", "--set", "ignore=*.bak")
    ended = presslog("ingest", *moving, desk / "seeds", desk / "seeds" / "done", "-o", "ndjson")

    assert [row["path"] for row in rows(ended)] == ["new.txt"]
    assert (desk / "seeds" / "new.txt").exists()


def test_refused_file_makes_ingest_end_with_4(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(STORY)
    (tmp_path / "empty.txt").write_text("")

    ended = presslog("ingest", "--store", desk, tmp_path / "good.txt", tmp_path / "empty.txt", "-o", "ndjson")

    assert ended.returncode == 4
    assert [row["outcome"] for row in rows(ended)] == ["recorded", "refused"]
    assert rows(ended)[1]["code"] == "empty"


def test_dry_run_shows_the_reading_and_keeps_nothing(desk: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text(STORY)

    ended = presslog("ingest", "--store", desk, "--dry-run", tmp_path / "good.txt", "-o", "ndjson")

    assert rows(ended)[0]["title"] == "Rivers rise"
    assert not (desk / "store").exists()


def test_file_that_is_not_there_is_a_wrong_argument(desk: Path) -> None:
    ended = presslog("ingest", "--store", desk, desk / "nothing.txt")

    assert ended.returncode == 2
    assert "no such file" in ended.stderr
