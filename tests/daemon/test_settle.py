"""Is a file complete? What the kernel tells, and what counts where it tells nothing."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from presslog.daemon.mounts import is_local
from presslog.daemon.settle import Evidence, nobody_writes, settle

KNOWS_WRITERS = pytest.mark.skipif(
    not is_local(Path(tempfile.gettempdir())), reason="NOT TESTED: this file system does not tell who writes a file"
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A finished file."""
    path = tmp_path / "a.txt"
    path.write_text("Rivers rise")
    return path


@pytest.fixture
def handle(file: Path) -> Iterator[int]:
    """The finished file, open for reading."""
    handle = os.open(file, os.O_RDONLY)
    yield handle
    os.close(handle)


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[int]:
    """A handle that takes no lease, as a file of another user does."""
    handle = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield handle
    os.close(handle)


def some_evidence(
    *, is_closed: bool = False, is_local: bool = True, still_seconds: float = 0.0, age_seconds: float = 0.0
) -> Evidence:
    return Evidence(is_closed, is_local, still_seconds, age_seconds)


@KNOWS_WRITERS
def test_file_that_nobody_writes_is_complete_at_once(handle: int) -> None:
    answer = settle(handle, some_evidence(), settle_seconds=60)

    assert answer is None


@KNOWS_WRITERS
def test_file_that_somebody_writes_is_not_complete_whatever_else_speaks_for_it(file: Path, handle: int) -> None:
    seen = some_evidence(is_closed=True, still_seconds=3600, age_seconds=3600)

    with file.open("a"):
        answer = settle(handle, seen, settle_seconds=0)

    assert answer is not None
    assert (answer.code, answer.retry_seconds) == ("open-for-writing", 0.1)


@KNOWS_WRITERS
def test_another_reader_is_no_writer(file: Path, handle: int) -> None:
    with file.open():
        answer = nobody_writes(handle)

    assert answer is True


def test_lease_is_not_known_where_the_kernel_gives_none(silent: int) -> None:
    answer = nobody_writes(silent)

    assert answer is None


def test_close_that_was_seen_counts_where_there_is_no_lease(silent: int) -> None:
    answer = settle(silent, some_evidence(is_closed=True), settle_seconds=60)

    assert answer is None


def test_young_file_without_a_lease_settles_first(silent: int) -> None:
    answer = settle(silent, some_evidence(age_seconds=0.4), settle_seconds=1)

    assert answer is not None
    assert answer.code == "settling"
    assert answer.retry_seconds == pytest.approx(0.61)


def test_old_file_without_a_lease_is_complete(silent: int) -> None:
    answer = settle(silent, some_evidence(age_seconds=5), settle_seconds=1)

    assert answer is None


def test_close_and_age_count_for_nothing_on_a_network_mount(handle: int) -> None:
    seen = some_evidence(is_local=False, is_closed=True, age_seconds=3600)

    answer = settle(handle, seen, settle_seconds=1)

    assert answer is not None
    assert answer.code == "settling"


def test_file_that_stood_still_before_our_eyes_is_complete_on_a_network_mount(handle: int) -> None:
    answer = settle(handle, some_evidence(is_local=False, still_seconds=1), settle_seconds=1)

    assert answer is None
