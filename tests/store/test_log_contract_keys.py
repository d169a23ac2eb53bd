"""The contract of an event log (log-port.md, section 2), on every engine: a key makes a repetition harmless.

With it goes what a refused batch leaves behind: nothing, of its events and of its blobs.
"""

import hashlib

import pytest
from examples import an_append, an_event

from presslog.store.errors import EventTooLarge, KeyReused
from presslog.store.log import EventLog, NewEvent, Receipt


def test_the_same_key_again_gives_the_first_receipt(log: EventLog) -> None:
    append = an_append(b"1", b"2")
    [first] = log.append([append])
    head = log.head()

    answers = log.append([append])

    assert answers == [first._replace(repeated=True)]
    assert log.head() == head


def test_the_same_key_twice_in_one_batch_is_stored_once(log: EventLog) -> None:
    append = an_append()

    first, second = log.append([append, append])

    assert second == first._replace(repeated=True)
    assert len(log.read(0, 10)) == 1


def test_a_repetition_may_bring_new_ids_and_meta(log: EventLog) -> None:
    [first] = log.append([an_append(events=[an_event(meta=b"1")], key="k")])

    answers = log.append([an_append(events=[an_event(meta=b"2")], key="k")])

    assert answers == [first._replace(repeated=True)]


def test_a_known_key_wins_over_a_stale_expectation(log: EventLog) -> None:
    append = an_append(expected=0)
    [first] = log.append([append])
    log.append([an_append()])

    answers = log.append([append._replace(expected=0)])

    assert answers == [first._replace(repeated=True)]


@pytest.mark.parametrize(
    "others",
    [
        [an_event(b"other")],
        [an_event(event_type="other")],
        [an_event(), an_event()],
    ],
    ids=["data", "type", "count"],
)
def test_a_key_with_other_events_is_refused_with_its_whole_batch(log: EventLog, others: list[NewEvent]) -> None:
    log.append([an_append(key="k")])
    head = log.head()

    with pytest.raises(KeyReused):
        log.append([an_append(), an_append(events=others, key="k"), an_append()])

    assert log.head() == head
    assert len(log.read(0, 10)) == 1


def test_a_key_with_other_events_in_one_batch_is_refused_with_its_whole_batch(log: EventLog) -> None:
    one, other = an_append(b"one", key="k"), an_append(b"other", key="k")

    with pytest.raises(KeyReused):
        log.append([one, other])

    assert log.read(0, 10) == []


def test_a_log_goes_on_after_a_refused_batch(log: EventLog) -> None:
    log.append([an_append(key="k")])
    with pytest.raises(KeyReused):
        log.append([an_append(b"lost"), an_append(b"other", key="k")])

    [receipt] = log.append([an_append(b"next")])

    [stored] = log.read(receipt.first - 1, 10)
    assert stored.data == b"next"


def test_the_same_key_in_two_streams_is_two_keys(log: EventLog) -> None:
    log.append([an_append(b"a", stream="a", key="k")])

    [answer] = log.append([an_append(b"b", stream="b", key="k")])

    assert isinstance(answer, Receipt)
    assert not answer.repeated


def test_blobs_of_an_append_are_there_after_it(log: EventLog) -> None:
    contents = [b"one", b"two", b"one"]

    log.append([an_append()], blobs=contents)

    assert [log.blobs.get(hashlib.sha256(each).hexdigest()) for each in contents] == contents


@pytest.mark.parametrize("refused", [b"other", b"x" * (1 << 21)], ids=["key reused", "too large"])
def test_blobs_of_a_refused_batch_are_not_there(log: EventLog, refused: bytes) -> None:
    log.append([an_append(key="k")])

    with pytest.raises((KeyReused, EventTooLarge)):
        log.append([an_append(refused, key="k")], blobs=[b"orphan"])

    with pytest.raises(KeyError):
        log.blobs.get(hashlib.sha256(b"orphan").hexdigest())
