"""Retiring after a crash: work is repeated, no event is, and what was not read is read."""

import hashlib
from pathlib import Path

import pytest
from desks import Desk, a_story

ASIDE = ".presslog-retiring"
BOTH = pytest.mark.parametrize("after_read", ["move", "delete"])
STORIES = [a_story(text=f"Number {number} came.") for number in range(2)]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def recorded_without_retiring(desk: Desk) -> None:
    """What a daemon leaves that is killed after the commit: the log has it, nothing was moved."""
    after_read = desk.settings.after_read
    desk.configure(after_read="keep")
    desk.drain()
    desk.configure(after_read=after_read)


@BOTH
@pytest.mark.parametrize("registry", ["kept", "lost"])
def test_kill_between_commit_and_move_leads_to_a_move_and_no_second_event(
    tmp_path: Path, after_read: str, registry: str
) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    desk.drop("wires/a.txt", STORIES[0])
    recorded_without_retiring(desk)
    before = desk.events()
    if registry == "lost":
        desk.forget_intake()

    found = desk.drain()

    expected = "done/wires/a.txt" if after_read == "move" else "deleted"
    assert [(outcome.kind, outcome.retired) for outcome in found] == [("known", expected)]
    assert desk.events() == before


def leave_aside(desk: Desk, name: str, content: bytes) -> None:
    """What a daemon leaves that is killed while a file stands aside."""
    path = desk.seeds / ASIDE / name
    path.parent.mkdir(parents=True)
    path.write_bytes(content)


@BOTH
@pytest.mark.parametrize("is_in_the_log", [True, False])
def test_kill_while_a_file_stands_aside_loses_and_doubles_nothing(
    tmp_path: Path, after_read: str, is_in_the_log: bool
) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    path = desk.drop("wires/a.txt", STORIES[0])
    if is_in_the_log:
        recorded_without_retiring(desk)
    (desk.seeds / ASIDE / "wires").mkdir(parents=True)
    path.rename(desk.seeds / ASIDE / "wires" / "a.txt")

    found = desk.drain()

    assert [outcome.kind for outcome in found] == ["known" if is_in_the_log else "recorded"]
    assert [event.type for event in desk.events()] == ["article-recorded", "file-received"]
    assert files(desk.seeds) == ({"done/wires/a.txt": STORIES[0]} if after_read == "move" else {})


@BOTH
def test_unread_file_left_aside_and_the_newer_one_in_its_place_are_both_read(tmp_path: Path, after_read: str) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    leave_aside(desk, "a.txt", STORIES[0])
    desk.drop("a.txt", STORIES[1])

    desk.drain()

    digests = {hashlib.sha256(content).hexdigest() for content in STORIES[:2]}
    assert {event.fact.digest for event in desk.events("file-received")} == digests
    assert [path for path in files(desk.seeds) if not path.startswith("done/")] == []


@BOTH
def test_read_file_left_aside_goes_where_it_was_going_if_its_name_is_taken(tmp_path: Path, after_read: str) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    desk.drop("a.txt", STORIES[0])
    recorded_without_retiring(desk)
    leave_aside(desk, "a.txt", STORIES[0])
    desk.drop("a.txt", STORIES[1])

    desk.drain()

    assert len(desk.events("file-received")) == 2
    assert [path for path in files(desk.seeds) if not path.startswith("done/")] == []


def test_feed_that_keeps_brings_back_what_it_finds_aside(desk: Desk) -> None:
    leave_aside(desk, "a.txt", STORIES[0])

    kinds = desk.kinds()

    assert kinds == ["recorded"]
    assert files(desk.seeds) == {"a.txt": STORIES[0]}
