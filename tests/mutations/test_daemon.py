"""Ten thousand damaged files of every format in a real daemon's folder: none stops it, none is stuck, none is lost."""

import os
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from desks import Desk, a_story
from mutants import mutants
from scenarios.living import Daemon, Tally, living

pytestmark = pytest.mark.mutations

COUNT = int(os.environ.get("MUTANTS", "10000"))
SEED = int(os.environ.get("MUTANTS_SEED", "0")) or int.from_bytes(os.urandom(4), "big")
LIMIT_SECONDS = 2_000.0
PROBE_SECONDS = 30.0
"""A whole story may wait for two children that are at their limit of ten seconds, and for its turn."""


def drop(folder: Path) -> None:
    for number, mutant in enumerate(mutants(SEED, COUNT)):
        home = folder / f"{number // 500:02}"
        home.mkdir(exist_ok=True)
        (home / mutant.name).write_bytes(mutant.content)


def ended(tally: Tally) -> int:
    tally.look()
    return len({*tally.received, *tally.refused})


@pytest.mark.timeout(LIMIT_SECONDS + 120)
def test_no_damaged_file_stops_the_daemon_or_is_stuck(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    desk, probes = Desk(tmp_path / "desk", log_level="ERROR"), list[float]()
    tally = Tally(desk)

    with living(desk, WATCHDOG_USEC="30000000") as daemon:
        began = time.monotonic()
        writer = threading.Thread(target=drop, args=(desk.seeds,))
        writer.start()
        while writer.is_alive() or ended(tally) < COUNT + len(probes):
            assert daemon.is_alive(), f"seed {SEED}: {desk.journal()[-2000:]}"
            assert time.monotonic() - began < LIMIT_SECONDS, f"seed {SEED}: {stuck(tally, desk)}"
            probes.append(probe(desk, tally, daemon, len(probes)))
            time.sleep(1)
        seconds, memory = time.monotonic() - began, daemon.resident_megabytes(most=True)

    codes = Counter(fact["code"] for path, fact in tally.refused.items() if path not in tally.received)
    with capsys.disabled():
        print(
            f"\nmutants: seed {SEED}, {COUNT} files in {seconds:.0f} s, {len(tally.received)} read,"
            f" refused {dict(codes)}, slowest probe {max(probes):.1f} s, daemon {memory:.0f} MB at most"
        )
    assert "handler-crashed" not in codes
    assert max(probes) < PROBE_SECONDS


def probe(desk: Desk, tally: Tally, daemon: Daemon, number: int) -> float:
    """Drop a whole story among the damaged ones; the seconds until the log holds it."""
    began, name = time.monotonic(), f"probe-{number}.txt"
    desk.drop(name, a_story(f"Probe {number}"))
    while not tally.holds(name):
        assert daemon.is_alive(), f"seed {SEED}: {desk.journal()[-2000:]}"
        assert time.monotonic() - began < PROBE_SECONDS, f"seed {SEED}: a whole story waits since {PROBE_SECONDS} s"
        time.sleep(0.02)
    return time.monotonic() - began


def stuck(tally: Tally, desk: Desk) -> list[str]:
    """Files of which nothing is known yet."""
    known = {*tally.received, *tally.refused}
    paths = (path for path in desk.seeds.rglob("*") if path.is_file())
    return [str(path) for path in paths if os.fsencode(path.relative_to(desk.seeds)) not in known][:10]
