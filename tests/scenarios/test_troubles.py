"""Troubles of half a minute or more: the store takes nothing, the folder is closed, the share blinks.

Each begins with the session and is judged at its end, as in test_patience.py.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from desks import Desk, a_story
from examples import until
from scenarios import passthrough
from scenarios.figures import Figure
from scenarios.living import Tally, asked, living
from scenarios.mounts import AS_ROOT, tmpfs
from scenarios.somebody import AS_NOBODY, WITH_NOBODY, nobodys_desk

from presslog.store.sqlite import connect

pytestmark = [pytest.mark.scenarios, pytest.mark.timeout(720)]

TROUBLE_SECONDS, BLINK_SECONDS, POLL_SECONDS = 60.0, 30.0, 2.0
FILES, TREE = 40, 50
AFTER_SECONDS = 30.0


class Trouble(NamedTuple):
    """What was said while it lasted, and what the log holds in the end."""

    said: str
    tally: Tally
    journal: str


def drop_many(desk: Desk, size_bytes: int = 5000) -> list[str]:
    """Drop files that the store has no room for, or no right to."""
    names = [f"late{number}.txt" for number in range(FILES)]
    for name in names:
        desk.drop(name, a_story(name, os.urandom(size_bytes // 2).hex()))
    return names


def storage_said(desk: Desk) -> str:
    """What ``presslog status`` says of the store."""
    return str((asked(desk, "status")["daemon"] or {}).get("storage", ""))


def begin(desk: Desk, tally: Tally) -> None:
    """Read one file while all is well."""
    desk.drop("first.txt", a_story("First"))
    tally.wait_for("first.txt", seconds=20)


def lock_the_store(told: Any) -> Trouble:
    """Another program holds the log's write lock for a minute."""
    desk = Desk(told.folder / "desk", settle_seconds=1.0)
    tally = Tally(desk)
    with living(desk):
        begin(desk, tally)
        with closing(connect(desk.store / "log.db")) as other:
            other.execute("begin immediate")
            names = drop_many(desk)
            told.wait(TROUBLE_SECONDS)
            said = storage_said(desk)
            other.execute("rollback")
        tally.wait_for_all(["first.txt", *names], AFTER_SECONDS)
        until(lambda: storage_said(desk) == "")
        return Trouble(said, tally, desk.journal())


def fill_the_disk(told: Any) -> Trouble:
    """The disk of the store is full for a minute."""
    desk = Desk(told.folder / "desk", settle_seconds=1.0)
    tally = Tally(desk)
    with tmpfs(desk.store, "16m"), living(desk):
        begin(desk, tally)
        ballast = desk.store / "ballast"
        with ballast.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        names = drop_many(desk)
        told.wait(TROUBLE_SECONDS)
        said = storage_said(desk)
        ballast.unlink()
        tally.wait_for_all(["first.txt", *names], AFTER_SECONDS)
        until(lambda: storage_said(desk) == "")
        return Trouble(said, tally, desk.journal())


def close_the_folder(told: Any) -> Trouble:
    """A daemon that is not root may not enter a folder and not read a file for a minute."""
    with nobodys_desk() as desk:
        tally = Tally(desk)
        with living(desk, around=AS_NOBODY):
            begin(desk, tally)
            desk.drop("closed/known.txt", a_story("Known"))
            tally.wait_for("closed/known.txt", seconds=20)
            desk.path("closed").chmod(0)
            names = ["late.txt", "closed/late.txt"]
            for name in names:
                desk.drop(name, a_story(name)).chmod(0)
            told.wait(TROUBLE_SECONDS)
            said = str(asked(desk, "files"))
            for path in (desk.path("closed"), *map(desk.path, names)):
                path.chmod(0o755)
            tally.wait_for_all(["first.txt", "closed/known.txt", *names], 70)
            return Trouble(said, tally, desk.journal())


def close_the_root(told: Any) -> Trouble:
    """A daemon that is not root may not enter the watched folder itself for a minute."""
    with nobodys_desk() as desk:
        tally = Tally(desk)
        with living(desk, around=AS_NOBODY):
            begin(desk, tally)
            desk.seeds.chmod(0)
            names = drop_many(desk)
            told.wait(TROUBLE_SECONDS)
            said = f"{tally.told('folder-lost')} {asked(desk, 'files')}"
            desk.seeds.chmod(0o755)
            tally.wait_for_all(["first.txt", *names], AFTER_SECONDS)
            until(lambda: len(tally.told("folder-restored")) > 0)
            return Trouble(said, tally, desk.journal())


def is_over(story: Trouble) -> None:
    """Nothing was refused, nothing counted as gone, nothing doubled."""
    assert not story.tally.refused
    assert not story.tally.removed
    assert set(story.tally.received.values()) == {1}
    assert "Traceback" not in story.journal


