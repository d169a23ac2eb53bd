"""Servers fail in the ways that servers do, while writers go on: nothing that was confirmed is lost, nothing is twice.

Each case prints a row of the table that docs/hosts.md shows.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from clusters.places import Place, places
from failover.conftest import Score
from failover.namespaces import AS_ROOT, network
from failover.servers import JetStream, Postgres, Servers
from failover.trial import trial
from faults.loopback import Disk, disk

pytestmark = [pytest.mark.failover, pytest.mark.timeout(300)]

NODES = 3
SERVERS: dict[str, type[JetStream | Postgres]] = {"jetstream": JetStream, "postgresql": Postgres}
EACH = pytest.mark.parametrize("engine", SERVERS)
PAUSE_SECONDS = 6.0
CUT_SECONDS = 6.0
LOAD_APPENDS = 500


def stand(seconds: float) -> None:
    """Let a trouble last so long."""
    threading.Event().wait(seconds)


@EACH
def test_a_leader_is_killed_twice(engine: str, tmp_path: Path, score: Score) -> None:
    with trial(SERVERS[engine](tmp_path, places(tmp_path, NODES)), tmp_path, score) as (servers, load):
        for _ in range(2):
            leader = servers.leader()
            servers.kill(leader)
            servers.give_up(leader)
            load.until_more()
            servers.take_back(leader)
            load.until_more()

    assert score.costs == (0, 0, [])
    assert score.is_whole


@EACH
def test_b_leader_stands_still(engine: str, tmp_path: Path, score: Score) -> None:
    with trial(SERVERS[engine](tmp_path, places(tmp_path, NODES)), tmp_path, score) as (servers, load):
        leader = servers.leader()
        servers.pause(leader)
        stand(PAUSE_SECONDS)
        servers.give_up(leader)
        load.until_more()
        servers.take_back(leader)
        load.until_more()

    assert score.costs == (0, 0, [])
    assert score.is_whole


@AS_ROOT
@EACH
def test_c_leader_is_cut_off(engine: str, tmp_path: Path, score: Score) -> None:
    with (
        network(NODES) as hosts,
        trial(SERVERS[engine](tmp_path, hosts.places(tmp_path)), tmp_path, score) as (servers, load),
    ):
        leader = servers.leader()
        hosts.cut(leader)
        stand(CUT_SECONDS)
        servers.give_up(leader)
        load.until_more()
        hosts.heal(leader)
        servers.take_back(leader)
        load.until_more()

    assert score.costs == (0, 0, [])
    assert score.is_whole


@contextmanager
def disks(folder: Path) -> Iterator[list[Disk]]:
    """A file system of its own for each node."""
    with ExitStack() as stack:
        yield [stack.enter_context(disk(folder / f"disk{node}", size="400M")) for node in range(NODES)]


def cut_power(servers: Servers, drives: list[Disk]) -> None:
    """Let the power of all nodes fail at one moment: what is not on a disk by then is gone."""
    servers.pause(*range(NODES))
    for drive in drives:
        drive.cut()
    servers.kill_all()


def give_power_back(servers: Servers, drives: list[Disk]) -> None:
    """Mount what the disks held, and start all nodes on it."""
    for drive in drives:
        drive.restore()
    servers.restart()


def settled(drives: list[Disk]) -> list[Place]:
    """A place on each disk."""
    return [Place(drive.point / "node") for drive in drives]


@AS_ROOT
@EACH
def test_d_power_of_all_is_cut(engine: str, tmp_path: Path, score: Score) -> None:
    with (
        disks(tmp_path) as drives,
        trial(SERVERS[engine](tmp_path, settled(drives)), tmp_path, score) as (servers, load),
    ):
        load.until_more(LOAD_APPENDS)
        cut_power(servers, drives)
        give_power_back(servers, drives)
        load.until_more()

    assert score.costs == (0, 0, [])
    assert score.is_whole


@AS_ROOT
@pytest.mark.parametrize("engine", ["jetstream"])
def test_d_power_of_all_is_cut_and_syncs_are_rare(engine: str, tmp_path: Path, score: Score) -> None:
    """The control: servers as they come lose what they have confirmed, and the trial shows it."""
    with ExitStack() as stack:
        drives = stack.enter_context(disks(tmp_path))
        servers = SERVERS[engine](tmp_path, settled(drives), is_safe=False)
        _, load = stack.enter_context(trial(servers, tmp_path, score))
        load.until_more(LOAD_APPENDS)
        cut_power(servers, drives)
        load.stop(patience=0)
        give_power_back(servers, drives)

    assert score.lost


@pytest.mark.parametrize("engine", ["postgresql"])
def test_e_primary_is_killed_and_no_standby_is_waited_for(engine: str, tmp_path: Path, score: Score) -> None:
    """The control: a primary that confirms alone takes the newest events with it, and the trial shows it."""
    with trial(SERVERS[engine](tmp_path, places(tmp_path, NODES), is_safe=False), tmp_path, score) as (servers, load):
        leader = servers.leader()
        servers.kill(leader)
        servers.give_up(leader)
        load.stop(patience=0)
        servers.take_back(leader)

    assert score.lost
