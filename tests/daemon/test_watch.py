"""The doorbell with the real kernel: what lands in a folder rings, and every folder that is made is entered."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from examples import until

from presslog.daemon.bell import Bell, Scan
from presslog.daemon.ground import survey
from presslog.daemon.places import Folder, Ignored, Place
from presslog.daemon.scan import Doors, Scanner
from presslog.daemon.watch import Watch
from presslog.store.registry import Registry

NOTHING: Callable[..., bool] = lambda *_: False  # noqa: E731


class Listener:
    """What has rung so far; folders that ring are scanned at once, and so watched, as the drain does it."""

    def __init__(self, root: Path, registry: Registry) -> None:
        self.bell = Bell()
        self.folder = Folder("seeds", root)
        ignored = Ignored([".*", "*.part"])
        self.watch = Watch(self.bell, ignored, heard=NOTHING)
        self.watch.start()
        self.doors = Doors(self._enter, self._leave, NOTHING, lambda folder, here: self.watch.holds("seeds", here))
        self.scanner = Scanner(registry, ignored, self.doors)
        self.places: list[Place] = []
        self.scans: list[Scan] = []
        self.look()

    def _enter(self, folder: Folder, here: bytes, handle: int) -> None:
        assert self.watch.add(folder, here, handle) is None

    def _leave(self, folder: Folder, here: bytes) -> None:
        self.watch.remove(folder.feed, here)

    def look(self, below: bytes = b"") -> None:
        """Scan a folder."""
        ground = survey(self.folder, self.scanner.registry)
        for chunk in self.scanner.walk(ground, below):
            self.places += chunk

    def has(self, path: bytes, *, is_closed: bool | None = None) -> bool:
        """Whether a file has rung, or was found by a scan that rang."""
        self.places += self.bell.take(10_000)
        while scan := self.bell.take_scan():
            self.scans.append(scan)
            if scan.reason != "replaced":
                self.look(scan.folder)
        return any(p.path == path and is_closed in (None, p.is_closed) for p in self.places)

    def has_scan(self, reason: str) -> bool:
        """Whether a scan was asked for."""
        self.has(b"")
        return any(scan.reason == reason for scan in self.scans)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a feed."""
    root = tmp_path / "seeds"
    root.mkdir()
    return root


@pytest.fixture
def rung(root: Path, tmp_path: Path) -> Iterator[Listener]:
    """What rings while the folder is watched."""
    (tmp_path / "store").mkdir()
    with closing(Registry(tmp_path / "store")) as registry:
        listener = Listener(root, registry)
        yield listener
        listener.watch.stop()


def test_file_that_is_written_and_closed_rings_as_closed(root: Path, rung: Listener) -> None:
    (root / "a.txt").write_text("Rivers rise")

    until(lambda: rung.has(b"a.txt", is_closed=True))


