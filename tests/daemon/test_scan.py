"""The scan: what is new, changed or gone, and nothing else."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from presslog.config.load import load
from presslog.daemon.ground import FolderLost, identity_of, survey
from presslog.daemon.places import Folder, Ignored, Place
from presslog.daemon.scan import CHUNK_FILES, NO_DOORS, WHOLE_FOLDER, Scanner
from presslog.daemon.take import stamp_of
from presslog.store.registry import Entry, Registry, Stamp


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The empty folder of a feed."""
    root = tmp_path / "seeds"
    root.mkdir()
    return root


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """A registry that knows nothing."""
    (tmp_path / "store").mkdir()
    registry = Registry(tmp_path / "store")
    yield registry
    registry.close()


@pytest.fixture(params=[WHOLE_FOLDER, 0], ids=["small", "large"])
def whole_folder(request: pytest.FixtureRequest) -> int:
    """Up to how many known files a folder is read at once: both ways find the same."""
    return int(request.param)


def found(root: Path, registry: Registry, **wishes: Any) -> list[bytes]:
    return sorted(place.path for chunk in chunks(root, registry, **wishes) for place in chunk)


def chunks(
    root: Path,
    registry: Registry,
    *,
    ignored: Sequence[str] = (),
    below: bytes = b"",
    whole_folder: int = WHOLE_FOLDER,
) -> Iterator[list[Place]]:
    ground = survey(Folder("seeds", root), registry)
    return Scanner(registry, Ignored(ignored), NO_DOORS, whole_folder).walk(ground, below)


def learn(registry: Registry, root: Path, *paths: str, state: str = "read") -> None:
    known = [(os.path.split(os.fsencode(path)), stamp_of((root / path).lstat())) for path in paths]
    registry.record([Entry("seeds", folder, name, stamp, state) for (folder, name), stamp in known])


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def test_new_files_are_found_in_all_folders(root: Path, registry: Registry) -> None:
    write(root, "a.txt", "wires/b.txt", "wires/2022/01/c.txt")

    paths = found(root, registry)

    assert paths == [b"a.txt", b"wires/2022/01/c.txt", b"wires/b.txt"]


def test_ignored_names_are_not_found(root: Path, registry: Registry) -> None:
    patterns = load({}, folder=root).settings.ignore
    write(root, "a.txt", ".hidden", "b.txt~", "c.part", ".git/d.txt", "e.tmp/f.txt", "4913", "g.swp")

    paths = found(root, registry, ignored=patterns)

    assert paths == [b"a.txt"]


@pytest.mark.parametrize("state", ["read", "copy", "refused"])
def test_known_and_unchanged_files_cost_no_candidate(
    root: Path, registry: Registry, state: str, whole_folder: int
) -> None:
    write(root, "a.txt", "wires/b.txt")
    learn(registry, root, "a.txt", "wires/b.txt", state=state)

    paths = found(root, registry, whole_folder=whole_folder)

    assert paths == []


@pytest.mark.parametrize("after_read", ["move", "delete"])
def test_files_that_should_have_left_are_candidates_at_every_scan(
    root: Path, registry: Registry, after_read: str
) -> None:
    states = {"a.txt": "read", "b.txt": "copy", "c.txt": "refused"}
    write(root, *states, "done/d.txt")
    for path, state in states.items():
        learn(registry, root, path, state=state)
    folder = Folder("seeds", root, after_read=after_read, done=b"done")

    walked = Scanner(registry, Ignored(()), NO_DOORS).walk(survey(folder, registry))

    assert sorted(place.path for chunk in walked for place in chunk) == [b"a.txt", b"b.txt"]


def test_waiting_files_are_candidates_at_every_scan(root: Path, registry: Registry) -> None:
    write(root, "a.txt")
    learn(registry, root, "a.txt", state="waiting")

    paths = found(root, registry)

    assert paths == [b"a.txt"]


@pytest.mark.parametrize("part", Stamp._fields)
def test_file_of_which_any_part_of_the_stamp_moved_is_found(root: Path, registry: Registry, part: str) -> None:
    write(root, "a.txt")
    stamp = stamp_of((root / "a.txt").lstat())
    other = stamp._replace(**{part: getattr(stamp, part) - 1})
    registry.record([Entry("seeds", b"", b"a.txt", other, "read")])

    paths = found(root, registry)

    assert paths == [b"a.txt"]


def test_gone_files_are_found(root: Path, registry: Registry, whole_folder: int) -> None:
    write(root, "a.txt", "wires/b.txt", "wires/old/c.txt", "kept.txt")
    learn(registry, root, "a.txt", "wires/b.txt", "wires/old/c.txt", "kept.txt")
    (root / "a.txt").unlink()
    (root / "wires").rename(root.parent / "away")

    paths = found(root, registry, whole_folder=whole_folder)

    assert paths == [b"a.txt", b"wires/b.txt", b"wires/old/c.txt"]


