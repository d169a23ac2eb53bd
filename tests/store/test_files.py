"""The state of every file: what the views know, and before it what waits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from archives import NOON, Archive

from presslog.store.files import EVERY, KEYS, MOST_HELD, ROWS, STATES, Files, Which, below, one, part
from presslog.store.registry import Entry, Registry, Stamp
from presslog.store.sqlite import connect_readonly


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    """One file in each state that the log can tell of, the oldest first: read, copy, refused."""
    archive = Archive(folder)
    archive.keep("2022/a.txt")
    archive.copy("2023/b.txt", "2022/a.txt")
    archive.refuse("caf%E9.txt")
    archive.build()
    yield archive
    archive.close()


def wait(archive: Archive, folder: bytes, name: bytes, since_at: float = NOON) -> None:
    """Note in intake.db that a file waits."""
    registry = Registry(archive.folder)
    entry = Entry("seeds", folder, name, Stamp(1, 2, 3, 4), "waiting", "", "settling", "it is young", 3, since_at)
    registry.record([entry])
    registry.close()


def listed(archive: Archive, which: Which = EVERY, *states: str) -> list[tuple[str, str]]:
    with Files(archive.folder) as files:
        return [(row["state"], row["path"]) for row in files.listed(which, states or STATES)]


def test_files_are_listed_the_newest_first(archive: Archive) -> None:
    assert listed(archive) == [
        ("refused", "seeds/caf%E9.txt"),
        ("copy", "seeds/2023/b.txt"),
        ("read", "seeds/2022/a.txt"),
    ]


def test_files_that_wait_come_first_and_the_longest_before_the_others(archive: Archive) -> None:
    wait(archive, b"", b"new.txt", NOON + 10)
    wait(archive, b"sub", b"old.txt", NOON)

    assert listed(archive)[:2] == [("waiting", "seeds/sub/old.txt"), ("waiting", "seeds/new.txt")]


def test_file_that_waits_is_listed_once_and_keeps_the_article_of_its_earlier_version(archive: Archive) -> None:
    wait(archive, b"2022", b"a.txt")

    with Files(archive.folder) as files:
        rows = list(files.listed(part("2022")))

    assert [(row["state"], row["code"], row["since_at"], row["attempts"]) for row in rows] == [
        ("waiting", "settling", "2022-01-06T12:00:00.000Z", 3)
    ]
    assert rows[0]["article_id"].startswith("art_")


def test_every_row_has_the_same_keys(archive: Archive) -> None:
    wait(archive, b"", b"new.txt")
    wait(archive, b"2022", b"a.txt")

    with Files(archive.folder) as files:
        keys = [set(row) for row in files.listed()]

    assert keys == [set(KEYS)] * 4


@pytest.mark.parametrize(
    ("which", "paths"),
    [
        (part("2022"), ["seeds/2022/a.txt"]),
        (part("seeds/2"), ["seeds/2023/b.txt", "seeds/2022/a.txt"]),
        (part("caf%E9.txt"), ["seeds/caf%E9.txt"]),
        (part("caf\udce9.txt"), ["seeds/caf%E9.txt"]),
        (part("caf\udce8.txt"), []),
        (part("%"), ["seeds/caf%E9.txt"]),
        (one("seeds", "2022/a.txt"), ["seeds/2022/a.txt"]),
        (one("seeds", "a.txt"), []),
        (below("seeds", "2022"), ["seeds/2022/a.txt"]),
        (below("seeds", "202"), []),
        (below("seeds", ""), ["seeds/caf%E9.txt", "seeds/2023/b.txt", "seeds/2022/a.txt"]),
        (below("wires", ""), []),
    ],
)
def test_files_are_found_by_what_is_known_of_their_path(archive: Archive, which: Which, paths: list[str]) -> None:
    assert [path for _, path in listed(archive, which)] == paths
    assert [path for path in paths if which.fits(path)] == paths


def test_states_can_be_asked_for_together(archive: Archive) -> None:
    wait(archive, b"", b"new.txt")

    assert listed(archive, EVERY, "read", "refused") == [
        ("refused", "seeds/caf%E9.txt"),
        ("read", "seeds/2022/a.txt"),
    ]
    assert listed(archive, EVERY, "waiting") == [("waiting", "seeds/new.txt")]
    assert listed(archive, EVERY, "removed") == []


def test_store_without_intake_has_no_file_that_waits(archive: Archive) -> None:
    assert not (archive.folder / "intake.db").exists()

    assert listed(archive, EVERY, "waiting") == []


@pytest.mark.parametrize("state", ["", "and outcome = :state"])
@pytest.mark.parametrize("which", [EVERY, part("a"), below("seeds", "")], ids=["every", "part", "below"])
def test_first_rows_come_without_sorting_all(archive: Archive, which: Which, state: str) -> None:
    statement = "explain query plan " + ROWS.format(which=which.condition, state=state)
    values = which.values | ({"state": "read"} if state else {})
    connection = connect_readonly(archive.folder / "views.db")

    plan = [row[3] for row in connection.execute(statement, values)]
    connection.close()

    assert [step for step in plan if "TEMP B-TREE" in step] == []


def test_many_files_that_wait_are_listed_once_too(archive: Archive) -> None:
    registry = Registry(archive.folder)
    names = [b"a.txt", *(b"%d.txt" % number for number in range(MOST_HELD))]
    registry.record([Entry("seeds", b"2022", name, Stamp(1, 2, 3, 4), "waiting") for name in names])
    registry.close()

    found = listed(archive)

    assert len(found) == len(names) + 2
    assert found[-2:] == [("refused", "seeds/caf%E9.txt"), ("copy", "seeds/2023/b.txt")]
