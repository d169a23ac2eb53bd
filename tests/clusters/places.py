"""Where the nodes of a cluster live: a folder, an address and a free port each; and how their processes end."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple


class Place(NamedTuple):
    """The place of one node; ``around`` is a command that starts its processes, e.g. in a network namespace."""

    folder: Path
    host: str = "127.0.0.1"
    around: tuple[str, ...] = ()


def places(folder: Path, count: int) -> list[Place]:
    """One folder for each node, all on the loopback address."""
    return [Place(folder / f"n{number}") for number in range(count)]


def free_ports(count: int) -> list[int]:
    """So many ports on which nobody listens now."""
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def family(pid: int) -> list[int]:
    """A process and all its children, those of its children too."""
    return [pid, *(each for child in _children(pid) for each in family(child))]


def _children(pid: int) -> Iterator[int]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                yield int(stat.parent.name)


def signal_family(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process and to all its children, none of which can be born meanwhile."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    for each in reversed(family(pid)):
        with suppress(ProcessLookupError):
            os.kill(each, number)
