"""presslog export: whole, past, in files and in pipes."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import Archive
from click.testing import Result
from processes import ENVIRONMENT, LIMIT_SECONDS

from presslog.store.article import Subject

Ask = Callable[..., Result]
COMMAND = [sys.executable, "-m", "presslog.daemon", "export"]


def lines(ended: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ended.stdout.splitlines()]


def test_parquet_has_typed_columns_and_lists(archive: Archive, ask: Ask, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="NOT TESTED: pyarrow is missing")
    archive.keep(published_at="2022-01-06", subjects=(Subject("medtop:03000000"),), authors=("Ann Lee", "Bo Ek"))
    archive.build()

    ended = ask("export", "-o", "parquet", "--to", tmp_path / "a.parquet")
    table = parquet.read_table(tmp_path / "a.parquet")

    row = table.to_pylist()[0]
    assert "1 article · as of #2" in ended.stderr
    assert {str(table.schema.field(name).type) for name in ("revision", "urgency", "word_count")} == {"int32"}
    assert str(table.schema.field("first_seen_at").type) == "timestamp[ms, tz=UTC]"
    assert (row["published_at"], row["authors"]) == ("2022-01-06", ["Ann Lee", "Bo Ek"])
    assert row["subjects"] == [{"code": "medtop:03000000", "name": None}]
    assert row["first_seen_at"].isoformat() == "2022-01-06T12:00:00+00:00"
    assert set(table.column_names) == set(lines(ask("export"))[0])


def test_parquet_of_nothing_has_its_columns_and_goes_into_a_pipe(archive: Archive) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="NOT TESTED: pyarrow is missing")
    import pyarrow as pa

    archive.build()
    command = [*COMMAND, "-o", "parquet", "--store", str(archive.folder)]

    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, timeout=LIMIT_SECONDS, check=True)

    table = parquet.read_table(pa.BufferReader(ended.stdout))
    assert (table.num_rows, "title" in table.column_names) == (0, True)


def test_parquet_refuses_a_terminal(archive: Archive) -> None:
    archive.build()
    above, below = pty.openpty()

    command = [*COMMAND, "-o", "parquet", "--store", str(archive.folder)]
    ended = subprocess.run(
        command, env=ENVIRONMENT, stdout=below, stderr=subprocess.PIPE, timeout=LIMIT_SECONDS, check=False
    )
    os.close(below)
    os.close(above)

    assert ended.returncode == 2
    assert b"--to FILE" in ended.stderr


def test_missing_pyarrow_is_said_with_its_remedy(
    archive: Archive, ask: Ask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive.build()
    monkeypatch.setitem(sys.modules, "pyarrow", None)

    ended = ask("export", "-o", "parquet", "--to", tmp_path / "a.parquet")

    assert ended.exit_code == 2
    assert "pip install 'presslog[parquet]'" in ended.stderr


@pytest.mark.parametrize("form", ["ndjson", "json", "csv", "tsv", "md", "ninjs", "news-please"])
def test_file_holds_what_a_pipe_would_get(archive: Archive, ask: Ask, tmp_path: Path, form: str) -> None:
    archive.keep("a.txt", title="Rivers \u2028 rise", text="é\n中")
    archive.keep("b.txt")
    archive.build()

    piped = ask("export", "-o", form)
    ended = ask("export", "-o", form, "--to", tmp_path / "out")

    assert (tmp_path / "out").read_text("utf-8") == piped.stdout
    assert ended.stdout == ""
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "store"]


def test_file_that_cannot_be_written_leaves_what_stood_there(archive: Archive, ask: Ask, tmp_path: Path) -> None:
    archive.keep()
    archive.build()
    (tmp_path / "out").write_text("before")

    refused = ask("export", "--to", tmp_path / "out", "water OR")
    nowhere = ask("export", "--to", tmp_path / "no" / "such" / "folder")
    device = ask("export", "--to", "/dev/null")

    assert (refused.exit_code, (tmp_path / "out").read_text()) == (2, "before")
    assert (nowhere.exit_code, device.exit_code) == (1, 1)
    assert "cannot be written: No such file or directory" in nowhere.stderr
    assert Path("/dev/null").is_char_device()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "store"]


def test_markdown_wants_a_folder(archive: Archive, ask: Ask) -> None:
    archive.build()

    assert "--to DIR" in ask("export", "-o", "markdown").stderr


def test_export_of_the_past_and_of_every_revision(archive: Archive, ask: Ask, tmp_path: Path) -> None:
    archive.keep(title="Rivers rise")
    archive.clock += 3600
    archive.keep(title="Rivers fall")
    archive.build()

    then = ask("export", "--at", "2")
    both = ask("export", "--all-revisions", "water")
    documents = ask("export", "--all-revisions", "-o", "markdown", "--to", tmp_path / "notes")

    assert [(row["title"], row["revision"]) for row in lines(then)] == [("Rivers rise", 1)]
    assert "1 article · as of #2, in the past" in then.stderr
    assert [(row["title"], row["revision"], row["head_position"]) for row in lines(both)] == [
        ("Rivers rise", 1, 1),
        ("Rivers fall", 2, 3),
    ]
    assert "2 revisions · as of #4" in documents.stderr
    assert len(list((tmp_path / "notes").iterdir())) == 2


def test_bar_on_stderr_leaves_stdout_to_the_data() -> None:
    above, below = pty.openpty()
    code = "from presslog.daemon.cli.progress import progress\nwith progress('x') as tell: tell(1, 2); print('data')"

    command = [sys.executable, "-c", code]
    ended = subprocess.run(
        command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=below, timeout=LIMIT_SECONDS, check=True
    )
    os.close(below)
    os.close(above)

    assert ended.stdout == b"data\n"
