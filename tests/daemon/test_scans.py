"""The scans in hand: small folders do not wait behind large ones, and what became of lost folders is told once."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from examples import Clock

from presslog.daemon.bell import Bell, Scan
from presslog.daemon.outcome import Outcome
from presslog.daemon.places import Folder, Ignored, Place
from presslog.daemon.polls import Polls
from presslog.daemon.scan import CHUNK_FILES, NO_DOORS, Scanner
from presslog.daemon.scans import MOST_BEGUN, Scans
from presslog.store.registry import Registry

Told = tuple[str, str, int]


class Hall:
    """Scans of two feeds, ``seeds`` and ``wires``, with what they told."""

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.roots = {feed: folder / feed for feed in ("seeds", "wires")}
        for root in self.roots.values():
            root.mkdir()
        self.bell, self.clock, self.told = Bell(), Clock(1000.0), list[Told]()
        self.polls = Polls(self.clock, 5.0)
        folders = {feed: Folder(feed, root) for feed, root in self.roots.items()}
        scanner = Scanner(registry, Ignored(()), NO_DOORS)
        self.scans = Scans(
            self.bell, folders, scanner=scanner, polls=self.polls, told=self._tell, recover=lambda _: None
        )

    def _tell(self, folder: Folder, kind: str, reason: str, files: int) -> None:
        self.told.append((folder.root.name, kind, files))

    def write(self, feed: str, *paths: str) -> None:
        for path in paths:
            whole = self.roots[feed] / path
            whole.parent.mkdir(parents=True, exist_ok=True)
            whole.write_text(path)

    def take_all(self) -> list[bytes]:
        found: list[bytes] = []
        while (places := self.scans.take(1000)) is not None:
            found += [place.path for place in places]
            self.scans.recovered([Outcome(place, "recorded", position=1) for place in places])
        return found


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    """Scans over a registry that knows nothing."""
    (tmp_path / "store").mkdir()
    with closing(Registry(tmp_path / "store")) as registry:
        yield Hall(tmp_path, registry)


def test_nothing_in_hand_is_said(hall: Hall) -> None:
    assert hall.scans.take(10) is None
    assert len(hall.scans) == 0


def test_many_small_folders_share_an_answer(hall: Hall) -> None:
    for number in range(2 * MOST_BEGUN):
        hall.write("seeds", f"{number}/a.txt")
        hall.bell.ring_scan(Scan("seeds", b"%d" % number, "folder"))

    places = hall.scans.take(2 * MOST_BEGUN)

    assert places is not None
    assert len(places) == 2 * MOST_BEGUN


def test_a_folder_is_looked_through_by_one_scan_at_a_time(hall: Hall) -> None:
    hall.write("seeds", *(f"{number}.txt" for number in range(2 * CHUNK_FILES)))
    hall.bell.ring_scan(Scan("seeds", reason="backlog"))
    hall.bell.ring_scan(Scan("seeds", reason="rescan"))
    first = hall.scans.take(CHUNK_FILES)

    hall.bell.ring_scan(Scan("seeds", reason="backlog"))
    second = hall.scans.take(CHUNK_FILES)

    assert first is not None
    assert second is not None
    assert not set(first) & set(second)
    assert len(hall.scans) == 2


def test_small_folder_does_not_wait_behind_a_large_one(hall: Hall) -> None:
    hall.write("seeds", *(f"large/{number}.txt" for number in range(3 * CHUNK_FILES)))
    hall.write("seeds", "small/a.txt")
    hall.bell.ring_scan(Scan("seeds", b"large", "folder"))
    hall.scans.take(CHUNK_FILES)

    hall.bell.ring_scan(Scan("seeds", b"small", "folder"))
    places = [place for _ in range(2) for place in hall.scans.take(CHUNK_FILES) or []]

    assert Place("seeds", b"small/a.txt") in places
    assert len(hall.scans) > 0


def test_scan_after_an_overflow_tells_what_became_events(hall: Hall) -> None:
    hall.write("seeds", "a.txt", "sub/b.txt")
    hall.write("wires", "c.txt")
    hall.bell.ring_scan(Scan("seeds", reason="overflow"))
    hall.bell.ring_scan(Scan("wires"))

    hall.take_all()

    assert hall.told == [("seeds", "folder-overflowed", 2)]


def test_folders_that_are_polled_are_looked_through_when_due(hall: Hall) -> None:
    hall.write("seeds", "a.txt", "sub/b.txt", "other/c.txt")
    hall.polls.add("seeds", b"sub")
    early = hall.take_all()

    hall.clock.seconds += 5
    due = hall.take_all()
    hall.clock.seconds += 5

    assert (early, due) == ([], [b"sub/b.txt"])
    assert hall.take_all() == [b"sub/b.txt"]


def test_root_that_was_replaced_is_told_as_lost_and_restored(hall: Hall) -> None:
    hall.write("seeds", "a.txt")

    hall.bell.ring_scan(Scan("seeds", reason="replaced"))
    found = hall.take_all()

    assert found == [b"a.txt"]
    assert hall.told == [("seeds", "folder-lost", 0), ("seeds", "folder-restored", 0)]


def test_lost_root_is_told_once_however_often_it_is_looked_for(hall: Hall) -> None:
    hall.roots["seeds"].rmdir()

    for _ in range(3):
        hall.bell.ring_scan(Scan("seeds", reason="replaced"))
        hall.take_all()
    hall.write("seeds", "a.txt")
    hall.bell.ring_scan(Scan("seeds", reason="replaced"))

    assert hall.take_all() == [b"a.txt"]
    assert hall.told == [("seeds", "folder-lost", 0), ("seeds", "folder-restored", 0)]


def test_lost_feed_is_looked_for_until_it_is_found(hall: Hall) -> None:
    hall.roots["seeds"].rename(hall.roots["seeds"].parent / "away")
    hall.bell.ring_scan(Scan("seeds"))
    hall.take_all()

    hall.scans.look_for_lost()
    still_lost = hall.take_all()
    (hall.roots["seeds"].parent / "away").rename(hall.roots["seeds"])
    hall.write("seeds", "a.txt")
    hall.scans.look_for_lost()
    found = hall.take_all()
    hall.scans.look_for_lost()

    assert (still_lost, found, hall.scans.take(10)) == ([], [b"a.txt"], None)
    assert hall.told == [("seeds", "folder-lost", 0), ("seeds", "folder-restored", 0)]
