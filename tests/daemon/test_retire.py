"""Retiring: what the log holds leaves the folder; what it does not hold stays, whatever happens at whatever instant."""

import hashlib
import os
import tempfile
from pathlib import Path

import pytest
from desks import Desk, a_story
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.daemon.assemble import Parts
from presslog.daemon.mounts import is_local
from presslog.daemon.outcome import Outcome
from presslog.daemon.places import Folder, Place
from presslog.daemon.retire import Retirer, key_of
from presslog.daemon.take import stamp_of
from presslog.store.registry import Entry, Registry

KNOWS_WRITERS = pytest.mark.skipif(
    not is_local(Path(tempfile.gettempdir())), reason="NOT TESTED: this file system does not tell who writes a file"
)
ASIDE = ".presslog-retiring"
BOTH = pytest.mark.parametrize("after_read", ["move", "delete"])
STORIES = [a_story(text=f"Number {number} came.") for number in range(3)]
DROPS = st.lists(st.tuples(st.sampled_from(["a.txt", "wires/a.txt"]), st.sampled_from(STORIES)), min_size=1, max_size=6)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def types(desk: Desk) -> list[str]:
    return [event.type for event in desk.events()]


def held(path: Path, root: Path) -> Entry:
    """What the registry says of a file that was read as it is now."""
    folder, name = os.path.split(os.fsencode(path.relative_to(root)))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Entry("seeds", folder, name, stamp_of(path.lstat()), "read", digest)


def a_retirer(desk: Desk, registry: Registry | None = None) -> Retirer:
    done = b"done" if desk.settings.after_read == "move" else b""
    folder = Folder("seeds", desk.seeds, after_read=desk.settings.after_read, done=done)
    return Retirer({"seeds": folder}, registry or Registry(desk.folder))


@pytest.fixture
def moving(tmp_path: Path) -> Desk:
    """A desk that moves files away once they are read."""
    return Desk(tmp_path / "desk", after_read="move")


def test_file_is_moved_with_its_folders(moving: Desk) -> None:
    moving.drop("a.txt", STORIES[0])
    moving.drop("wires/2022/b.txt", STORIES[1])

    found = moving.drain()

    assert {outcome.place.path: outcome.retired for outcome in found} == {
        b"a.txt": "done/a.txt",
        b"wires/2022/b.txt": "done/wires/2022/b.txt",
    }
    assert files(moving.seeds) == {"done/a.txt": STORIES[0], "done/wires/2022/b.txt": STORIES[1]}


