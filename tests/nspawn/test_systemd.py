"""A real systemd, booted as PID 1 over this machine's own root, runs our unit with the wheel that was built."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOOT_SECONDS = 150
MASKED = ("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "getty@tty1", "console-getty", "docker", "ssh")

pytestmark = [
    pytest.mark.nspawn,
    pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: booting a systemd needs root"),
    pytest.mark.skipif(shutil.which("systemd-nspawn") is None, reason="SKIPPED LOUDLY: there is no systemd-nspawn"),
]


def run(*command: str | Path, seconds: float = 120) -> None:
    ended = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=seconds, check=False)
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """This machine's root with a throw-away layer above it."""
    layer = tmp_path_factory.mktemp("nspawn")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2g", "tmpfs", layer], check=False)
    if mounted.returncode:
        pytest.skip("SKIPPED LOUDLY: this kernel or sandbox lets nobody mount")
    root = layer / "root"
    for name in ("upper", "work", "root"):
        (layer / name).mkdir()
    options = f"lowerdir=/,upperdir={layer / 'upper'},workdir={layer / 'work'}"
    if subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, root], check=False).returncode:
        subprocess.run(["umount", layer], check=False)
        pytest.skip("SKIPPED LOUDLY: no overlay file system here")
    yield root
    subprocess.run(["umount", root], check=False)
    subprocess.run(["umount", layer], check=False)


def install(root: Path) -> None:
    """Put the wheel, the unit and the script that judges them into the container."""
    wheel = next((ROOT / "dist").glob("presslog-*.whl"))
    run("/usr/bin/python3", "-m", "venv", "--without-pip", root / "opt/presslog")
    (root / "tmp").mkdir(exist_ok=True)
    shutil.copy(wheel, root / "opt" / wheel.name)
    site = next((root / "opt/presslog/lib").glob("python3*")) / "site-packages"
    pip = [sys.executable, "-m", "pip", "--python", "/usr/bin/python3", "install", "-q"]
    run(*pip, "--target", site, wheel, seconds=300)
    script = root / "opt/presslog/bin/presslog"
    script.write_text("#!/opt/presslog/bin/python3 -I\nfrom presslog.daemon.cli import main\nmain()\n")
    script.chmod(0o755)
    unit = (ROOT / "deploy" / "presslog.service").read_text().replace("WatchdogSec=30", "WatchdogSec=4")
    (root / "etc/systemd/system/presslog.service").write_text(unit)
    shutil.copy(ROOT / "tests/nspawn/inside.sh", root / "opt/inside.sh")
    (root / "opt/inside.sh").chmod(0o755)


def prepare(root: Path) -> None:
    """Make the container boot into the script and into nothing else."""
    (root / "etc/machine-id").write_text("5a1d1219c7c4c5404aaa1f6d2a48ad02\n"[:32] + "\n")
    units = root / "etc/systemd/system"
    for name in MASKED:
        (units / f"{name}.service").unlink(missing_ok=True)
        (units / f"{name}.service").symlink_to("/dev/null")
    (units / "e2e.service").write_text("[Service]\nType=exec\nExecStart=/opt/inside.sh\n")
    wants = units / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "e2e.service").symlink_to("../e2e.service")


def boot(root: Path) -> dict[str, str]:
    """Boot, wait for the power-off, and read what the script said."""
    command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--link-journal=no", "-D", str(root)]
    command += ["--private-network", "-b", "--console=pipe", "systemd.unit=multi-user.target"]
    console = subprocess.run(
        ["timeout", "-s", "KILL", str(BOOT_SECONDS), *command],
        env={**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if not (root / "e2e.out").exists():
        pytest.skip(f"SKIPPED LOUDLY: no systemd boots here: {console.stdout[-300:]}{console.stderr[-300:]}")
    said = (root / "e2e.out").read_text()
    print(said)
    assert "E2E-DONE" in said, console.stdout[-2000:]
    return dict(line.split("=", 1) for line in said.splitlines() if "=" in line and " " not in line.split("=", 1)[0])


def test_systemd_runs_watches_restarts_reloads_and_stops_it(overlay: Path) -> None:
    install(overlay)
    prepare(overlay)

    said = boot(overlay)

    assert (said["start"], said["active"], said["user"]) == ("0", "active", "presslog")
    assert said["articles"] == "6"
    assert (said["read_in_child"], said["children"]) == ("1", "1")
    assert said["status"].startswith("position ")
    assert (said["reload_wrong"], said["active_after_wrong_reload"], said["reload"]) == ("0", "active", "0")
    assert (said["restarts_after_hang"], said["restarts_after_kill"]) == ("1", "2")
    assert (said["retry"], said["dismiss"], said["open_failures"]) == ("4", "0", "0")
    assert said["received"] == "8/8"
    assert (said["stop"], said["result"]) == ("0", "success")
    assert (said["start_wrong"], said["status_wrong"]) == ("1", "8")
