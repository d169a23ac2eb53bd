"""kill -9 at any moment: what was dropped is in the log once, and the views are what a rebuild makes."""

import random
import subprocess
import sys
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest
from desks import Desk, a_story, running_daemon

from presslog.handlers.views import views
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.views import Views

KILLS = 50
FILES = 1000
LONGEST_LIFE_SECONDS = 2.0
"""A daemon starts within about half of it, so that kills fall into the start as well as into the work."""


@pytest.mark.crash
@pytest.mark.timeout(400)
@pytest.mark.parametrize("after_read", ["keep", "move", "delete"])
def test_no_file_is_lost_or_doubled_however_often_the_daemon_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], after_read: str
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    with capsys.disabled():
        print(f"\nseed={seed}")
    chance = random.Random(seed)
    desk = Desk(tmp_path / "desk", after_read=after_read)
    names = [f"{number % 7}/{number}.txt" for number in range(FILES)]

    for number in range(KILLS):
        arriving = names[number * FILES // KILLS : (number + 1) * FILES // KILLS]
        live_and_be_killed(desk, arriving, chance)
    finished = subprocess.run(
        [sys.executable, "-m", "presslog.daemon", "run", str(desk.folder), "--once"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert finished.returncode == 0, finished.stderr
    lost, doubled = counted(desk, names)
    with capsys.disabled():
        print(f"kills={KILLS} files={FILES} lost={lost} doubled={doubled}")
    assert (lost, doubled) == (0, 0)
    left = {str(path.relative_to(desk.seeds)) for path in desk.seeds.rglob("*.txt")}
    assert left == {"keep": {*names}, "move": {f"done/{name}" for name in names}, "delete": set()}[after_read]
    assert desk.digests() == rebuilt_digests(desk)
    assert [line for line in desk.journal().splitlines() if "diverged" in line or "Traceback" in line] == []


def live_and_be_killed(desk: Desk, arriving: list[str], chance: random.Random) -> None:
    """Start a daemon, drop files while it comes up and works, kill it at a random moment."""
    pause_seconds = chance.uniform(0, LONGEST_LIFE_SECONDS) / len(arriving)
    with running_daemon(desk) as process:
        for name in arriving:
            drop(desk, name, is_renamed=chance.random() < 0.5)
            with suppress(subprocess.TimeoutExpired):
                process.wait(pause_seconds)
        assert process.poll() is None, desk.journal()


def drop(desk: Desk, name: str, *, is_renamed: bool) -> None:
    story = a_story(f"Story {name}", f"What happened at {name}.")
    if is_renamed:
        desk.drop(f"{name}.part", story).rename(desk.path(name))
    else:
        desk.drop(name, story)


def counted(desk: Desk, names: list[str]) -> tuple[int, int]:
    """How many files are not in the log, and how many events of files and articles are too many."""
    events = desk.events()
    received = Counter(event.fact.path for event in events if event.type == "file-received")
    recorded = Counter(event.fact.origin.path for event in events if event.type == "article-recorded")
    lost = sum(1 for name in names if not received[name] or not recorded[name])
    doubled = len(events) - sum(1 for name in names if received[name]) - sum(1 for name in names if recorded[name])
    return lost, doubled


def rebuilt_digests(desk: Desk) -> dict[str, str]:
    with (
        closing(SqliteLog(desk.store, readonly=True)) as log,
        closing(Views(desk.store, views(), log)) as rebuilt,
    ):
        rebuilt.rebuild()
    return desk.digests()
