"""Folders whose changes no event tells of, and a kernel that gives no more watches: presslog looks for itself."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from scenarios import passthrough
from scenarios.figures import Figure
from scenarios.living import Tally, living
from scenarios.mounts import AS_ROOT, mounted, tmpfs

pytestmark = pytest.mark.scenarios

POLL_SECONDS, SETTLE_SECONDS, SLACK_SECONDS = 2.0, 1.0, 1.5
WITHIN_SECONDS = POLL_SECONDS + SETTLE_SECONDS + SLACK_SECONDS
NEW_MOUNT_SECONDS = 10.0
FOLDERS, FILES = 60, 300


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that polls every two seconds, and does not rescan while a test lasts."""
    return Desk(tmp_path / "desk", settle_seconds=SETTLE_SECONDS, poll_seconds=POLL_SECONDS, rescan_seconds=3600)


@contextmanager
def overlay(folder: Path, point: Path) -> Iterator[Path]:
    """An overlay at ``point``; what is written into the folder that is yielded is seen there, and rings nowhere."""
    with tmpfs(folder) as disk:
        for name in ("lower", "upper", "work"):
            (disk / name).mkdir()
        options = f"lowerdir={disk / 'lower'},upperdir={disk / 'upper'},workdir={disk / 'work'}"
        with mounted(point, "-t", "overlay", "overlay", "-o", options):
            yield disk / "upper"


def seconds_until_read(tally: Tally, folder: Path, path: str) -> float:
    """Write a file where nobody hears it, under a temporary name first; the seconds until it is read."""
    partial = folder / ".new"
    partial.write_bytes(a_story(f"Story {path}", f"What happened at {path}."))
    partial.rename(folder / os.path.basename(path))
    return tally.wait_for(path, seconds=20)


@passthrough.WITH_FUSE
def test_29_fuse_mount(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with passthrough.shared(desk.folder / "share", desk.seeds) as share, living(desk):
        waits = [seconds_until_read(tally, share.behind, f"{number}.txt") for number in range(3)]
        journal = desk.journal()

    figure(f"read after {max(waits):.1f} s at most with polls every {POLL_SECONDS:g} s")
    assert "poll" in journal
    assert max(waits) <= WITHIN_SECONDS
    assert set(tally.look().received.values()) == {1}


@AS_ROOT
def test_29_overlay_upper(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with overlay(desk.folder / "layers", desk.seeds) as upper, living(desk):
        waits = [seconds_until_read(tally, upper, f"{number}.txt") for number in range(3)]
        journal = desk.journal()

    figure(f"read after {max(waits):.1f} s at most with polls every {POLL_SECONDS:g} s")
    assert "poll" in journal
    assert max(waits) <= WITHIN_SECONDS


@passthrough.WITH_FUSE
def test_29_nested_fuse_mount(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)
    nested = desk.seeds / "deep" / "nested"

    with passthrough.shared(desk.folder / "share", nested) as share, living(desk):
        local = time.monotonic()
        desk.drop("local.txt", a_story("Local"))
        tally.wait_for("local.txt")
        local_seconds = time.monotonic() - local
        waits = [seconds_until_read(tally, share.behind, f"deep/nested/{number}.txt") for number in range(3)]
        journal = desk.journal()

    figure(f"nested read after {max(waits):.1f} s at most, its local parent after {local_seconds * 1000:.0f} ms")
    assert any("poll" in line and "nested" in line for line in journal.splitlines())
    assert max(waits) <= WITHIN_SECONDS
    assert local_seconds < 1.0


@AS_ROOT
def test_29_nested_local_mount(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with tmpfs(desk.seeds / "nested") as nested, living(desk):
        seconds = seconds_until_read(tally, nested, "nested/a.txt")

    figure(f"read after {seconds:.2f} s")
    assert seconds <= 1.0


@AS_ROOT
def test_29_local_mount_while_it_runs(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)
    (desk.seeds / "nested").mkdir()

    with living(desk), tmpfs(desk.seeds / "nested") as nested:
        seconds = seconds_until_read(tally, nested, "nested/a.txt")

    figure(f"read after {seconds:.2f} s")
    assert seconds <= NEW_MOUNT_SECONDS


@passthrough.WITH_FUSE
def test_29_fuse_mounted_while_it_runs(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)
    nested = desk.seeds / "nested"
    nested.mkdir()

    with living(desk), passthrough.shared(desk.folder / "share", nested) as share:
        seconds = seconds_until_read(tally, share.behind, "nested/a.txt")

    figure(f"read after {seconds:.1f} s")
    assert seconds <= NEW_MOUNT_SECONDS


@pytest.mark.parametrize("which", ["max_inotify_watches", "max_inotify_instances"])
def test_32_watch_limit(desk: Desk, figure: Figure, which: str) -> None:
    count = 20 if which == "max_inotify_watches" else 0
    sysctl = "fs.inotify." + which.replace("inotify", "user")
    around = ("unshare", "-Ur", "sh", "-c", f'echo {count} > /proc/sys/user/{which} && exec "$@"', "sh")
    if (
        shutil.which("unshare") is None
        or subprocess.run([*around, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("SKIPPED LOUDLY: no user namespace with limits of its own here")
    names = [f"{number % FOLDERS}/{number}.txt" for number in range(FILES)]
    for name in names[: FILES // 2]:
        desk.drop(name, a_story(f"Story {name}"))
    tally = Tally(desk)

    with living(desk, around=around) as daemon:
        tally.wait_for(*names[: FILES // 2], seconds=30)
        for name in names[FILES // 2 :]:
            desk.drop(name, a_story(f"Story {name}"))
        written_at = time.monotonic()
        tally.wait_for_all(names, seconds=30)
        seconds = time.monotonic() - written_at
        desk.drop("0/later.txt", a_story("Later"))
        later = tally.wait_for("0/later.txt", seconds=20)
        until(lambda: sysctl in desk.journal())
        assert daemon.is_alive()

    told = [line for line in desk.journal().splitlines() if sysctl in line]
    figure(f"{FILES}/{FILES} within {max(seconds, later):.1f} s with {count} {which}, told {len(told)} times")
    assert max(seconds, later) <= WITHIN_SECONDS
    assert len(told) <= 3, "one warning a folder would fill the journal"
