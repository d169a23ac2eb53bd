"""Daemons that are killed at random moments, and what is left of the files that arrived meanwhile."""

import random
import subprocess
import sys
from collections import Counter
from contextlib import closing, suppress

from desks import Desk, a_story, running_daemon

from presslog.handlers.views import views
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.views import Views

FINISH_SECONDS = 60


def killed_again_and_again(desk: Desk, names: list[str], chance: random.Random, *, kills: int, life: float) -> None:
    """Drop files while one daemon after another comes up, works, and is killed within ``life`` seconds."""
    for number in range(kills):
        arriving = names[number * len(names) // kills : (number + 1) * len(names) // kills]
        _live_and_be_killed(desk, arriving, chance, life)


def _live_and_be_killed(desk: Desk, arriving: list[str], chance: random.Random, life: float) -> None:
    pause_seconds = chance.uniform(0, life) / len(arriving)
    with running_daemon(desk) as process:
        for name in arriving:
            _drop(desk, name, is_renamed=chance.random() < 0.5)
            with suppress(subprocess.TimeoutExpired):
                process.wait(pause_seconds)
        assert process.poll() is None, desk.journal()


def _drop(desk: Desk, name: str, *, is_renamed: bool) -> None:
    story = a_story(f"Story {name}", f"What happened at {name}.")
    if is_renamed:
        desk.drop(f"{name}.part", story).rename(desk.path(name))
    else:
        desk.drop(name, story)


def finish(desk: Desk, *, seconds: float = FINISH_SECONDS) -> None:
    """Bring in what is left, as an operator does with ``presslog run --once``."""
    finished = subprocess.run(
        [sys.executable, "-m", "presslog.daemon", "run", str(desk.folder), "--once"],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr


def counted(desk: Desk, names: list[str]) -> tuple[int, int]:
    """How many files are not in the log, and how many events of files and articles are too many."""
    events = desk.events()
    received = Counter(event.fact.path for event in events if event.type == "file-received")
    recorded = Counter(event.fact.origin.path for event in events if event.type == "article-recorded")
    lost = sum(1 for name in names if not received[name] or not recorded[name])
    doubled = len(events) - sum(1 for name in names if received[name]) - sum(1 for name in names if recorded[name])
    return lost, doubled


def rebuilt_digests(desk: Desk) -> dict[str, str]:
    """The digests of views that were built anew from the log."""
    with (
        closing(SqliteLog(desk.store, readonly=True)) as log,
        closing(Views(desk.store, views(), log)) as rebuilt,
    ):
        rebuilt.rebuild()
    return desk.digests()


def complaints(desk: Desk) -> list[str]:
    """Lines of the journal that no kill excuses."""
    return [line for line in desk.journal().splitlines() if "diverged" in line or "Traceback" in line]
