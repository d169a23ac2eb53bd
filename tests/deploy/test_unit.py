"""The units that ship: systemd itself judges them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = sorted(DEPLOY.glob("*.service"))
UNITS = [*SERVICES, *sorted(DEPLOY.glob("*.timer"))]
USER = DEPLOY / "user" / "presslog.service"
MOST_EXPOSURE = {"presslog.service": 2, "nats-server.service": 11}
WITH_NETWORK = 16
"""In tenths of systemd's scale of 0 to 10; what tells others, as alerts do, needs a network."""
WITH_SERVER_LOG_EXPOSURE = 10
"""A network as well, but of private addresses only."""

SERVER_LOG = DEPLOY / "server-log.conf"
WITH_SERVER_LOG = [DEPLOY / "presslog.service", DEPLOY / "presslog-follow.service"]
STATE = {"nats-server.service": "/var/lib/private/nats"}

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def analyze(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["systemd-analyze", *arguments]
    env = os.environ | environment
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)


def placed(shipped: Path, folder: Path) -> Path:
    """A unit in a folder, with a program that is there; of a template an instance."""
    program = folder / "presslog"
    if not program.exists():
        program.symlink_to(sys.executable)
    unit = folder / shipped.name.replace("@.", "@floods.")
    text = shipped.read_text().replace("/opt/presslog/bin/presslog", str(program))
    unit.write_text(text.replace("ExecStart=/usr/local/bin/nats-server", f"ExecStart={program}"))
    return unit


def with_server_log(shipped: Path, folder: Path) -> Path:
    """A unit with the drop-in of a log on a server beside it."""
    unit = placed(shipped, folder)
    (folder / f"{unit.name}.d").mkdir()
    shutil.copy(SERVER_LOG, folder / f"{unit.name}.d")
    return unit


@pytest.mark.parametrize("shipped", UNITS, ids=lambda path: path.name)
def test_systemd_finds_no_fault_in_the_unit(shipped: Path, tmp_path: Path) -> None:
    for each in UNITS:
        placed(each, tmp_path)
    unit = placed(shipped, tmp_path)

    verified = analyze("verify", "--man=no", str(unit))

    assert verified.returncode == 0, verified.stderr
    assert unit.name not in verified.stderr


@pytest.mark.parametrize("shipped", WITH_SERVER_LOG, ids=lambda path: path.name)
def test_the_drop_in_of_a_log_on_a_server_has_no_fault_and_exposes_little(shipped: Path, tmp_path: Path) -> None:
    unit = with_server_log(shipped, tmp_path)

    verified = analyze("verify", "--man=no", str(unit))
    judged = analyze("security", "--offline=true", f"--threshold={WITH_SERVER_LOG_EXPOSURE}", str(unit))

    assert verified.returncode == 0, verified.stderr
    assert SERVER_LOG.name not in verified.stderr
    assert judged.returncode == 0, judged.stdout[-400:]


def test_the_drop_in_opens_a_network_outwards_only(tmp_path: Path) -> None:
    judged = analyze("security", "--offline=true", str(with_server_log(WITH_SERVER_LOG[0], tmp_path)))

    open_ones = {line.split()[1] for line in judged.stdout.splitlines() if line.startswith("✗")}
    assert open_ones - {"RootDirectory=/RootImage=", "DeviceAllow=", "RestrictAddressFamilies=~AF_UNIX"} == {
        "PrivateNetwork=",
        "IPAddressDeny=",
        "RestrictAddressFamilies=~AF_(INET|INET6)",
    }
    assert "SocketBindDeny=any\n" in SERVER_LOG.read_text()


def test_systemd_of_a_user_finds_no_fault_in_the_unit_of_a_desk(tmp_path: Path) -> None:
    unit = placed(USER, tmp_path)

    verified = analyze("--user", "verify", "--man=no", str(unit), XDG_RUNTIME_DIR=str(tmp_path))

    assert verified.returncode == 0, verified.stderr
    assert unit.name not in verified.stderr


@pytest.mark.parametrize("shipped", SERVICES, ids=lambda path: path.name)
def test_the_unit_exposes_little(shipped: Path) -> None:
    threshold = MOST_EXPOSURE.get(shipped.name, WITH_NETWORK)

    judged = analyze("security", "--offline=true", f"--threshold={threshold}", str(shipped))

    assert judged.returncode == 0, judged.stdout[-400:]


@pytest.mark.parametrize("shipped", SERVICES, ids=lambda path: path.name)
def test_nothing_runs_from_where_the_unit_may_write(shipped: Path) -> None:
    places = next(line for line in shipped.read_text().splitlines() if line.startswith("NoExecPaths="))

    state = STATE.get(shipped.name, "/var/lib/private/presslog")
    assert {"/", state, "/tmp", "/var/tmp"} <= set(places.partition("=")[2].split())


def test_the_unit_does_not_restart_what_a_restart_cannot_mend() -> None:
    assert "RestartPreventExitStatus=5 7 8\n" in (DEPLOY / "presslog.service").read_text()
    assert "RestartPreventExitStatus=5 7 8\n" in (DEPLOY / "presslog-follow.service").read_text()
    assert "RestartPreventExitStatus=5 7 8\n" in USER.read_text()
    assert "RestartPreventExitStatus=2 3 5 7\n" in (DEPLOY / "presslog-watch@.service").read_text()


def test_a_missing_key_is_no_failure() -> None:
    """A path after the name would be one; the name alone is looked for in /etc/credstore."""
    assert "LoadCredential=presslog.key\n" in (DEPLOY / "presslog.service").read_text()


def test_a_follower_is_not_run_beside_the_daemon_and_has_a_network() -> None:
    unit = (DEPLOY / "presslog-follow.service").read_text()

    assert "Conflicts=presslog.service\n" in unit
    assert "PrivateNetwork" not in unit
    assert "SocketBindDeny=any\n" in unit
    assert "ReadWritePaths" not in unit
