"""Bytes that the log holds already: counted, never parsed again, never recorded twice."""

import time

from desks import Desk, a_story

from presslog.daemon.assemble import Parts
from presslog.daemon.compose import Composer
from presslog.daemon.intake import Intake
from presslog.daemon.kept import Kept
from presslog.daemon.mounts import Mounts
from presslog.daemon.pending import Pending
from presslog.daemon.places import Place
from presslog.daemon.readers import ReaderLimits, Readers
from presslog.daemon.sight import Limits
from presslog.daemon.waits import Waitlist
from presslog.handlers.reading import Reading
from presslog.store.events import Meta

SECOND = 1_000_000_000


def test_same_bytes_under_another_name_are_one_article_and_one_counted_copy(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    desk.drop("b.txt", a_story())
    found = desk.drain()

    assert [(outcome.kind, outcome.copy_of) for outcome in found] == [("copy", "file/seeds/a.txt")]
    assert desk.rows("select path, revision_count from articles") == [("a.txt", 1)]
    assert desk.rows("select path, outcome, copy_of, copy_count from files") == [
        ("a.txt", "read", "", 0),
        ("b.txt", "copy", "seeds/a.txt", 1),
    ]


def test_same_bytes_in_one_batch_are_one_article_and_one_counted_copy(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drop("b.txt", a_story())

    found = desk.drain()

    assert sorted(outcome.kind for outcome in found) == ["copy", "recorded"]
    assert len(desk.events("article-recorded")) == 1
    assert desk.rows("select sum(copy_count), count(distinct article_id) from files") == [(1, 1)]


def test_bytes_dropped_a_hundred_times_are_parsed_once_and_counted_each_time(desk: Desk) -> None:
    readers = CountingReaders(ReaderLimits(1, 10, 1 << 30))

    with desk.assembled() as (parts, _):
        intake = an_intake(parts, readers)
        for number in range(100):
            name = b"a.txt" if number % 2 else b"b%d.txt" % number
            desk.drop(name, a_story(), mtime_ns=number * SECOND)
            intake.process([Place("seeds", name)])

        again = intake.process([Place("seeds", b"a.txt")])

    desk.drain()
    assert readers.read_names == ["b0.txt"]
    assert [outcome.kind for outcome in again] == ["known"]
    assert len(desk.events("article-recorded")) == 1
    assert desk.rows("select count(*), sum(copy_count) from files") == [(51, 99)]


def test_new_bytes_of_the_same_article_are_received_without_a_new_revision(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    desk.drop("a.txt", a_story() + b"\n\n")
    found = desk.drain()

    assert [outcome.kind for outcome in found] == ["unchanged"]
    assert [event.type for event in desk.events()] == ["article-recorded", "file-received", "file-received"]
    assert desk.rows("select revision_count from articles") == [(1,)]
    assert desk.rows("select outcome, size_bytes from files") == [("read", len(a_story()) + 2)]


def test_unchanged_files_cost_no_event_at_the_next_drain(desk: Desk) -> None:
    for number in range(3):
        desk.drop(f"{number}.txt", a_story(f"Title {number}"))
    desk.drain()

    found = desk.drain()

    assert found == []
    assert len(desk.events()) == 6


def test_rewritten_file_with_its_old_size_and_time_is_read_again(desk: Desk) -> None:
    path = desk.drop("a.txt", a_story(text="Seven boats left."))
    desk.drain()

    desk.drop("a.txt", a_story(text="Seven boats came."), mtime_ns=path.stat().st_mtime_ns)
    found = desk.drain()

    assert [outcome.kind for outcome in found] == ["revised"]


def test_file_of_an_old_time_is_read(desk: Desk) -> None:
    desk.drop("a.txt", a_story(), mtime_ns=0)

    kinds = desk.kinds()

    assert kinds == ["recorded"]


class CountingReaders(Readers):
    """Readers that know what they have read."""

    def __init__(self, limits: ReaderLimits) -> None:
        super().__init__(limits)
        self.read_names: list[str] = []

    def read_here(self, content: bytes, name: str) -> Reading | None:
        self.read_names.append(name)
        return super().read_here(content, name)


def an_intake(parts: Parts, readers: Readers) -> Intake:
    return Intake(
        parts.log,
        parts.registry,
        folders={folder.feed: folder for folder in parts.folders},
        composer=Composer(parts.log, Meta(), Kept(parts.log.blobs, readers.read)),
        readers=readers,
        pending=Pending(parts.bell.wake),
        limits=Limits(limit_bytes=1 << 20, batch_files=200, settle_seconds=0),
        waits=Waitlist(time.monotonic),
        mounts=Mounts(),
    )
