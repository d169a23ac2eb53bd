"""The audit of locked versions: holes fail, silence is told of and never waited for long."""

import socket
import sys
import time
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from .audit import Hole, Unknown, found_in, main
from .licences import needed

CONSTRAINTS = Path(__file__).parents[2] / "deploy" / "constraints.txt"
SOUND = {"name": "click", "version": "8.5.1", "vulns": []}
HOLED = {"name": "ink", "version": "1.0", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": []}]}
SKIPPED = {"name": "pen", "skip_reason": "not found"}


def test_a_known_hole_is_found() -> None:
    assert found_in({"dependencies": [SOUND, HOLED, SKIPPED]}) == [Hole("ink 1.0", "PYSEC-2026-1", "1.1")]


def test_no_hole_is_none() -> None:
    assert found_in({"dependencies": [SOUND]}) == []


def test_a_package_that_the_service_does_not_know_is_not_called_sound() -> None:
    with pytest.raises(Unknown, match="pen"):
        found_in({"dependencies": [SOUND, SKIPPED]})


@pytest.mark.parametrize("listens", [True, False], ids=["a service that never answers", "no service"])
def test_silence_is_told_of_soon(
    listens: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pins = tmp_path / "pins.txt"
    pins.write_text("click==8.5.1\n")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        if listens:
            door.listen()
        for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{door.getsockname()[1]}")
        began = time.monotonic()

        code = main(str(pins), first_seconds=6)

    assert code == 0
    assert capsys.readouterr().out.startswith("SKIPPED LOUDLY: audit: ")
    assert time.monotonic() - began < 15


def test_all_that_is_installed_is_locked() -> None:
    lines = [line for line in CONSTRAINTS.read_text().splitlines() if line and not line.startswith("#")]
    locked = {canonicalize_name(line.partition("==")[0]) for line in lines if line.count("==") == 1}

    assert len(locked) == len(lines)
    assert needed("presslog[dev]", sys.path).keys() - locked == {"presslog", "pip"}
    assert "setuptools" in locked
