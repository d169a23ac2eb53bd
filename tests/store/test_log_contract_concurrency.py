"""The contract of an event log (log-port.md, section 2), on every engine: several callers at once in one process."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from examples import an_append, until

from presslog.store.log import Append, Conflict, EventLog, Receipt


def at_once(log: EventLog, appends: list[Append]) -> list[Receipt | Conflict]:
    """Append each from a thread of its own, all started by one barrier."""
    barrier = threading.Barrier(len(appends))

    def race(append: Append) -> Receipt | Conflict:
        barrier.wait(10)
        return log.append([append])[0]

    with ThreadPoolExecutor(len(appends)) as threads:
        return list(threads.map(race, appends))


def test_of_8_racing_writers_exactly_one_wins_each_round(log: EventLog) -> None:
    position = 0

    for _ in range(50):
        answers = at_once(log, [an_append(expected=position) for _ in range(8)])
        receipts = [answer for answer in answers if isinstance(answer, Receipt)]
        assert len(receipts) == 1
        position = receipts[0].last
        assert set(answers) == {receipts[0], Conflict(position)}

    assert len(log.read(0, 1000)) == 50


def test_an_expectation_holds_against_writers_without_one(log: EventLog) -> None:
    [before] = log.append([an_append()])
    position, stored_rounds = before.last, 0

    for _ in range(50):
        cautious, _other = at_once(log, [an_append(expected=position), an_append()])
        positions = [event.position for event in log.read(0, 1000, "article/a")]
        if isinstance(cautious, Receipt):
            stored_rounds += 1
            assert positions[positions.index(cautious.first) - 1] == position
        position = positions[-1]

    assert len(positions) == 1 + 50 + stored_rounds


def test_one_key_from_8_writers_is_stored_once(log: EventLog) -> None:
    append = an_append(b"1", b"2")

    answers = at_once(log, [append] * 8)

    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 7
    assert {(answer.first, answer.last) for answer in answers} == {(1, 2)}
    assert log.head() == 2


def test_a_follower_sees_every_event_of_4_writers_once_and_in_order(log: EventLog) -> None:
    stop, seen = threading.Event(), []

    def write(writer: int) -> list[Receipt]:
        return [log.append([an_append(b"1", b"2", stream=f"s{writer}")])[0] for _ in range(100)]

    def follow() -> None:
        for page in log.follow(0, stop=stop):
            seen.extend(page)
            if len(seen) >= 800:
                return

    with ThreadPoolExecutor(5) as threads:
        following = threads.submit(follow)
        receipts = [receipt for written in threads.map(write, range(4)) for receipt in written]
        until(following.done, 10)
        following.result()

    positions = [event.position for event in seen]
    assert positions == sorted(set(positions))
    assert set(positions) == {position for receipt in receipts for position in (receipt.first, receipt.last)}


def test_a_follower_starts_after_the_position_it_names(log: EventLog) -> None:
    log.append([an_append(b"1"), an_append(b"2"), an_append(b"3")])

    page = next(log.follow(1, stop=threading.Event()))

    assert [event.data for event in page] == [b"2", b"3"]


def test_a_follower_ends_when_it_is_told_to_stop(log: EventLog) -> None:
    stop = threading.Event()
    log.append([an_append()])
    pages = log.follow(0, stop=stop)
    next(pages)

    stop.set()

    assert list(pages) == []


def test_waiting_ends_when_another_thread_appends(log: EventLog) -> None:
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(log.wait, 0, 30.0)

        log.append([an_append()])

        assert waiting.result(1.0)


def test_waiting_for_what_is_there_does_not_wait(log: EventLog) -> None:
    log.append([an_append()])
    started = time.monotonic()

    arrived = log.wait(0, 30.0)

    assert arrived
    assert time.monotonic() - started < 1


def test_waiting_for_nothing_ends_with_its_time(log: EventLog) -> None:
    started = time.monotonic()

    arrived = log.wait(0, 0.2)

    assert not arrived
    assert 0.15 < time.monotonic() - started < 5


@pytest.mark.parametrize("batch", [1, 20])
def test_head_never_goes_back_and_names_what_can_be_read(log: EventLog, batch: int) -> None:
    done, heads = threading.Event(), [0]

    def write() -> None:
        while not done.is_set():
            log.append([an_append() for _ in range(batch)])

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        try:
            for _ in range(1000):
                heads.append(log.head())
                assert not heads[-1] or log.read(heads[-1] - 1, 1)
        finally:
            done.set()
        writing.result()

    assert heads == sorted(heads)
