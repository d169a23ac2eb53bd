"""Renaming without overwriting, with the kernel's help and without."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from presslog.daemon.rename import link_if_free, rename_if_free

WAYS = pytest.mark.parametrize("rename", [rename_if_free, link_if_free])


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[int]:
    """A handle of an empty folder."""
    handle = os.open(tmp_path, os.O_RDONLY | os.O_DIRECTORY)
    yield handle
    os.close(handle)


@WAYS
def test_file_gets_a_name_that_is_free(tmp_path: Path, folder: int, rename) -> None:
    (tmp_path / "a.txt").write_text("a")

    is_renamed = rename(b"a.txt", folder, b"b.txt", folder)

    assert is_renamed is True
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b.txt": "a"}


@WAYS
@pytest.mark.parametrize("taken", ["file", "folder", "link", "same file"])
def test_name_that_is_taken_stays_as_it_is(tmp_path: Path, folder: int, rename, taken: str) -> None:
    (tmp_path / "a.txt").write_text("a")
    stands = tmp_path / "b.txt"
    if taken == "file":
        stands.write_text("b")
    elif taken == "folder":
        stands.mkdir()
    elif taken == "link":
        stands.symlink_to("nowhere")
    else:
        stands.hardlink_to(tmp_path / "a.txt")
    before = stands.lstat().st_ino

    is_renamed = rename(b"a.txt", folder, b"b.txt", folder)

    assert is_renamed is False
    assert (tmp_path / "a.txt").read_text() == "a"
    assert stands.lstat().st_ino == before


@WAYS
def test_file_that_is_not_there_is_an_error(folder: int, rename) -> None:
    with pytest.raises(FileNotFoundError):
        rename(b"a.txt", folder, b"b.txt", folder)


@WAYS
def test_other_file_system_is_an_error(tmp_path: Path, folder: int, rename) -> None:
    shared = Path("/dev/shm")
    if not shared.is_dir() or shared.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("NOT TESTED: /dev/shm is no other file system")
    (tmp_path / "a.txt").write_text("a")
    other = os.open(shared, os.O_RDONLY | os.O_DIRECTORY)

    with pytest.raises(OSError, match=os.strerror(errno.EXDEV)):
        rename(b"a.txt", folder, b"presslog-test.txt", other)

    os.close(other)
    assert not (shared / "presslog-test.txt").exists()


def test_what_cannot_be_linked_is_not_renamed_blindly(tmp_path: Path, folder: int) -> None:
    (tmp_path / "a").mkdir()

    is_renamed = link_if_free(b"a", folder, b"b", folder)

    assert is_renamed is None
    assert (tmp_path / "a").is_dir()
