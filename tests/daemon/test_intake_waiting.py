"""Files that are not ready yet: they wait with a reason, and are read as soon as they are."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desk, a_story
from processes import heard, running, told

from presslog.daemon.mounts import is_local
from presslog.daemon.places import Place
from presslog.daemon.take import Root, Waits, take
from presslog.store.queries import waiting

KNOWS_WRITERS = pytest.mark.skipif(
    not is_local(Path(tempfile.gettempdir())), reason="NOT TESTED: this file system does not tell who writes a file"
)
NOBODY = 65534

AS_NOBODY = f"""
    import os, sys
    from pathlib import Path
    from desks import Desk, a_story

    # Nobody may not import what is installed for root alone: all that a drain needs is imported by one.
    scratch = Desk(Path(sys.argv[2]))
    scratch.drop("a.txt", a_story())
    scratch.drain()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid({NOBODY})
        os.setuid({NOBODY})
    desk = Desk(Path(sys.argv[1]))
    for _ in range(2):
        print([(outcome.kind, outcome.code) for outcome in desk.drain()])
        sys.stdin.readline()
"""


@pytest.fixture
def open_desk() -> Iterator[Desk]:
    """A desk that another user works at; the folders of pytest are private."""
    folder = Path(tempfile.mkdtemp(prefix="presslog-"))
    desk = Desk(folder)
    for path in (folder, *folder.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, NOBODY, NOBODY)
    yield desk
    shutil.rmtree(folder)


@KNOWS_WRITERS
def test_file_held_open_for_writing_waits_and_is_read_after_its_close(desk: Desk) -> None:
    with desk.path("a.txt").open("wb") as file:
        file.write(a_story())
        file.flush()
        held = desk.drain()
        rows = desk.rows("select * from articles")

    closed = desk.drain()

    assert [(outcome.kind, outcome.code) for outcome in held] == [("waiting", "open-for-writing")]
    assert rows == []
    assert [outcome.kind for outcome in closed] == ["recorded"]


@KNOWS_WRITERS
def test_half_a_file_is_never_read(desk: Desk) -> None:
    story = a_story(text="word " * 1000)
    with desk.path("a.txt").open("wb") as file:
        for start in range(0, len(story), 1000):
            file.write(story[start : start + 1000])
            file.flush()
            desk.drain()

    desk.drain()

    assert [event.fact.size_bytes for event in desk.events("file-received")] == [len(story)]
    assert desk.events("file-refused") == []


def test_file_that_changes_while_it_is_read_waits(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(a_story())

    def append(handle: int, stamp: object) -> None:
        with path.open("ab") as file:
            file.write(b"More came.\n")

    with Root(tmp_path) as root:
        answer = take(root, Place("seeds", b"a.txt"), limit_bytes=1 << 20, is_settled=append)

    assert isinstance(answer, Waits)
    assert answer.waiting.code == "changing"
    assert answer.stamp.size_bytes == path.stat().st_size


def test_file_that_is_replaced_while_it_is_read_is_taken_as_it_was_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")

    def replace(handle: int, stamp: object) -> None:
        (tmp_path / "new").write_bytes(b"newer bytes")
        (tmp_path / "new").replace(path)

    with Root(tmp_path) as root:
        answer = take(root, Place("seeds", b"a.txt"), limit_bytes=1 << 20, is_settled=replace)

    assert isinstance(answer, Waits), "its ctime has moved: it is looked at again"
    assert path.read_bytes() == b"newer bytes"


def test_young_file_settles_within_one_drain_where_nobody_tells_of_writers(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk", settle_seconds=0.1)
    desk.drop("a.txt", a_story())

    kinds = desk.kinds()

    assert kinds[-1] == "recorded"


def test_unreadable_file_waits_and_is_read_after_chmod(open_desk: Desk, tmp_path: Path) -> None:
    path = open_desk.drop("a.txt", a_story())
    path.chmod(0o000)

    with running(AS_NOBODY, open_desk.folder, tmp_path) as process:
        denied = heard(process)
        path.chmod(0o644)
        told(process)
        allowed = heard(process)

    assert denied == "[('waiting', 'permission-denied')]"
    assert allowed == "[('recorded', '')]"
    assert open_desk.events("file-refused") == []


def test_file_in_a_folder_that_may_not_be_entered_waits_and_is_not_removed(open_desk: Desk, tmp_path: Path) -> None:
    path = open_desk.drop("sub/a.txt", a_story())
    path.chmod(0o644)

    with running(AS_NOBODY, open_desk.folder, tmp_path) as process:
        allowed = heard(process)
        path.parent.chmod(0o000)
        told(process)
        denied = heard(process)

    assert allowed == "[('recorded', '')]"
    assert denied == "[('waiting', 'permission-denied')]"
    assert open_desk.events("file-removed") == []


def test_waiting_file_that_goes_leaves_no_trace_in_the_log(desk: Desk) -> None:
    path = desk.path("a.txt")
    with path.open("wb") as file:
        file.write(a_story())
        file.flush()
        desk.drain()
        path.unlink()

    desk.drain()

    assert desk.events() == []
    assert waiting(desk.store) == []


@pytest.mark.parametrize("after_read", ["keep", "delete"])
def test_file_that_goes_before_it_is_read_is_told_and_leaves_no_event(desk: Desk, after_read: str) -> None:
    desk.configure(after_read=after_read)
    desk.drop("read.txt", a_story())
    desk.drain()
    places = [Place("seeds", b"gone.txt", is_closed=True), Place("seeds", b"never.txt")]

    with desk.assembled() as (parts, _):
        told = [(outcome.kind, outcome.place.path) for outcome in parts.intake.process(places)]
        retired = parts.intake.process([Place("seeds", b"read.txt", is_closed=True)])

    assert told == [("vanished", b"gone.txt")]
    assert [outcome.kind for outcome in retired if outcome.kind == "vanished"] == []
    assert len(desk.events()) == 2


@KNOWS_WRITERS
def test_waiting_file_that_goes_is_told(desk: Desk) -> None:
    place = Place("seeds", b"a.txt")
    with desk.assembled() as (parts, _), desk.path("a.txt").open("wb"):
        parts.intake.process([place])
        desk.path("a.txt").unlink()

        told = parts.intake.process([place])

    assert [outcome.kind for outcome in told] == ["vanished"]


@KNOWS_WRITERS
def test_file_that_is_read_at_the_second_look_never_was_on_the_list(desk: Desk) -> None:
    place = Place("seeds", b"a.txt")

    with desk.assembled() as (parts, _):
        with desk.path("a.txt").open("wb") as file:
            file.write(a_story())
            file.flush()
            parts.intake.process([place])
            listed = waiting(desk.store)
        kinds = [outcome.kind for outcome in parts.intake.process([place])]

    assert listed == []
    assert kinds == ["recorded"]


@KNOWS_WRITERS
def test_daemon_that_was_started_anew_knows_since_when_a_file_waits(desk: Desk) -> None:
    since = []

    with desk.path("a.txt").open("wb") as file:
        file.write(a_story())
        file.flush()
        for _ in range(2):
            with desk.assembled() as (parts, _):
                for _ in range(2):
                    parts.intake.process([Place("seeds", b"a.txt")])
            since.append(waiting(desk.store)[0]["since_at"])

    assert since[0] == since[1]


@KNOWS_WRITERS
def test_waiting_is_told_once_and_remembered(desk: Desk) -> None:
    path = desk.path("a.txt")
    with path.open("wb") as file, desk.assembled() as (parts, _):
        file.write(a_story())
        file.flush()
        place = Place("seeds", b"a.txt")

        kinds = [[outcome.kind for outcome in parts.intake.process([place])] for _ in range(4)]

        assert kinds == [["waiting"], ["waiting"], [], []], "news, then the end of what is passing, then silence"
        assert [(row["path"], row["code"]) for row in waiting(desk.store)] == [("seeds/a.txt", "open-for-writing")]
