"""The canary: heard it proves nothing wrong, silent it is sent again, and then it proves deafness."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples import Clock

from presslog.daemon.canary import NAME, SILENT_SECONDS, TRIES, Canary

KEY = ("seeds", b"")


@pytest.fixture
def clock() -> Clock:
    """A clock in the test's hand."""
    return Clock(1000.0)


@pytest.fixture
def handle(tmp_path: Path) -> Iterator[int]:
    """An open folder."""
    handle = os.open(tmp_path, os.O_RDONLY)
    yield handle
    os.close(handle)


def test_canary_leaves_nothing_behind(tmp_path: Path, clock: Clock, handle: int) -> None:
    (tmp_path / os.fsdecode(NAME)).write_text("left by a daemon that was killed")

    Canary(clock).send(KEY, handle)

    assert list(tmp_path.iterdir()) == []


def test_canary_that_was_heard_is_not_silent(clock: Clock, handle: int) -> None:
    canary = Canary(clock)
    canary.send(KEY, handle)

    canary.heard(KEY)
    clock.seconds += SILENT_SECONDS

    assert list(canary.silent()) == []


def test_silence_is_sure_after_some_tries(clock: Clock, handle: int) -> None:
    canary = Canary(clock)
    answers = []

    for _ in range(TRIES):
        canary.send(KEY, handle)
        early = list(canary.silent())
        clock.seconds += SILENT_SECONDS
        answers += [*early, *canary.silent()]

    assert answers == [(KEY, False)] * (TRIES - 1) + [(KEY, True)]
    assert list(canary.silent()) == []


def test_folder_that_cannot_be_written_teaches_nothing(clock: Clock, handle: int) -> None:
    canary = Canary(clock)
    gone = os.open("/proc/self", os.O_RDONLY)

    canary.send(KEY, gone)
    os.close(gone)
    clock.seconds += SILENT_SECONDS

    assert list(canary.silent()) == []
