"""The doorbell with the real watchdog: what lands in a folder rings, or a scan is asked for."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples import until

from presslog.daemon.bell import Bell, Scan
from presslog.daemon.places import Folder, Ignored, Place
from presslog.daemon.watch import Watch


class Rung:
    """What has rung so far."""

    def __init__(self, bell: Bell) -> None:
        self._bell = bell
        self.places: list[Place] = []
        self.scans: list[Scan] = []

    def has(self, path: bytes, *, is_closed: bool | None = None) -> bool:
        """Whether a file has rung."""
        self._listen()
        return any(p.path == path and is_closed in (None, p.is_closed) for p in self.places)

    def covers(self, path: bytes) -> bool:
        """Whether a file has rung, or a scan was asked for that will find it."""
        return self.has(path) or any(path.startswith(scan.folder + b"/") for scan in self.scans if scan.folder)

    def has_scan(self, feed: str, reason: str) -> bool:
        """Whether a scan was asked for."""
        self._listen()
        return any((scan.feed, scan.reason) == (feed, reason) for scan in self.scans)

    def _listen(self) -> None:
        self.places += self._bell.take(10_000)
        while scan := self._bell.take_scan():
            self.scans.append(scan)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a feed."""
    root = tmp_path / "seeds"
    root.mkdir()
    return root


@pytest.fixture
def bell() -> Bell:
    """A bell that is silent."""
    return Bell()


@pytest.fixture
def rung(root: Path, bell: Bell) -> Iterator[Rung]:
    """What rings while a watch stands before the folder."""
    watch = Watch([Folder("seeds", root)], bell, Ignored([".*", "*.part"]), unwatched=refuse)
    watch.start()
    yield Rung(bell)
    watch.stop()


def refuse(folder: Folder, error: OSError) -> None:
    raise AssertionError(f"{folder.feed} cannot be watched: {error}")


def test_file_that_is_written_and_closed_rings_as_closed(root: Path, rung: Rung) -> None:
    (root / "a.txt").write_text("Rivers rise")

    until(lambda: rung.has(b"a.txt", is_closed=True))


def test_file_that_is_renamed_in_rings(root: Path, rung: Rung, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rivers rise")

    (tmp_path / "a.txt").rename(root / "a.txt")

    until(lambda: rung.has(b"a.txt"))


def test_file_that_is_renamed_inside_rings_under_its_last_name_alone(root: Path, rung: Rung) -> None:
    (root / "a.part").write_text("Rivers rise")

    (root / "a.part").rename(root / "a.txt")

    until(lambda: rung.has(b"a.txt", is_closed=True))
    assert not rung.has(b"a.part")


def test_file_that_goes_rings(root: Path, rung: Rung) -> None:
    (root / "a.txt").write_text("Rivers rise")
    until(lambda: rung.has(b"a.txt", is_closed=True))
    rung.places.clear()

    (root / "a.txt").unlink()

    until(lambda: rung.has(b"a.txt"))


def test_files_written_into_folders_just_made_are_all_covered(root: Path, rung: Rung) -> None:
    paths = [f"{number}/b/c/story.txt" for number in range(200)]

    for path in paths:
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(path)

    until(lambda: all(rung.covers(path.encode()) for path in paths))


def test_folder_that_is_moved_in_asks_for_its_scan(root: Path, rung: Rung, tmp_path: Path) -> None:
    (tmp_path / "wires").mkdir()
    (tmp_path / "wires" / "a.txt").write_text("Rivers rise")

    (tmp_path / "wires").rename(root / "wires")

    until(lambda: rung.covers(b"wires/a.txt"))


def test_ignored_names_do_not_ring(root: Path, rung: Rung) -> None:
    (root / ".hidden").write_text("no")
    (root / ".git").mkdir()
    (root / ".git" / "a.txt").write_text("no")
    (root / "last.txt").write_text("yes")

    until(lambda: rung.has(b"last.txt", is_closed=True))
    assert {place.path for place in rung.places} == {b"last.txt"}
    assert {scan.folder for scan in rung.scans} <= {b""}


def test_overflow_in_the_log_of_watchdog_asks_for_a_scan_of_every_feed(tmp_path: Path) -> None:
    folders = [Folder(feed, tmp_path / feed) for feed in ("seeds", "wires")]
    for folder in folders:
        folder.root.mkdir()
    bell = Bell()
    watch = Watch(folders, bell, Ignored(()), unwatched=refuse)
    watch.start()

    logging.getLogger("watchdog.observers.inotify_c").warning("Inotify queue overflowed; filesystem events were lost")
    watch.stop()

    rung = Rung(bell)
    assert all(rung.has_scan(feed, "overflow") for feed in ("seeds", "wires"))


def test_stopped_watch_listens_to_the_log_no_more(root: Path) -> None:
    bell = Bell()
    watch = Watch([Folder("seeds", root)], bell, Ignored(()), unwatched=refuse)
    watch.start()
    watch.stop()

    logging.getLogger("watchdog").warning("Inotify queue overflowed")

    assert bell.take_scan() is None


def test_folder_that_cannot_be_watched_is_told_and_the_others_are(root: Path, tmp_path: Path) -> None:
    told: list[str] = []
    bell = Bell()
    folders = [Folder("gone", tmp_path / "gone"), Folder("seeds", root)]
    watch = Watch(folders, bell, Ignored(()), unwatched=lambda folder, error: told.append(folder.feed))
    watch.start()

    (root / "a.txt").write_text("Rivers rise")

    rung = Rung(bell)
    until(lambda: rung.has(b"a.txt"))
    watch.stop()
    assert told == ["gone"]


def test_folder_that_was_made_anew_is_watched_anew(root: Path, tmp_path: Path) -> None:
    bell = Bell()
    watch = Watch([Folder("seeds", root)], bell, Ignored(()), unwatched=refuse)
    watch.start()
    root.rename(tmp_path / "away")
    root.mkdir()

    watch.watch("seeds")
    (root / "a.txt").write_text("Rivers rise")

    rung = Rung(bell)
    until(lambda: rung.has(b"a.txt"))
    watch.stop()


def test_what_is_moved_away_after_it_was_read_does_not_ring(root: Path, bell: Bell) -> None:
    (root / "done").mkdir()
    (root / "a.txt").write_text("a")
    watch = Watch([Folder("seeds", root, after_read="move", done=b"done")], bell, Ignored(()), unwatched=refuse)
    watch.start()
    rung = Rung(bell)

    (root / "a.txt").rename(root / "done" / "a.txt")
    (root / "last.txt").write_text("last")
    until(lambda: rung.has(b"last.txt"))
    watch.stop()

    assert {place.path for place in rung.places} == {b"a.txt", b"last.txt"}
    assert rung.scans == []
