"""The units that ship: systemd itself judges them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
UNIT = DEPLOY / "presslog.service"
WATCH = DEPLOY / "presslog-watch@.service"
INSTANCES = {UNIT: "presslog.service", WATCH: "presslog-watch@floods.service"}
MOST_EXPOSURE = {UNIT: 5, WATCH: 16}
"""In tenths of systemd's scale of 0 to 10; alerts need a network."""

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("shipped", INSTANCES, ids=lambda path: path.name)
def test_systemd_finds_no_fault_in_the_unit(shipped: Path, tmp_path: Path) -> None:
    unit = tmp_path / INSTANCES[shipped]
    program = tmp_path / "presslog"
    program.symlink_to(sys.executable)
    unit.write_text(shipped.read_text().replace("/opt/presslog/bin/presslog", str(program)))

    verified = analyze("verify", "--man=no", str(unit))

    assert verified.returncode == 0, verified.stderr
    assert unit.name not in verified.stderr


@pytest.mark.parametrize("shipped", INSTANCES, ids=lambda path: path.name)
def test_the_unit_exposes_little(shipped: Path) -> None:
    judged = analyze("security", "--offline=true", f"--threshold={MOST_EXPOSURE[shipped]}", str(shipped))

    assert judged.returncode == 0, judged.stdout[-400:]


def test_the_unit_does_not_restart_what_a_restart_cannot_mend() -> None:
    assert "RestartPreventExitStatus=5 7 8\n" in UNIT.read_text()
    assert "RestartPreventExitStatus=2 3 5 7\n" in WATCH.read_text()
