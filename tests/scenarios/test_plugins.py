"""A format of somebody else fails: its file fails alone, and nobody else notices."""

import itertools
import os
import signal
import time
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, living
from scenarios.traps import installed

pytestmark = pytest.mark.scenarios

WATCHDOG_SECONDS, READER_SECONDS = 2.0, 1
OTHERS = 20
TRAPS = {
    **dict.fromkeys(("raise", "base", "exit", "interrupt", "recursion", "nonsense"), "handler-failed"),
    **dict.fromkeys(("memory", "bomb"), "handler-memory"),
    **dict.fromkeys(("vanish", "status", "segfault", "half"), "handler-crashed"),
}
"""What a format does -> how its file is refused."""


def children_of(pid: int) -> list[int]:
    """The processes that a process has started."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def is_there(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("how", TRAPS)
def test_33_handler_bug(desk: Desk, figure: Figure, how: str) -> None:
    tally, name = Tally(desk), f"trap-{how}.txt"
    others = [f"{number}.txt" for number in range(OTHERS)]

    with living(desk, **installed(desk.folder / "plugins")) as daemon:
        desk.drop(name, a_story("Trap"))
        until(lambda: name.encode() in tally.look().refused or not daemon.is_alive())
        assert daemon.is_alive(), desk.journal()[-500:]
        for other in others:
            desk.drop(other, a_story(f"Story {other}"))
        tally.wait_for(*others)
        assert daemon.is_alive()

    figure(f"{tally.refused[name.encode()]['code']}, {OTHERS} of {OTHERS} files after it")
    assert tally.refused[name.encode()]["code"] == TRAPS[how]


@pytest.mark.parametrize("how", ["hang", "loop", "recognise"])
def test_33_handler_hang(desk: Desk, figure: Figure, how: str) -> None:
    desk.configure(reader_seconds=READER_SECONDS, reader_processes=2)
    tally, name = Tally(desk), f"trap-{how}.txt"
    watched = {"WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1e6))}

    with living(desk, **watched, **installed(desk.folder / "plugins")) as daemon:
        desk.drop("first.txt", a_story("First"))
        tally.wait_for("first.txt")
        hung_at = time.monotonic()
        desk.drop(name, a_story("Trap"))
        delays = []
        while name.encode() not in tally.look().refused and time.monotonic() - hung_at < 60:
            other = f"{len(delays)}.txt"
            desk.drop(other, a_story(f"Story {other}"))
            delays.append(tally.wait_for(other))
        seconds = time.monotonic() - hung_at
        fed = daemon.manager.times("WATCHDOG=1")
        assert daemon.is_alive()

    figure(
        f"{tally.refused[name.encode()]['code']} after {seconds:.1f} s, {len(delays)} others meanwhile within "
        f"{max(delays):.2f} s, no restart"
    )
    assert tally.refused[name.encode()]["code"] == "handler-timeout"
    assert max(delays) < 2
    assert max(later - earlier for earlier, later in itertools.pairwise(fed)) < WATCHDOG_SECONDS


def test_34_kill_9_while_children_are_at_work(desk: Desk, figure: Figure) -> None:
    tally, gate, plugins = Tally(desk), desk.folder / "gate", installed(desk.folder / "plugins")

    with living(desk, **plugins) as daemon:
        desk.drop("trap-gate.txt", os.fsencode(gate))
        desk.drop("trap-loop.txt", a_story("Trap"))
        until(lambda: len(children_of(daemon.process.pid)) >= 3)
        children = children_of(daemon.process.pid)
        daemon.process.send_signal(signal.SIGKILL)
        began = time.monotonic()
        until(lambda: not any(map(is_there, children)))
        seconds = time.monotonic() - began
    gate.touch()
    desk.path("trap-loop.txt").unlink()
    with living(desk, **plugins):
        tally.wait_for("trap-gate.txt")

    figure(f"{len(children)} processes gone {seconds:.2f} s after the daemon, and the file is read at the next start")
    assert tally.types["file-received"] == 1


def test_35_sigterm_in_the_middle_of_a_file(desk: Desk, figure: Figure) -> None:
    tally, plugins = Tally(desk), installed(desk.folder / "plugins")

    with living(desk, **plugins) as daemon:
        desk.drop("trap-slow.txt", a_story("Trap"))
        time.sleep(1.0)
        began = time.monotonic()
        daemon.process.send_signal(signal.SIGTERM)
        code = daemon.process.wait(15)
        seconds = time.monotonic() - began
        was_finished = tally.holds("trap-slow.txt")
    with living(desk, **plugins):
        tally.wait_for("trap-slow.txt")

    figure(f"ended with {code} in {seconds:.1f} s, the file {'finished' if was_finished else 'untouched'}, then once")
    assert code == 0
    assert seconds < 2
    assert not was_finished
    assert dict(tally.types) == {"article-recorded": 1, "file-received": 1}
