"""The documents are run: every console block, every setting, every event and field that they name."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from presslog.config.load import default_text
from presslog.store.events import TYPES, Article

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
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


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 60


def test_events_page_names_every_type_and_field() -> None:
    page = (ROOT / "docs" / "events.md").read_text()

    names = {name for fact in TYPES.values() for name in fact.__struct_fields__}

    assert not {f"`{name}`" for name in {*TYPES, *names, *Article.__struct_fields__} if f"`{name}`" not in page}


def test_settings_page_shows_the_defaults_as_they_are() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()

    assert f"```toml\n{default_text()}```" in page
