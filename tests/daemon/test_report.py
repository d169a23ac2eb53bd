"""The report: what the daemon says of itself, and to whom it stops talking."""

import socket
import uuid
from collections.abc import Iterator

import pytest
from desks import Desk

from presslog.daemon.report import Report, new_report


@pytest.fixture
def address() -> str:
    """Where a service manager may listen."""
    return f"presslog-{uuid.uuid4()}"


@pytest.fixture
def report(desk: Desk, address: str) -> Report:
    """The report of a daemon that was told of that manager."""
    return new_report({"NOTIFY_SOCKET": f"@{address}"}, desk.store)


@pytest.fixture
def manager(address: str) -> Iterator[socket.socket]:
    """The manager, not listening yet."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as manager:
        yield manager


def test_manager_that_listens_hears_every_word(
    desk: Desk, report: Report, manager: socket.socket, address: str
) -> None:
    manager.bind(f"\0{address}")
    with desk.assembled() as (parts, _):
        said = [report.say(parts) for _ in range(2)]

    heard = [manager.recv(4096).decode() for _ in range(2)]

    assert heard == [f"STATUS={words}" for words in said]


def test_manager_that_took_no_word_is_left_alone_for_a_while(
    desk: Desk, report: Report, manager: socket.socket, address: str
) -> None:
    with desk.assembled() as (parts, _):
        report.say(parts)
        manager.bind(f"\0{address}")
        report.say(parts)

    with pytest.raises(BlockingIOError):
        manager.recv(4096)
