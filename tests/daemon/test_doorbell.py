"""The doorbell: what is watched, what is polled and why, with the real kernel and a table of mounts in our hand."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desks import a_story
from examples import Clock, until

from presslog.daemon.bell import Bell, Scan
from presslog.daemon.canary import SILENT_SECONDS, TRIES
from presslog.daemon.doorbell import Doorbell, Polled
from presslog.daemon.ground import opened
from presslog.daemon.mounts import Mounts
from presslog.daemon.places import Folder, Ignored
from presslog.daemon.polls import Polls


class Door:
    """A doorbell before one folder; ``told`` holds why folders are polled."""

    def __init__(self, root: Path, table: Path) -> None:
        self.folder = Folder("seeds", root)
        self.clock = Clock(1000.0)
        self.polls = Polls(self.clock, 5.0)
        self.told: list[Polled] = []
        self.bell = Bell()
        self.doorbell = Doorbell(
            self.bell,
            Ignored([".*"]),
            mounts=Mounts(table),
            polls=self.polls,
            monotonic=self.clock,
            told=self.told.append,
        )
        self.doorbell.start([self.folder])

    def enter(self, here: bytes = b"") -> None:
        with opened(self.folder.path(here)) as handle:
            self.doorbell.enter(self.folder, here, handle)

    def scans(self) -> list[Scan]:
        """What scans were asked for."""
        return list(iter(self.bell.take_scan, None))


def a_table(tmp_path: Path, kind: str, *lines: str) -> Path:
    """A table of mounts in which everything here lies on one file system of this type."""
    with opened(bytes(tmp_path)) as handle:
        words = Path(f"/proc/self/fdinfo/{handle}").read_text().split()
    number = words[words.index("mnt_id:") + 1]
    table = tmp_path / "mountinfo"
    table.write_text("\n".join([f"{number} 1 0:1 / / rw - {kind} x rw", *lines]) + "\n")
    return table


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a feed."""
    (tmp_path / "seeds" / "sub").mkdir(parents=True)
    return tmp_path / "seeds"


Opener = Callable[..., Door]


@pytest.fixture
def door(root: Path, tmp_path: Path) -> Iterator[Opener]:
    """Opens doorbells before the folder, on a file system of the type that the test says."""
    doors: list[Door] = []

    def open_door(kind: str = "ext4") -> Door:
        doors.append(Door(root, a_table(tmp_path, kind)))
        doors[-1].scans()
        return doors[-1]

    yield open_door
    for each in doors:
        each.doorbell.stop()


def test_local_folder_is_watched_and_not_polled(root: Path, door: Opener) -> None:
    here = door("ext4")

    here.enter()
    (root / "a.txt").write_bytes(a_story())

    until(lambda: len(here.bell) > 0)
    assert (here.told, len(here.polls), here.doorbell.is_entered(here.folder, b"")) == ([], 0, True)


@pytest.mark.parametrize("kind", ["nfs4", "fuse.sshfs", "overlay", "virtiofs"])
def test_folder_on_a_mount_that_others_write_is_watched_and_polled_and_told_once(door: Opener, kind: str) -> None:
    here = door(kind)

    here.enter()
    here.enter(b"sub")

    assert [polled.here for polled in here.told] == [b""]
    assert kind in here.told[0].reason
    assert len(here.polls) == 2


def test_folder_that_cannot_be_listed_is_polled_until_it_can(door: Opener) -> None:
    here = door()

    here.doorbell.refused(here.folder, b"sub", OSError(5, "Input/output error"))
    before = here.polls.holds("seeds", b"sub")
    here.enter(b"sub")

    assert (before, here.polls.holds("seeds", b"sub")) == (True, False)
    assert "Input/output error" in here.told[0].reason


def test_folder_that_is_gone_is_neither_watched_nor_polled(door: Opener) -> None:
    here = door("nfs4")
    here.enter(b"sub")

    here.doorbell.leave(here.folder, b"sub")

    assert not here.doorbell.is_entered(here.folder, b"sub")


def test_root_that_is_as_it_was_asks_for_nothing(door: Opener) -> None:
    here = door()
    here.enter()

    here.doorbell.check()

    assert here.scans() == []


def test_root_that_was_replaced_asks_for_a_scan_until_it_is_entered(root: Path, door: Opener, tmp_path: Path) -> None:
    here = door()
    here.enter()
    root.rename(tmp_path / "away")
    root.mkdir()

    here.doorbell.check()
    asked = here.scans()
    here.enter()
    until(lambda: not here.scans())
    here.doorbell.check()

    assert Scan("seeds", b"", "replaced") in asked
    assert here.scans() == []


def test_mount_that_comes_or_goes_below_a_root_asks_for_its_scan(root: Path, door: Opener, tmp_path: Path) -> None:
    here = door()
    here.enter()
    line = f"99 1 0:9 / {root}/sub rw - nfs4 host:/export rw"

    a_table(tmp_path, "ext4", line)
    here.doorbell.check()
    come = here.scans()
    a_table(tmp_path, "ext4")
    here.doorbell.check()

    assert come == here.scans() == [Scan("seeds", b"sub", "mount")]


def test_folder_whose_canary_is_never_heard_is_polled(root: Path, door: Opener, tmp_path: Path) -> None:
    here = door()
    here.enter()
    deaf_from_now_on(here, tmp_path, root)

    for _ in range(TRIES):
        here.clock.seconds += SILENT_SECONDS
        here.doorbell.check()
    here.enter()

    assert Scan("seeds", b"", "deaf") in here.scans()
    assert "do not arrive" in here.told[0].reason
    assert here.polls.holds("seeds", b"")


def deaf_from_now_on(here: Door, tmp_path: Path, root: Path) -> None:
    """Have canaries fly where nobody listens: the watched folder is moved away, another one takes its place."""
    until(lambda: not list(here.doorbell._canary._sent))
    root.rename(tmp_path / "away")
    (root / "sub").mkdir(parents=True)
    with opened(bytes(root)) as handle:
        here.doorbell._canary.send(("seeds", b""), handle)


def test_canary_that_is_heard_changes_nothing(door: Opener) -> None:
    here = door()

    here.enter()
    until(lambda: not list(here.doorbell._canary._sent))
    here.clock.seconds += SILENT_SECONDS
    here.doorbell.check()

    assert (here.scans(), here.told, len(here.bell)) == ([], [], 0)


def test_reader_that_died_is_started_anew_and_everything_is_scanned(root: Path, door: Opener) -> None:
    here = door()
    here.enter()
    kill_reader(here)

    here.doorbell.check()
    asked = here.scans()
    here.enter()
    (root / "a.txt").write_bytes(a_story())

    assert asked == [Scan("seeds", b"", "watch")]
    until(lambda: len(here.bell) > 0)


def kill_reader(here: Door) -> None:
    reader = here.doorbell._watch._inotify
    assert isinstance(reader, threading.Thread)
    reader.stop()
    reader.join(5)
    assert not here.doorbell._watch.is_alive()
