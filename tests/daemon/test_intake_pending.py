"""Files that a reader has to read: they wait for it without holding up others, and nothing of them is lost."""

import time
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path

import pytest
from desks import Desk, a_story
from scenarios.traps import installed

from presslog.daemon.assemble import Parts
from presslog.daemon.bell import MOST_PLACES
from presslog.daemon.compose import Composer
from presslog.daemon.intake import Intake
from presslog.daemon.kept import Kept
from presslog.daemon.mounts import Mounts
from presslog.daemon.outcome import Outcome
from presslog.daemon.pending import MOST_FILES, Pending
from presslog.daemon.places import Place
from presslog.daemon.readers import NoReader, ReaderLimits, Readers
from presslog.daemon.sight import Limits
from presslog.daemon.take import Taken
from presslog.daemon.waits import Waitlist
from presslog.handlers.reading import Reading, read_articles
from presslog.store.errors import Unreadable
from presslog.store.events import Meta
from presslog.store.queries import waiting
from presslog.store.registry import Stamp


class HandReaders(Readers):
    """Readers whose children are the test: what is called ``slow`` is read when it says so."""

    def __init__(self) -> None:
        super().__init__(ReaderLimits(1, 10, 1 << 30))
        self.begun: dict[str, tuple[bytes, Future[Reading]]] = {}

    def read_here(self, content: bytes, name: str) -> Reading | None:
        return None if name.startswith("slow") else super().read_here(content, name)

    def submit(self, content: bytes, name: str) -> "Future[Reading]":
        self.begun[name] = (content, Future())
        return self.begun[name][1]

    def finish(self, *names: str) -> None:
        for name in names:
            content, future = self.begun.pop(name)
            future.set_result(read_articles(content, name))

    def fail(self, name: str, error: Exception) -> None:
        self.begun.pop(name)[1].set_exception(error)


class Handled:
    """A desk with an intake whose readers the test is."""

    def __init__(self, desk: Desk, parts: Parts) -> None:
        self.desk = desk
        self.parts = parts
        self.readers = HandReaders()
        self.wakes: list[int] = []
        self.pending = Pending(lambda: self.wakes.append(1))
        self.intake = Intake(
            parts.log,
            parts.registry,
            folders={folder.feed: folder for folder in parts.folders},
            composer=Composer(parts.log, Meta(), Kept(parts.log.blobs, read_articles)),
            readers=self.readers,
            pending=self.pending,
            limits=Limits(limit_bytes=1 << 20, batch_files=200, settle_seconds=0),
            waits=Waitlist(time.monotonic),
            mounts=Mounts(),
        )

    def drop(self, name: str, title: str) -> Place:
        self.desk.drop(name, a_story(title))
        return Place("seeds", name.encode(), is_closed=True)

    def process(self, *places: Place) -> list[tuple[str, str]]:
        """What became of files that is told by more than their waiting for a reader."""
        return [told(outcome) for outcome in self.intake.process(places) if not outcome.is_being_read]

    def process_next(self) -> list[tuple[str, str]]:
        return self.process(*self.pending.next())


def told(outcome: Outcome) -> tuple[str, str]:
    return outcome.place.shown, outcome.kind


@pytest.fixture
def handled(desk: Desk) -> Iterator[Handled]:
    with desk.assembled() as (parts, _):
        yield Handled(desk, parts)


def test_light_file_overtakes_one_that_is_being_read(handled: Handled) -> None:
    slow, light = handled.drop("slow.txt", "Slow"), handled.drop("light.txt", "Light")

    first = handled.process(slow, light)
    handled.readers.finish("slow.txt")
    second = handled.process()

    assert (first, second) == ([("light.txt", "recorded")], [("slow.txt", "recorded")])
    assert handled.wakes == [1]
    assert len(handled.pending) == 0


def test_newer_version_of_a_path_waits_for_the_one_that_is_being_read(handled: Handled) -> None:
    handled.process(handled.drop("slow.txt", "First"))
    newer = handled.drop("slow.txt", "Second")

    meanwhile = handled.process(newer, newer)
    handled.readers.finish("slow.txt")
    first = handled.process()
    begun = handled.process_next()
    handled.readers.finish("slow.txt")
    second = handled.process()

    assert (meanwhile, begun) == ([], [])
    assert (first, second) == ([("slow.txt", "recorded")], [("slow.txt", "revised")])
    assert [event.fact.article.title for event in handled.desk.events()[::2]] == ["First", "Second"]


def test_file_that_did_not_change_while_it_was_read_is_read_once(handled: Handled) -> None:
    place = handled.drop("slow.txt", "Slow")
    handled.process(place)

    handled.process(place._replace(is_closed=False))
    handled.readers.finish("slow.txt")
    found = handled.process()

    assert found == [("slow.txt", "recorded")]
    assert handled.pending.next() == []


def test_file_that_goes_while_it_is_read_is_recorded_and_then_removed(handled: Handled) -> None:
    place = handled.drop("slow.txt", "Slow")
    handled.process(place)
    handled.desk.path("slow.txt").unlink()

    handled.process(place._replace(is_closed=False))
    handled.readers.finish("slow.txt")
    found = [*handled.process(), *handled.process_next()]

    assert found == [("slow.txt", "recorded"), ("slow.txt", "removed")]


