"""Cursors: durable, whole, and one process at each."""

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from examples import an_append

from presslog.store.cursors import Cursor, CursorFile
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import StorageFailed, StoreLocked, StoreUnsafe
from presslog.store.whole import write_whole


def test_cursor_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = CursorFile(tmp_path, "floods", "exec")
    nothing = file.read()

    file.write(Cursor(7, "log", 1.5))
    file.write(Cursor(9, "log", 2.5))

    assert nothing is None
    assert file.read() == Cursor(9, "log", 2.5)
    assert [path.name for path in file.path.parent.iterdir()] == ["floods.exec.json"]


def test_each_kind_of_delivery_has_its_own(tmp_path: Path) -> None:
    CursorFile(tmp_path, "floods", "exec").write(Cursor(7))

    assert CursorFile(tmp_path, "floods", "webhook").read() is None


def test_cursor_does_not_fit_a_log_from_a_backup_though_that_has_grown_as_far(tmp_path: Path) -> None:
    file = CursorFile(tmp_path, "floods", "exec")
    with closing(SqliteLog(tmp_path)) as log:
        log.append([an_append(b"kept")])
        log_id = log.log_id
    shutil.copy(tmp_path / "log.db", tmp_path / "backup.db")
    with closing(SqliteLog(tmp_path)) as log:
        log.append([an_append(b"lost")])
    file.write(Cursor(2, log_id))
    cursor = file.read()
    assert cursor
    fitted = file.fits(cursor, log_id)

    shutil.copy(tmp_path / "backup.db", tmp_path / "log.db")
    beyond = file.fits(cursor, log_id)
    with closing(SqliteLog(tmp_path)) as log:
        log.append([an_append(b"other")])
    among_others = file.fits(cursor, log_id)

    assert (fitted, beyond, among_others) == (True, False, False)
    assert not file.fits(cursor, "another log")
    assert file.fits(Cursor(0, log_id), log_id)


def test_second_one_is_told_who_is_the_first(tmp_path: Path) -> None:
    with CursorFile(tmp_path, "floods", "exec").lock():
        with pytest.raises(StoreLocked, match=rf"floods \(exec\) is watched already by pid {os.getpid()}"):
            CursorFile(tmp_path, "floods", "exec").lock()
        CursorFile(tmp_path, "floods", "webhook").lock().release()

    CursorFile(tmp_path, "floods", "exec").lock().release()


def test_file_that_is_no_cursor_is_not_guessed_at(tmp_path: Path) -> None:
    file = CursorFile(tmp_path, "floods", "exec")
    file.write(Cursor(7))
    file.path.write_text('{"position": "many"}')

    with pytest.raises(StoreUnsafe, match="--after POSITION"):
        file.read()


def test_whole_file_keeps_its_rights_and_its_link(tmp_path: Path) -> None:
    real, link = tmp_path / "feed.xml", tmp_path / "link.xml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real)

    write_whole(link, b"new")

    assert (real.read_text(), real.stat().st_mode & 0o777, link.is_symlink()) == ("new", 0o640, True)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["feed.xml", "link.xml"]


def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageFailed, match=r"nowhere/feed\.xml cannot be written"):
        write_whole(tmp_path / "nowhere" / "feed.xml", b"new")
