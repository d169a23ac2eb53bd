"""Hosts on one machine: network namespaces on a bridge, any of which can be cut off from the others."""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from clusters.places import Place

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: network namespaces need root")


class Network:
    """Some hosts; who made them reaches each of them, also one that its neighbours do not reach."""

    def __init__(self, count: int) -> None:
        self.hosts = range(count)
        self._bridge = f"plb{os.getpid()}"
        self._net = f"10.213.{os.getpid() % 250}"

    def places(self, folder: Path) -> list[Place]:
        """A place on every host."""
        around = [("ip", "netns", "exec", self._name(host)) for host in self.hosts]
        return [Place(folder / f"n{host}", self._address(host), around[host]) for host in self.hosts]

    def cut(self, host: int) -> None:
        """Cut a host off from its neighbours: nothing comes to it or from it, and nobody is told."""
        self._routes("add", host)

    def heal(self, host: int) -> None:
        """Connect it again."""
        self._routes("del", host)

    def make(self) -> None:
        """Make the bridge and the hosts; skipped loudly where that is not possible."""
        try:
            _ip("link", "add", self._bridge, "type", "bridge")
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            pytest.skip(f"SKIPPED LOUDLY: no bridge can be made here: {error}")
        _ip("addr", "add", f"{self._net}.254/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        for host in self.hosts:
            self._make(host)

    def remove(self) -> None:
        """Take away what was made; a line first: with its namespace it goes later, and its name is wanted again."""
        for host in self.hosts:
            subprocess.run(["ip", "link", "del", self._line(host)], capture_output=True, check=False)
            subprocess.run(["ip", "netns", "del", self._name(host)], capture_output=True, check=False)
        subprocess.run(["ip", "link", "del", self._bridge], capture_output=True, check=False)

    def _make(self, host: int) -> None:
        name, line = self._name(host), self._line(host)
        _ip("netns", "add", name)
        _ip("link", "add", line, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("link", "set", line, "master", self._bridge, "up")
        _ip("-n", name, "addr", "add", f"{self._address(host)}/24", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        _ip("-n", name, "link", "set", "lo", "up")

    def _routes(self, word: str, host: int) -> None:
        for other in self.hosts:
            if other != host:
                _ip("-n", self._name(host), "route", word, "blackhole", self._address(other))
                _ip("-n", self._name(other), "route", word, "blackhole", self._address(host))

    def _name(self, host: int) -> str:
        return f"presslog{os.getpid()}-{host}"

    def _line(self, host: int) -> str:
        return f"plv{os.getpid()}{host}"

    def _address(self, host: int) -> str:
        return f"{self._net}.{host + 1}"


@contextmanager
def network(count: int) -> Iterator[Network]:
    """Hosts, until the end of the block."""
    made = Network(count)
    try:
        made.make()
        yield made
    finally:
        made.remove()


def _ip(*words: str | Sequence[str]) -> None:
    subprocess.run(["ip", *map(str, words)], capture_output=True, check=True)
