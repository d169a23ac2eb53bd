"""The auditor notes what it is there for."""

from examples import an_append, an_event
from failover.audit import compared
from failover.load import Confirmed

from presslog.store.log import Append, Receipt, Stored


def confirmed(append: Append, first: int) -> Confirmed:
    return Confirmed(append, Receipt(first, first + len(append.events) - 1, repeated=False), (), 0.0)


def stored(append: Append, first: int) -> list[Stored]:
    return [
        Stored(first + index, append.stream, append.key, index, 0.0, *event)
        for index, event in enumerate(append.events)
    ]


def test_a_log_that_holds_what_was_confirmed_has_lost_nothing() -> None:
    pair, single = an_append(b"1", b"2"), an_append(b"3")

    found = compared([*stored(pair, 1), *stored(single, 3)], [confirmed(pair, 1), confirmed(single, 3)])

    assert (found.lost, found.doubled, found.wrong) == (0, 0, [])


def test_what_is_not_there_or_stands_elsewhere_or_has_other_bytes_is_lost() -> None:
    gone, moved, other = an_append(b"1"), an_append(b"2"), an_append(b"3")
    changed = other._replace(events=[other.events[0]._replace(data=b"4")])

    found = compared(
        [*stored(moved, 1), *stored(changed, 2)], [confirmed(gone, 3), confirmed(moved, 4), confirmed(other, 2)]
    )

    assert found.lost == 3


def test_half_of_what_was_confirmed_is_lost() -> None:
    pair = an_append(b"1", b"2")

    assert compared(stored(pair, 1)[:1], [confirmed(pair, 1)]).lost == 1


def test_a_key_that_stands_twice_is_doubled() -> None:
    append = an_append(events=[an_event(b"1")])

    found = compared([*stored(append, 1), *stored(append, 2)], [confirmed(append, 1)])

    assert (found.lost, found.doubled) == (0, 1)


def test_a_position_that_nothing_stands_at_is_said() -> None:
    append, other = an_append(b"1"), an_append(b"2")

    found = compared([*stored(append, 1), *stored(other, 3)], [])

    assert found.wrong == ["position 3 follows 1"]


def test_what_lacks_a_blob_is_lost() -> None:
    append = an_append(b"1")
    one = confirmed(append, 1)

    assert compared(stored(append, 1), [one], [one]).lost == 1