def test_same_bytes_under_another_name_are_not_read_beside_each_other(handled: Handled) -> None:
    handled.process(handled.drop("slow.txt", "Slow"), handled.drop("slow-too.txt", "Slow"))
    begun = list(handled.readers.begun)

    handled.readers.finish("slow.txt")
    found = [*handled.process(), *handled.process_next()]

    assert begun == ["slow.txt"]
    assert found == [("slow.txt", "recorded"), ("slow-too.txt", "copy")]


def test_file_changed_within_a_tick_after_it_was_taken_is_not_held_for_known(handled: Handled) -> None:
    place = handled.drop("slow.txt", "Slow")
    handled.process(place)
    taken_before = time.time()

    handled.readers.finish("slow.txt")
    handled.process()

    entry = handled.parts.registry.entry("seeds", b"", b"slow.txt")
    assert entry
    assert entry.since_at <= taken_before, "what is known of it dates from when its bytes were taken"


def test_files_without_room_have_their_turn_and_light_ones_flow_on(handled: Handled) -> None:
    names = [f"slow{number}.txt" for number in range(MOST_FILES + 20)]
    places = [handled.drop(name, name) for name in names]

    handled.process(*places)
    begun = len(handled.readers.begun)
    light = handled.process(handled.drop("light.txt", "Light"))
    found: list[tuple[str, str]] = []
    while handled.readers.begun:
        handled.readers.finish(*list(handled.readers.begun)[:10])
        found += handled.process() + handled.process_next()

    assert begun == MOST_FILES
    assert light == [("light.txt", "recorded")]
    assert sorted(found) == sorted((name, "recorded") for name in names)


def test_bytes_that_are_pending_are_bounded() -> None:
    pending = Pending(lambda: None, most_bytes=100)
    taken = Taken(b"x" * 150, "digest", Stamp(1, 150, 1, 1), 1.0)

    pending.begin(Place("seeds", b"large.txt"), taken, Future())
    put_off = pending.put_off(Place("seeds", b"next.txt"), "another digest")

    assert put_off
    assert pending.next() == [], "it has its turn when the other is done"


def test_crowd_beyond_the_queue_is_left_to_a_scan() -> None:
    pending = Pending(lambda: None, most_bytes=0)

    for number in range(MOST_PLACES + 1):
        pending.put_off(Place("seeds", b"%d.txt" % number), str(number))

    assert pending.is_crowded
    assert [scan.feed for scan in pending.dropped()] == ["seeds"]
    assert len(pending) == MOST_PLACES


def test_refusal_of_a_reader_is_the_file_s(handled: Handled) -> None:
    handled.process(handled.drop("slow.txt", "Slow"))

    handled.readers.fail("slow.txt", Unreadable("handler-timeout", "it took too long"))
    found = handled.process()

    assert found == [("slow.txt", "refused")]
    assert handled.desk.events()[0].fact.code == "handler-timeout"


def test_file_waits_where_no_reader_can_be_had(handled: Handled) -> None:
    place = handled.drop("slow.txt", "Slow")
    handled.process(place)

    handled.readers.fail("slow.txt", NoReader("no process"))
    waits = handled.process()
    handled.process(place)
    handled.readers.finish("slow.txt")
    found = handled.process()

    assert (waits, found) == ([("slow.txt", "waiting")], [("slow.txt", "recorded")])


def test_file_that_is_read_for_long_is_listed_as_reading(handled: Handled) -> None:
    place = handled.drop("slow.txt", "Slow")._replace(is_closed=False)

    handled.process(place)
    at_once = waiting(handled.desk.store)
    handled.process(place)
    later = waiting(handled.desk.store)
    handled.readers.finish("slow.txt")
    handled.process()

    assert at_once == []
    assert [(row["path"], row["code"]) for row in later] == [("seeds/slow.txt", "reading")]
    assert waiting(handled.desk.store) == []


@pytest.fixture
def plugin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package with a format full of traps."""
    installed(tmp_path / "plugins")
    monkeypatch.syspath_prepend(str(tmp_path / "plugins"))


@pytest.mark.usefixtures("plugin")
def test_drain_waits_for_its_readers_and_a_hang_costs_one_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", reader_seconds=1)
    desk.drop("trap-hang.txt", a_story())
    for number in range(20):
        desk.drop(f"{number}.txt", a_story(f"Title {number}"))

    desk.drain()

    assert [event.fact.code for event in desk.events("file-refused")] == ["handler-timeout"]
    assert len(desk.events("article-recorded")) == 20
    assert waiting(desk.store) == []


@pytest.mark.usefixtures("plugin")
def test_article_that_no_event_can_hold_costs_its_file(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    desk.drop("trap-title.txt", a_story())

    desk.drain()

    assert [event.fact.code for event in desk.events("file-refused")] == ["too-large"]


@pytest.mark.usefixtures("plugin")
def test_what_is_pending_when_presslog_stops_is_read_at_the_next_start(desk: Desk, tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    desk.drop("trap-gate.txt", str(gate))

    with desk.assembled() as (parts, _):
        parts.intake.process([Place("seeds", b"trap-gate.txt")])
        was_pending = len(parts.intake.pending)
        began = time.monotonic()
    seconds = time.monotonic() - began
    gate.touch()
    kinds = desk.kinds()

    assert was_pending == 1
    assert seconds < 2
    assert kinds[-1] == "recorded"
