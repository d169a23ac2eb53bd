"""Readers and writers of one file: a link that moves under a reader, and a writer that hardly ever pauses."""

import os
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from presslog.store.links import point, remove
from presslog.store.names import LINK
from presslog.store.sqlite import WAL_BYTES, connect, connect_readonly, seized, still, transaction

SWITCHES = 150
READ_SECONDS = 0.05


def make(folder: Path, number: int) -> Path:
    path = folder / f"views-{number:04d}.db"
    with closing(connect(path)) as connection:
        connection.execute("create table numbers (number integer)")
        connection.execute("insert into numbers values (?)", (number,))
    return path


def test_reader_finds_the_file_that_the_link_names_however_often_it_moves(tmp_path: Path) -> None:
    path = make(tmp_path, 1)
    point(tmp_path, path)
    is_over = threading.Event()
    seen: list[int] = []

    def read() -> None:
        while not is_over.is_set():
            with closing(connect_readonly(tmp_path / LINK)) as connection:
                seen.append(connection.execute("select number from numbers").fetchone()[0])

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(2, SWITCHES):
        fresh = make(tmp_path, number)
        point(tmp_path, fresh)
        remove(path)
        path = fresh
    is_over.set()
    reader.join(10)

    assert seen == sorted(seen)
    assert seen[-1] >= SWITCHES - 2


def test_writer_that_hardly_pauses_is_kept_out_in_the_first_pause(tmp_path: Path) -> None:
    path = make(tmp_path, 1)
    is_over, is_writing = threading.Event(), threading.Event()

    def write() -> None:
        with closing(connect(path)) as connection:
            while not is_over.is_set():
                with transaction(connection):
                    connection.execute("insert into numbers values (1)")
                    is_writing.set()
                    is_over.wait(0.05)
                is_over.wait(0.002)

    writer = threading.Thread(target=write)
    writer.start()
    is_writing.wait(10)
    with closing(connect(path)) as connection, seized(connection):
        counts = [connection.execute("select count(*) from numbers").fetchone() for _ in range(2)]
        is_over.set()
    writer.join(10)

    assert counts[0] == counts[1]
    with closing(connect(path)) as connection:
        assert connection.execute("pragma busy_timeout").fetchone() == (5000,)


@contextmanager
def reading_in_turns(path: Path) -> Iterator[None]:
    """Two readers, of which at any time at least one is at it."""
    is_over, turns = threading.Event(), [threading.Event(), threading.Event()]

    def read(mine: threading.Event, others: threading.Event) -> None:
        with closing(connect_readonly(path)) as connection:
            while not is_over.is_set():
                with still(connection):
                    mine.set()
                    others.wait(1)
                    others.clear()
                    is_over.wait(READ_SECONDS)

    readers = [threading.Thread(target=read, args=pair) for pair in (turns, turns[::-1])]
    for reader in readers:
        reader.start()
    try:
        yield
    finally:
        is_over.set()
        for reader in readers:
            reader.join(10)


def write_megabytes(connection: object, megabytes: int) -> int:
    """The most bytes that the WAL had meanwhile."""
    wal, most = connection.wal, 0
    for _ in range(megabytes):
        with transaction(connection):
            connection.execute("insert into numbers values (zeroblob(?))", (1 << 20,))
        most = max(most, os.stat(wal).st_size)
    return most


def test_wal_stays_small_though_somebody_reads_at_any_time(tmp_path: Path) -> None:
    path = make(tmp_path, 1)

    with closing(connect(path)) as connection, reading_in_turns(path):
        most_bytes = write_megabytes(connection, 150)

    assert most_bytes < 2 * WAL_BYTES


def test_writer_does_not_wait_long_for_who_reads_long(tmp_path: Path) -> None:
    path = make(tmp_path, 1)

    with closing(connect(path)) as connection, closing(connect_readonly(path)) as reader, still(reader):
        most_bytes = write_megabytes(connection, 45)
        seen = reader.execute("select count(*) from numbers").fetchone()

    assert most_bytes > 45 << 20
    assert seen == (1,)
