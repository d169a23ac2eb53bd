"""A real systemd, booted as PID 1 over this machine's own root, that runs our units as the documents install them."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from clusters import nats
from clusters.nats_keys import guarded

ROOT = Path(__file__).parents[2]
BOOT_SECONDS = 500
MASKED = (
    "systemd-networkd",
    "systemd-resolved",
    "systemd-timesyncd",
    "getty@tty1",
    "console-getty",
    "docker",
    "ssh",
    "postgresql",
)
WATCHDOG_SECONDS = 4
WHEELS = "/opt/wheels-for-presslog"
NO_NETWORK = f"PIP_NO_INDEX=1 PIP_FIND_LINKS={WHEELS} PIP_CONSTRAINT=/dev/null"
CLUSTER = re.compile(r"^cluster \{.*?^\}", re.DOTALL | re.MULTILINE)

MARKS = [
    pytest.mark.nspawn,
    pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: booting a systemd needs root"),
    pytest.mark.skipif(shutil.which("systemd-nspawn") is None, reason="SKIPPED LOUDLY: there is no systemd-nspawn"),
]


def run(*command: str | Path, seconds: float = 120) -> None:
    ended = subprocess.run([*map(str, command)], capture_output=True, text=True, timeout=seconds, check=False)
    assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"


def provide(root: Path) -> None:
    """Put the wheel with all that it needs where the container's pip looks: it has no network."""
    wheel = next((ROOT / "dist").glob("presslog-*.whl"))
    pip = [sys.executable, "-m", "pip", "--python", "/usr/bin/python3"]
    run(*pip, "download", "-q", "-d", root / WHEELS.lstrip("/"), f"{wheel}[postgres,jetstream]", seconds=300)
    shutil.rmtree(root / "opt/presslog", ignore_errors=True)
    (root / "opt/documented").mkdir()
    for name, commands in documented(ROOT / "docs/systemd.md").items():
        (root / "opt/documented" / f"{name}.sh").write_text(commands)
    # There as here they are modules of a package of that name.
    (root / "opt/nspawn").symlink_to(".")
    for name in ("inside.py", "probe.py", "servers.py"):
        shutil.copy(ROOT / "tests/nspawn" / name, root / "opt" / name)
    provide_servers(root)


def provide_servers(root: Path) -> None:
    """Put there what ships for servers, and a nats-server where there is one, alone and open to one user."""
    shipped = root / "opt/shipped"
    shipped.mkdir()
    for name in ("postgres-roles.sql", "nats-server.service"):
        shutil.copy(ROOT / "deploy" / name, shipped)
    users, creds = guarded()
    alone = CLUSTER.sub("", (ROOT / "deploy/nats-server.conf").read_text())
    (shipped / "nats-server.conf").write_text(f"{alone}\n{users}\n")
    (shipped / "presslog.creds").write_text(creds)
    program = nats.program()
    if program:
        shutil.copy(program, root / "usr/local/bin/nats-server")


def documented(page: Path) -> dict[str, str]:
    """The commands below each heading of a page."""
    found: dict[str, str] = {}
    for chapter in re.split(r"^## ", page.read_text(), flags=re.MULTILINE)[1:]:
        title = chapter.partition("\n")[0].lower().replace(" ", "-")
        found[title] = "".join(re.findall(r"^```sh\n(.*?)^```", chapter, re.DOTALL | re.MULTILINE))
    return found


def prepare(root: Path) -> None:
    """Make the container boot into the script and into nothing else."""
    (root / "etc/machine-id").write_text("5a1d1219c7c4c5404aaa1f6d2a48ad02\n")
    (root / "tmp").mkdir(exist_ok=True)
    units = root / "etc/systemd/system"
    for name in MASKED:
        (units / f"{name}.service").unlink(missing_ok=True)
        (units / f"{name}.service").symlink_to("/dev/null")
    hasty = units / "presslog.service.d"
    hasty.mkdir()
    (hasty / "hasty.conf").write_text(f"[Service]\nWatchdogSec={WATCHDOG_SECONDS}\n")
    (units / "e2e.service").write_text(
        f"[Service]\nType=exec\nExecStart=/usr/bin/python3 -Es /opt/inside.py\nEnvironment={NO_NETWORK}\n"
        "ExecStopPost=systemctl poweroff --no-block\n"
    )
    wants = units / "multi-user.target.wants"
    wants.mkdir(exist_ok=True)
    (wants / "e2e.service").symlink_to("../e2e.service")
    run("useradd", "-R", root, "-m", "-K", "HOME_MODE=0755", "ann")


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


def has(said: dict[str, str], **expected: object) -> bool:
    """Whether the script said exactly this; the difference is shown."""
    told = {key: said.get(key) for key in expected}
    assert told == {key: str(value) for key, value in expected.items()}
    return True
