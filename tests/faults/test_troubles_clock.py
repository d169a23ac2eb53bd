"""The clock is set while the daemon works: thirty days back, ten years on, or it runs a thousand times too fast."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from clocks import WITH_CLOCK, FakedClock
from desks import Desk, a_story
from examples import until
from faults.conftest import Score, times
from faults.troubles import processor_seconds
from kills import rebuilt_digests
from scenarios.living import Daemon, Tally, asked, living

from presslog.store.names import clock_stream

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

DAY = 86_400.0
FASTER = 1000
QUIET_SECONDS, RESCAN_SECONDS, TOLD_SECONDS = DAY, 2.0, 12.0
REST_SECONDS = times(3, 120)
MOST_COMPUTED = 0.5
"""Of a processor, at rest: a schedule that runs after its clock takes all of one."""
BEFORE, AFTER = [f"before{number}.txt" for number in range(50)], [f"after{number}.txt" for number in range(50)]


def set_by(days: float) -> Callable[[FakedClock], AbstractContextManager[None]]:
    """A clock that is set once, and stays so."""

    @contextmanager
    def moved(clock: FakedClock) -> Iterator[None]:
        clock.set(days * DAY)
        yield

    return moved


WAYS = {
    "30 days back": set_by(-30),
    "10 years on": set_by(3650),
    "1000 times faster": lambda clock: clock.racing(FASTER),
}


def drop(desk: Desk, names: list[str], text: str) -> None:
    for name in names:
        desk.drop(name, a_story(f"Story {name}", text))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """An empty desk that would notice silence, and looks through its folder every two seconds."""
    return Desk(tmp_path / "desk", settle_seconds=1.0, rescan_seconds=RESCAN_SECONDS, quiet_seconds=QUIET_SECONDS)


class Lived(NamedTuple):
    """What was seen of a daemon whose clock was set: its share of a processor at rest, and what was answered."""

    share: float
    counts: list[int]


def live(desk: Desk, tally: Tally, way: str) -> Lived:
    """Files before it, files and a new version after it, a rest, and one file more; then questions."""
    clock = FakedClock(desk.folder)
    with living(desk, WATCHDOG_USEC="4000000", **clock.environment) as daemon:
        drop(desk, BEFORE, "As it was first written.")
        tally.wait_for(*BEFORE)
        with WAYS[way](clock):
            drop(desk, [*AFTER, BEFORE[0]], "As it was written under another clock.")
            tally.wait_for(*AFTER)
            until(lambda: tally.look().types["article-revised"] == 1)
            until(lambda: tally.look().types["clock-stepped"] >= 1, TOLD_SECONDS)
            share = share_of_a_processor(daemon, REST_SECONDS)
            desk.drop("last.txt", a_story("Last"))
            tally.wait_for("last.txt", seconds=5)
            until(lambda: desk.rows("select count(*) from articles") == [(101,)])
        questions = (["search", "clock", "-n", "100"], ["files"], ["log", "-S", "1970-01-01"])
        counts = [len(asked(desk, *words)) for words in questions]
        until(lambda: daemon.manager.has("WATCHDOG=1", times=2))
        return Lived(share, counts)


def share_of_a_processor(daemon: Daemon, seconds: float) -> float:
    before, began = processor_seconds(daemon.process.pid), time.monotonic()
    time.sleep(seconds)
    return (processor_seconds(daemon.process.pid) - before) / (time.monotonic() - began)


@WITH_CLOCK
@pytest.mark.parametrize("way", WAYS)
def test_14_clock(desk: Desk, score: Score, way: str) -> None:
    tally = Tally(desk)

    lived = live(desk, tally, way)

    events = desk.events()
    steps = [event for event in events if event.type == "clock-stepped"]
    recorded_at = {event.fact.path: event.recorded_at for event in events if event.type == "file-received"}
    jumped = recorded_at["last.txt"] - recorded_at[BEFORE[1]]
    score.stimuli, score.undetected = 1, int(not steps)
    score.lost = sum(1 for name in [*BEFORE, *AFTER, "last.txt"] if not tally.received[name.encode()])
    score.doubled = tally.received.total() - len([*BEFORE, *AFTER, "last.txt", "a new version"])
    told = ", ".join(f"{event.fact.seconds:+.0f} s" for event in steps[:3])
    score.figures.append(f"recorded {jumped:+.0f} s, told {told}; {100 * lived.share:.0f} % of a processor at rest")
    assert score.costs == (0, 0, 0)
    assert is_as_far(way, jumped), "the clock was not set: nothing was tried"
    assert is_as_far(way, sum(event.fact.seconds for event in steps))
    assert {event.stream for event in steps} == {clock_stream(socket.gethostname())}
    assert len(steps) <= 2 + REST_SECONDS // 60
    positions = [event.position for event in events]
    assert positions == list(range(positions[0], positions[-1] + 1))
    assert lived.counts == [51, 101, positions[-1]]
    assert desk.rows("select revision from articles where path = ?", BEFORE[0]) == [(2,)]
    assert desk.digests() == rebuilt_digests(desk)
    assert not tally.told("folder-quiet")
    assert lived.share < MOST_COMPUTED
    assert "Traceback" not in desk.journal()


def is_as_far(way: str, seconds: float) -> bool:
    """Whether this is how far a clock goes that is set so, give or take the time that the test takes."""
    days = {"30 days back": -30.0, "10 years on": 3650.0}.get(way)
    return seconds > FASTER if days is None else abs(seconds - days * DAY) < DAY / 10
