"""What is in doubt of a database, while other threads of this process open and close it."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from presslog.store.doubt import forget_what_is_in_doubt, is_unreadable
from presslog.store.sqlite import sqlite3

TIMES = 300


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[Path]:
    """A database with a WAL that a thread opens and closes without end."""
    path, is_over = tmp_path / "views.db", threading.Event()

    def open_and_close() -> None:
        while not is_over.is_set():
            path.open("rb").close()

    with closing(sqlite3.connect(path)) as kept:
        kept.execute("pragma journal_mode = wal")
        kept.execute("create table t (a)")
        thread = threading.Thread(target=open_and_close)
        thread.start()
        yield path
        is_over.set()
        thread.join()


def test_a_log_ahead_that_goes_with_the_last_who_closes_is_no_failure_of_the_disk(tmp_path: Path) -> None:
    path = tmp_path / "views.db"
    is_over = threading.Event()

    def write_and_close() -> None:
        while not is_over.is_set():
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("pragma journal_mode = wal")
                connection.execute("create table if not exists t (a)")

    thread = threading.Thread(target=write_and_close)
    thread.start()
    try:
        for _ in range(20 * TIMES):
            forget_what_is_in_doubt(path)
    finally:
        is_over.set()
        thread.join()


def test_a_handle_that_another_thread_closes_is_no_failure_of_the_disk(busy: Path) -> None:
    for _ in range(TIMES):
        forget_what_is_in_doubt(busy)


def test_a_handle_that_another_thread_closes_does_not_make_a_file_unreadable(busy: Path) -> None:
    assert not any(is_unreadable(busy) for _ in range(TIMES))
