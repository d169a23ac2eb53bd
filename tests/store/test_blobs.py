"""Raw bytes by SHA-256 in a SQLite log, where test_log_contract.py does not say it for every engine."""

import hashlib
import random
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import StoreUnsafe
from presslog.store.log import EventLog
from presslog.store.sqlite import connect

NOISE = random.Random(3).randbytes(100_000)


@pytest.mark.parametrize("content", [b"", b"\0", b"text " * 9999, NOISE], ids=["empty", "nul", "text", "noise"])
def test_a_blob_comes_back_under_its_digest(log: EventLog, content: bytes) -> None:
    digest = log.blobs.put(content)

    assert digest == hashlib.sha256(content).hexdigest()
    assert log.blobs.get(digest) == content


def test_any_bytes_come_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    log = SqliteLog(tmp_path_factory.mktemp("store"))

    @settings(max_examples=50, deadline=None)
    @given(st.binary(max_size=5000))
    def comes_back(content: bytes) -> None:
        assert log.blobs.get(log.blobs.put(content)) == content

    comes_back()
    log.close()


def test_an_unknown_digest_is_a_key_error(log: EventLog) -> None:
    with pytest.raises(KeyError):
        log.blobs.get("00" * 32)


def test_bytes_that_are_held_cost_nothing(sqlite_log: SqliteLog) -> None:
    sqlite_log.blobs.put(b"twice")

    sqlite_log.append([], blobs=[b"twice", b"twice"])

    assert rows(sqlite_log.path, "select count(*) from blobs") == [(1,)]


def test_text_is_kept_compressed(sqlite_log: SqliteLog) -> None:
    sqlite_log.blobs.put(b"The water came at night. " * 400)

    [(size_bytes, length)] = rows(sqlite_log.path, "select size_bytes, length(content) from blobs")
    assert size_bytes == 10_000
    assert length < 500


def test_a_reader_gets_blobs_and_puts_none(sqlite_log: SqliteLog, folder: Path) -> None:
    digest = sqlite_log.blobs.put(b"shared")
    reader = SqliteLog(folder, readonly=True)

    found = reader.blobs.get(digest)

    assert found == b"shared"
    with pytest.raises(StoreUnsafe, match="reading only"):
        reader.blobs.put(b"new")
    reader.close()


def test_a_blob_that_became_other_bytes_is_refused(sqlite_log: SqliteLog) -> None:
    digest = sqlite_log.blobs.put(b"true")
    spoil(sqlite_log.path, zstandard.compress(b"fake"))

    with pytest.raises(StoreUnsafe, match="damaged"):
        sqlite_log.blobs.get(digest)


@pytest.mark.parametrize(
    "spoilt",
    [b"", b"no zstd at all", zstandard.compress(b"true, " * 99)[:-4]],
    ids=["empty", "foreign", "cut"],
)
def test_a_blob_that_cannot_be_decompressed_is_refused(sqlite_log: SqliteLog, spoilt: bytes) -> None:
    digest = sqlite_log.blobs.put(b"true")
    spoil(sqlite_log.path, spoilt)

    with pytest.raises(StoreUnsafe, match="damaged"):
        sqlite_log.blobs.get(digest)


def rows(path: Path, query: str) -> list[tuple]:
    connection = connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def spoil(path: Path, content: bytes) -> None:
    """Change the one blob of a log, as a disk would: past the triggers."""
    connection = connect(path)
    connection.execute("drop trigger blobs_are_not_updated")
    connection.execute("update blobs set content = ?", (content,))
    connection.close()
