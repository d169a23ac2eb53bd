"""sd_notify(3): one datagram to the service manager, nothing where there is none."""

import os
import socket
import time
from collections.abc import Mapping

PATIENCE_SECONDS = 0.2
"""A manager that does not read fills its queue, and a send would wait for ever: better lose the word."""


def notify(env: Mapping[str, str], *lines: str) -> bool:
    """Send lines such as ``READY=1`` to the manager; False where none listens, or no more."""
    address = env.get("NOTIFY_SOCKET")
    if not address:
        return False
    if address.startswith("@"):
        address = "\0" + address[1:]
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
            channel.settimeout(PATIENCE_SECONDS)
            # A line end inside a line would begin another word to the manager.
            said = "\n".join(" ".join(line.splitlines()) for line in lines)
            channel.sendto(said.encode("utf-8", "replace"), address)
    except OSError:
        return False
    return True


def reloading(env: Mapping[str, str]) -> bool:
    """Say that the configuration is being read again; READY=1 ends it."""
    return notify(env, "RELOADING=1", f"MONOTONIC_USEC={time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000}")


def watchdog_seconds(env: Mapping[str, str]) -> float:
    """Seconds within which the manager wants a sign of life; 0 where it wants none."""
    if env.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0
    return int(env.get("WATCHDOG_USEC", "0")) / 1_000_000
