"""Slow disks, standstills, too little memory, too few handles: the daemon gets on, and nothing is lost."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from faults.conftest import Score, times
from faults.troubles import WITH_STRACE, cgroup, entering, handle_count, slow_disk
from scenarios import traps
from scenarios.living import Daemon, Tally, asked, is_queryable, living

from presslog.daemon.cli.exits import NO_CONFIG
from presslog.daemon.cli.run import LEAST_OPEN_FILES

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

WATCHDOG_SECONDS, STOP_SECONDS, PATIENCE_SECONDS = 5.0, 10.0, 5.0
LEAST_EVENTS_A_SECOND = 50
STILL_SECONDS = times(10, 60)
TIGHT_BYTES, HUGE_BYTES, MOST_MEGABYTES = 128 << 20, 200 << 20, 256


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk with one feed and the product's own settings."""
    return Desk(tmp_path / "desk", settle_seconds=1.0)


def judge(score: Score, tally: Tally, names: list[str]) -> None:
    """Count what was lost and doubled of these files."""
    tally.look()
    score.lost += sum(1 for name in names if not tally.received[os.fsencode(name)])
    score.doubled += sum(many - 1 for many in tally.received.values())
    score.doubled += tally.types["article-recorded"] - len(tally.received)


def longest_silence(daemon: Daemon) -> float:
    """The longest time between two signs of life."""
    return max((after - before for before, after in pairwise(daemon.manager.times("WATCHDOG=1"))), default=float("inf"))


@WITH_STRACE
@pytest.mark.parametrize("milliseconds", [20, 500])
def test_10_slow_disk(desk: Desk, score: Score, milliseconds: int) -> None:
    names = [f"{number}.txt" for number in range(times(400, 6000))]
    tally, watchdog = Tally(desk), {"WATCHDOG_USEC": str(int(WATCHDOG_SECONDS * 1e6))}

    with living(desk, around=slow_disk(milliseconds), **watchdog) as daemon:
        began = time.monotonic()
        for name in names:
            desk.drop(name, a_story(f"Story {name}"))
        tally.wait_for_count(len(names), 300)
        per_second = 2 * len(names) / (time.monotonic() - began)
        dropped_at = time.monotonic()
        desk.drop("last.txt", a_story("Last"))
        until(lambda: (desk.store / "views.db").exists() and is_queryable(desk, "last.txt"), 30)
        last_seconds = time.monotonic() - dropped_at
        until(lambda: daemon.manager.has("WATCHDOG=1", times=2), 2 * WATCHDOG_SECONDS)
        silence = longest_silence(daemon)
        began = time.monotonic()
        daemon.process.send_signal(signal.SIGTERM)
        code = daemon.process.wait(30)
        stop_seconds = time.monotonic() - began

    score.stimuli = len(names) + 1
    score.figures.append(
        f"{per_second:.0f} events/s, watchdog every {silence:.1f} s at most, one file in {last_seconds:.1f} s, "
        f"stop in {stop_seconds:.1f} s"
    )
    judge(score, tally, [*names, "last.txt"])
    assert score.costs == (0, 0, 0)
    assert last_seconds > milliseconds / 1000, "no sync was slow: nothing was tried"
    assert per_second >= (LEAST_EVENTS_A_SECOND if milliseconds == 20 else 2)
    assert silence < WATCHDOG_SECONDS
    assert (code, stop_seconds < STOP_SECONDS) == (0, True)


@contextmanager
def stopped(daemon: Daemon) -> Iterator[None]:
    """A daemon that gets no time at all."""
    daemon.process.send_signal(signal.SIGSTOP)
    yield
    daemon.process.send_signal(signal.SIGCONT)


@contextmanager
def frozen(daemon: Daemon) -> Iterator[None]:
    """The same, by the kernel's freezer."""
    with cgroup("freezer") as group:
        (group / "cgroup.procs").write_text(str(daemon.process.pid))
        (group / "freezer.state").write_text("FROZEN")
        until(lambda: (group / "freezer.state").read_text().strip() == "FROZEN")
        yield
        (group / "freezer.state").write_text("THAWED")
        (group.parent / "cgroup.procs").write_text(str(daemon.process.pid))


def answered_seconds(desk: Desk) -> float:
    """How long three commands take, each of which has to find something."""
    began = time.monotonic()
    assert all(asked(desk, *words) for words in (["search", "story", "-n", "3"], ["status"], ["log", "-n", "3"]))
    return time.monotonic() - began


