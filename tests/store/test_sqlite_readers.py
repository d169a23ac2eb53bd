"""Readers and writers of one file: a link that moves under a reader, and a writer that hardly ever pauses."""

import threading
from contextlib import closing
from pathlib import Path

from presslog.store.links import point, remove
from presslog.store.names import LINK
from presslog.store.sqlite import connect, connect_readonly, seized, transaction

SWITCHES = 150


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
