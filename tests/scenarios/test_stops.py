"""The daemon stops, is killed, or loses its power: what it did not do is done at the next start, and nothing twice."""

import hashlib
import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from kills import complaints, counted, finish, killed_again_and_again
from scenarios.figures import Figure
from scenarios.living import Tally, living

pytestmark = pytest.mark.scenarios

KILLS, FILES, LONGEST_LIFE_SECONDS = 200, 1000, 1.6
DROPPED, CHANGED, BEFORE = 10_000, 100, 1000
CATCH_UP_SECONDS = 120.0
STEPS = ("rename", "renameat", "renameat2", "linkat", "unlink", "unlinkat")
"""Calls by which a file can be taken out of a folder."""


def inbox(desk: Desk) -> list[str]:
    """Files that lie in the folder and are not done."""
    paths = [path.relative_to(desk.seeds) for path in desk.seeds.rglob("*") if path.is_file()]
    return sorted(str(path) for path in paths if path.parts[0] != "done")


@pytest.mark.timeout(700)
def test_17_kill_9_sweep(desk: Desk, figure: Figure) -> None:
    desk.configure(after_read="move", settle_seconds=1.0)
    names = [f"{number % 7}/{number}.txt" for number in range(FILES)]
    seed = random.SystemRandom().randrange(1 << 32)

    killed_again_and_again(desk, names, random.Random(seed), kills=KILLS, life=LONGEST_LIFE_SECONDS)
    finish(desk)
    with living(desk):
        until(lambda: not inbox(desk), seconds=30)

    lost, doubled = counted(desk, names)
    done = [path for path in (desk.seeds / "done").rglob("*") if path.is_file()]
    figure(f"{KILLS} kills, {FILES} files, {lost} lost, {doubled} doubled, {len(inbox(desk))} left, seed {seed}")
    assert (lost, doubled) == (0, 0)
    assert len(done) == FILES
    assert complaints(desk) == []


@pytest.mark.skipif(shutil.which("strace") is None, reason="SKIPPED LOUDLY: there is no strace")
@pytest.mark.parametrize("after_read", ["move", "delete"])
def test_18_power_cut_order(desk: Desk, figure: Figure, after_read: str) -> None:
    desk.configure(after_read=after_read, settle_seconds=1.0)
    tally = Tally(desk)
    with living(desk):
        desk.drop("first.txt", a_story("First"))
        tally.wait_for("first.txt")
        until(lambda: not inbox(desk))
    killed, between = [], []

    for call in STEPS:
        desk.drop(f"{call}.txt", a_story(call))
        if is_killed_at(desk, call):
            killed.append(call)
            between += [call] if tally.holds(f"{call}.txt") and inbox(desk) else []
            with living(desk):
                until(lambda: not inbox(desk))

    names = ["first.txt", *(f"{call}.txt" for call in STEPS)]
    figure(f"killed at {', '.join(killed)}: stored and in the inbox, after a restart no more; no second event")
    assert between, "it was never killed between commit and removal: nothing was tried"
    assert between == killed, "something was taken away before it was stored"
    tally.wait_for_all(names, seconds=10)
    assert dict(tally.types) == {"file-received": len(names), "article-recorded": len(names)}
    if after_read == "move":
        assert sorted(path.name for path in (desk.seeds / "done").iterdir()) == sorted(names)


def is_killed_at(desk: Desk, call: str) -> bool:
    """Whether a daemon was killed as it began to take a file away by this call."""
    aside = desk.seeds / ".presslog-retiring"
    # A daemon may also make and remove a file of its own in the folder as it starts.
    paths = [aside] if call.startswith("unlink") else [desk.seeds, aside]
    traced = [word for path in paths for word in ("-P", str(path))]
    killer = ("strace", "-D", "-f", "-qq", "-o", "/dev/null", *traced, "-e", f"inject={call}:signal=KILL:when=1")
    with living(desk, around=killer, is_ready=False) as daemon:
        until(lambda: not daemon.is_alive() or not inbox(desk), seconds=20)
        with suppress(subprocess.TimeoutExpired):
            daemon.process.wait(1)
        return daemon.process.poll() == -signal.SIGKILL


