"""The system's clock jumps an hour: only clocks that never jump decide anything."""

import shutil
import time

import pytest
from clocks import WITH_CLOCK, FakedClock
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, living

pytestmark = pytest.mark.scenarios

HOUR, RESCAN_SECONDS, ROOT_SECONDS = 3600, 2.0, 10.0
FILES = 50


@WITH_CLOCK
@pytest.mark.parametrize("hours", [1, -1])
def test_38_clock_jump(desk: Desk, figure: Figure, hours: int) -> None:
    desk.configure(settle_seconds=1.0, rescan_seconds=RESCAN_SECONDS, quiet_seconds=HOUR / 2, log_level="DEBUG")
    tally, clock = Tally(desk), FakedClock(desk.folder)
    names = [f"{number}.txt" for number in range(FILES)]

    with living(desk, **clock.environment) as daemon:
        for name in names:
            desk.drop(name, a_story(f"Story {name}"))
        tally.wait_for(*names, seconds=20)
        before = desk.events()[-1].recorded_at
        clock.set(hours * HOUR)
        desk.drop("jumped.txt", a_story("Jumped"))
        tally.wait_for("jumped.txt")
        after = desk.events()[-1].recorded_at
        time.sleep(3 * RESCAN_SECONDS)
        quiet = len(tally.told("folder-quiet"))
        shutil.rmtree(desk.seeds)
        began = time.monotonic()
        until(lambda: len(tally.told("folder-lost")) > 0, 3 * ROOT_SECONDS)
        lost_seconds = time.monotonic() - began
        began = time.monotonic()
        desk.drop("again.txt", a_story("Again"))
        tally.wait_for("again.txt", seconds=3 * ROOT_SECONDS)
        again_seconds = time.monotonic() - began
        assert daemon.is_alive()

    jumped = after - before
    figure(
        f"recorded times jump {jumped / HOUR:+.1f} h; root lost after {lost_seconds:.1f} s, read {again_seconds:.1f} s"
    )
    assert abs(jumped - hours * HOUR) < HOUR / 10, "the clock did not jump: nothing was tried"
    assert set(tally.look().received.values()) == {1}
    assert quiet == 0
    assert max(lost_seconds, again_seconds) <= ROOT_SECONDS
