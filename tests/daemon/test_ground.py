"""The ground a feed stands on: lost, found, or another one; real folders stand for mounts."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from presslog.daemon.ground import FolderLost, identity_of, learn, survey
from presslog.daemon.places import Folder
from presslog.store.registry import Registry


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a feed, with a folder in it that counts as a mount."""
    (tmp_path / "seeds" / "share").mkdir(parents=True)
    (tmp_path / "seeds" / "share" / "a.txt").write_text("Rivers rise")
    return tmp_path / "seeds"


@pytest.fixture
def registry(root: Path, tmp_path: Path) -> Iterator[Registry]:
    """A registry that knows the root and the mount."""
    (tmp_path / "store").mkdir()
    registry = Registry(tmp_path / "store")
    ground = survey(Folder("seeds", root), registry)
    identity = identity_of(bytes(root / "share"))
    assert identity
    learn(ground, registry, b"share", identity)
    yield registry
    registry.close()


def test_what_is_as_it_was_is_not_lost(root: Path, registry: Registry) -> None:
    ground = survey(Folder("seeds", root), registry)

    assert ground.lost == {}
    assert set(ground.identities) == {b"", b"share"}


def test_root_that_is_gone_is_lost(root: Path, registry: Registry) -> None:
    root.rename(root.parent / "away")

    with pytest.raises(FolderLost, match="No such file"):
        survey(Folder("seeds", root), registry)


def test_empty_folder_in_place_of_the_root_is_a_lost_mount(root: Path, registry: Registry) -> None:
    root.rename(root.parent / "away")
    root.mkdir()

    with pytest.raises(FolderLost, match="is it mounted"):
        survey(Folder("seeds", root), registry)


def test_other_folder_with_files_in_it_is_the_new_root(root: Path, registry: Registry) -> None:
    root.rename(root.parent / "away")
    (root / "share").mkdir(parents=True)

    ground = survey(Folder("seeds", root), registry)

    assert ground.identities[b""] == identity_of(bytes(root)) == registry.mounts("seeds")[b""]


def test_empty_folder_in_place_of_a_mount_is_lost_and_what_lies_on_it_is_not_held(
    root: Path, registry: Registry
) -> None:
    (root / "share").rename(root.parent / "away")
    (root / "share").mkdir()

    ground = survey(Folder("seeds", root), registry)

    assert set(ground.lost) == {b"share"}
    assert [ground.holds(path) for path in (b"share", b"share/2022", b"shared", b"")] == [False, False, True, True]


def test_mount_that_comes_back_is_found(root: Path, registry: Registry) -> None:
    (root / "share").rename(root.parent / "away")
    (root / "share").mkdir()
    survey(Folder("seeds", root), registry)
    (root / "share").rmdir()
    (root.parent / "away").rename(root / "share")

    ground = survey(Folder("seeds", root), registry)

    assert ground.lost == {}


def test_folder_of_a_mount_that_was_removed_is_no_mount_any_more(root: Path, registry: Registry) -> None:
    shutil.rmtree(root / "share")

    ground = survey(Folder("seeds", root), registry)

    assert (ground.lost, set(ground.identities), set(registry.mounts("seeds"))) == ({}, {b""}, {b""})


@pytest.mark.parametrize("path", ["", "share"])
def test_ground_that_moves_during_a_scan_is_told(root: Path, registry: Registry, path: str) -> None:
    ground = survey(Folder("seeds", root), registry)
    (root / path).rename(root.parent / "away")

    with pytest.raises(FolderLost, match="taken away"):
        ground.check()
