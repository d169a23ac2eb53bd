"""The daemon as systemd starts it: real processes, real signals, a real notification socket."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desk, a_story, running_daemon
from examples import until
from notifications import Manager

from presslog.daemon.mounts import is_local
from presslog.store.sqlite import sqlite3

KNOWS_WRITERS = pytest.mark.skipif(
    not is_local(Path(tempfile.gettempdir())), reason="NOT TESTED: this file system does not tell who writes a file"
)


@pytest.fixture
def manager() -> Iterator[Manager]:
    """A service manager."""
    manager = Manager()
    yield manager
    manager.close()


@pytest.fixture
def daemon(desk: Desk, manager: Manager) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon that has said READY, watched every 0.4 s."""
    desk.drop("old.txt", a_story("Old"))
    with running_daemon(desk, NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="400000") as process:
        until(lambda: manager.has("READY=1"), seconds=20)
        yield process


def titles(desk: Desk) -> set[str]:
    try:
        return {title for (title,) in desk.rows("select title from articles")}
    except sqlite3.OperationalError:
        return set()


def ended(*command: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")}
    whole = [sys.executable, "-m", "presslog.daemon", *command]
    return subprocess.run(whole, env=environment, capture_output=True, text=True, timeout=20, check=False)


def test_dropped_file_is_in_the_views_within_two_seconds(desk: Desk, daemon: subprocess.Popen[bytes]) -> None:
    until(lambda: "Old" in titles(desk), seconds=5)

    desk.drop("new.txt", a_story("New"))

    until(lambda: "New" in titles(desk), seconds=2)


def test_status_holds_position_backlog_and_waiting(
    desk: Desk, daemon: subprocess.Popen[bytes], manager: Manager
) -> None:
    until(lambda: manager.has("STATUS=position 2, backlog 0, waiting 0"))

    assert all(re.fullmatch(r"STATUS=position \d+, backlog \d+, waiting \d+", line) for line in statuses(manager))


BUSY = ("STATUS=opening", "STATUS=building")


def statuses(manager: Manager) -> list[str]:
    return [line for line in manager.lines if line.startswith("STATUS=") and not line.startswith(BUSY)]


@KNOWS_WRITERS
def test_file_that_is_being_written_stands_in_the_status_until_it_is_read(
    desk: Desk, daemon: subprocess.Popen[bytes], manager: Manager
) -> None:
    with desk.path("slow.txt").open("wb") as file:
        file.write(a_story("Slow"))
        file.flush()
        until(lambda: manager.has("STATUS=position .*, waiting 1"))

    until(lambda: "Slow" in titles(desk))
    until(lambda: bool(statuses(manager)) and statuses(manager)[-1].endswith("waiting 0"))


def test_watchdog_is_fed(daemon: subprocess.Popen[bytes], manager: Manager) -> None:
    until(lambda: manager.has("WATCHDOG=1", times=3), seconds=5)


def test_reloads_in_quick_succession_do_not_starve_the_watchdog(desk: Desk, manager: Manager) -> None:
    with running_daemon(desk, NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="60000000") as process:
        until(lambda: manager.has("READY=1") and manager.has("WATCHDOG=1"), seconds=20)

        for reloads in (1, 2, 3):
            process.send_signal(signal.SIGHUP)
            until(lambda reloads=reloads: manager.has("WATCHDOG=1", times=1 + reloads), seconds=10)

    assert manager.has("RELOADING=1", times=3)


def test_it_says_that_it_opens_the_store_before_it_is_ready(daemon: subprocess.Popen[bytes], manager: Manager) -> None:
    assert manager.lines.index("STATUS=opening the store") < manager.lines.index("READY=1")


def test_sigterm_ends_it_well(desk: Desk, daemon: subprocess.Popen[bytes], manager: Manager) -> None:
    daemon.send_signal(signal.SIGTERM)

    code = daemon.wait(10)

    assert code == 0
    assert manager.has("STOPPING=1")
    assert not list(desk.store.glob("log.db-*")), "the log was not closed"


def test_what_arrives_while_it_is_down_is_read_at_the_next_start(
    desk: Desk, daemon: subprocess.Popen[bytes], manager: Manager
) -> None:
    until(lambda: "Old" in titles(desk))
    daemon.send_signal(signal.SIGTERM)
    daemon.wait(10)
    desk.drop("meanwhile.txt", a_story("Meanwhile"))

    with running_daemon(desk):
        until(lambda: "Meanwhile" in titles(desk))

    assert len(desk.events("article-recorded")) == 2


def test_sighup_takes_a_new_feed(desk: Desk, daemon: subprocess.Popen[bytes], manager: Manager) -> None:
    wires = desk.folder / "wires"
    wires.mkdir()
    desk.configure(feeds=("seeds", "wires"))

    daemon.send_signal(signal.SIGHUP)
    until(lambda: manager.has("RELOADING=1") and manager.has("READY=1", times=2))
    (wires / "a.txt").write_bytes(a_story("Wire"))

    until(lambda: "Wire" in titles(desk))
    assert daemon.poll() is None


def test_sighup_with_an_invalid_file_changes_nothing(
    desk: Desk, daemon: subprocess.Popen[bytes], manager: Manager
) -> None:
    (desk.folder / "presslog.toml").write_text("limit_byte = 5")

    daemon.send_signal(signal.SIGHUP)
    until(lambda: manager.has("RELOADING=1") and manager.has("READY=1", times=2))
    desk.drop("new.txt", a_story("New"))

    until(lambda: "New" in titles(desk))
    assert "did you mean limit_bytes?" in desk.journal()


def test_second_daemon_is_refused_with_the_pid_of_the_first(desk: Desk, daemon: subprocess.Popen[bytes]) -> None:
    second = ended("run", str(desk.folder))

    assert second.returncode == 7
    assert f"pid {daemon.pid}" in second.stderr
    assert daemon.poll() is None


def test_configuration_error_ends_with_8(desk: Desk) -> None:
    (desk.folder / "presslog.toml").write_text("limit_byte = 5")

    refused = ended("run", str(desk.folder))

    assert refused.returncode == 8
    assert "did you mean limit_bytes?" in refused.stderr


def test_missing_folder_ends_with_8_and_names_key_and_remedy(desk: Desk) -> None:
    desk.seeds.rmdir()

    refused = ended("run", str(desk.folder))

    assert refused.returncode == 8
    assert "feeds.seeds.folder" in refused.stderr
    assert f"mkdir -p {desk.seeds}" in refused.stderr


@pytest.mark.parametrize("how", ["renamed", "deleted"])
def test_folder_that_is_made_anew_is_watched_anew(desk: Desk, daemon: subprocess.Popen[bytes], how: str) -> None:
    until(lambda: "Old" in titles(desk))
    if how == "renamed":
        desk.seeds.rename(desk.folder / "away")
    else:
        shutil.rmtree(desk.seeds)
    desk.seeds.mkdir()

    for title in ("New", "Newer"):
        desk.drop(f"{title}.txt", a_story(title))
        until(lambda title=title: title in titles(desk), seconds=10)

    assert daemon.poll() is None
