"""daemon.json: what the running daemon says of itself."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from presslog.daemon.state import NAME, SIZE_BYTES, State, read_state, write_state
from presslog.store.lock import WriterLock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """A store that this process writes."""
    with WriterLock(tmp_path):
        yield tmp_path


def a_state(**changes: object) -> State:
    return State(**{"pid": os.getpid(), "version": "0.1.0", "started_at": "2022-01-06T04:14:31Z", **changes})


def test_state_is_read_as_it_was_written(store: Path) -> None:
    state = a_state(status="position 7", backlog=3, waiting=1, storage="failed")

    write_state(store, state)

    assert read_state(store) == state


def test_shorter_state_leaves_nothing_of_the_longer(store: Path) -> None:
    write_state(store, a_state(storage="no room " * 100))

    write_state(store, a_state())

    assert read_state(store) == a_state()
    assert (store / NAME).stat().st_size == SIZE_BYTES


def test_state_stays_readable_however_much_there_is_to_say(store: Path) -> None:
    write_state(store, a_state(storage="x" * 10_000))

    state = read_state(store)

    assert state is not None
    assert state.pid == os.getpid()


def test_nobody_reads_the_state_of_a_daemon_that_is_gone(tmp_path: Path) -> None:
    with WriterLock(tmp_path):
        write_state(tmp_path, a_state())

    state = read_state(tmp_path)

    assert state is None


def test_nobody_reads_the_state_that_another_writer_left(store: Path) -> None:
    write_state(store, a_state(pid=1))

    state = read_state(store)

    assert state is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe"])
def test_damaged_state_is_none(store: Path, content: bytes) -> None:
    (store / NAME).write_bytes(content)

    state = read_state(store)

    assert state is None


def test_store_that_is_not_there_has_no_state(tmp_path: Path) -> None:
    state = read_state(tmp_path / "nowhere")

    assert state is None
