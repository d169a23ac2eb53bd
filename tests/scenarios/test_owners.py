"""Two daemons that want the same store, or the same folder."""

import os
import shutil
import subprocess
import sys

import pytest
from desks import Desk, a_story
from scenarios.figures import Figure
from scenarios.living import Tally, living

pytestmark = pytest.mark.scenarios

REFUSED_SECONDS, LOCKED = 10, 7


def run(desk: Desk) -> "subprocess.CompletedProcess[str]":
    """Start a daemon that ought to end by itself."""
    command = [sys.executable, "-m", "presslog.daemon", "run", str(desk.folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")}
    try:
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=REFUSED_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        pytest.fail(f"a second daemon still runs after {REFUSED_SECONDS} s")


def test_31_two_daemons_on_one_store(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk) as first:
        second = run(desk)
        desk.drop("a.txt", a_story("Rivers rise"))
        tally.wait_for("a.txt")

    figure(f"exit {second.returncode}: {second.stderr.strip()[-80:]}")
    assert second.returncode == LOCKED
    assert f"pid {first.process.pid}" in second.stderr
    assert dict(tally.look().types) == {"article-recorded": 1, "file-received": 1}


@pytest.mark.parametrize("how", ["its own name", "a symbolic link"])
def test_31_two_daemons_on_one_inbox(desk: Desk, figure: Figure, how: str) -> None:
    other = Desk(desk.folder / "other", settle_seconds=1.0)
    shutil.rmtree(other.seeds)
    if how == "a symbolic link":
        other.seeds.symlink_to(desk.seeds)
    else:
        text = (other.folder / "presslog.toml").read_text()
        (other.folder / "presslog.toml").write_text(text.replace('"seeds"', f'"{desk.seeds}"'))
    tally = Tally(desk)

    with living(desk) as first:
        second = run(other)
        desk.drop("a.txt", a_story("Rivers rise"))
        tally.wait_for("a.txt")

    figure(f"exit {second.returncode}: {second.stderr.strip()[-80:]}")
    assert second.returncode == LOCKED
    assert f"pid {first.process.pid}" in second.stderr
    assert dict(tally.look().types) == {"article-recorded": 1, "file-received": 1}


def test_31_claim_ends_with_its_daemon(desk: Desk, figure: Figure) -> None:
    other = Desk(desk.folder / "other", settle_seconds=1.0)
    shutil.rmtree(other.seeds)
    other.seeds.symlink_to(desk.seeds)
    tally = Tally(other)

    with living(desk) as first:
        first.process.kill()
        first.process.wait(10)
    with living(other):
        desk.drop("a.txt", a_story("Rivers rise"))
        tally.wait_for("a.txt")

    figure("after kill -9 of the first the second starts")
    assert tally.received[b"a.txt"] == 1
