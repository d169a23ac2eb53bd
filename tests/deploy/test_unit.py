"""The unit that ships: systemd itself judges it."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

UNIT = Path(__file__).parents[2] / "deploy" / "presslog.service"
MOST_EXPOSURE = 5
"""In tenths of systemd's scale of 0 to 10."""

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False)


def test_systemd_finds_no_fault_in_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / "presslog.service"
    program = tmp_path / "presslog"
    program.symlink_to(sys.executable)
    unit.write_text(UNIT.read_text().replace("/opt/presslog/bin/presslog", str(program)))

    verified = analyze("verify", "--man=no", str(unit))

    assert verified.returncode == 0, verified.stderr
    assert "presslog.service" not in verified.stderr


def test_the_unit_exposes_less_than_half_a_point() -> None:
    judged = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSURE}", str(UNIT))

    assert judged.returncode == 0, judged.stdout[-400:]


def test_the_unit_does_not_restart_what_a_restart_cannot_mend() -> None:
    assert "RestartPreventExitStatus=5 7 8\n" in UNIT.read_text()
