"""Aside: what was replaced or rewritten at any instant is told from what was read, and nothing is overwritten."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.daemon.aside import (
    ASIDE,
    MOST_NAME_BYTES,
    is_proved,
    left_aside,
    marked,
    put,
    remove_empty_folders,
    return_beside,
    return_to_its_place,
    set_aside,
)
from presslog.daemon.mounts import is_local
from presslog.daemon.take import Root

KNOWS_WRITERS = pytest.mark.skipif(
    not is_local(Path(tempfile.gettempdir())), reason="NOT TESTED: this file system does not tell who writes a file"
)
NAMES = st.binary(min_size=1, max_size=255).filter(
    lambda name: not set(name) & {0, ord("/")} and name not in (b".", b"..")
)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A folder with one file in a sub-folder."""
    (tmp_path / "wires").mkdir()
    (tmp_path / "wires" / "a.txt").write_text("read")
    return tmp_path


@pytest.fixture
def root(seeds: Path) -> Iterator[Root]:
    """The folder, open."""
    with Root(seeds) as root:
        yield root


@pytest.fixture
def handle(seeds: Path) -> Iterator[int]:
    """The file as it was read, open."""
    handle = os.open(seeds / "wires" / "a.txt", os.O_RDONLY)
    yield handle
    os.close(handle)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def files(seeds: Path) -> dict[str, str]:
    return {str(path.relative_to(seeds)): path.read_text() for path in seeds.rglob("*") if path.is_file()}


def test_file_that_was_read_is_proved_and_moved(seeds: Path, root: Root, handle: int) -> None:
    set_aside(root, b"wires/a.txt")
    is_the_same = is_proved(root, b"wires/a.txt", handle, digest("read"))
    path = put(root, b"wires/a.txt", b"done/2022", digest("read"))
    remove_empty_folders(root)

    assert is_the_same
    assert path == b"done/2022/wires/a.txt"
    assert files(seeds) == {"done/2022/wires/a.txt": "read"}
    assert list((seeds / os.fsdecode(ASIDE)).iterdir()) == []


def test_file_that_was_replaced_before_it_was_set_aside_is_not_proved(seeds: Path, root: Root, handle: int) -> None:
    (seeds / "new").write_text("read")
    (seeds / "new").replace(seeds / "wires" / "a.txt")

    set_aside(root, b"wires/a.txt")

    assert not is_proved(root, b"wires/a.txt", handle, digest("read"))


def test_file_that_was_rewritten_with_all_its_times_is_not_proved(seeds: Path, root: Root, handle: int) -> None:
    path = seeds / "wires" / "a.txt"
    before = path.stat()
    path.write_text("READ")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    set_aside(root, b"wires/a.txt")

    assert not is_proved(root, b"wires/a.txt", handle, digest("read"))


@KNOWS_WRITERS
def test_file_that_somebody_writes_is_not_proved(seeds: Path, root: Root, handle: int) -> None:
    with (seeds / "wires" / "a.txt").open("a"):
        set_aside(root, b"wires/a.txt")

        assert not is_proved(root, b"wires/a.txt", handle, digest("read"))


def test_what_comes_back_overwrites_nothing(seeds: Path, root: Root) -> None:
    set_aside(root, b"wires/a.txt")
    (seeds / "wires" / "a.txt").write_text("newer")

    is_back = return_to_its_place(root, b"wires/a.txt")
    path = return_beside(root, b"wires/a.txt")

    assert not is_back
    assert files(seeds) == {"wires/a.txt": "newer", os.fsdecode(path): "read"}
    assert path.startswith(b"wires/a.")
    assert path.endswith(b".txt")


def test_what_comes_back_finds_its_folder_again(seeds: Path, root: Root) -> None:
    set_aside(root, b"wires/a.txt")
    (seeds / "wires").rmdir()

    with Root(seeds) as again:
        is_back = return_to_its_place(again, b"wires/a.txt")

    assert is_back
    assert files(seeds) == {"wires/a.txt": "read"}


def test_left_aside_are_files_and_links_whatever_they_lead_to(seeds: Path, root: Root) -> None:
    (seeds / "wires" / "loop").symlink_to(seeds)
    (seeds / "wires" / "nowhere").symlink_to("nowhere")
    for name in (b"a.txt", b"loop", b"nowhere"):
        set_aside(root, b"wires/" + name)

    paths = left_aside(root)

    assert sorted(paths) == [b"wires/a.txt", b"wires/loop", b"wires/nowhere"]


def test_nothing_is_left_aside_where_nothing_ever_was(root: Root) -> None:
    assert left_aside(root) == []


@given(taken=st.lists(st.sampled_from(["read", "other", "third"]), max_size=3))
def test_moved_bytes_stand_once_and_other_bytes_stay(
    tmp_path_factory: pytest.TempPathFactory, taken: list[str]
) -> None:
    seeds = tmp_path_factory.mktemp("seeds")
    (seeds / "a.txt").write_text("read")
    (seeds / "done").mkdir()
    names = [b"a.txt", marked(b"a.txt", digest("read")[:8]), marked(b"a.txt", digest("read"))]
    for name, text in zip(names[:2], taken, strict=False):
        (seeds / "done" / os.fsdecode(name)).write_text(text)
    before = files(seeds / "done")

    with Root(seeds) as root:
        set_aside(root, b"a.txt")
        path = put(root, b"a.txt", b"done", digest("read"))

    after = files(seeds)
    assert after[os.fsdecode(path)] == "read"
    assert {name: after[f"done/{name}"] for name in before} == before
    assert list(after.values()).count("read") == max(1, list(before.values()).count("read"))


@given(name=NAMES, mark=st.sampled_from(["1f0c9a2b", digest("")]))
def test_marked_name_is_a_name_that_keeps_its_suffix(name: bytes, mark: str) -> None:
    suffix = os.path.splitext(name)[1]

    new_name = marked(name, mark)

    assert len(new_name) <= MOST_NAME_BYTES
    assert b"." + mark.encode() in new_name
    assert b"/" not in new_name
    assert len(suffix) > 32 or new_name.endswith(mark.encode() + suffix)


@given(stem=st.text(alphabet="aé水🦀", min_size=60, max_size=80))
def test_name_that_is_cut_stays_text(stem: str) -> None:
    name = stem.encode()[:MOST_NAME_BYTES].decode("utf-8", "ignore").encode()

    new_name = marked(name, digest(""))

    assert new_name.decode().startswith(stem[:10])