def test_file_is_deleted(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", after_read="delete")
    desk.drop("wires/a.txt", STORIES[0])

    found = desk.drain()

    assert [outcome.retired for outcome in found] == ["deleted"]
    assert files(desk.seeds) == {}
    assert list((desk.seeds / ASIDE).iterdir()) == []


def test_file_is_kept_where_nothing_else_is_said(desk: Desk) -> None:
    desk.drop("a.txt", STORIES[0])

    found = desk.drain()

    assert [outcome.retired for outcome in found] == [""]
    assert [path.name for path in desk.seeds.iterdir()] == ["a.txt"]


def test_feed_may_have_its_own_end(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", after_read="delete")
    feeds = '[feeds.seeds]\nfolder = "seeds"\nafter_read = "move"\ndone_folder = "read/it"\n'
    (desk.folder / "presslog.toml").write_text(f'settle_seconds = 0\nafter_read = "delete"\n{feeds}')
    desk.drop("a.txt", STORIES[0])

    desk.drain()

    assert files(desk.seeds) == {"read/it/a.txt": STORIES[0]}


@BOTH
def test_retired_file_is_no_removed_one_and_nothing_is_read_again(tmp_path: Path, after_read: str) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    desk.drop("a.txt", STORIES[0])
    desk.drain()
    before = types(desk)

    with desk.assembled() as (parts, outcomes):
        parts.intake.process([Place("seeds", b"a.txt", is_closed=True)])
    again = desk.drain()

    assert (outcomes, again) == ([], [])
    assert types(desk) == before == ["article-recorded", "file-received"]


def test_what_is_refused_or_special_stays(moving: Desk) -> None:
    moving.drop("empty.txt", b"")
    (moving.seeds / "link.txt").symlink_to(moving.drop("a.txt", STORIES[0]))
    os.mkfifo(moving.seeds / "pipe.txt")

    found = moving.drain()
    again = moving.drain()

    assert sorted(path.name for path in moving.seeds.iterdir()) == [ASIDE, "done", "empty.txt", "link.txt", "pipe.txt"]
    assert sorted(outcome.kind for outcome in found) == ["recorded", "refused", "refused", "refused"]
    assert [outcome.kind for outcome in again] == []


@pytest.mark.parametrize("shift", [0, 1_000_000_000])
def test_same_file_again_is_known_or_a_copy_and_moved_again(moving: Desk, shift: int) -> None:
    mtime = moving.drop("a.txt", STORIES[0], mtime_ns=10**18).stat().st_mtime_ns
    moving.drain()

    moving.drop("a.txt", STORIES[0], mtime_ns=mtime + shift)
    found = moving.drain()

    assert [(outcome.kind, outcome.retired) for outcome in found] == [("copy" if shift else "known", "done/a.txt")]
    assert files(moving.seeds) == {"done/a.txt": STORIES[0]}


def test_hard_links_are_moved_each_under_its_name(moving: Desk) -> None:
    (moving.seeds / "b.txt").hardlink_to(moving.drop("a.txt", STORIES[0]))

    moving.drain()

    assert files(moving.seeds) == {"done/a.txt": STORIES[0], "done/b.txt": STORIES[0]}
    assert len(moving.events("article-recorded")) == 1


@settings(max_examples=25)
@given(drops=DROPS, after_read=st.sampled_from(["move", "delete"]))
def test_every_content_is_in_the_log_and_nothing_in_the_inbox(
    tmp_path_factory: pytest.TempPathFactory, drops: list[tuple[str, bytes]], after_read: str
) -> None:
    desk = Desk(tmp_path_factory.mktemp("drops") / "desk", after_read=after_read)

    for path, content in drops:
        desk.drop(path, content)
        desk.drain()

    digests = {hashlib.sha256(content).hexdigest() for _, content in drops}
    left = files(desk.seeds)
    assert {event.fact.digest for event in desk.events("file-received")} == digests
    assert [path for path in left if not path.startswith("done/")] == []
    assert after_read == "delete" or set(left.values()) == {content for _, content in drops}
    assert desk.events("file-removed") == []


@BOTH
@pytest.mark.parametrize("how", ["replaced", "rewritten", "touched", "linked", "made a folder"])
def test_file_that_changed_after_it_was_read_stays_to_be_read(tmp_path: Path, after_read: str, how: str) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    path = desk.drop("a.txt", STORIES[0])
    entry = held(path, desk.seeds)
    if how == "replaced":
        desk.drop("b.txt", STORIES[0], mtime_ns=path.stat().st_mtime_ns).replace(path)
    elif how == "rewritten":
        desk.drop("a.txt", STORIES[1], mtime_ns=entry.stamp.mtime_ns)
    elif how == "touched":
        path.touch()
    else:
        path.unlink()
        path.symlink_to("/etc/passwd") if how == "linked" else path.mkdir()
    inode = path.lstat().st_ino

    fates = a_retirer(desk).retire({key_of(entry): entry})

    assert fates.retired == {}
    assert [waiting.code for waiting in fates.again.values()] == ["changing"]
    assert path.lstat().st_ino == inode


@BOTH
def test_bytes_that_changed_behind_an_equal_stamp_come_back_to_be_read(tmp_path: Path, after_read: str) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    path = desk.drop("a.txt", STORIES[1])
    entry = held(path, desk.seeds)._replace(digest=hashlib.sha256(STORIES[0]).hexdigest())

    fates = a_retirer(desk).retire({key_of(entry): entry})

    assert [waiting.code for waiting in fates.again.values()] == ["changing"]
    assert files(desk.seeds) == {"a.txt": STORIES[1]}


@KNOWS_WRITERS
@BOTH
def test_file_that_is_open_for_writing_stays(tmp_path: Path, after_read: str) -> None:
    desk = Desk(tmp_path / "desk", after_read=after_read)
    path = desk.drop("a.txt", STORIES[0])
    entry = held(path, desk.seeds)

    with path.open("ab"):
        fates = a_retirer(desk).retire({key_of(entry): entry})

    assert [waiting.code for waiting in fates.again.values()] == ["open-for-writing"]
    assert files(desk.seeds) == {"a.txt": STORIES[0]}


def test_file_that_is_gone_is_nobodys_business(moving: Desk) -> None:
    path = moving.drop("a.txt", STORIES[0])
    entry = held(path, moving.seeds)
    path.unlink()

    fates = a_retirer(moving).retire({key_of(entry): entry})

    assert fates == ({}, {})


@KNOWS_WRITERS
def test_file_that_is_still_written_is_read_and_moved_when_it_is_closed(moving: Desk) -> None:
    with moving.assembled() as (parts, _):
        path = moving.drop("a.txt", STORIES[0])
        parts.intake.process([Place("seeds", b"a.txt")])
        moving.drop("b.txt", STORIES[1])
        with moving.path("b.txt").open("ab") as file:
            waits = parts.intake.process([Place("seeds", b"b.txt")])
            file.write(b"\nMore.\n")
        ended = parts.intake.process([Place("seeds", b"b.txt")])

    assert not path.exists()
    assert [(outcome.kind, outcome.code) for outcome in waits] == [("waiting", "open-for-writing")]
    assert [(outcome.kind, outcome.retired) for outcome in ended] == [("recorded", "done/b.txt")]


def test_unread_bytes_under_a_moved_name_are_another_version(moving: Desk) -> None:
    moving.drop("a.txt", STORIES[0])
    moving.drain()

    moving.drop("a.txt", STORIES[1])
    found = moving.drain()

    mark = hashlib.sha256(STORIES[1]).hexdigest()[:8]
    assert [(outcome.kind, outcome.retired) for outcome in found] == [("revised", f"done/a.{mark}.txt")]
    assert files(moving.seeds) == {"done/a.txt": STORIES[0], f"done/a.{mark}.txt": STORIES[1]}


def test_file_that_the_operator_removes_before_it_can_go_is_a_removed_one(moving: Desk) -> None:
    moving.path("done").write_text("no folder")
    moving.drop("a.txt", STORIES[0])
    moving.drain()

    moving.path("a.txt").unlink()
    found = moving.drain()

    assert [outcome.kind for outcome in found if outcome.place.path == b"a.txt"] == ["removed"]


def test_done_folder_is_not_read_by_scan_or_ring(moving: Desk) -> None:
    moving.drop("done/old.txt", STORIES[0])
    moving.drop("done-2/new.txt", STORIES[1])

    found = moving.drain()

    assert [outcome.place.path for outcome in found] == [b"done-2/new.txt"]


def test_intake_without_a_claim_takes_nothing_away(moving: Desk) -> None:
    from presslog.daemon.assemble import assemble
    from presslog.daemon.drain import Watched

    moving.drop("a.txt", STORIES[0])
    parts: Parts = assemble(moving.settings, Watched(print, print, print), "visit")

    found: list[Outcome] = parts.intake.process([Place("seeds", b"a.txt")])
    parts.close()

    assert [(outcome.kind, outcome.retired) for outcome in found] == [("recorded", "")]
    assert files(moving.seeds) == {"a.txt": STORIES[0]}
