"""The watched folder itself goes away and comes back: deleted, renamed, unmounted, mounted over."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, living
from scenarios.mounts import AS_ROOT, mounted, tmpfs, unmount

pytestmark = pytest.mark.scenarios

LIMIT_SECONDS = 10.0


class Rooted:
    """A desk with three files that were read, and what is asked of it while its folder comes and goes."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.tally = Tally(desk)
        self.seconds: dict[str, float] = {}

    def begin(self) -> None:
        """Read three files."""
        names = [f"{number}.txt" for number in range(3)]
        for name in names:
            self.desk.drop(name, a_story(f"Story {name}"))
        self.tally.wait_for(*names)

    def is_told_within(self, kind: str) -> None:
        """Wait until it is recorded that the folder was lost, or restored."""
        self._time(kind, lambda: len(self.tally.told(kind)) > 0)

    def is_read_within(self, name: str) -> None:
        """Wait until a file is read."""
        self._time(name, lambda: self.tally.holds(name))

    def _time(self, what: str, condition: Callable[[], bool]) -> None:
        began = time.monotonic()
        try:
            until(condition, 3 * LIMIT_SECONDS)
        except AssertionError as error:
            raise AssertionError(f"{what}: {error}; so far {self.tally.types} {self.seconds}") from None
        self.seconds[what] = time.monotonic() - began

    def goes_on(self) -> None:
        """See that live events arrive again, without a rescan."""
        self.desk.drop("live.txt", a_story("Live"))
        self.is_read_within("live.txt")

    def judge(self, figure: Figure, removed: set[bytes]) -> None:
        """Everything in time, each file once."""
        figure(", ".join(f"{what} {seconds:.1f} s" for what, seconds in self.seconds.items()))
        assert {what: seconds for what, seconds in self.seconds.items() if seconds > LIMIT_SECONDS} == {}
        twice = {name for name, count in self.tally.look().received.items() if count > 1}
        assert set(self.tally.removed) <= removed
        assert twice <= removed, "only what was gone can come again"
        assert self.tally.types["article-recorded"] == len(self.tally.received)


OLD = {b"0.txt", b"1.txt", b"2.txt"}


@pytest.mark.parametrize("how", ["deleted", "renamed away"])
def test_28_root_goes_and_comes_back(desk: Desk, figure: Figure, how: str) -> None:
    rooted = Rooted(desk)

    with living(desk) as daemon:
        rooted.begin()
        if how == "deleted":
            shutil.rmtree(desk.seeds)
        else:
            desk.seeds.rename(desk.folder / "away")
        rooted.is_told_within("folder-lost")
        desk.drop("meanwhile.txt", a_story("Meanwhile"))
        rooted.is_read_within("meanwhile.txt")
        rooted.is_told_within("folder-restored")
        rooted.goes_on()
        assert daemon.is_alive()

    rooted.judge(figure, removed=OLD)


@pytest.mark.parametrize("how", ["deleted", "renamed away"])
def test_28_root_is_replaced_at_once(desk: Desk, figure: Figure, how: str) -> None:
    rooted = Rooted(desk)

    with living(desk) as daemon:
        rooted.begin()
        if how == "deleted":
            shutil.rmtree(desk.seeds)
        else:
            desk.seeds.rename(desk.folder / "away")
        desk.drop("meanwhile.txt", a_story("Meanwhile"))
        rooted.is_read_within("meanwhile.txt")
        rooted.goes_on()
        assert daemon.is_alive()

    rooted.judge(figure, removed=OLD)
    assert rooted.tally.told("folder-restored") or "folder replaced" in desk.journal()


@AS_ROOT
def test_28_unmounted_and_mounted_again(desk: Desk, figure: Figure, tmp_path: Path) -> None:
    rooted = Rooted(desk)

    with tmpfs(tmp_path / "disk") as disk, mounted(desk.seeds, "--bind", str(disk)), living(desk) as daemon:
        rooted.begin()
        unmount(desk.seeds)
        rooted.is_told_within("folder-lost")
        (disk / "meanwhile.txt").write_bytes(a_story("Meanwhile"))
        with mounted(desk.seeds, "--bind", str(disk)):
            rooted.is_read_within("meanwhile.txt")
            rooted.is_told_within("folder-restored")
            rooted.goes_on()
            assert daemon.is_alive()

    rooted.judge(figure, removed=set())


@AS_ROOT
def test_28_mounted_over(desk: Desk, figure: Figure) -> None:
    rooted = Rooted(desk)

    with living(desk) as daemon:
        rooted.begin()
        with tmpfs(desk.seeds):
            rooted.is_told_within("folder-lost")
            desk.drop("meanwhile.txt", a_story("Meanwhile"))
            rooted.is_read_within("meanwhile.txt")
            rooted.is_told_within("folder-restored")
            rooted.goes_on()
            unmount(desk.seeds)
        desk.drop("afterwards.txt", a_story("Afterwards"))
        rooted.is_read_within("afterwards.txt")
        assert daemon.is_alive()

    rooted.judge(figure, removed=OLD | {b"meanwhile.txt", b"live.txt"})
