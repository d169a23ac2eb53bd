"""What is signed of an event holds when its content is gone."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.store.errors import StoreUnsafe
from presslog.store.events import Meta, read_event, salted
from presslog.store.leaf import entry, erased_meta, leaf, payload_digest
from presslog.store.log import Stored, is_erased

EVENT = Stored(7, "article/1", "k", 0, 1700000000.25, "id", "article-recorded", b'{"a":1}', salted(Meta(host="desk")))


@given(st.binary(), st.binary())
def test_erased_event_has_the_leaf_that_it_had(data: bytes, meta: bytes) -> None:
    event = EVENT._replace(data=data or b"{}", meta=meta)

    erased = event._replace(data=b"", meta=erased_meta(event))

    assert is_erased(erased)
    assert leaf(erased) == leaf(event)


def test_leaf_is_that_of_rfc_6962_over_the_entry() -> None:
    assert leaf(EVENT) == hashlib.sha256(b"\0" + entry(EVENT)).digest()
    envelope = [7, "article/1", "k", 0, 1700000000.25, "id", "article-recorded"]
    assert json.loads(entry(EVENT)) == [*envelope, payload_digest(EVENT.meta, EVENT.data)]


@pytest.mark.parametrize(
    "change",
    [
        {"position": 8},
        {"stream": "x"},
        {"key": "x"},
        {"index": 1},
        {"recorded_at": 1.0},
        {"id": "x"},
        {"type": "x"},
        {"data": b"{}"},
        {"meta": b"{}"},
    ],
)
def test_whatever_changes_in_an_event_changes_its_leaf(change: dict[str, object]) -> None:
    assert leaf(EVENT._replace(**change)) != leaf(EVENT)


def test_two_events_that_say_the_same_have_different_digests() -> None:
    first, second = (payload_digest(salted(Meta()), b"{}") for _ in range(2))

    assert first != second


def test_border_between_meta_and_data_belongs_to_the_digest() -> None:
    assert payload_digest(b"a", b"bc") != payload_digest(b"ab", b"c")


def test_erased_event_says_nothing() -> None:
    erased = EVENT._replace(data=b"", meta=erased_meta(EVENT))

    assert read_event(erased).fact is None


def test_event_emptied_by_somebody_else_is_damage() -> None:
    with pytest.raises(StoreUnsafe):
        read_event(EVENT._replace(data=b""))