@pytest.mark.parametrize("how", [stopped, frozen], ids=["SIGSTOP", "freezer"])
def test_11_standstill(desk: Desk, score: Score, how: object) -> None:
    before, meanwhile = [f"before{number}.txt" for number in range(200)], [f"late{number}.txt" for number in range(200)]
    tally, answers = Tally(desk), []

    with living(desk) as daemon:
        for name in before:
            desk.drop(name, a_story(f"Story {name}"))
        tally.wait_for_count(len(before) // 2, 30)
        until((desk.store / "views.db").exists)
        usual = answered_seconds(desk)
        with how(daemon):
            until_at = time.monotonic() + STILL_SECONDS
            for name in meanwhile:
                desk.drop(name, a_story(f"Story {name}"))
            head = tally.look().types.total()
            while time.monotonic() < until_at:
                answers.append(answered_seconds(desk))
            assert tally.look().types.total() == head, "it did not stand still: nothing was tried"
        seconds = tally.wait_for_all([*before, *meanwhile], 30)
        assert daemon.is_alive()

    score.stimuli = 1
    score.figures.append(
        f"{STILL_SECONDS} s: {3 * len(answers)} answers, three in {max(answers):.1f} s at most; "
        f"{len(meanwhile)} files {seconds:.1f} s after it"
    )
    judge(score, tally, [*before, *meanwhile])
    assert score.costs == (0, 0, 0)
    assert max(answers) < max(PATIENCE_SECONDS, 3 * usual)
    assert "Traceback" not in desk.journal()


def resident_megabytes(group: Path) -> float:
    """What all processes of a group had in memory at most."""
    return int((group / "memory.max_usage_in_bytes").read_text()) / (1 << 20)


def kills_in(group: Path) -> int:
    """How many processes of a group the kernel has killed for their memory."""
    words = (group / "memory.oom_control").read_text().split()
    return int(words[words.index("oom_kill") + 1])


def test_12_huge_file_in_little_memory(desk: Desk, score: Score) -> None:
    tally = Tally(desk)

    with cgroup("memory") as group:
        (group / "memory.limit_in_bytes").write_text(str(TIGHT_BYTES))
        with living(desk, around=entering(group)) as daemon:
            desk.drop("first.txt", a_story("First"))
            tally.wait_for("first.txt")
            desk.drop("huge.txt", os.urandom(1 << 20) * (HUGE_BYTES >> 20))
            until(lambda: b"huge.txt" in tally.look().refused, 20)
            desk.drop("next.txt", a_story("Next"))
            tally.wait_for("next.txt")
            assert daemon.is_alive()
            most = daemon.resident_megabytes(most=True)
        with living(desk, around=entering(group)) as daemon:
            desk.drop("last.txt", a_story("Last"))
            tally.wait_for("last.txt")
            assert daemon.is_alive()
        kills = kills_in(group)

    score.stimuli = 1
    score.figures.append(f"{tally.refused[b'huge.txt']['code']}, RSS {most:.0f} MB, {kills} killed")
    judge(score, tally, ["first.txt", "next.txt", "last.txt"])
    assert score.costs == (0, 0, 0)
    assert tally.refused[b"huge.txt"]["code"] == "too-large"
    assert tally.types["file-refused"] == 1
    assert most < MOST_MEGABYTES
    assert kills == 0


def test_12_reader_killed_for_its_memory(desk: Desk, score: Score, tmp_path: Path) -> None:
    desk.configure(settle_seconds=1.0, reader_processes=1, reader_memory_bytes=8 << 30)
    tally, package = Tally(desk), traps.installed(tmp_path / "package")

    with cgroup("memory") as group:
        (group / "memory.limit_in_bytes").write_text(str(384 << 20))
        with living(desk, around=entering(group), **package) as daemon:
            desk.drop("trap-bomb.txt", a_story("Bomb"))
            until(lambda: b"trap-bomb.txt" in tally.look().refused, 60)
            desk.drop("next.txt", a_story("Next"))
            tally.wait_for("next.txt", seconds=30)
            assert daemon.is_alive()
        kills = kills_in(group)

    score.stimuli = 1
    score.figures.append(f"{tally.refused[b'trap-bomb.txt']['code']}, {kills} killed, the daemon lives")
    judge(score, tally, ["next.txt"])
    assert score.costs == (0, 0, 0)
    assert kills >= 1, "nobody was killed: nothing was tried"
    assert tally.refused[b"trap-bomb.txt"]["code"] == "handler-memory"
    assert "Traceback" not in desk.journal()


def at_rest(desk: Desk, daemon: Daemon) -> int:
    """How many handles a daemon holds that has nothing to do."""
    until(lambda: "backlog 0, waiting 0" in asked(desk, "status")["daemon"]["status"], 30)
    return handle_count(daemon.process.pid)


def test_13_few_handles(desk: Desk, score: Score) -> None:
    names = [f"{number % 100}/{number % 7}/{number}.txt" for number in range(times(2_000, 10_000))]
    for name in names:
        desk.drop(name, a_story(f"Story {name}"))
    tally, counts = Tally(desk), []
    few = ("prlimit", f"--nofile={LEAST_OPEN_FILES}:{LEAST_OPEN_FILES}")

    with living(desk, around=few) as daemon:
        while len(tally.look().received) < len(names) and daemon.is_alive():
            counts.append(handle_count(daemon.process.pid))
            time.sleep(0.05)
        tally.wait_for_all(names, 60)
        rests = [at_rest(desk, daemon)]
        for round_number in range(2):
            more = [f"more{round_number}/{number}/{number}.txt" for number in range(50)]
            for name in more:
                desk.drop(name, a_story(f"Story {name}"))
            names += more
            tally.wait_for_all(names, 60)
            rests.append(at_rest(desk, daemon))
        assert daemon.is_alive()

    score.stimuli = len(names)
    score.figures.append(f"{len(names)} files, {max(counts)} handles at most, {rests} at rest")
    judge(score, tally, names)
    assert score.costs == (0, 0, 0)
    assert max(counts) <= LEAST_OPEN_FILES
    assert max(rests) - min(rests) <= 2
    assert tally.types["file-refused"] == 0
    assert "Traceback" not in desk.journal()


def test_13_too_few_handles(desk: Desk, score: Score) -> None:
    few = ("prlimit", f"--nofile={LEAST_OPEN_FILES - 1}")

    with living(desk, around=few, is_ready=False) as daemon:
        code = daemon.process.wait(20)

    score.stimuli = 1
    score.figures.append(desk.journal().strip())
    assert code == NO_CONFIG
    assert f"needs {LEAST_OPEN_FILES}: raise LimitNOFILE=" in desk.journal()
    assert "Traceback" not in desk.journal()
