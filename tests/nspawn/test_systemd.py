"""A real systemd, booted as PID 1 over this machine's own root, runs our units as the documents install them.

One boot runs inside.py; each test judges what that said.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BOOT_SECONDS = 400
MASKED = ("systemd-networkd", "systemd-resolved", "systemd-timesyncd", "getty@tty1", "console-getty", "docker", "ssh")
WATCHDOG_SECONDS, RESTART_SECONDS = 4, 2
SLACK_SECONDS = 5
"""For the start of Python, and the second between two looks of systemd, on a machine that does other things too."""

PROBES = re.findall(r'^    "(\w+)":', (ROOT / "tests/nspawn/probe.py").read_text(), re.MULTILINE)
OF_THE_CONTAINER = {
    *("bpf", "block_device", "clock_settime", "dev_kmsg", "dev_mem", "kernel_module", "kexec", "perf", "raw_io"),
    *("io_port", "reboot", "swap", "write_proc_sys", "write_cgroup"),
}
"""What root of a container may not either: that the unit denies it as well is seen by its settings only."""

WHEELS = "/opt/wheels-for-presslog"
NO_NETWORK = f"PIP_NO_INDEX=1 PIP_FIND_LINKS={WHEELS} PIP_CONSTRAINT=/dev/null"
NETWORK = {"inet", "inet6", "listen"}

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
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3g", "tmpfs", layer], check=False)
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


@pytest.fixture(scope="module")
def said(overlay: Path) -> dict[str, str]:
    """What the script inside said, from one boot for all tests."""
    provide(overlay)
    prepare(overlay)
    return boot(overlay)


def provide(root: Path) -> None:
    """Put the wheel with all that it needs where the container's pip looks: it has no network."""
    wheel = next((ROOT / "dist").glob("presslog-*.whl"))
    pip = [sys.executable, "-m", "pip", "--python", "/usr/bin/python3"]
    run(*pip, "download", "-q", "-d", root / WHEELS.lstrip("/"), wheel, seconds=300)
    shutil.rmtree(root / "opt/presslog", ignore_errors=True)
    (root / "opt/documented").mkdir()
    for name, commands in documented(ROOT / "docs/systemd.md").items():
        (root / "opt/documented" / f"{name}.sh").write_text(commands)
    for name in ("inside.py", "probe.py"):
        shutil.copy(ROOT / "tests/nspawn" / name, root / "opt" / name)


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
        f"[Service]\nType=exec\nExecStart=/usr/bin/python3 -I /opt/inside.py\nEnvironment={NO_NETWORK}\n"
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


def test_every_step_of_the_script_came_to_its_end(said: dict[str, str]) -> None:
    assert {key: value for key, value in said.items() if key.startswith("error_in_")} == {}


def test_the_documented_commands_install_a_service_that_reads_and_answers(said: dict[str, str]) -> None:
    assert has(said, documented_install=0, active="active", user="presslog", config_again=True)
    assert has(said, articles=6, read_in_child=1, children=1, retry=4, dismiss=0, open_failures=0)
    assert said["status"].startswith("position ")


def test_the_booted_systemd_finds_no_fault_and_little_exposure(said: dict[str, str]) -> None:
    assert has(said, verify=0, exposure=0, watch_exposure=0)


def test_a_reload_keeps_watching_and_watches_new_feeds(said: dict[str, str]) -> None:
    assert has(said, reload_wrong=0, active_after_wrong_reload="active", read_after_wrong_reload=1)
    assert has(said, reload=0, read_after_reload=1, read_in_new_feed=1, same_process=True)


def test_a_hang_is_ended_by_the_watchdog_in_time(said: dict[str, str]) -> None:
    assert has(said, hang_restarts=1, hang_result=True)
    assert float(said["hang_seconds"]) <= WATCHDOG_SECONDS + RESTART_SECONDS + SLACK_SECONDS


def test_a_kill_is_followed_by_a_restart_that_doubles_nothing(said: dict[str, str]) -> None:
    assert has(said, kill_restarts=2, read_after_kill=1)
    received, different = said["files"].split("/")
    assert received == different


def test_it_is_ready_only_after_a_large_wal_is_recovered(said: dict[str, str]) -> None:
    assert int(said["wal_bytes"]) > 100_000_000
    states = said["recovery_states"].split()
    assert states[-2:] == ["activating/start", "active/running"]
    assert has(said, recovery_said=True, recovery_lacks=0)
    received, different = said["recovery_files"].split("/")
    assert received == different


@pytest.mark.parametrize(("name", "status"), [("config", 8), ("damaged", 5), ("locked", 7)])
def test_what_a_restart_cannot_mend_is_not_restarted(said: dict[str, str], name: str, status: int) -> None:
    expected = {f"{name}_start": 1, f"{name}_status": status, f"{name}_restarts": 0, f"{name}_state": "failed"}

    assert has(said, **expected)
    assert has(said, locked_message=True, after_refusals="active")


def test_a_stop_under_load_ends_well_within_ten_seconds(said: dict[str, str]) -> None:
    assert has(said, stop=0, stop_loaded=0, stop_result="success", read_after_stop=300)
    assert float(said["stop_seconds"]) < 10
    received, different = said["files_after_stop"].split("/")
    assert received == different


def test_what_root_asks_of_a_stopped_store_does_not_lock_the_service_out(said: dict[str, str]) -> None:
    assert has(said, asked_as_root=0, rebuilt_as_root=0, read_after_stop=300)


def test_the_state_follows_the_service_to_another_user(said: dict[str, str]) -> None:
    assert has(said, uid_changed=True, uid_owns_all=True, uid_read=True, uid_doubles=True)


def test_the_key_is_handed_over_by_systemd_and_to_nobody_else(said: dict[str, str]) -> None:
    assert has(said, no_key_active="active", **{"documented_the-key": 0}, key_active="active")
    assert has(said, key_left_in_store=False, key_handed=True, key_signs=True, denied_read_key_file=1)
    others = {key: value for key, value in said.items() if "_for_other_" in key}
    assert len(others) == 6
    assert set(others.values()) == {"True"}


def test_documented_rights_let_it_read_for_a_group_and_write_backups(said: dict[str, str]) -> None:
    assert has(said, documented_rights=0, read_by_group=1)
    assert has(said, **{"documented_a-folder-for-backups": 0}, active_with_backups="active", backup_folder=0)
    assert has(said, backup_exec=1, backup_exec_status=203)


@pytest.mark.parametrize("probe", PROBES)
def test_the_sandbox_denies(said: dict[str, str], probe: str) -> None:
    assert has(said, **{f"denied_{probe}": 1, f"watch_{probe}": int(probe not in NETWORK - {"listen"})})
    if probe not in OF_THE_CONTAINER:
        assert has(said, **{f"plain_{probe}": 0})


def test_alerts_reach_a_file_and_a_command(said: dict[str, str]) -> None:
    assert has(said, documented_alerts=0, watch_active="active", watch_delivered="Flood in the valley", watch_stop=0)
    assert ast.literal_eval(said["watch_lines"]) == ["Flood in the valley"]


def test_a_user_without_rights_has_a_service_of_a_desk(said: dict[str, str]) -> None:
    assert has(said, user_manager=0, user_enable=0, user_active="active", user_read=True)
    assert has(said, user_sandbox="yes", user_stop=0)
