"""sd_notify with a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from presslog.daemon.systemd import notify, reloading, watchdog_seconds


@contextmanager
def listening(address: str) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.settimeout(5)
        yield manager


def test_lines_arrive_as_one_datagram(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")

    with listening(address) as manager:
        is_heard = notify({"NOTIFY_SOCKET": address}, "READY=1", "STATUS=position 7")

        assert manager.recv(4096) == b"READY=1\nSTATUS=position 7"
        assert is_heard


def test_abstract_address_is_reached() -> None:
    name = f"presslog-test-{os.getpid()}"

    with listening("\0" + name) as manager:
        notify({"NOTIFY_SOCKET": "@" + name}, "READY=1")

        assert manager.recv(4096) == b"READY=1"


def test_reload_is_announced_with_its_time(tmp_path: Path) -> None:
    address = str(tmp_path / "notify")

    with listening(address) as manager:
        reloading({"NOTIFY_SOCKET": address})

        first, second = manager.recv(4096).decode().splitlines()
        assert first == "RELOADING=1"
        assert int(second.removeprefix("MONOTONIC_USEC=")) > 0


@pytest.mark.parametrize("env", [{}, {"NOTIFY_SOCKET": ""}])
def test_nothing_is_said_where_no_manager_is_named(env: dict[str, str]) -> None:
    is_heard = notify(env, "READY=1")

    assert not is_heard


def test_manager_that_is_gone_is_no_error(tmp_path: Path) -> None:
    is_heard = notify({"NOTIFY_SOCKET": str(tmp_path / "gone")}, "READY=1")

    assert not is_heard


@pytest.mark.parametrize(
    ("env", "seconds"),
    [
        ({}, 0),
        ({"WATCHDOG_USEC": "400000"}, 0.4),
        ({"WATCHDOG_USEC": "400000", "WATCHDOG_PID": str(os.getpid())}, 0.4),
        ({"WATCHDOG_USEC": "400000", "WATCHDOG_PID": "1"}, 0),
    ],
)
def test_watchdog_is_ours_where_it_names_us_or_nobody(env: dict[str, str], seconds: float) -> None:
    assert watchdog_seconds(env) == seconds
