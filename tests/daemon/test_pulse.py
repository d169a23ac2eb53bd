"""The pulse: busy threads are timed, idle ones are healthy."""

from examples import until

from presslog.daemon.pulse import Pulse


def test_thread_that_has_not_begun_is_not_stuck() -> None:
    assert Pulse().stuck_seconds() == 0


def test_busy_thread_is_timed_from_its_last_beat() -> None:
    pulse = Pulse()

    pulse.beat()
    until(lambda: pulse.stuck_seconds() > 0.02)
    pulse.beat()

    assert pulse.stuck_seconds() < 0.02


def test_idle_thread_is_never_stuck() -> None:
    pulse = Pulse()
    pulse.beat()

    pulse.rest()

    assert pulse.stuck_seconds() == 0
