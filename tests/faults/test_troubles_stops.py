"""Files that give their inode to others or go unread, a second daemon, and SIGTERM in the middle of the work."""

import hashlib
import os
import random
import resource
import signal
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext, suppress
from itertools import pairwise
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from faults.conftest import Score, times
from faults.troubles import arriving
from kills import complaints, counted, finish
from scenarios.living import Tally, living

from presslog.daemon.cli.exits import LOCKED

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

STOPS, FILES_A_SECOND, LONGEST_LIFE_SECONDS, STOP_SECONDS = times(15, 100), 100, 1.0, 5.0
FINISH_SECONDS = times(120, 900)
TWINS, REFUSALS, SECONDS_TO_REFUSE = times(100, 1000), times(5, 50), 1.0
REST_SECONDS = 2.0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk with one feed and the product's own settings."""
    return Desk(tmp_path / "desk", settle_seconds=1.0)


def replace_by_its_twin(desk: Desk, number: int) -> tuple[int, str]:
    """Delete a file and write another one that looks the same from outside; its inode, and the digest of its bytes."""
    content = a_story("Twin", f"Number {number:06}.")
    desk.path("a.txt").unlink(missing_ok=True)
    # Its time is set before it is there: who reads between writing and setting has rightly seen two files.
    twin = desk.folder / "twin"
    twin.write_bytes(content)
    os.utime(twin, ns=(10**18, 10**18))
    twin.rename(desk.path("a.txt"))
    return desk.path("a.txt").stat().st_ino, hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("daemon", ["running", "stopped"])
def test_18_inode_reuse(desk: Desk, score: Score, daemon: str) -> None:
    desk.configure()
    tally, twins = Tally(desk), []

    with living(desk) if daemon == "running" else nullcontext():
        for number in range(TWINS if daemon == "running" else TWINS // 5):
            twins.append(replace_by_its_twin(desk, number))
            if daemon == "stopped":
                desk.drain()
            until(lambda: tally.look().digests[twins[-1][1]] > 0, seconds=20)

    reused = sum(1 for before, after in pairwise(inode for inode, _ in twins) if before == after)
    score.stimuli = len(twins)
    score.lost = sum(1 for _, digest in twins if not tally.digests[digest])
    score.doubled = tally.digests.total() - len(twins)
    score.figures.append(f"{reused} had the inode, size and mtime of the one before")
    assert score.costs == (0, 0, 0)
    assert reused > 0, "the file system reuses no inodes: nothing was tried"


def vanished(desk: Desk) -> list[str]:
    """What the journal says of files that went unread."""
    return [line for line in desk.journal().splitlines() if "vanished feed=seeds path=hasty" in line]


def test_18_gone_before_it_is_read(desk: Desk, score: Score) -> None:
    desk.configure(log_level="DEBUG")
    tally, names = Tally(desk), [f"hasty{number}.txt" for number in range(TWINS)]

    with living(desk):
        for name in names:
            desk.drop(name, a_story(name)).unlink()
        desk.drop("last.txt", a_story("Last"))
        tally.wait_for("last.txt")
        with suppress(AssertionError):
            until(lambda: len(vanished(desk)) + len(tally.look().received) > len(names))

    received, told = len(tally.received) - 1, len(vanished(desk))
    score.stimuli = len(names)
    score.undetected = len(names) - received - told
    score.figures.append(f"{received} read, {told} told as vanished")
    assert score.costs == (0, 0, 0)


def stand(desk: Desk) -> dict[str, tuple[int, int, str]]:
    """Every file of a store: size, time of its last change, and what is in it."""
    files = [path for path in desk.store.iterdir() if path.is_file()]
    return {
        path.name: (path.stat().st_size, path.stat().st_ctime_ns, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in files
    }


def stand_at_rest(desk: Desk) -> dict[str, tuple[int, int, str]]:
    """The same once a daemon has nothing left to write: it signs at most once a second."""
    until_at, found = time.monotonic() + 30, stand(desk)
    while time.monotonic() < until_at:
        time.sleep(REST_SECONDS)
        before, found = found, stand(desk)
        if found == before:
            break
    return found


def computed_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.parametrize("how", [(), ("--once",)], ids=["run", "run --once"])
def test_19_second_daemon(desk: Desk, score: Score, how: tuple[str, ...]) -> None:
    desk.drop("a.txt", a_story())
    tally, seconds, computed = Tally(desk), [], []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")}

    with living(desk) as first:
        tally.wait_for("a.txt")
        until(lambda: first.manager.has(r"STATUS=position \d+, backlog 0, waiting 0"))
        until(lambda: desk.rows("select count(*) from articles") == [(1,)])
        before = stand_at_rest(desk)
        for _ in range(REFUSALS):
            began, before_it = time.monotonic(), computed_by_children()
            second = subprocess.run(
                [sys.executable, "-m", "presslog.daemon", "run", str(desk.folder), *how],
                env=environment,
                capture_output=True,
                text=True,
                timeout=20,
                check=False,
            )
            seconds.append(time.monotonic() - began)
            computed.append(computed_by_children() - before_it)
            score.undetected += second.returncode != LOCKED or f"pid {first.process.pid}" not in second.stderr
        after = stand(desk)
        assert first.is_alive()

    score.stimuli = REFUSALS
    score.figures.append(
        f"ended with {LOCKED} in {statistics.median(seconds):.2f} s, {statistics.median(computed):.2f} s of computing; "
        f"{len(before)} files of the store as before"
    )
    assert score.costs == (0, 0, 0)
    assert after == before
    # Others may use this machine's processors too, and then one second of computing takes several.
    assert min(*seconds, *computed) < SECONDS_TO_REFUSE


def test_20_stop_under_load(desk: Desk, score: Score) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    chance, seconds, tally = random.Random(seed), [], Tally(desk)

    with arriving(desk, FILES_A_SECOND, lambda number: f"{number % 7}/{number}.txt") as names:
        for _ in range(STOPS):
            with living(desk) as daemon:
                time.sleep(chance.uniform(0, LONGEST_LIFE_SECONDS))
                began = time.monotonic()
                daemon.process.send_signal(signal.SIGTERM)
                assert daemon.process.wait(4 * STOP_SECONDS) == 0, desk.journal()
                seconds.append(time.monotonic() - began)
    finish(desk, seconds=FINISH_SECONDS)

    score.stimuli = STOPS
    score.lost, score.doubled = counted(desk, names)
    score.figures.append(f"{len(names)} files, stopped in {max(seconds):.1f} s at most, seed {seed}")
    assert score.costs == (0, 0, 0)
    assert max(seconds) < STOP_SECONDS
    assert len(tally.look().received) == len(names)
    assert complaints(desk) == []
