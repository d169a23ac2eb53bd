"""The documents are run: every console block, every setting, every event and field that they name."""

import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from archives import NOON, Archive
from desks import History

from presslog.config.load import default_text
from presslog.handlers.reading import read_with
from presslog.store.article import Article
from presslog.store.engines.memory import MemoryLog
from presslog.store.events import TYPES
from presslog.store.sqlite import connect_readonly
from presslog.store.views import Views

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
PYTHON = re.compile(r"^```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
SHOWN = re.compile(r"^```python\n(.*?)^```(?:\n+```text\n(.*?)^```)?", re.DOTALL | re.MULTILINE)
BLOCK = re.compile(r"^```console\n(.*?)^```", re.DOTALL | re.MULTILINE)


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Each `$ ` line of the console blocks with the lines that are shown below it."""
    found: list[tuple[str, list[str]]] = []
    for line in "\n".join(BLOCK.findall(text)).splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return found


def shows(expected: str, output: str) -> bool:
    """Whether a line stands in the output; `…` stands for anything, white space counts as one space."""
    parts = [re.escape(" ".join(part.split())) for part in expected.split("…")]
    return re.search(".*".join(parts), " ".join(output.split())) is not None


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if BLOCK.search(d.read_text())], ids=lambda path: path.name)
def test_commands_of_a_document_do_what_it_says(document: Path, tmp_path: Path) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {"PATH": path, "HOME": str(tmp_path), "LANG": "C.UTF-8", "NO_COLOR": "1"}

    for command, lines in commands(document.read_text()):
        ended = subprocess.run(
            ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False
        )

        output = ended.stdout + ended.stderr
        assert ended.returncode == 0, f"{command}\n{output}"
        for line in lines:
            assert shows(line, output), f"{command}\nshould show: {line}\nshows: {output}"


def example(page: str) -> dict[str, Any]:
    """What the first Python block of a page defines, as if it stood in its room."""
    code = PYTHON.search((ROOT / "docs" / page).read_text())
    assert code
    names: dict[str, Any] = {
        "__name__": "presslog.handlers.formats.example",
        "__package__": "presslog.handlers.formats",
    }
    exec(compile(code[1], page, "exec"), names)
    return names


def test_format_of_the_page_reads_an_article() -> None:
    shout = example("adding-a-format.md")["FORMAT"]

    reading = read_with([shout], b"Rivers rise!\nThe water came at night.\n", "a.txt")

    assert (reading.format, reading.articles[0].text) == ("shout", "The water came at night.")


def test_view_of_the_page_counts_articles(tmp_path: Path) -> None:
    days = example("adding-a-view.md")["VIEW"]
    log = MemoryLog(now=lambda: 1641442471.0)
    for title in ("One", "Two"):
        History(log).article(title, title=title)

    with closing(Views(tmp_path, [days], log)) as views:
        views.open()

    with closing(connect_readonly(tmp_path / "views.db")) as connection:
        assert connection.execute("select * from days").fetchall() == [("2022-01-06", 2)]


def test_python_of_the_page_prints_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    archive = Archive(tmp_path / "desk" / "store")
    archive.keep("floods.txt", source="Wire", published_at="2022-01-06", authors=("Ann Lee",))
    archive.keep("bridges.txt", title="Bridges hold", source="Paper", text="Nothing came.")
    archive.clock = NOON + 3600
    changed = {"title": "Rivers fall", "text": "The water went at noon."}
    archive.keep("floods.txt", source="Wire", published_at="2022-01-06", authors=("Ann Lee",), **changed)
    archive.build()
    monkeypatch.chdir(tmp_path)

    names: dict[str, Any] = {"__name__": "python.md"}
    for code, lines in SHOWN.findall((ROOT / "docs" / "python.md").read_text()):
        exec(compile(code, "python.md", "exec"), names)
        output = capsys.readouterr().out
        for line in filter(None, lines.splitlines()):
            assert shows(line, output), f"{code}\nshould print: {line}\nprints: {output}"
    archive.close()


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 60


def test_events_page_names_every_type_and_field() -> None:
    page = (ROOT / "docs" / "events.md").read_text()

    names = {name for fact in TYPES.values() for name in fact.__struct_fields__}

    assert not {f"`{name}`" for name in {*TYPES, *names, *Article.__struct_fields__} if f"`{name}`" not in page}


def test_settings_page_shows_the_defaults_as_they_are() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()

    assert f"```toml\n{default_text()}```" in page
