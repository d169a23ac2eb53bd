"""Refused files in an operator's hand: read again on demand, or dismissed and then left in peace."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desk, a_story

from presslog.daemon.assemble import Parts
from presslog.daemon.mounts import is_local
from presslog.daemon.places import Place
from presslog.daemon.refusals import Dismiss, Fate, Retry, dismiss, retry

WHO = "operator:ada"


@pytest.fixture
def parts(desk: Desk) -> Iterator[Parts]:
    with desk.assembled() as (parts, _):
        yield parts


def states(fates: list[Fate]) -> list[tuple[str, str]]:
    return [(fate.path, fate.state) for fate in fates]


def look(parts: Parts, name: bytes = b"a.txt") -> list[str]:
    return [outcome.kind for outcome in parts.intake.process([Place("seeds", name)])]


def test_retry_says_of_each_file_what_became_of_it(desk: Desk, parts: Parts) -> None:
    desk.drop("good.txt", a_story())
    desk.drop("same.txt", a_story())
    desk.drop("bad.txt", "")
    paths = ("seeds/good.txt", "seeds/bad.txt", "seeds/same.txt", "seeds/gone.txt")

    fates = retry(parts, Retry(paths), WHO)

    assert states(fates) == [*zip(paths, ["read", "refused", "copy", "gone"], strict=True)]
    assert fates[0].article_id.startswith("art_")
    assert fates[2].copy_of == "seeds/good.txt"


def test_file_refused_again_adds_no_event_and_is_told_so(desk: Desk, parts: Parts) -> None:
    desk.drop("a.txt", "")
    look(parts)

    fates = retry(parts, Retry(("seeds/a.txt",)), WHO)

    assert [(fate.state, fate.code, fate.position) for fate in fates] == [("refused", "empty", 0)]
    assert fates[0].reason
    assert len(desk.events()) == 1


def test_retry_reads_what_was_too_large_though_the_file_is_the_same(desk: Desk) -> None:
    desk.configure(limit_bytes=10)
    desk.drop("a.txt", a_story())
    desk.drain()
    desk.configure(limit_bytes=1000)

    with desk.assembled() as (parts, outcomes):
        fates = retry(parts, Retry(("seeds/a.txt",)), WHO)

    assert states(fates) == [("seeds/a.txt", "read")]
    assert [outcome.kind for outcome in outcomes] == ["recorded"], "it is told like any other"


@pytest.mark.skipif(not is_local(Path("/tmp")), reason="NOT TESTED: this file system does not tell who writes a file")
def test_file_that_still_waits_is_told_with_its_reason_at_every_retry(desk: Desk, parts: Parts) -> None:
    with desk.path("a.txt").open("wb") as file:
        file.write(a_story())
        file.flush()

        fates = [retry(parts, Retry(("seeds/a.txt",)), WHO)[0] for _ in range(4)]

    assert {(fate.state, fate.code) for fate in fates} == {("waiting", "open-for-writing")}


def test_refused_file_that_went_while_the_memory_was_lost_is_found_gone(desk: Desk) -> None:
    desk.drop("a.txt", "")
    desk.drain()
    desk.path("a.txt").unlink()
    desk.forget_intake()

    with desk.assembled() as (parts, _):
        fates = retry(parts, Retry(("seeds/a.txt",)), WHO)

    assert states(fates) == [("seeds/a.txt", "gone")]
    assert [event.type for event in desk.events()] == ["file-refused", "file-removed"]


def test_dismissal_says_who_and_why(desk: Desk, parts: Parts) -> None:
    desk.drop("a.txt", "")
    look(parts)

    fates = dismiss(parts, Dismiss(("seeds/a.txt",), "a test of the camera"), WHO)

    assert [(fate.state, fate.position) for fate in fates] == [("dismissed", 3)]
    assert desk.events("file-dismissed")[0].fact.reason == "a test of the camera"
    assert desk.actors() == ["presslog", WHO]


def test_only_what_is_refused_can_be_dismissed_and_once(desk: Desk, parts: Parts) -> None:
    desk.drop("good.txt", a_story())
    desk.drop("bad.txt", "")
    look(parts, b"good.txt")
    look(parts, b"bad.txt")
    paths = ("seeds/good.txt", "seeds/none.txt", "seeds/bad.txt", "seeds/bad.txt")

    first = dismiss(parts, Dismiss(paths), WHO)
    again = dismiss(parts, Dismiss(("seeds/bad.txt",)), WHO)

    assert [fate.state for fate in first] == ["not-refused", "not-refused", "dismissed", "dismissed"]
    assert [(fate.state, fate.reason) for fate in again] == [("not-refused", "it is dismissed already")]
    assert len(desk.events("file-dismissed")) == 1


def test_dismissed_file_stays_dismissed_though_the_memory_is_lost(desk: Desk) -> None:
    desk.drop("a.txt", "")
    desk.drain()
    with desk.assembled() as (parts, _):
        dismiss(parts, Dismiss(("seeds/a.txt",)), WHO)

    for _ in range(2):
        desk.forget_intake()
        desk.drain()

    assert [event.type for event in desk.events()] == ["file-refused", "file-dismissed"]
    assert desk.rows("select resolution from failures") == [("dismissed",)]


def test_new_bytes_that_are_refused_after_a_dismissal_are_a_new_failure(desk: Desk) -> None:
    desk.drop("a.txt", "")
    desk.drain()
    with desk.assembled() as (parts, _):
        dismiss(parts, Dismiss(("seeds/a.txt",)), WHO)

    desk.drop("a.txt", bytes(range(256)))
    desk.drain()

    assert desk.rows("select code, resolution from failures order by id") == [("empty", "dismissed"), ("binary", None)]


@pytest.mark.parametrize(("content", "outcome"), [(a_story(), "read"), (None, "removed")])
def test_dismissed_file_that_is_corrected_or_goes_is_told(desk: Desk, content: bytes | None, outcome: str) -> None:
    path = desk.drop("a.txt", "")
    desk.drain()
    with desk.assembled() as (parts, _):
        dismiss(parts, Dismiss(("seeds/a.txt",)), WHO)

    if content is None:
        os.unlink(path)
    else:
        path.write_bytes(content)
    desk.drain()

    assert desk.rows("select outcome from files") == [(outcome,)]
    assert desk.rows("select resolution from failures") == [("dismissed",)]


def test_dismissed_file_that_becomes_a_copy_is_a_copy(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drop("b.txt", "")
    desk.drain()
    with desk.assembled() as (parts, _):
        dismiss(parts, Dismiss(("seeds/b.txt",)), WHO)

    desk.drop("b.txt", a_story())
    kinds = desk.kinds()

    assert kinds == ["copy"]
