"""What an operator does to the servers of a log; all else goes through the port, and knows no engine."""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from clusters.nats import NatsCluster
from clusters.places import Place
from clusters.postgres import PostgresCluster
from failover import records

STANDBYS_AWAY_SECONDS = 1.0
"""How long the standbys are away when their primary is killed: what it confirmed alone, they do not have."""


class Servers(Protocol):
    """Three nodes that keep one log."""

    address: str

    def start(self) -> None:
        """Make and start all."""
        ...

    def stop(self) -> None:
        """End all."""
        ...

    def leader(self) -> int:
        """The node by which everything is confirmed."""
        ...

    def kill(self, leader: int) -> None:
        """Kill the leader with SIGKILL."""
        ...

    def pause(self, *nodes: int) -> None:
        """Let nodes stand still."""
        ...

    def give_up(self, leader: int) -> None:
        """Do what has to be done where a leader is not heard of any more: nothing, where the others see to it."""
        ...

    def take_back(self, node: int) -> None:
        """Let a node that was given up join the others again."""
        ...

    def kill_all(self) -> None:
        """Kill every node."""
        ...

    def restart(self) -> None:
        """Start all on what their folders hold, when all were killed."""
        ...

    def copies(self) -> list[str]:
        """A digest of the copy that each node holds, empty where it holds nothing."""
        ...


class JetStream:
    """Three nats-servers, three copies of everything; they choose a leader themselves."""

    def __init__(self, folder: Path, where: Sequence[Place], *, is_safe: bool = True) -> None:
        self._where = where
        self._cluster = NatsCluster(
            folder,
            len(where),
            sync="always" if is_safe else "",
            stores=[place.folder for place in where],
            hosts=[place.host for place in where],
            around=[place.around for place in where],
        )
        self.address = self._cluster.url()

    def start(self) -> None:
        self._cluster.start()

    def stop(self) -> None:
        self._cluster.stop()

    def leader(self) -> int:
        return self._cluster.leader("presslog-LOG")

    def kill(self, leader: int) -> None:
        self._cluster.kill(leader)

    def pause(self, *nodes: int) -> None:
        self._cluster.pause(*nodes)

    def give_up(self, leader: int) -> None:
        """Nothing: two of three go on without it."""

    def take_back(self, node: int) -> None:
        if node in self._cluster.processes:
            self._cluster.resume(node)
        else:
            self._cluster.start(node)

    def kill_all(self) -> None:
        self._cluster.kill()

    def restart(self) -> None:
        self._cluster.start()

    def copies(self) -> list[str]:
        return [records.digest(place.folder) for place in self._where]


class Postgres:
    """A primary and two standbys, of which a commit waits for one; a person or a program promotes."""

    def __init__(self, folder: Path, where: Sequence[Place], *, is_safe: bool = True) -> None:
        self._cluster = PostgresCluster(folder, len(where) - 1, synchronous=is_safe, where=where)
        self.address = self._cluster.url()

    def start(self) -> None:
        self._cluster.start()

    def stop(self) -> None:
        self._cluster.stop()

    def leader(self) -> int:
        return self._cluster.primary

    def kill(self, leader: int) -> None:
        # Killed and not only paused: a kernel goes on taking what comes for a process that stands still.
        standbys = [node for node in self._cluster.nodes if node != leader]
        for node in standbys:
            self._cluster.kill(node)
        threading.Event().wait(STANDBYS_AWAY_SECONDS)
        self._cluster.kill(leader)
        self._cluster.restart(*standbys)

    def pause(self, *nodes: int) -> None:
        for node in nodes:
            self._cluster.pause(node)

    def give_up(self, leader: int) -> None:
        """Fence it, so that it answers nobody any more, and promote the standby that holds most."""
        if self._cluster.is_running(leader):
            self._cluster.kill(leader)
        self._cluster.promote(self._cluster.furthest())

    def take_back(self, node: int) -> None:
        self._cluster.start(node)

    def kill_all(self) -> None:
        for node in self._cluster.nodes:
            self._cluster.kill(node)

    def restart(self) -> None:
        self._cluster.restart()

    def copies(self) -> list[str]:
        return [hashlib.sha256(self._cluster.dump(node)).hexdigest() for node in self._cluster.nodes]
