"""More than the kernel's queue holds, and more than memory should: nothing is lost, and the newest does not wait."""

import os
import signal
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Daemon, Tally, asked, is_queryable, living

pytestmark = pytest.mark.scenarios

QUEUED, BURST = 20_000, 100_000
QUEUED_LIMIT_SECONDS, BURST_LIMIT_SECONDS = 120.0, 420.0
GROWTH_MEGABYTES, PATIENCE_SECONDS, WATCHDOG_SECONDS = 150.0, 5.0, 10.0
FLOOD = """
import os, sys
folder, count = sys.argv[1], int(sys.argv[2])
os.chdir(folder)
for number in range(count):
    handle = os.open(f"{number}.txt", os.O_WRONLY | os.O_CREAT)
    os.write(handle, f"Story {number}\\n\\nWhat happened at number {number} of the flood.\\n".encode())
    os.close(handle)
"""


def flood(desk: Desk, count: int) -> "subprocess.Popen[bytes]":
    """Another process that writes so many files flat out."""
    return subprocess.Popen([sys.executable, "-S", "-c", FLOOD, desk.seeds, str(count)])


def names(count: int) -> list[str]:
    return [f"{number}.txt" for number in range(count)]


def test_15_overflow(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk) as daemon:
        daemon.process.send_signal(signal.SIGSTOP)
        assert flood(desk, QUEUED).wait(60) == 0
        daemon.process.send_signal(signal.SIGCONT)
        seconds = tally.wait_for_all(names(QUEUED), QUEUED_LIMIT_SECONDS)
        until(lambda: len(tally.told("folder-overflowed")) > 0)
        desk.drop("last.txt", a_story("Last"))
        tally.wait_for("last.txt")

    overflows = tally.told("folder-overflowed")
    figure(f"{QUEUED}/{QUEUED} in {seconds:.1f} s, {len(overflows)} overflow told, {overflows[0]['files']} by rescan")
    assert len(overflows) == 1
    assert 0 < overflows[0]["files"] < QUEUED


class Watched:
    """What is asked of a daemon again and again while a flood is worked off."""

    def __init__(self, desk: Desk, daemon: Daemon) -> None:
        self._desk = desk
        self._daemon = daemon
        self._began = daemon.resident_megabytes()
        self.answered_seconds: dict[str, float] = {}

    def growth_megabytes(self) -> float:
        """How much memory it has taken at most since it was first looked at."""
        return self._daemon.resident_megabytes(most=True) - self._began

    def ask(self, *words: str) -> None:
        """Time a command."""
        began = time.monotonic()
        asked(self._desk, *words)
        self.answered_seconds[words[0]] = time.monotonic() - began

    def longest_silence(self) -> float:
        """The longest time between two signs of life."""
        fed = self._daemon.manager.times("WATCHDOG=1")
        return max((after - before for before, after in pairwise(fed)), default=float("inf"))


@pytest.mark.timeout(600)
def test_16_burst_of_100k(desk: Desk, figure: Figure) -> None:
    desk.configure(settle_seconds=1.0, log_level="WARNING")
    tally = Tally(desk)

    with living(desk, WATCHDOG_USEC=str(int(WATCHDOG_SECONDS * 1e6))) as daemon:
        desk.drop("first.txt", a_story("First"))
        tally.wait_for("first.txt")
        watched = Watched(desk, daemon)
        began = time.monotonic()
        writer = flood(desk, BURST)
        tally.wait_for_count(BURST // 10, BURST_LIMIT_SECONDS)
        backlog_at_drop = sum(1 for _ in os.scandir(desk.seeds)) - len(tally.look().received)
        dropped_at = time.monotonic()
        desk.drop("urgent.txt", a_story("Urgent"))
        until(lambda: is_queryable(desk, "urgent.txt"), BURST_LIMIT_SECONDS)
        urgent_seconds = time.monotonic() - dropped_at
        for words in (["status"], ["search", "flood", "-n", "5"], ["files", "-n", "5"]):
            watched.ask(*words)
        asked_in_the_middle = len(tally.look().received) < BURST
        tally.wait_for_count(BURST + 2, BURST_LIMIT_SECONDS)
        seconds = time.monotonic() - began
        assert writer.wait(60) == 0
        assert daemon.is_alive()
        silence, growth = watched.longest_silence(), watched.growth_megabytes()

    answers = ", ".join(f"{word} {taken:.1f} s" for word, taken in watched.answered_seconds.items())
    figure(
        f"{BURST}/{BURST} in {seconds:.0f} s, {growth:.0f} MB more, watchdog every {silence:.1f} s, "
        f"{answers}, urgent one after {urgent_seconds:.1f} s behind {backlog_at_drop}"
    )
    tally.wait_for_all([*names(BURST), "first.txt", "urgent.txt"], seconds=0)
    assert asked_in_the_middle
    assert growth < GROWTH_MEGABYTES
    assert silence < WATCHDOG_SECONDS
    assert max(watched.answered_seconds.values()) < PATIENCE_SECONDS
    assert urgent_seconds < PATIENCE_SECONDS
