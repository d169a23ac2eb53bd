"""The questions about files: what became of them, what failed, what waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import NOON, Archive

from presslog.store.errors import NotFound
from presslog.store.queries import Answers, waiting
from presslog.store.registry import Entry, Registry, Stamp


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    archive = Archive(folder)
    yield archive
    archive.close()


def test_failures_are_open_until_their_file_is_read(archive: Archive) -> None:
    archive.refuse("a.txt")
    archive.refuse("b.txt")
    archive.keep("a.txt")

    with Answers(archive.build().folder) as answers:
        open_ones, all_of_them = answers.failures(), answers.failures(with_resolved=True)
        numbers = answers.file_counts()

        assert [row["path"] for row in open_ones] == ["b.txt"]
        assert {(row["path"], row["resolution"]) for row in all_of_them} == {("a.txt", "read"), ("b.txt", None)}
        assert answers.failure(open_ones[0]["id"]) == open_ones[0]
        with pytest.raises(NotFound, match="--all"):
            answers.failure(99)
    assert numbers == {"read": 1, "refused": 1}


def test_waiting_files_are_read_from_what_the_daemon_noted(folder: Path) -> None:
    folder.mkdir()
    registry = Registry(folder)
    registry.record([Entry("seeds", b"d", b"a\xff", Stamp(1, 2, 3, 4), "waiting", code="settling", since_at=NOON)])
    registry.close()

    assert [(row["path"], row["code"], row["size_bytes"]) for row in waiting(folder)] == [
        ("seeds/d/a%FF", "settling", 2)
    ]
    assert waiting(folder / "elsewhere") == []
