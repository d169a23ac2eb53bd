"""The drain: bell, waits and scans in their order, and folders that come and go."""

import os
import threading
from collections.abc import Iterator

import pytest
from desks import Desk, a_story
from examples import until

from presslog.daemon.assemble import Parts
from presslog.daemon.bell import Scan
from presslog.daemon.outcome import Outcome
from presslog.daemon.places import Place

NEVER = threading.Event()


@pytest.fixture
def assembled(desk: Desk) -> Iterator[tuple[Parts, list[Outcome]]]:
    """The parts of a desk, and what they tell."""
    with desk.assembled() as assembled:
        yield assembled


def step_through(parts: Parts) -> None:
    while parts.drain.step(NEVER):
        pass


def test_nothing_to_do_is_said(assembled: tuple[Parts, list[Outcome]]) -> None:
    parts, outcomes = assembled

    has_worked = parts.drain.step(NEVER)

    assert not has_worked
    assert outcomes == []


def test_file_that_rang_goes_before_the_scan(desk: Desk, assembled: tuple[Parts, list[Outcome]]) -> None:
    parts, outcomes = assembled
    for number in range(3):
        desk.drop(f"old-{number}.txt", a_story(f"Old {number}"))
    parts.bell.ring_scan(Scan("seeds"))
    desk.drop("new.txt", a_story("New"))
    parts.bell.ring(Place("seeds", b"new.txt", is_closed=True))

    step_through(parts)

    assert outcomes[0].title == "New"
    assert sorted(outcome.title for outcome in outcomes) == ["New", "Old 0", "Old 1", "Old 2"]


def test_ring_for_a_file_that_never_was_leaves_no_event(desk: Desk, assembled: tuple[Parts, list[Outcome]]) -> None:
    parts, outcomes = assembled
    parts.bell.ring(Place("seeds", b"phantom.txt", is_closed=True))

    step_through(parts)

    assert [outcome.kind for outcome in outcomes] == ["vanished"]
    assert desk.events() == []


def test_lost_folder_is_told_once_and_no_file_counts_as_removed(
    desk: Desk, assembled: tuple[Parts, list[Outcome]]
) -> None:
    parts, _ = assembled
    desk.drop("a.txt", a_story())
    parts.bell.ring_scan(Scan("seeds"))
    step_through(parts)
    desk.seeds.rename(desk.folder / "away")

    for _ in range(2):
        parts.bell.ring_scan(Scan("seeds"))
        parts.bell.ring(Place("seeds", b"a.txt"))
        step_through(parts)

    assert desk.happenings == [("seeds", "folder-lost")]
    assert desk.events("file-removed") == []


def test_folder_that_returns_is_told_and_what_fell_in_meanwhile_is_read(
    desk: Desk, assembled: tuple[Parts, list[Outcome]]
) -> None:
    parts, outcomes = assembled
    desk.seeds.rmdir()
    parts.bell.ring_scan(Scan("seeds"))
    step_through(parts)

    desk.drop("a.txt", a_story())
    parts.bell.ring_scan(Scan("seeds"))
    step_through(parts)

    assert desk.happenings == [("seeds", "folder-lost"), ("seeds", "folder-restored")]
    assert [outcome.kind for outcome in outcomes] == ["recorded"]


def test_scan_after_an_overflow_tells_that_it_is_done(desk: Desk, assembled: tuple[Parts, list[Outcome]]) -> None:
    parts, _ = assembled
    desk.drop("a.txt", a_story())

    parts.bell.ring_scan(Scan("seeds", reason="overflow"))
    step_through(parts)

    assert desk.happenings == [("seeds", "folder-overflowed")]


def test_backlog_counts_rings_and_scans(desk: Desk, assembled: tuple[Parts, list[Outcome]]) -> None:
    parts, _ = assembled
    for number in range(3):
        parts.bell.ring(Place("seeds", b"%d.txt" % number))

    before = parts.drain.backlog
    step_through(parts)

    assert (before, parts.drain.backlog) == (3, 0)


def test_running_drain_reads_what_rings_and_ends_when_told(desk: Desk, assembled: tuple[Parts, list[Outcome]]) -> None:
    parts, outcomes = assembled
    stop = threading.Event()
    running = threading.Thread(target=parts.drain.run, args=[stop])
    running.start()

    desk.drop("a.txt", a_story())
    parts.bell.ring(Place("seeds", b"a.txt", is_closed=True))
    until(lambda: [outcome.kind for outcome in outcomes] == ["recorded"])
    stop.set()
    parts.bell.wake()
    running.join(5)

    assert not running.is_alive()


def test_feeds_of_one_desk_keep_their_files_apart(desk: Desk) -> None:
    desk.configure(feeds=("seeds", "wires"))
    (desk.folder / "wires").mkdir()
    desk.drop("a.txt", a_story("Seeds"))
    (desk.folder / "wires" / "a.txt").write_bytes(a_story("Wires"))

    desk.drain()

    assert desk.rows("select feed, path, title from articles order by feed") == [
        ("seeds", "a.txt", "Seeds"),
        ("wires", "a.txt", "Wires"),
    ]


def test_second_writer_of_the_store_is_refused_with_the_pid(desk: Desk) -> None:
    from presslog.store.errors import StoreLocked

    with desk.assembled(), pytest.raises(StoreLocked, match=str(os.getpid())):
        desk.drain()
