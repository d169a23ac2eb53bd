"""Fifty articles a second, and kill -9 every twenty seconds: what went in is what came out, and nothing grows."""

import os
import random
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from desks import Desk, a_story
from faults.conftest import Score, times
from faults.troubles import arriving, growth_an_hour, handle_count
from kills import complaints, finish
from scenarios.living import Daemon, Tally, living

pytestmark = [pytest.mark.faults, pytest.mark.timeout(9000)]

SECONDS, FILES_A_SECOND, LIFE_SECONDS = times(60, 3600), 50, 20.0
FILES_A_FOLDER = 3000
MOST_GROWTH_MEGABYTES, MOST_MORE_HANDLES, MOST_DRIFT = 1.0, 2, 0.1
LOOKS, LOOK_SECONDS = 50, 0.01
IS_FULL = times(0, 1) == 1
"""An hour shows a slope; a minute shows nothing but noise."""
HELD = times(0, 200_000)
"""So many articles are there before: with them the page caches are full, which grow by 48 MB until then."""


class Sample(NamedTuple):
    """What a daemon was at the end of a life of some length, so many seconds after the test began."""

    at: float
    resident_megabytes: float
    handles: int
    files: int
    store_bytes: int


def test_42_soak(tmp_path: Path, score: Score) -> None:
    desk = Desk(tmp_path / "desk", settle_seconds=1.0, log_level="WARNING")
    seed = random.SystemRandom().randrange(1 << 32)
    chance, samples, tally, kills = random.Random(seed), [], Tally(desk), 0

    for number in range(HELD):
        desk.drop(
            f"held/{number // FILES_A_FOLDER}/{number}.txt", a_story(f"Story {number}", f"It happened at {number}.")
        )
    finish(desk, seconds=HELD / 50 + 60)
    held, began = tally.look().received.total(), time.monotonic()
    with arriving(desk, FILES_A_SECOND, lambda number: f"{number // FILES_A_FOLDER}/{number}.txt") as names:
        while time.monotonic() < began + SECONDS:
            with living(desk) as daemon:
                life = min(chance.uniform(0.5, 1.5) * LIFE_SECONDS, max(1.0, began + SECONDS - time.monotonic()))
                time.sleep(life)
                kills += 1
                assert daemon.is_alive(), desk.journal()
                if life >= LIFE_SECONDS / 2:
                    samples.append(sampled(desk, daemon, tally, time.monotonic() - began))
    finish(desk, seconds=times(120, 900))

    tally.look()
    score.stimuli = kills
    score.lost = sum(1 for name in names if not tally.received[os.fsencode(name)])
    score.doubled = tally.received.total() + tally.types["article-recorded"] - 2 * len(tally.received)
    out = len(tally.received) - held
    score.figures.append(f"{len(names)} in, {out} out, {said_of(samples)}, seed {seed}")
    assert score.costs == (0, 0, 0)
    assert (held, out) == (HELD, len(names))
    assert complaints(desk) == []
    handles = [sample.handles for sample in samples]
    assert max(handles) - min(handles) <= MOST_MORE_HANDLES
    if IS_FULL:
        late = samples[len(samples) // 3 :]
        assert growth_an_hour([(each.at, each.resident_megabytes) for each in late]) < MOST_GROWTH_MEGABYTES
        first, last = (each.store_bytes / each.files for each in (late[0], late[-1]))
        assert abs(last / first - 1) < MOST_DRIFT


def sampled(desk: Desk, daemon: Daemon, tally: Tally, at: float) -> Sample:
    store_bytes = sum(path.stat().st_size for path in desk.store.iterdir() if path.is_file() and not path.is_symlink())
    files = len(tally.look().received)
    return Sample(at, daemon.resident_megabytes(), least_handles(daemon), files, store_bytes)


def least_handles(daemon: Daemon) -> int:
    """What it holds between two files."""
    counts = []
    for _ in range(LOOKS):
        counts.append(handle_count(daemon.process.pid))
        time.sleep(LOOK_SECONDS)
    return min(counts)


def said_of(samples: list[Sample]) -> str:
    """The slopes of it, for people."""
    growth = growth_an_hour([(each.at, each.resident_megabytes) for each in samples])
    megabytes, handles = [each.resident_megabytes for each in samples], {each.handles for each in samples}
    per_file = [each.store_bytes // max(1, each.files) for each in samples]
    return (
        f"RSS {min(megabytes):.0f} to {max(megabytes):.0f} MB ({growth:+.1f} MB/h), handles {sorted(handles)}, "
        f"{per_file[0]} then {per_file[-1]} bytes a file"
    )
