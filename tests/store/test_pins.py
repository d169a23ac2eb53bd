"""Pins: a log that is older than it was seen, or another one, is refused; one that went on is not."""

import os
import shutil
import time
from contextlib import closing
from pathlib import Path

import pytest
from notaries import a_notary, caught_up, grow

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import LogDiverged
from presslog.store.pins import Pins, bytes_of, pins_of, seen_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of which five events are signed."""
    made(tmp_path / "store", 4)
    return tmp_path / "store"


@pytest.fixture
def pins(tmp_path: Path) -> Pins:
    return Pins(tmp_path / "state" / "pins")


def made(store: Path, count: int) -> None:
    """Let a log grow by so many events, and be signed."""
    with closing(SqliteLog(store)) as log, closing(a_notary(store, log)) as notary:
        grow(log, count)
        caught_up(notary)


def size_of(pins: Pins) -> list[int]:
    return [pin.seen.size for pin in pins]


def test_log_that_goes_on_is_followed(store: Path, pins: Pins) -> None:
    pins.check(store)
    made(store, 300)

    pins.check(store)

    assert size_of(pins) == [305]
    assert [pin.folders for pin in pins] == [(str(store),)]


def test_log_that_was_seen_already_is_not_compared_again(store: Path, pins: Pins) -> None:
    pins.check(store)
    (store / "notary.db").unlink()
    (store / "log.db").unlink()
    before = next(iter(pins)).seen_at

    pins.check(store)

    assert next(iter(pins)).seen_at == before


def test_store_in_which_nothing_is_signed_is_nobodys_matter(tmp_path: Path, pins: Pins) -> None:
    pins.check(tmp_path)

    assert size_of(pins) == []
    assert not pins.folder.exists()


@pytest.mark.parametrize("place", ["the same", "another"])
def test_older_log_is_refused_wherever_it_lies(store: Path, pins: Pins, tmp_path: Path, place: str) -> None:
    older = shutil.copytree(store, tmp_path / "older")
    made(store, 3)
    pins.check(store)
    if place == "the same":
        shutil.rmtree(store)
        older = older.rename(store)

    with pytest.raises(LogDiverged, match=r"8 events .* now it has 5 events"):
        pins.check(older)

    assert size_of(pins) == [8]


def test_log_that_took_another_way_is_refused(store: Path, pins: Pins, tmp_path: Path) -> None:
    other = shutil.copytree(store, tmp_path / "other")
    made(store, 3)
    made(other, 9)
    pins.check(store)

    with pytest.raises(LogDiverged, match="which do not begin with those"):
        pins.check(other)


def test_log_of_the_same_size_with_another_root_is_refused(store: Path, pins: Pins, tmp_path: Path) -> None:
    other = shutil.copytree(store, tmp_path / "other")
    made(store, 3)
    made(other, 3)
    pins.check(store)

    with pytest.raises(LogDiverged):
        pins.check(other)


def test_another_log_in_the_same_folder_is_refused(store: Path, pins: Pins) -> None:
    pins.check(store)
    shutil.rmtree(store)
    made(store, 9)

    with pytest.raises(LogDiverged, match="pins accept"):
        pins.check(store)


@pytest.mark.parametrize("note", [b"", b"nonsense", b"presslog/../../x\n5\n"])
def test_checkpoint_that_is_gone_or_none_is_refused(store: Path, pins: Pins, note: bytes) -> None:
    pins.check(store)
    (store / "checkpoint").write_bytes(note)

    with pytest.raises(LogDiverged):
        pins.check(store)


@pytest.mark.parametrize("damage", ["gone", "another"])
def test_growth_that_nothing_shows_is_refused(store: Path, pins: Pins, damage: str) -> None:
    pins.check(store)
    made(store, 3)
    if damage == "gone":
        (store / "notary.db").unlink()
    else:
        (store / "notary.db").write_bytes(b"x" * 8192)

    with pytest.raises(LogDiverged):
        pins.check(store)


def test_what_is_accepted_counts_from_then_on(store: Path, pins: Pins, tmp_path: Path) -> None:
    older = shutil.copytree(store, tmp_path / "older")
    made(store, 3)
    pins.check(store)
    shutil.rmtree(store)
    older.rename(store)

    seen = pins.accept(store)

    assert seen is not None
    assert seen.size == 5
    pins.check(store)


def test_folder_that_is_begun_anew_is_accepted_without_a_checkpoint(store: Path, pins: Pins) -> None:
    pins.check(store)
    shutil.rmtree(store)

    assert pins.accept(store) is None

    pins.check(store)
    made(store, 2)
    pins.check(store)


def test_folder_is_the_same_by_every_path_to_it(store: Path, pins: Pins, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(store)
    pins.check(link)
    shutil.rmtree(store)
    made(store, 9)

    with pytest.raises(LogDiverged):
        pins.check(store)


@pytest.mark.skipif(os.geteuid() == 0, reason="NOT TESTED: root writes everywhere")
def test_home_that_cannot_be_written_still_remembers(store: Path, pins: Pins) -> None:
    pins.check(store)
    made(store, 3)
    pins.folder.chmod(0o500)

    pins.check(store)

    assert size_of(pins) == [5]


def test_home_in_whose_place_a_file_stands_keeps_nothing(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    pins = Pins(tmp_path / "file" / "pins")

    pins.check(store)

    assert size_of(pins) == []


def test_pipe_in_the_place_of_a_checkpoint_holds_nobody_up(tmp_path: Path, pins: Pins) -> None:
    os.mkfifo(tmp_path / "checkpoint")

    pins.check(tmp_path)

    assert bytes_of(tmp_path / "checkpoint") == b""


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"HOME": "/home/ann"}, "/home/ann/.local/state/presslog/pins"),
        ({"HOME": "/home/ann", "XDG_STATE_HOME": "/state"}, "/state/presslog/pins"),
        ({"HOME": "/home/ann", "XDG_STATE_HOME": "state"}, "/home/ann/.local/state/presslog/pins"),
        ({"HOME": "/home/ann", "PRESSLOG_NO_PIN": "1"}, None),
        ({}, None),
    ],
)
def test_pins_lie_where_the_environment_says(env: dict[str, str], folder: str | None) -> None:
    found = pins_of(env)

    assert (str(found.folder) if found else None) == folder


@pytest.mark.parametrize(
    "note",
    [
        b"presslog/a-b\n5\n" + b"A" * 43 + b"=\n\n",
        b"presslog/at\n0\n" + b"A" * 43 + b"=\n",
    ],
)
def test_first_lines_of_a_note_are_read(note: bytes) -> None:
    assert seen_in(note) is not None


@pytest.mark.parametrize(
    "note",
    [b"", b"presslog/a/b\n5\n", b"presslog/..\n5\n" + b"A" * 43 + b"=\n", b"presslog/a\n05\n" + b"A" * 43 + b"=\n"],
)
def test_what_is_no_note_of_ours_is_none(note: bytes) -> None:
    assert seen_in(note) is None


def test_comparing_costs_next_to_nothing(store: Path, pins: Pins) -> None:
    pins.check(store)
    taken = sorted(taken_by(pins, store) for _ in range(200))

    assert taken[20] < 0.0003, "two short reads: see what has come to stand between"


def taken_by(pins: Pins, store: Path) -> float:
    began = time.perf_counter()
    pins.check(store)
    return time.perf_counter() - began