def test_files_of_a_lost_mount_are_not_gone(root: Path, registry: Registry) -> None:
    write(root, "a.txt", "share/b.txt", "share/old/c.txt")
    learn(registry, root, "a.txt", "share/b.txt", "share/old/c.txt")
    registry.remember_mount("seeds", b"share", identity_of(bytes(root / "share")) or (0, 0))
    (root / "share").rename(root.parent / "away")
    (root / "share").mkdir()
    (root / "a.txt").unlink()

    paths = found(root, registry)

    assert paths == [b"a.txt"]


def test_root_that_is_taken_away_during_a_scan_takes_no_file_with_it(root: Path, registry: Registry) -> None:
    write(root, "new.txt", "wires/b.txt")
    learn(registry, root, "wires/b.txt")
    under_way = chunks(root, registry)
    next(under_way)

    root.rename(root.parent / "away")

    with pytest.raises(FolderLost, match="taken away"):
        list(under_way)


def test_poll_looks_at_its_folders_and_at_new_ones_in_them(root: Path, registry: Registry) -> None:
    write(root, "a.txt", "wires/b.txt", "new/deep/c.txt")
    ground = survey(Folder("seeds", root), registry)
    doors = NO_DOORS._replace(is_entered=lambda folder, here: here == b"wires")

    polled = Scanner(registry, Ignored(()), doors).poll(ground, [b""])

    assert sorted(place.path for chunk in polled for place in chunk) == [b"a.txt", b"new/deep/c.txt"]


def test_every_folder_is_entered_before_it_is_listed(root: Path, registry: Registry) -> None:
    write(root, "a.txt", "wires/b.txt")
    ground = survey(Folder("seeds", root), registry)

    def enter(folder: Folder, here: bytes, handle: int) -> None:
        (root / os.fsdecode(here) / "late.txt").write_text("written while it was entered")

    walked = Scanner(registry, Ignored(()), NO_DOORS._replace(enter=enter)).walk(ground)

    paths = sorted(place.path for chunk in walked for place in chunk)
    assert paths == [b"a.txt", b"late.txt", b"wires/b.txt", b"wires/late.txt"]


def test_scan_of_one_folder_leaves_the_others_alone(root: Path, registry: Registry) -> None:
    write(root, "a.txt", "wires/b.txt", "wires/deep/c.txt", "wires-2/d.txt", "gone/e.txt")
    learn(registry, root, "gone/e.txt")
    (root / "gone" / "e.txt").unlink()

    paths = found(root, registry, below=b"wires")

    assert paths == [b"wires/b.txt", b"wires/deep/c.txt"]


def test_folder_that_is_gone_gives_up_its_files(root: Path, registry: Registry) -> None:
    write(root, "wires/b.txt", "wires/deep/c.txt")
    learn(registry, root, "wires/b.txt", "wires/deep/c.txt")
    (root / "wires").rename(root.parent / "away")

    paths = found(root, registry, below=b"wires")

    assert paths == [b"wires/b.txt", b"wires/deep/c.txt"]


def test_more_files_than_a_chunk_are_handed_on_in_chunks(root: Path, registry: Registry) -> None:
    write(root, *(f"{number}.txt" for number in range(2 * CHUNK_FILES + 1)))

    handed_on = list(chunks(root, registry))

    assert [len(chunk) for chunk in handed_on] == [CHUNK_FILES, CHUNK_FILES, 1]
    assert len({place.path for chunk in handed_on for place in chunk}) == 2 * CHUNK_FILES + 1


def test_links_are_not_entered(root: Path, registry: Registry) -> None:
    write(root.parent / "outside", "secret.txt")
    (root / "link").symlink_to(root.parent / "outside")
    (root / "loop").symlink_to(root)

    paths = found(root, registry)

    assert paths == [b"link", b"loop"]


def test_lost_root_is_told_and_nothing_counts_as_gone(root: Path, registry: Registry) -> None:
    write(root, "a.txt")
    learn(registry, root, "a.txt")
    root.rename(root.parent / "away")

    with pytest.raises(FolderLost, match="No such file"):
        found(root, registry)


def test_root_that_became_a_file_is_lost(root: Path, registry: Registry) -> None:
    root.rmdir()
    root.write_text("no folder")

    with pytest.raises(FolderLost, match="Not a directory"):
        found(root, registry)


def test_feeds_do_not_see_the_files_of_each_other(root: Path, registry: Registry) -> None:
    registry.record([Entry("others", b"", b"gone.txt", Stamp(1, 1, 1, 1), "read")])
    write(root, "a.txt")

    paths = found(root, registry)

    assert paths == [b"a.txt"]
