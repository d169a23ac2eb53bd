"""The contract of an event log (log-port.md, section 2), on every engine: one caller after another.

Not here: 18 (answer lost) has no meaning on engines without a connection to lose, they live in the caller's process.
Keys and blobs are in test_log_contract_keys.py, races in test_log_contract_concurrency.py, restarts and kills in
test_log_contract_durability.py, laws in test_log_contract_laws.py.
"""

import hashlib
import random

import pytest
from examples import an_append, an_event

from presslog.store.errors import EventTooLarge, LogDiverged
from presslog.store.log import Conflict, EventLog, Receipt

ODD_BYTES = (b"", b"\x00", b"a\x00b", b"\xff\xfe\x80", b"\r\n", "жük".encode())
ODD_NAMES = (
    "a.b.c",
    "two words",
    " ",
    "Überschwemmung/日本",
    "x" * 200,
    "*",
    ">",
    "a%b_c",
    "'; drop table events",
    "A",
    "a",
)


def test_an_empty_log_has_head_zero_and_nothing_to_read(log: EventLog) -> None:
    events = log.read(0, 10)

    assert events == []
    assert log.head() == 0
    assert log.last("article/a") is None


@pytest.mark.parametrize("data", ODD_BYTES)
def test_bytes_are_read_as_they_were_appended(log: EventLog, data: bytes) -> None:
    event = an_event(data, meta=data)

    [receipt] = log.append([an_append(events=[event], stream="s", key="k")])

    [stored] = log.read(0, 10)
    assert receipt == Receipt(stored.position, stored.position, repeated=False)
    assert stored.position >= 1
    assert (stored.stream, stored.key, stored.index) == ("s", "k", 0)
    assert stored[5:] == event


def test_events_are_read_in_the_order_of_their_appends(log: EventLog) -> None:
    data = [str(number).encode() for number in range(50)]

    for each in data:
        log.append([an_append(each)])

    assert [event.data for event in log.read(0, 100)] == data


def test_events_of_one_append_are_neighbours(log: EventLog) -> None:
    log.append([an_append()])

    [receipt] = log.append([an_append(b"1", b"2", b"3")])

    stored = log.read(receipt.first - 1, 10)
    assert [event.position for event in stored] == [receipt.first, receipt.first + 1, receipt.last]
    assert [event.index for event in stored] == [0, 1, 2]


def test_500_events_fit_into_one_append(log: EventLog) -> None:
    data = [str(number).encode() for number in range(500)]

    [receipt] = log.append([an_append(*data)])

    assert receipt.last - receipt.first == 499
    assert [event.data for event in log.read(0, 1000)] == data


def test_an_append_with_one_event_too_large_stores_none_of_the_batch(log: EventLog) -> None:
    too_large = b"x" * (log.max_event_bytes + 1)

    with pytest.raises(EventTooLarge):
        log.append([an_append(), an_append(b"fits", too_large)])

    assert log.head() == 0
    assert log.read(0, 10) == []


def test_a_stream_is_new_only_once(log: EventLog) -> None:
    [receipt] = log.append([an_append(expected=0)])

    answers = log.append([an_append(expected=0)])

    assert answers == [Conflict(receipt.last)]


def test_an_append_that_knows_the_last_position_is_stored(log: EventLog) -> None:
    [first] = log.append([an_append(b"1", b"2")])

    [second] = log.append([an_append(expected=first.last)])

    assert isinstance(second, Receipt)
    assert second.first > first.last


def test_an_append_that_knows_an_old_position_is_refused(log: EventLog) -> None:
    [first] = log.append([an_append()])
    [second] = log.append([an_append()])

    answers = log.append([an_append(expected=first.last)])

    assert answers == [Conflict(second.last)]
    assert log.head() == second.last


def test_a_position_expected_of_a_stream_that_does_not_exist_is_refused(log: EventLog) -> None:
    [other] = log.append([an_append(stream="other")])

    answers = log.append([an_append(stream="missing", expected=other.last)])

    assert answers == [Conflict(0)]


def test_without_expectation_an_append_is_always_stored(log: EventLog) -> None:
    answers = [log.append([an_append()])[0] for _ in range(5)]

    assert all(isinstance(answer, Receipt) for answer in answers)
    assert log.head() == answers[-1].last


def test_a_conflict_leaves_its_neighbours_stored(log: EventLog) -> None:
    before, refused, after = an_append(b"before"), an_append(b"refused", stream="s", expected=9), an_append(b"after")

    answers = log.append([before, refused, after])

    assert [type(answer) for answer in answers] == [Receipt, Conflict, Receipt]
    assert answers[1] == Conflict(0)
    assert [event.data for event in log.read(0, 10)] == [b"before", b"after"]