def test_file_that_is_renamed_in_rings_as_closed(root: Path, rung: Listener, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rivers rise")

    (tmp_path / "a.txt").rename(root / "a.txt")

    until(lambda: rung.has(b"a.txt", is_closed=True))


def test_hard_link_rings(root: Path, rung: Listener, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Rivers rise")

    (root / "a.txt").hardlink_to(tmp_path / "a.txt")

    until(lambda: rung.has(b"a.txt"))


def test_file_that_is_renamed_inside_rings_under_its_last_name_alone(root: Path, rung: Listener) -> None:
    (root / "a.part").write_text("Rivers rise")

    (root / "a.part").rename(root / "a.txt")

    until(lambda: rung.has(b"a.txt", is_closed=True))
    assert not rung.has(b"a.part")


def test_file_that_goes_rings(root: Path, rung: Listener) -> None:
    (root / "a.txt").write_text("Rivers rise")
    until(lambda: rung.has(b"a.txt", is_closed=True))
    rung.places.clear()

    (root / "a.txt").unlink()

    until(lambda: rung.has(b"a.txt"))


def test_files_moved_out_do_not_hold_up_the_others(root: Path, rung: Listener, tmp_path: Path) -> None:
    (root / "a.txt").write_text("Rivers rise")
    (root / "a.txt").rename(tmp_path / "a.txt")

    (root / "b.txt").write_text("Rivers fall")

    until(lambda: rung.has(b"b.txt", is_closed=True), seconds=0.4)


def test_files_written_into_folders_just_made_are_all_found(root: Path, rung: Listener) -> None:
    paths = [f"{number}/b/c/story.txt" for number in range(200)]

    for path in paths:
        (root / path).parent.mkdir(parents=True)
        (root / path).write_text(path)

    until(lambda: all(rung.has(path.encode()) for path in paths))


def test_folder_that_is_moved_in_is_scanned_and_watched(root: Path, rung: Listener, tmp_path: Path) -> None:
    (tmp_path / "wires" / "deep").mkdir(parents=True)
    (tmp_path / "wires" / "deep" / "a.txt").write_text("Rivers rise")

    (tmp_path / "wires").rename(root / "wires")
    until(lambda: rung.has(b"wires/deep/a.txt"))
    (root / "wires" / "deep" / "b.txt").write_text("Rivers fall")

    until(lambda: rung.has(b"wires/deep/b.txt", is_closed=True))


def test_folder_that_is_renamed_inside_rings_under_its_new_name(root: Path, rung: Listener) -> None:
    (root / "old" / "deep").mkdir(parents=True)
    until(lambda: rung.has(b"") or rung.watch.holds("seeds", b"old/deep"))

    (root / "old").rename(root / "new")
    until(lambda: rung.has(b"") or rung.watch.holds("seeds", b"new/deep"))
    (root / "new" / "deep" / "a.txt").write_text("Rivers rise")

    until(lambda: rung.has(b"new/deep/a.txt", is_closed=True))
    assert not rung.watch.holds("seeds", b"old/deep")


def test_folder_that_is_moved_out_rings_no_more(root: Path, rung: Listener, tmp_path: Path) -> None:
    (root / "wires" / "deep").mkdir(parents=True)
    until(lambda: rung.has(b"") or rung.watch.holds("seeds", b"wires/deep"))

    (root / "wires").rename(tmp_path / "away")
    until(lambda: rung.has(b"") or not rung.watch.holds("seeds", b"wires/deep"))
    (tmp_path / "away" / "deep" / "ghost.txt").write_text("Rivers rise")
    (root / "a.txt").write_text("Rivers fall")

    until(lambda: rung.has(b"a.txt", is_closed=True))
    assert not rung.has(b"wires/deep/ghost.txt")


def test_ignored_names_do_not_ring(root: Path, rung: Listener) -> None:
    (root / ".hidden").write_text("no")
    (root / ".git").mkdir()
    (root / ".git" / "a.txt").write_text("no")
    (root / "last.txt").write_text("yes")

    until(lambda: rung.has(b"last.txt", is_closed=True))
    assert {place.path for place in rung.places} == {b"last.txt"}
    assert rung.scans == []


@pytest.mark.parametrize("how", ["renamed", "deleted"])
def test_root_that_goes_asks_for_a_look_at_what_stands_there_now(root: Path, rung: Listener, how: str) -> None:
    if how == "renamed":
        root.rename(root.parent / "away")
    else:
        shutil.rmtree(root)

    until(lambda: rung.has_scan("replaced"))
    assert rung.watch.identity("seeds") != (root.parent.stat().st_dev, 0)


def test_folder_that_was_made_anew_is_watched_anew(root: Path, rung: Listener, tmp_path: Path) -> None:
    root.rename(tmp_path / "away")
    root.mkdir()
    (root / "first.txt").write_text("Rivers rise")

    rung.look()
    (root / "a.txt").write_text("Rivers rise")
    (tmp_path / "away" / "ghost.txt").write_text("Rivers fall")

    until(lambda: rung.has(b"a.txt", is_closed=True))
    assert not rung.has(b"ghost.txt")
    status = root.stat()
    assert rung.watch.identity("seeds") == (status.st_dev, status.st_ino)


def test_name_of_any_bytes_rings_as_it_is(root: Path, rung: Listener) -> None:
    name = b"caf\xe9\nRivers.txt"

    with open(os.path.join(os.fsencode(root), name), "wb") as file:
        file.write(b"Rivers rise")

    until(lambda: rung.has(name, is_closed=True))


def test_what_is_moved_away_after_it_was_read_does_not_ring(root: Path, tmp_path: Path) -> None:
    bell, folder = Bell(), Folder("seeds", root, after_read="move", done=b"done")
    (root / "done").mkdir()
    (root / "a.txt").write_text("Rivers rise")
    watch = Watch(bell, Ignored(()), heard=NOTHING)
    watch.start()
    for here in (b"", b"done"):
        handle = os.open(folder.path(here), os.O_RDONLY)
        watch.add(folder, here, handle)
        os.close(handle)

    (root / "a.txt").rename(root / "done" / "a.txt")
    (root / "done" / "deep").mkdir()
    (root / "last.txt").write_text("Rivers fall")
    until(lambda: len(bell) == 2)
    watch.stop()

    assert {place.path for place in bell.take(10)} == {b"a.txt", b"last.txt"}
    assert bell.take_scan() is None


def test_folder_of_two_feeds_rings_for_both(root: Path) -> None:
    bell, outer, inner = Bell(), Folder("outer", root), Folder("inner", root / "sub")
    (root / "sub").mkdir()
    watch = Watch(bell, Ignored(()), heard=NOTHING)
    watch.start()
    for folder, here in ((outer, b"sub"), (inner, b"")):
        handle = os.open(folder.path(here), os.O_RDONLY)
        watch.add(folder, here, handle)
        os.close(handle)

    rung: set[tuple[str, bytes]] = set()

    def has_rung(*files: tuple[str, bytes]) -> bool:
        rung.update(place[:2] for place in bell.take(10))
        return rung >= set(files)

    (root / "sub" / "a.txt").write_text("Rivers rise")
    until(lambda: has_rung(("outer", b"sub/a.txt"), ("inner", b"a.txt")))
    watch.remove("outer", b"sub")
    (root / "sub" / "b.txt").write_text("Rivers fall")

    until(lambda: has_rung(("inner", b"b.txt")))
    watch.stop()
    assert not has_rung(("outer", b"sub/b.txt"))


def test_stopped_watch_refuses_to_watch(root: Path) -> None:
    watch = Watch(Bell(), Ignored(()), heard=NOTHING)
    watch.start()
    watch.stop()
    handle = os.open(root, os.O_RDONLY)

    error = watch.add(Folder("seeds", root), b"", handle)
    os.close(handle)

    assert error is not None