def test_19_down_time_catch_up(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)
    before = [f"before/{number}.txt" for number in range(BEFORE)]
    with living(desk) as daemon:
        for name in before:
            desk.drop(name, a_story(f"Story {name}"))
        tally.wait_for_all(before, CATCH_UP_SECONDS)
        daemon.process.send_signal(signal.SIGTERM)
        assert daemon.process.wait(10) == 0
    dropped = [f"new/{number % 100}/{number}.txt" for number in range(DROPPED)]
    replaced, deleted, kept = before[:CHANGED], before[CHANGED : 2 * CHANGED], before[2 * CHANGED :]

    for name in dropped:
        desk.drop(name, a_story(f"Story {name}"))
    for name in replaced:
        desk.drop(name, a_story(f"Story {name}", "It was replaced."))
    for name in deleted:
        desk.path(name).unlink()
    began = time.monotonic()
    with living(desk):
        ready_seconds = time.monotonic() - began
        desk.drop("live.txt", a_story("Live"))
        tally.wait_for("live.txt", seconds=CATCH_UP_SECONDS)
        live_seconds = time.monotonic() - began
        until(lambda: tally.look().received.total() >= BEFORE + DROPPED + CHANGED + 1, CATCH_UP_SECONDS)
        until(lambda: sum(tally.look().removed.values()) >= CHANGED, CATCH_UP_SECONDS)
        seconds = time.monotonic() - began
        until(lambda: desk.rows("select count(*) from files") == [(BEFORE + DROPPED + 1,)], seconds=30)
        states = dict(desk.rows("select path, outcome from files"))

    figure(
        f"READY in {ready_seconds:.1f} s, live file in {live_seconds:.1f} s, "
        f"{DROPPED} dropped, {CHANGED} replaced, {CHANGED} deleted in {seconds:.1f} s"
    )
    assert states == dict.fromkeys([*dropped, *replaced, *kept, "live.txt"], "read") | dict.fromkeys(deleted, "removed")
    assert {name.decode() for name, count in tally.received.items() if count == 2} == set(replaced)
    assert max(tally.received.values()) == 2
    assert {name.decode(): count for name, count in tally.removed.items()} == dict.fromkeys(deleted, 1)


def test_20_written_during_start_up_scan(desk: Desk, figure: Figure) -> None:
    first, second = a_story("Rivers rise"), b"And it went in the morning.\n" * 1000
    whole = hashlib.sha256(first + second).hexdigest()
    tally = Tally(desk)
    desk.drop("old.txt", a_story("Old"))

    with desk.path("slow.txt").open("wb") as file:
        file.write(first)
        file.flush()
        with living(desk):
            tally.wait_for("old.txt")
            time.sleep(2.0)
            was_seen = b"slow.txt" in tally.look().received or b"slow.txt" in tally.refused
            file.write(second)
            file.close()
            tally.wait_for("slow.txt", seconds=5)

    figure("no event of the half, one of the whole")
    assert not was_seen
    assert tally.received[b"slow.txt"] == 1
    assert tally.digests[whole] == 1


def test_35_systemd(desk: Desk, figure: Figure) -> None:
    names = [f"{number}.txt" for number in range(5000)]
    root = Path(__file__).parents[2]
    score = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", str(root / "deploy/presslog.service")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    tally = Tally(desk)

    with living(desk) as daemon:
        for name in names:
            desk.drop(name, a_story(f"Story {name}"))
        until(lambda: len(tally.look().received) > 100)
        began = time.monotonic()
        daemon.process.send_signal(signal.SIGTERM)
        code = daemon.process.wait(15)
        seconds = time.monotonic() - began
        has_told = daemon.manager.has("STOPPING=1")
    half = len(tally.look().received)
    with living(desk):
        tally.wait_for_all(names, CATCH_UP_SECONDS)

    exposure = next((line.split(":")[1].split()[0] for line in score.stdout.splitlines() if "exposure" in line), "?")
    figure(
        f"exposure {exposure}, SIGTERM at {half} of {len(names)} ended in {seconds:.1f} s; make nspawn does the rest"
    )
    assert score.returncode == 0, score.stdout[-400:]
    assert (code, has_told) == (0, True)
    assert seconds < 10
    assert half < len(names), "it was over before it was told to stop: nothing was tried"
    assert "-m nspawn" in (root / "Makefile").read_text()
