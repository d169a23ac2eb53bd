"""presslog show, presslog history and presslog preview."""

import json
from collections.abc import Callable
from pathlib import Path

from archives import Archive
from click.testing import Result

Ask = Callable[..., Result]


def test_show_is_a_page_to_read(archive: Archive, ask: Ask) -> None:
    archive.keep(
        title="Rivers rise",
        byline="Ann Lee",
        source="Reuters",
        published_at="2022-01-06",
        text="One.\n\nTwo.",
        tail=("More",),
    )
    archive.build()

    lines = ask("show", "seeds/a.txt").stdout.splitlines()

    assert lines[:3] == ["Rivers rise", "Ann Lee", "Reuters · 2022-01-06 · revision 1 of 1, 2 words"]
    assert lines[4:] == ["", "One.", "", "Two.", "", "--", "More"]


def test_show_of_a_revision_shows_that_text(archive: Archive, ask: Ask) -> None:
    identifier = archive.keep(text="Several were hurt.")
    archive.keep(text="Twelve were hurt.")
    archive.build()

    assert "Several" in ask("show", f"{identifier}@1").stdout
    assert "Twelve" in ask("show", identifier[:9]).stdout
    assert ask("show", f"{identifier}@7").exit_code == 3


def test_show_as_json_and_markdown(archive: Archive, ask: Ask) -> None:
    archive.keep(title="Rivers rise", authors=("Ann Lee",))
    archive.build()

    row = json.loads(ask("show", "seeds/a.txt", "-o", "json").stdout)

    assert (row["title"], row["authors"], row["revision"]) == ("Rivers rise", ["Ann Lee"], 1)
    assert ask("show", "seeds/a.txt", "-o", "md").stdout.startswith("# Rivers rise\n")


def test_raw_is_every_byte_that_arrived(archive: Archive, ask: Ask) -> None:
    content = bytes(range(256)) * 3
    archive.keep(content=content)
    archive.keep(content=b"second")
    archive.build()

    assert ask("show", "seeds/a.txt@1", "--raw").stdout_bytes == content
    assert ask("show", "seeds/a.txt", "--raw").stdout_bytes == b"second"


def test_history_marks_the_current_revision(archive: Archive, ask: Ask) -> None:
    identifier = archive.keep(title="One")
    archive.keep(title="Two")
    archive.build()

    rows = [line.split("\t") for line in ask("history", identifier).stdout.splitlines()]

    assert [(row[0], row[2], row[-1]) for row in rows] == [("1", "", "One"), ("2", "*", "Two")]
    assert [row["revision"] for row in json.loads(ask("history", identifier, "-o", "json").stdout)] == [1, 2]


def test_preview_shows_the_reading_and_records_nothing(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "a.txt").write_text("Rivers Rise\n\nThe water came at night.\n\nThen it went.\n")

    page, rows = ask("preview", tmp_path / "a.txt"), ask("preview", "-o", "json", tmp_path / "a.txt")

    assert "title                Rivers Rise\n" in page.stdout
    assert json.loads(rows.stdout)[0]["text"].startswith("The water came")
    assert not (tmp_path / "store").exists()


def test_preview_of_some_files_that_cannot_be_read_ends_with_4(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "good.txt").write_text("Rivers Rise\n\nThe water came at night.\n")
    (tmp_path / "empty.txt").touch()

    ended = ask("preview", tmp_path / "good.txt", tmp_path / "empty.txt", tmp_path, tmp_path / "nothing")

    assert ended.exit_code == 4
    assert "Rivers Rise" in ended.stdout
    assert "empty: the file is empty" in ended.stderr
    assert "3 of 4 could not be read" in ended.stderr


def test_preview_refuses_what_the_daemon_would_refuse(tmp_path: Path, ask: Ask) -> None:
    (tmp_path / "a.txt").write_text("Rivers Rise\n\nThe water came at night.\n")

    ended = ask("preview", "--set", "limit_bytes=10", tmp_path / "a.txt")

    assert ended.exit_code == 4
    assert "too-large" in ended.stderr
