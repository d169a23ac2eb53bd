"""A real systemd, booted as PID 1 over this machine's own root, runs our units as the documents install them.

One boot runs inside.py; each test judges what that said.
"""

import ast
import re

import pytest
from nspawn.container import MARKS, ROOT, WATCHDOG_SECONDS, has

RESTART_SECONDS = 2
SLACK_SECONDS = 5
"""For the start of Python, and the second between two looks of systemd, on a machine that does other things too."""

PROBES = re.findall(r'^    "(\w+)":', (ROOT / "tests/nspawn/probe.py").read_text(), re.MULTILINE)
OF_THE_CONTAINER = {
    *("bpf", "block_device", "clock_settime", "dev_kmsg", "dev_mem", "kernel_module", "kexec", "perf", "raw_io"),
    *("io_port", "reboot", "swap", "write_proc_sys", "write_cgroup"),
}
"""What root of a container may not either: that the unit denies it as well is seen by its settings only."""

NETWORK = {"inet", "inet6", "listen"}

pytestmark = MARKS


def test_every_step_of_the_script_came_to_its_end(said: dict[str, str]) -> None:
    assert {key: value for key, value in said.items() if key.startswith("error_in_")} == {}


def test_the_documented_commands_install_a_service_that_reads_and_answers(said: dict[str, str]) -> None:
    assert has(said, documented_install=0, active="active", user="presslog", config_again=True)
    assert has(said, articles=6, read_in_child=1, children=1, retry=4, dismiss=0, open_failures=0)
    assert said["status"].startswith("position ")


def test_what_articles_say_is_derived_in_the_sandbox(said: dict[str, str]) -> None:
    assert has(said, speaker="Ana Silva")


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