def test_an_append_sees_what_stands_before_it_in_the_batch(log: EventLog) -> None:
    new, late = an_append(expected=0), an_append(expected=0)

    answers = log.append([new, late])

    assert answers[1] == Conflict(answers[0].last)


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_of_any_size_make_the_whole_log(log: EventLog, limit: int) -> None:
    log.append([an_append(str(number).encode()) for number in range(20)])

    seen, after = [], 0
    while after < log.head():
        page = log.read(after, limit)
        assert len(page) <= limit
        seen += page
        after = page[-1].position

    assert [event.data for event in seen] == [str(number).encode() for number in range(20)]


def test_no_event_is_read_where_none_is_asked_for(log: EventLog) -> None:
    log.append([an_append(stream="s")])

    assert log.read(0, 0) == log.read(0, 0, "s") == []


def test_a_name_may_be_as_long_as_a_path_in_which_every_letter_is_escaped(log: EventLog) -> None:
    name, key = "file/seeds/" + "%FF" * 4096, "k" * 4000

    [receipt] = log.append([an_append(b"1", stream=name, key=key)])
    answers = log.append([an_append(b"1", stream=name, key=key), an_append(b"2", stream=name, expected=receipt.last)])

    assert answers[0] == receipt._replace(repeated=True)
    assert [(event.stream, event.data) for event in log.read(0, 9, name)] == [(name, b"1"), (name, b"2")]


def test_a_stream_is_read_alone_and_in_pages(log: EventLog) -> None:
    log.append([an_append(str(number).encode(), stream=f"s{number % 3}") for number in range(12)])

    first = log.read(0, 2, "s1")
    rest = log.read(first[-1].position, 10, "s1")

    assert [event.data for event in first + rest] == [b"1", b"4", b"7", b"10"]


def test_last_is_the_newest_event_of_its_stream(log: EventLog) -> None:
    log.append([an_append(b"1", stream="a"), an_append(b"2", b"3", stream="a"), an_append(b"4", stream="b")])

    event = log.last("a")

    assert event is not None
    assert event.data == b"3"


def test_the_newest_events_of_many_streams_are_found_by_one_question(log: EventLog) -> None:
    log.append([an_append(str(number).encode(), stream=f"s{number % 150}") for number in range(300)])

    found = log.newest([*(f"s{number}" for number in range(100)), "s7", "nobody"])

    assert found == {f"s{number}": log.last(f"s{number}") for number in range(100)}
    assert {event.data for event in found.values()} == {str(number).encode() for number in range(150, 250)}
    assert log.newest([]) == {}


def test_the_largest_event_is_stored_and_one_byte_more_is_not(log: EventLog) -> None:
    largest = random.Random(1).randbytes(log.max_event_bytes)

    log.append([an_append(largest)])
    with pytest.raises(EventTooLarge):
        log.append([an_append(largest + b"x")])

    assert [event.data for event in log.read(0, 10)] == [largest]
    assert log.max_event_bytes >= 768 * 1024


def test_a_blob_of_20_megabytes_comes_back(log: EventLog) -> None:
    content = random.Random(2).randbytes(20_000_000)

    digest = log.blobs.put(content)

    assert digest == hashlib.sha256(content).hexdigest()
    assert log.blobs.get(digest) == content


def test_check_accepts_an_event_where_it_is(log: EventLog) -> None:
    log.append([an_append(), an_append()])

    for event in log.read(0, 10):
        log.check(event.position, event.id)


@pytest.mark.parametrize("position", [0, 1, 3])
def test_check_refuses_an_event_where_it_is_not(log: EventLog, position: int) -> None:
    log.append([an_append(), an_append()])
    second = log.read(1, 1)[0]

    with pytest.raises(LogDiverged):
        log.check(position, second.id)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_stream_may_have_an_odd_name(log: EventLog, name: str) -> None:
    log.append([an_append(b"neighbour", stream=name + "x"), an_append(b"other case", stream=name.swapcase() + "y")])

    [receipt] = log.append([an_append(b"found", stream=name, expected=0)])

    assert [event.data for event in log.read(0, 10, name)] == [b"found"]
    assert log.append([an_append(stream=name, expected=0)]) == [Conflict(receipt.last)]


def test_streams_that_look_alike_are_two_streams(log: EventLog) -> None:
    names = ["café", "cafe\u0301", "CAFÉ", "café "]

    answers = log.append([an_append(stream=name, expected=0) for name in names])

    assert all(isinstance(answer, Receipt) for answer in answers)
