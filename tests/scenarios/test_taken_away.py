"""Files that go away: taken by their owner, or by the daemon itself once they are read."""

import ctypes
import errno
import hashlib
import os
import time

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, living

pytestmark = pytest.mark.scenarios

RACE_SECONDS, AT_FDCWD, RENAME_EXCHANGE, RENAME_NOREPLACE = 20.0, -100, 2, 1
PACES = 12
HASTY = 200


class Replacer:
    """Puts version after version at one path, and knows which of them it took away again itself.

    A plain rename would destroy the version before without a trace; an exchange hands it back.
    """

    def __init__(self, desk: Desk) -> None:
        self._target = os.fsencode(desk.path("a.txt"))
        self._spare = os.fsencode(desk.folder / "spare")
        self._rename = ctypes.CDLL(None, use_errno=True).renameat2
        self.placed: set[str] = set()
        self.taken_back: set[str] = set()

    def place(self, content: bytes) -> None:
        """Make this content stand at the path in one step, whether something stands there or not."""
        with open(self._spare, "wb") as file:
            file.write(content)
        self.placed.add(hashlib.sha256(content).hexdigest())
        while not self._is_renamed(RENAME_NOREPLACE):
            if self._is_renamed(RENAME_EXCHANGE):
                with open(self._spare, "rb") as file:
                    self.taken_back.add(hashlib.sha256(file.read()).hexdigest())
                return

    def _is_renamed(self, how: int) -> bool:
        if self._rename(AT_FDCWD, self._spare, AT_FDCWD, self._target, how) == 0:
            return True
        if ctypes.get_errno() not in (errno.EEXIST, errno.ENOENT):
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return False


@pytest.mark.parametrize("after_read", ["move", "delete"])
def test_24_changed_while_processing(desk: Desk, figure: Figure, after_read: str) -> None:
    desk.configure(after_read=after_read, settle_seconds=1.0)
    replacer, tally = Replacer(desk), Tally(desk)
    number = 0

    with living(desk):
        deadline = time.monotonic() + RACE_SECONDS
        while time.monotonic() < deadline:
            replacer.place(a_story(f"Version {number}", f"What was known at {number}."))
            number += 1
            # Now at once, now after some milliseconds: each step between read, commit and rename gets its turn.
            time.sleep(number % PACES / 1000)
        until(lambda: not desk.path("a.txt").exists(), seconds=20)
        left = {hashlib.sha256(path.read_bytes()).hexdigest() for path in desk.seeds.rglob("*") if path.is_file()}

    survivors = replacer.placed - replacer.taken_back
    unread = survivors - set(tally.look().digests) - left
    figure(f"{number} versions, {len(survivors)} left to the daemon, {len(unread)} of them lost unread")
    assert len(survivors) > 10, "the daemon took nothing away: nothing was tried"
    assert unread == set()


def vanished(desk: Desk) -> set[bytes]:
    """The files of which the journal says that they went before they were read."""
    lines = [line for line in desk.journal().splitlines() if "vanished feed" in line]
    return {line.split("path=")[1].split()[0].encode() for line in lines}


def test_36_deletion(desk: Desk, figure: Figure) -> None:
    desk.configure(settle_seconds=1.0, log_level="DEBUG")
    tally = Tally(desk)

    with living(desk) as daemon:
        desk.drop("read.txt", a_story("Read"))
        tally.wait_for("read.txt")
        desk.path("read.txt").unlink()
        until(lambda: tally.look().removed[b"read.txt"] == 1)
        with desk.path("open.txt").open("wb") as file:
            file.write(a_story("Open"))
            file.flush()
            time.sleep(0.5)
            desk.path("open.txt").unlink()
        hasty = [f"hasty{number}.txt" for number in range(HASTY)]
        for name in hasty:
            desk.drop(name, a_story(name)).unlink()
        desk.drop("last.txt", a_story("Last"))
        tally.wait_for("last.txt")
        # What rang last is looked at first: some of those before it may still be due.
        until(lambda: tally.look().received.keys() | vanished(desk) >= {*map(str.encode, hasty), b"open.txt"})
        assert daemon.is_alive()

    read = {name for name in tally.look().received if name.startswith(b"hasty")}
    figure(f"removed after reading: 1 event; before: none; deleted at once: {len(read)} of {HASTY} were read before")
    assert b"open.txt" not in tally.received
    assert set(tally.removed) <= read | {b"read.txt"}
    assert set(tally.removed.values()) == {1}
    assert "Traceback" not in desk.journal()
    assert not tally.refused
