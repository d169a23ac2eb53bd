"""Polls: when folders are listed by the clock, by a clock that is handed in."""

import pytest
from examples import Clock

from presslog.daemon.polls import REST_SHARE, Polls

EVERY_SECONDS = 5.0


@pytest.fixture
def clock() -> Clock:
    """A clock in the test's hand."""
    return Clock(1000.0)


@pytest.fixture
def polls(clock: Clock) -> Polls:
    """Polls by that clock, of nothing yet."""
    return Polls(clock, EVERY_SECONDS)


def test_nothing_is_due_where_nothing_is_polled(polls: Polls) -> None:
    assert (polls.begin(), polls.next_seconds(), len(polls)) == (None, None, 0)


def test_folders_of_a_feed_are_due_together_after_the_interval(polls: Polls, clock: Clock) -> None:
    polls.add("wires", b"")
    clock.seconds += 1
    polls.add("wires", b"2022")

    early, left = polls.begin(), polls.next_seconds()
    clock.seconds += EVERY_SECONDS - 1

    assert (early, left) == (None, EVERY_SECONDS - 1)
    assert polls.begin() == ("wires", [b"", b"2022"])


def test_feed_under_way_is_not_due_again_before_it_is_done(polls: Polls, clock: Clock) -> None:
    polls.add("wires", b"")
    clock.seconds += EVERY_SECONDS
    polls.begin()

    polls.add("wires", b"new")
    clock.seconds += 2 * EVERY_SECONDS

    assert polls.begin() is None
    polls.done("wires")
    assert polls.next_seconds() == REST_SHARE * 2 * EVERY_SECONDS


def test_quick_poll_rests_for_the_interval(polls: Polls, clock: Clock) -> None:
    polls.add("wires", b"")
    clock.seconds += EVERY_SECONDS
    polls.begin()
    clock.seconds += 0.1

    polls.done("wires")

    assert polls.next_seconds() == EVERY_SECONDS


def test_dropped_folder_is_listed_no_more(polls: Polls, clock: Clock) -> None:
    polls.add("wires", b"")
    polls.drop("wires", b"")
    clock.seconds += EVERY_SECONDS

    begun = polls.begin()
    polls.done("wires")

    assert (begun, polls.holds("wires", b""), polls.next_seconds()) == (("wires", []), False, None)
