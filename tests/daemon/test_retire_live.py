"""Retiring in a daemon at work: its own echo, folders that cannot be written, other file systems, and a race."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desks import Desk, a_story, running_daemon
from examples import until
from processes import printed

from presslog.daemon.places import Place
from presslog.daemon.rename import rename_if_free

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED without root: this needs a mount")
RACE_SECONDS = 1.5

ONCE = """
    import subprocess, sys
    from pathlib import Path
    from desks import Desk, a_story

    desk = Desk(Path(sys.argv[1]), after_read=sys.argv[3])
    for name in ("a.txt", "b.txt", "sub/c.txt"):
        desk.drop(name, a_story(name))
    subprocess.run(["sh", "-c", sys.argv[2]], cwd=desk.seeds, check=True)
    for _ in range(2):
        run = [sys.executable, "-m", "presslog.daemon", "run", "--once", str(desk.folder)]
        print(subprocess.run(run, stderr=subprocess.STDOUT, stdout=subprocess.PIPE, text=True, check=True).stdout)
    print("left", *sorted(str(path.relative_to(desk.seeds)) for path in desk.seeds.rglob("*.txt")))
    print("events", len(desk.events()))
"""


def once_with(mount: str, tmp_path: Path, after_read: str) -> list[str]:
    """What two runs over three files print where something is mounted in the feed's folder."""
    around = ("unshare", "--mount")
    if subprocess.run([*around, "mount", "-t", "tmpfs", "none", tmp_path], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: this machine lets not even root mount a tmpfs")
    return printed(ONCE, tmp_path / "desk", mount, after_read, around=around).splitlines()


@pytest.mark.parametrize(("after_read", "retired"), [("move", "done/wires/new.txt"), ("delete", "deleted")])
def test_daemon_retires_what_is_dropped_and_adds_no_removed_event(
    tmp_path: Path, after_read: str, retired: str
) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    desk.drop("old.txt", a_story("Old"))
    with running_daemon(desk):
        until(lambda: "retired=" in desk.journal(), seconds=20)

        desk.drop("wires/new.txt", a_story("New"))
        until(lambda: f"retired={retired}" in desk.journal())
        desk.drop("last.txt", a_story("Last"))
        until(lambda: desk.journal().count("retired=") == 3)

    left = {str(path.relative_to(desk.seeds)) for path in desk.seeds.rglob("*.txt")}
    moved = {"done/old.txt", "done/wires/new.txt", "done/last.txt"}
    assert left == (moved if after_read == "move" else set())
    assert [event.type for event in desk.events()] == ["article-recorded", "file-received"] * 3


@AS_ROOT
@pytest.mark.parametrize("after_read", ["move", "delete"])
def test_folder_that_cannot_be_written_is_told_once_and_keeps_its_files(tmp_path: Path, after_read: str) -> None:
    lines = once_with("mount --bind . . && mount -o remount,ro,bind .", tmp_path, after_read)

    warnings = [line for line in lines if "files stay" in line]
    assert len(warnings) == 2, "one a run"
    assert f"folder={tmp_path}/desk/seeds" in warnings[0]
    assert f"ReadWritePaths={tmp_path}/desk/seeds" in warnings[0]
    assert lines[-2:] == ["left a.txt b.txt sub/c.txt", "events 6"]


@AS_ROOT
@pytest.mark.parametrize(("after_read", "left"), [("move", "done/a.txt done/b.txt sub/c.txt"), ("delete", "sub/c.txt")])
def test_folder_on_another_file_system_is_told_and_keeps_its_files(tmp_path: Path, after_read: str, left: str) -> None:
    lines = once_with("mount -t tmpfs none sub && echo Else > sub/c.txt", tmp_path, after_read)

    warnings = [line for line in lines if "files stay" in line]
    assert len(warnings) == 2, "one a run"
    assert "path=sub/c.txt" in warnings[0]
    assert "another file system" in warnings[0]
    assert lines[-2] == f"left {left}"


@AS_ROOT
def test_done_folder_on_another_file_system_is_told_and_moves_nothing(tmp_path: Path) -> None:
    lines = once_with("mkdir done && mount -t tmpfs none done", tmp_path, "move")

    assert len([line for line in lines if "another file system" in line]) == 2, "one a run"
    assert lines[-2:] == ["left a.txt b.txt sub/c.txt", "events 6"]


class Racer(threading.Thread):
    """Puts a new file under one name again and again, over what stands there or not; it knows what it overwrote."""

    def __init__(self, desk: Desk, ring: Callable[[], None]) -> None:
        super().__init__()
        self._desk = desk
        self._ring = ring
        self.dropped: set[str] = set()
        self.overwritten: set[str] = set()

    def run(self) -> None:
        """Drop as fast as it goes."""
        end, number = time.monotonic() + RACE_SECONDS, 0
        folder = os.open(self._desk.folder, os.O_RDONLY)
        seeds = os.open(self._desk.seeds, os.O_RDONLY)
        while time.monotonic() < end:
            number += 1
            content = a_story(text=f"Number {number:06} came.")
            (self._desk.folder / "new").write_bytes(content)
            self.dropped.add(hashlib.sha256(content).hexdigest())
            while rename_if_free(b"new", folder, b"a.txt", seeds) is False and not self._swap(folder):
                pass
            self._ring()
        os.close(folder)
        os.close(seeds)

    def _swap(self, folder: int) -> bool:
        """Exchange the new file with what stands there, in one step; False where nothing does."""
        if not exchange(b"new", b"seeds/a.txt", folder):
            return False
        self.overwritten.add(hashlib.sha256((self._desk.folder / "new").read_bytes()).hexdigest())
        return True


def exchange(one: bytes, other: bytes, folder: int) -> bool:
    import ctypes

    swap = 2
    return ctypes.CDLL(None).renameat2(folder, one, folder, other, swap) == 0


@pytest.fixture
def fine_turns() -> Iterator[None]:
    """Threads that take turns every few instructions, so that every instant gets its turn."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.parametrize("after_read", ["move", "delete"])
@pytest.mark.usefixtures("fine_turns")
def test_file_that_is_replaced_at_any_instant_is_never_lost_unread(tmp_path: Path, after_read: str) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    with desk.assembled() as (parts, _):
        racer = Racer(desk, lambda: parts.bell.ring(Place("seeds", b"a.txt", is_closed=True)))
        racer.start()
        while racer.is_alive():
            parts.drain.step(threading.Event())
        racer.join()
    desk.drain()

    read = {event.fact.digest for event in desk.events("file-received")}
    assert racer.dropped - racer.overwritten - read == set()
    assert [path.name for path in desk.seeds.rglob("*.txt") if "done" not in path.parts] == []
    assert desk.events("file-removed") == []
