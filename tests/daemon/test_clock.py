"""The clock: that it was set is told once, and how far."""

import pytest
from examples import Clock as Hand

from presslog.daemon.clock import LEAST_SECONDS, Clock


@pytest.mark.parametrize("seconds", [3600.0, -3600.0, LEAST_SECONDS])
def test_clock_that_was_set_is_told_once(seconds: float) -> None:
    wall, steady = Hand(), Hand(5.0)
    clock = Clock(wall, steady)

    wall.seconds += 7 + seconds
    steady.seconds += 7

    assert [clock.jump_seconds(), clock.jump_seconds()] == [seconds, 0.0]


def test_clock_that_only_goes_on_has_not_jumped() -> None:
    wall, steady = Hand(), Hand(5.0)
    clock = Clock(wall, steady)

    wall.seconds += 86_400.5
    steady.seconds += 86_400

    assert clock.jump_seconds() == 0