@pytest.mark.story(tells=lock_the_store)
def test_22_store_locked(story: Trouble, figure: Figure) -> None:
    figure(f"{TROUBLE_SECONDS:.0f} s: {story.said[:60]}; then {FILES}/{FILES}")

    assert story.said.startswith("unavailable")
    is_over(story)


@AS_ROOT
@pytest.mark.story(tells=fill_the_disk)
def test_22_disk_full(story: Trouble, figure: Figure) -> None:
    figure(f"{TROUBLE_SECONDS:.0f} s: {story.said[-60:]}; then {FILES}/{FILES}")

    assert story.said.startswith("full")
    assert "disk" in story.said
    is_over(story)


@WITH_NOBODY
@pytest.mark.story(tells=close_the_folder)
def test_22_folder_and_file_closed(story: Trouble, figure: Figure) -> None:
    figure(f"{TROUBLE_SECONDS:.0f} s, then 2/2 read, none removed")

    assert "permission-denied" in story.said
    is_over(story)


@WITH_NOBODY
@pytest.mark.story(tells=close_the_root)
def test_22_root_closed(story: Trouble, figure: Figure) -> None:
    figure(f"{TROUBLE_SECONDS:.0f} s, then {FILES}/{FILES}, none removed")

    is_over(story)
    assert "permission" in story.said.casefold(), "it was not said why"
    assert [kind for kind, _ in story.tally.folders] == ["folder-lost", "folder-restored"]


@contextmanager
def share_of(desk: Desk) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """A share at the desk's folder: where others write, and a function that makes it fail or heals it."""
    with passthrough.shared(desk.folder / "share", desk.seeds) as share:
        yield share.behind, lambda error: share.fail(error) if error else share.heal()


@contextmanager
def vanishing(desk: Desk) -> Iterator[tuple[Path, Callable[[str], None]]]:
    """A folder that is renamed away and back; others write into it wherever it is."""
    away = desk.folder / "away"
    away.symlink_to("seeds")

    def move(error: str) -> None:
        if error:
            away.unlink()
            desk.seeds.rename(away)
        else:
            away.rename(desk.seeds)

    yield away, move


def blink(told: Any, error: str) -> Trouble:
    """A tree of 50 files fails to be seen for half a minute; one more file is written meanwhile."""
    desk = Desk(told.folder / "desk", settle_seconds=1.0, poll_seconds=POLL_SECONDS)
    tally = Tally(desk)
    with (vanishing if error == "ENOENT" else share_of)(desk) as (behind, trouble):
        for number in range(TREE):
            desk.drop(f"{number % 5}/{number}.txt", a_story(f"Story {number}"))
        with living(desk):
            names = [f"{number % 5}/{number}.txt" for number in range(TREE)]
            tally.wait_for_all(names, AFTER_SECONDS)
            trouble(error)
            told.wait(BLINK_SECONDS / 2)
            (behind / "meanwhile.txt").write_bytes(a_story("Meanwhile"))
            told.wait(BLINK_SECONDS / 2)
            trouble("")
            tally.wait_for_all([*names, "meanwhile.txt"], AFTER_SECONDS)
            told.wait(3 * POLL_SECONDS)
            return Trouble(error, tally.look(), desk.journal())


def blink_with_eio(told: Any) -> Trouble:
    """Input/output error."""
    return blink(told, "EIO")


def blink_with_estale(told: Any) -> Trouble:
    """Stale file handle."""
    return blink(told, "ESTALE")


def blink_with_enoent(told: Any) -> Trouble:
    """The folder itself is not there."""
    return blink(told, "ENOENT")


def told_of(story: Trouble) -> str:
    kinds = [kind for kind, _ in story.tally.folders]
    return f"{BLINK_SECONDS:.0f} s of {story.said}: {', '.join(kinds)}; {TREE} files neither removed nor read again"


@passthrough.WITH_FUSE
@pytest.mark.story(tells=blink_with_eio)
def test_30_share_blink_eio(story: Trouble, figure: Figure) -> None:
    figure(told_of(story))

    is_over(story)


@passthrough.WITH_FUSE
@pytest.mark.story(tells=blink_with_estale)
def test_30_share_blink_estale(story: Trouble, figure: Figure) -> None:
    figure(told_of(story))

    is_over(story)


@pytest.mark.story(tells=blink_with_enoent)
def test_30_share_blink_enoent(story: Trouble, figure: Figure) -> None:
    figure(told_of(story))

    is_over(story)
    assert [kind for kind, _ in story.tally.folders] == ["folder-lost", "folder-restored"]
