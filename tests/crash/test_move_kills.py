"""kill -9 of moves at any moment: the store has its log all the time, and the next move goes on to the end."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from backups import filled, originals, stored

from presslog.store.log import Stored
from presslog.store.opening import address_of

EVENTS = 10_000
KILLS = 5
LIMIT_SECONDS = 120
ALREADY = 2
"""A move that was not killed in time has done it all."""


@pytest.mark.crash
@pytest.mark.timeout(600)
def test_killed_moves_lose_nothing_on_the_way_to_a_server_and_home(
    tmp_path: Path, postgres_logs: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    chance, store = random.Random(seed := random.SystemRandom().randrange(1 << 32)), tmp_path / "store"
    filled(store, EVENTS)
    before = stored(store)

    for to in (postgres_logs(), str(store)):
        began = time.monotonic()
        assert moved(store, "--to", str(tmp_path / f"copy of {address_of(store)[:4]}"), "--copy").returncode == 0
        life = time.monotonic() - began
        killed = [killed_within(chance.uniform(0.1, 0.6) * life, store, to, before) for _ in range(KILLS)]
        ended = moved(store, "--to", to)

        with capsys.disabled():
            print(f"\nseed={seed} to={to[:10]} kills={sum(killed)} of {KILLS} life={life:.1f}s")
        assert ended.returncode == 0 or not all(killed), ended.stderr
        assert ended.returncode in (0, ALREADY), ended.stderr
        assert stored(store) == before
        assert len(originals(store, before)) == EVENTS
        assert address_of(store) == ("" if to == str(store) else to)
        assert (store / "log.db").exists() == (to == str(store))


def killed_within(seconds: float, store: Path, to: str, before: list[Stored]) -> bool:
    """Begin a move and kill it after so long; whether it was at work then. The store has its log in any case."""
    process = subprocess.Popen(command(store, "--to", to), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    process.kill()
    is_killed = process.wait(20) < 0
    if (store / "log.db").exists() and not address_of(store):
        assert stored(store) == before
    return is_killed


def moved(store: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(store, *words), capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)


def command(store: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "presslog.daemon", "move", *words, "--store", str(store)]
