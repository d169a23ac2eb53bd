"""The budget: what one file may unpack to, over all bundles in it."""

import io

import pytest

from presslog.handlers.parts.budget import MILD_BYTES, Budget, Limits, TooLarge
from presslog.store.errors import Unreadable


def stream(size: int) -> io.BytesIO:
    return io.BytesIO(bytes(size))


def test_a_member_is_read_whole_and_no_further_than_its_limit() -> None:
    budget = Budget(100, Limits(member_bytes=3_000_000))
    endless = stream(1 << 30)

    content = budget.take(stream(3_000_000))
    with pytest.raises(TooLarge) as refusal:
        budget.take(endless)

    assert content == bytes(3_000_000)
    assert refusal.value.code == "too-large"
    assert endless.tell() < 6_000_000


def test_a_member_that_states_too_large_a_size_is_not_begun() -> None:
    budget = Budget(100, Limits(member_bytes=10))
    untouched = stream(11)

    with pytest.raises(TooLarge):
        budget.take(untouched, stated_bytes=11)

    assert untouched.tell() == 0


def test_the_ratio_counts_over_all_members_and_from_mild_sizes_on() -> None:
    budget = Budget(1000, Limits(ratio=2))

    budget.take(stream(MILD_BYTES))
    with pytest.raises(Unreadable) as refusal:
        budget.take(stream(1))

    assert refusal.value.code == "bomb"


def test_what_is_read_through_a_meter_is_spent_once() -> None:
    budget = Budget(1000, Limits(ratio=2))

    content = budget.take(budget.metered(stream(MILD_BYTES)), is_spent=True)

    assert len(content) == MILD_BYTES
    with pytest.raises(Unreadable):
        budget.metered(stream(1)).read(1)


def test_members_are_counted_before_they_are_looked_at() -> None:
    budget = Budget(1000, Limits(members=2))

    budget.take(stream(1))
    budget.expect(1)
    with pytest.raises(Unreadable) as refusal:
        budget.expect(2)

    assert refusal.value.code == "too-many-members"


def test_depth_is_given_back_also_where_a_bundle_fails() -> None:
    budget = Budget(1000, Limits(depth=1))

    with pytest.raises(ValueError, match="torn"), budget.deeper():
        raise ValueError("torn")
    with budget.deeper(), pytest.raises(Unreadable) as refusal, budget.deeper():
        pass

    assert refusal.value.code == "too-deep"
