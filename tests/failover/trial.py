"""One trial: servers, writers and a follower, what is done to them, and what it cost."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from examples import until
from failover.audit import audit
from failover.conftest import Score
from failover.load import Load, loaded
from failover.servers import Servers
from failover.watching import Follower, following

from presslog.store.engines import open_engine

COPIES_SECONDS = 30


class Trial(NamedTuple):
    """What a case works with."""

    servers: Servers
    load: Load


@contextmanager
def trial(servers: Servers, folder: Path, score: Score) -> Iterator[Trial]:
    """Servers with writers and a follower at work; judged where the block ends well, and always ended."""
    with ExitStack() as stack:
        stack.callback(servers.stop)
        servers.start()
        open_engine(servers.address, folder / "founder", readonly=False).close()
        # What is older than the case is on the disks: else a power cut would take away more than what it is about.
        os.sync()
        follower = stack.enter_context(following(servers.address, folder / "follower"))
        load = stack.enter_context(loaded(servers.address, folder))
        yield Trial(servers, load)
        load.stop()
        _judge(servers, load, follower, folder, score)


def _judge(servers: Servers, load: Load, follower: Follower, folder: Path, score: Score) -> None:
    found = audit(servers.address, folder / "auditor", load.confirmed)
    score.acked, score.gap = len(load.confirmed), load.longest_gap
    score.lost, score.doubled = found.lost, found.doubled
    score.faults += [*load.faults, *found.wrong]
    score.figures.append(f"{load.asked_again} asked again")
    if found.events:
        follower.until_level(found.events[-1].position)
    score.faults += follower.faults
    score.followed = follower.seen == found.events
    score.are_equal = bool(found.events) and _are_equal(servers)


def _are_equal(servers: Servers) -> bool:
    def are_equal() -> bool:
        first, *others = servers.copies()
        return bool(first) and all(other == first for other in others)

    try:
        until(are_equal, COPIES_SECONDS)
    except AssertionError:
        return False
    return True
