"""Files that will not be read as they are: a code, a reason, and nothing stops."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from desks import Desk, a_story

from presslog.daemon.places import Place

LIMIT_BYTES = 1024


def leave_empty(path: Path) -> None:
    path.write_bytes(b"")


def leave_blank(path: Path) -> None:
    path.write_bytes(b" \n\t\n")


def leave_binary(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 4)


def leave_large(path: Path) -> None:
    path.write_bytes(a_story(text="word " * 300))


def leave_fifo(path: Path) -> None:
    os.mkfifo(path)


def leave_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.fspath(path))


def leave_link(path: Path) -> None:
    outside = path.parent.parent / "outside.txt"
    outside.write_bytes(a_story("Secret"))
    path.symlink_to(outside)


def leave_dangling_link(path: Path) -> None:
    path.symlink_to("nowhere")


def leave_looping_link(path: Path) -> None:
    path.symlink_to(path)


REFUSED = [
    (leave_empty, "empty", "read"),
    (leave_blank, "empty", "read"),
    (leave_binary, "binary", "read"),
    (leave_large, "too-large", "take"),
    (leave_fifo, "special-file", "take"),
    (leave_socket, "special-file", "take"),
    (leave_link, "symlink", "take"),
    (leave_dangling_link, "symlink", "take"),
    (leave_looping_link, "symlink", "take"),
]
NAMED = [case[0].__name__ for case in REFUSED]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that takes a kilobyte a file; its path is short enough for a socket."""
    return Desk(tmp_path / "d", limit_bytes=LIMIT_BYTES)


@pytest.mark.parametrize(("leave", "code", "stage"), REFUSED, ids=NAMED)
def test_unreadable_file_is_refused_with_its_code(
    desk: Desk, leave: Callable[[Path], None], code: str, stage: str
) -> None:
    leave(desk.path("bad.txt"))

    found = desk.drain()

    assert [(outcome.kind, outcome.code) for outcome in found] == [("refused", code)]
    assert [(event.type, event.fact.stage) for event in desk.events()] == [("file-refused", stage)]
    assert desk.rows("select code, resolved_at from failures") == [(code, None)]
    assert desk.rows("select count(*) from articles") == [(0,)]


@pytest.mark.parametrize(("leave", "code", "stage"), REFUSED, ids=NAMED)
def test_refused_file_is_told_once(desk: Desk, leave: Callable[[Path], None], code: str, stage: str) -> None:
    leave(desk.path("bad.txt"))
    desk.drain()

    found = desk.drain()

    assert found == []
    assert len(desk.events("file-refused")) == 1


@pytest.mark.parametrize(("leave", "code", "stage"), REFUSED, ids=NAMED)
def test_corrected_file_is_read_and_resolves_its_failure(
    desk: Desk, leave: Callable[[Path], None], code: str, stage: str
) -> None:
    leave(desk.path("bad.txt"))
    desk.drain()
    desk.path("bad.txt").unlink()

    desk.drop("bad.txt", a_story())
    kinds = desk.kinds()

    assert kinds == ["recorded"]
    assert desk.rows("select code, resolution from failures") == [(code, "read")]
    assert desk.rows("select outcome, code from files") == [("read", "")]


def test_file_of_the_limit_is_read_and_one_byte_more_is_refused(desk: Desk) -> None:
    story = a_story().ljust(LIMIT_BYTES, b"x")

    desk.drop("a.txt", story)
    desk.drop("b.txt", story + b"x")

    assert desk.kinds() == ["recorded", "refused"]


def test_raised_limit_reads_what_was_too_large_after_a_touch(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text="word " * 300))
    desk.drain()

    desk.configure(limit_bytes=1 << 20)
    desk.path("a.txt").touch()

    assert desk.kinds() == ["recorded"]


def test_bytes_of_a_file_that_no_handler_could_read_are_kept(desk: Desk) -> None:
    leave_binary(desk.path("bad.txt"))
    desk.drain()

    refused = desk.events("file-refused")[0].fact
    with desk.assembled() as (parts, _):
        kept = parts.log.blobs.get(refused.digest)

    assert kept == bytes(range(256)) * 4


def test_linked_sub_folder_is_refused_and_not_entered(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_bytes(a_story("Secret"))
    desk.path("sub").symlink_to(outside)

    found = desk.drain()

    assert [(outcome.place.path, outcome.code) for outcome in found] == [(b"sub", "symlink")]


def test_ring_for_a_file_behind_a_link_reads_nothing(desk: Desk, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.txt").write_bytes(a_story("Secret"))
    desk.path("sub").symlink_to(outside)

    with desk.assembled() as (parts, _):
        found = parts.intake.process([Place("seeds", b"sub/secret.txt", is_closed=True)])

    assert {outcome.kind for outcome in found} <= {"refused", "vanished"}
    assert desk.events("article-recorded") == []


def test_bad_files_do_not_keep_the_good_ones_out(desk: Desk) -> None:
    for number, (leave, _, _) in enumerate(REFUSED):
        leave(desk.path(f"{number}-bad.txt"))
        desk.drop(f"{number}-good.txt", a_story(f"Title {number}"))

    desk.drain()

    assert desk.rows("select count(*) from articles") == [(len(REFUSED),)]
    assert desk.rows("select count(*) from failures where resolved_at is null") == [(len(REFUSED),)]


def test_refused_file_that_goes_resolves_its_failure(desk: Desk) -> None:
    leave_empty(desk.path("bad.txt"))
    desk.drain()

    desk.path("bad.txt").unlink()
    desk.drain()

    assert desk.rows("select resolution from failures") == [("removed",)]


def test_refused_file_moved_away_and_back_is_a_failure_again(desk: Desk) -> None:
    leave_empty(desk.path("bad.txt"))
    desk.drain()
    desk.path("bad.txt").rename(desk.folder / "away.txt")
    desk.drain()

    (desk.folder / "away.txt").rename(desk.path("bad.txt"))
    desk.drain()

    assert desk.rows("select outcome from files") == [("refused",)]
    assert desk.rows("select count(*) from failures where resolved_at is null") == [(1,)]
