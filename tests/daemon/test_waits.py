"""The waitlist: when to look again, by a clock that is handed in."""

import pytest
from examples import Clock

from presslog.daemon.places import Place
from presslog.daemon.settle import Waiting
from presslog.daemon.waits import LONGEST_DENIED_SECONDS, LONGEST_SECONDS, Waitlist
from presslog.store.registry import Stamp

A, B = Place("seeds", b"a.txt"), Place("seeds", b"b.txt")
STAMP = Stamp(1, 10, 100, 100)
GROWN = Stamp(1, 20, 200, 200)
WRITING = Waiting("open-for-writing", "a program holds it", 1.0)
SETTLING = Waiting("settling", "young", 1.0)
DENIED = Waiting("permission-denied", "chmod it", 1.0)


@pytest.fixture
def clock() -> Clock:
    """A clock in the test's hand."""
    return Clock(1000.0)


@pytest.fixture
def waits(clock: Clock) -> Waitlist:
    """An empty waitlist by that clock."""
    return Waitlist(clock)


def test_file_is_due_when_its_time_has_come(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, WRITING)

    clock.seconds += 0.9
    early = waits.due(10)
    clock.seconds += 0.2

    assert early == []
    assert waits.due(10) == [A]


def test_next_seconds_says_when_the_first_file_is_due(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, WRITING._replace(retry_seconds=5))
    waits.add(B, STAMP, WRITING._replace(retry_seconds=3))

    clock.seconds += 1

    assert waits.next_seconds() == pytest.approx(2)


def test_next_seconds_is_none_where_nobody_waits(waits: Waitlist) -> None:
    waits.add(A, STAMP, WRITING)

    waits.forget(A)

    assert waits.next_seconds() is None
    assert len(waits) == 0


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        (WRITING, [1, 2, 4, 8, 16, 32, LONGEST_SECONDS, LONGEST_SECONDS]),
        (DENIED, [1, 2, 4, 8, *[LONGEST_DENIED_SECONDS] * 4]),
    ],
)
def test_waits_of_one_kind_back_off(waits: Waitlist, clock: Clock, waiting: Waiting, expected: list[float]) -> None:
    delays = []

    for _ in expected:
        wait, _ = waits.add(A, STAMP, waiting)
        delays.append(wait.due - clock.seconds)
        clock.seconds = wait.due

    assert delays == expected


def test_file_that_waits_long_is_told_once(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, WRITING)
    clock.seconds += 500
    waits.add(A, STAMP, WRITING)
    waits.add(B, STAMP, DENIED)
    early = waits.overdue(600)
    clock.seconds += 100

    late = [waits.overdue(600) for _ in range(2)]
    waits.add(A, STAMP, WRITING)

    assert (early, [[wait.place for wait in each] for each in late]) == ([], [[A], []])
    assert waits.overdue(600) == []


def test_file_that_begins_to_wait_for_something_else_waits_anew(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, WRITING)
    clock.seconds += 600
    waits.overdue(600)

    waits.add(A, STAMP, DENIED)

    assert waits.overdue(600) == []
    clock.seconds += 600
    assert [wait.place for wait in waits.overdue(600)] == [A]


def test_settling_does_not_back_off(waits: Waitlist, clock: Clock) -> None:
    delays = {waits.add(A, STAMP, SETTLING)[0].due - clock.seconds for _ in range(5)}

    assert delays == {1.0}


def test_another_reason_begins_anew(waits: Waitlist, clock: Clock) -> None:
    for _ in range(4):
        waits.add(A, STAMP, WRITING)

    wait, is_news = waits.add(A, STAMP, DENIED)

    assert (wait.attempts, wait.due - clock.seconds, is_news) == (1, 1.0, True)


def test_waiting_is_news_once_and_passing_waits_when_they_last(waits: Waitlist) -> None:
    denied = [waits.add(A, STAMP, DENIED)[1] for _ in range(4)]
    writing = [waits.add(B, STAMP, WRITING)[1] for _ in range(4)]

    assert denied == [True, False, False, False]
    assert writing == [True, True, False, False]


def test_row_is_written_once_a_wait_lasts_and_then_ever_more_rarely(waits: Waitlist) -> None:
    denied = [waits.add(A, STAMP, DENIED)[0].is_worth_a_row for _ in range(8)]
    writing = [waits.add(B, STAMP, WRITING)[0].is_worth_a_row for _ in range(8)]

    assert denied == [True, True, False, True, False, False, False, True]
    assert writing == [False, True, False, True, False, False, False, True]


def test_wait_remembers_when_it_began_to_wait_for_its_reason(clock: Clock) -> None:
    people = Clock(1_641_442_471.0)
    waits = Waitlist(clock, people)

    since = []
    for waiting in (WRITING, WRITING, DENIED):
        since.append(waits.add(A, STAMP, waiting)[0].since_at)
        people.seconds += 10

    assert since == [1_641_442_471.0, 1_641_442_471.0, 1_641_442_491.0]


def test_due_files_stay_until_they_are_forgotten_and_are_due_once(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, WRITING)
    clock.seconds += 2

    first, second = waits.due(10), waits.due(10)

    assert (first, second) == ([A], [])
    assert len(waits) == 1


def test_due_gives_no_more_than_asked_for(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, WRITING)
    waits.add(B, STAMP, WRITING)
    clock.seconds += 2

    assert len(waits.due(1)) == 1
    assert len(waits.due(1)) == 1


def test_file_due_by_time_was_not_seen_to_close(waits: Waitlist, clock: Clock) -> None:
    waits.add(A._replace(is_closed=True), STAMP, WRITING)

    clock.seconds += 2

    assert waits.due(1) == [A]


def test_still_seconds_count_while_the_stamp_stays(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, SETTLING)
    clock.seconds += 3
    waits.add(A, STAMP, SETTLING)
    clock.seconds += 4

    assert waits.still_seconds(A, STAMP) == 7
    assert waits.still_seconds(A, GROWN) == 0
    assert waits.still_seconds(B, STAMP) == 0


def test_still_seconds_begin_anew_when_the_file_grows(waits: Waitlist, clock: Clock) -> None:
    waits.add(A, STAMP, SETTLING)
    clock.seconds += 3
    waits.add(A, GROWN, SETTLING)
    clock.seconds += 1

    assert waits.still_seconds(A, GROWN) == 1


@pytest.mark.parametrize(("code", "expected"), [("settling", True), ("changing", True), ("permission-denied", False)])
def test_only_some_waits_end_by_themselves(waits: Waitlist, code: str, expected: bool) -> None:
    waits.add(A, STAMP, Waiting(code, "because", 1.0))

    assert waits.is_settling() is expected


def test_forgetting_says_whether_the_file_waited(waits: Waitlist) -> None:
    waits.add(A, STAMP, WRITING)

    answers = [waits.forget(A), waits.forget(A), waits.forget(B)]

    assert answers == [True, False, False]
