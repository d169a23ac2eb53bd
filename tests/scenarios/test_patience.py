"""What takes minutes: writers that do not close, stores and shares in trouble, feeds that fall silent.

Each story begins with the session and is judged at its end, so that all of them together take as long as the longest.
"""

import hashlib
import time
from typing import Any, NamedTuple

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, file_of, living

pytestmark = [pytest.mark.scenarios, pytest.mark.timeout(720)]

CHUNKS, SLOW_SECONDS, OPEN_SECONDS, ALARM_SECONDS = 8, 120.0, 600.0, 60.0
QUIET_SECONDS, LISTEN_SECONDS = 2.0, 10.0


def desk_of(told: Any, **settings: Any) -> Desk:
    return Desk(told.folder / "desk", settle_seconds=1.0, **settings)


class SlowWrite(NamedTuple):
    """A slow writer: whether its file was seen before the close, how soon after it, and the log."""

    was_seen: bool
    seconds: float
    digest: str
    tally: Tally


def write_slowly(told: Any) -> SlowWrite:
    """Eight chunks over two minutes, and one close."""
    desk, digest, was_seen = desk_of(told), hashlib.sha256(), False
    tally = Tally(desk)
    with living(desk):
        with desk.path("slow.txt").open("wb") as file:
            for number in range(CHUNKS):
                chunk = a_story(f"Chunk {number}", "What happened meanwhile. " * 500)
                file.write(chunk)
                file.flush()
                digest.update(chunk)
                told.wait(SLOW_SECONDS / CHUNKS)
                was_seen = was_seen or bool(tally.look().types)
        seconds = tally.wait_for("slow.txt", seconds=20)
        return SlowWrite(was_seen, seconds, digest.hexdigest(), tally)


@pytest.mark.story(tells=write_slowly)
def test_03_slow_writer(story: SlowWrite, figure: Figure) -> None:
    figure(f"nothing for {SLOW_SECONDS:.0f} s, then whole after {story.seconds * 1000:.0f} ms")

    assert not story.was_seen
    assert dict(story.tally.digests) == {story.digest: 1}
    assert dict(story.tally.types) == {"article-recorded": 1, "file-received": 1}


class OpenFile(NamedTuple):
    """A file that stays open: what was said of it while it waited, and what was logged before and after its close."""

    waiting: dict[str, Any]
    alarms: list[str]
    before: dict[str, int]
    after: dict[str, int]


def keep_open(told: Any) -> OpenFile:
    """Write a whole article, and keep the file open for ten minutes."""
    desk = desk_of(told, wait_alarm_seconds=ALARM_SECONDS)
    tally = Tally(desk)
    with living(desk):
        with desk.path("open.txt").open("wb") as file:
            file.write(a_story("Open"))
            file.flush()
            told.wait(OPEN_SECONDS)
            waiting = file_of(desk, "open.txt")
            alarms = [line for line in desk.journal().splitlines() if "waiting long" in line and "open.txt" in line]
            before = dict(tally.look().types)
        tally.wait_for("open.txt", seconds=70)
        return OpenFile(waiting, alarms, before, dict(tally.look().types))


@pytest.mark.story(tells=keep_open)
def test_05_no_close_writer(story: OpenFile, figure: Figure) -> None:
    figure(f"{OPEN_SECONDS:.0f} s: {story.waiting.get('state')}, {story.waiting.get('code')}, told {len(story.alarms)}")

    assert story.before == {}
    assert story.waiting["state"] == "waiting"
    assert story.waiting["code"] == "open-for-writing"
    assert story.waiting["since_at"]
    assert len(story.alarms) == 1, story.alarms
    assert story.after == {"article-recorded": 1, "file-received": 1}


class Silence(NamedTuple):
    """What was told of a feed that fell silent, and when."""

    folders: list[str]
    seconds: float


def fall_silent(told: Any) -> Silence:
    """Nothing arrives for a while, then something, then nothing again for much longer."""
    desk = desk_of(told, quiet_seconds=QUIET_SECONDS)
    tally = Tally(desk)
    with living(desk):
        desk.drop("first.txt", a_story("First"))
        tally.wait_for("first.txt")
        began = time.monotonic()
        until(lambda: len(tally.told("folder-quiet")) > 0, LISTEN_SECONDS)
        seconds = time.monotonic() - began
        told.wait(LISTEN_SECONDS)
        desk.drop("second.txt", a_story("Second"))
        tally.wait_for("second.txt")
        until(lambda: len(tally.told("folder-resumed")) > 0)
        return Silence([kind for kind, _ in tally.look().folders], seconds)


@pytest.mark.story(tells=fall_silent)
def test_37_quiet_feed(story: Silence, figure: Figure) -> None:
    figure(f"told once after {story.seconds:.0f} s of silence, and once that it ended")

    assert story.folders[:2] == ["folder-quiet", "folder-resumed"]
