"""Folders arrive: copied with their files, made one by one, or renamed in as a whole."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest
from desks import Desk, a_story
from scenarios.figures import Figure
from scenarios.living import Tally, living

pytestmark = pytest.mark.scenarios

FILES, FOLDERS, LIMIT_SECONDS = 2000, 200, 60.0
MKDIR_LIMIT_SECONDS = 5.0


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder ``tree`` with 200 folders and 2,000 files, on the file system of the desk."""
    tree = tmp_path / "outside" / "tree"
    for name in names_in(""):
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(a_story(f"Story {name}", f"What happened at {name}."))
    return tree


def names_in(folder: str) -> list[str]:
    return [f"{folder}{number % FOLDERS}/{number}.txt" for number in range(FILES)]


def test_12_copied_tree(desk: Desk, tree: Path, figure: Figure) -> None:
    with living(desk):
        began = time.monotonic()
        subprocess.run(["cp", "-r", tree, desk.seeds], check=True, timeout=LIMIT_SECONDS)
        Tally(desk).wait_for_all(names_in("tree/"), LIMIT_SECONDS)

    figure(f"{FILES}/{FILES} in {time.monotonic() - began:.1f} s from the beginning of cp -r")


def test_13_mkdir_race(desk: Desk, figure: Figure) -> None:
    names = [f"{number}/b/c/story.txt" for number in range(FILES)]

    with living(desk):
        for name in names:
            desk.drop(name, a_story(f"Story {name}", f"What happened at {name}."))
        seconds = Tally(desk).wait_for_all(names, LIMIT_SECONDS)

    figure(f"{FILES}/{FILES} within {seconds:.1f} s after the last write")
    assert seconds <= MKDIR_LIMIT_SECONDS


def test_14_dir_rename_in(desk: Desk, tree: Path, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk):
        tree.rename(desk.seeds / "tree")
        seconds = tally.wait_for_all(names_in("tree/"), LIMIT_SECONDS)
        desk.drop("tree/7/later.txt", a_story("Later"))
        desk.drop("tree/new/latest.txt", a_story("Latest"))
        later_seconds = tally.wait_for("tree/7/later.txt", "tree/new/latest.txt", seconds=5)
        desk.seeds.joinpath("tree/8").rename(desk.seeds / "renamed")
        desk.drop("renamed/again.txt", a_story("Again"))
        tally.wait_for("renamed/again.txt", seconds=5)
        shutil.move(desk.seeds / "renamed", desk.folder / "outside")

    figure(f"{FILES}/{FILES} in {seconds:.1f} s, later writes inside in {later_seconds * 1000:.0f} ms")
