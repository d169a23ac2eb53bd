"""Requests about saved searches, done on real parts."""

import msgspec
import pytest
from desks import Desk

from presslog.daemon.requests import do
from presslog.daemon.saved import RemoveSearch, SaveSearch, SearchFate
from presslog.store.errors import BadQuery

ANA = "operator:ana"


def ask(desk: Desk, name: str, fields: msgspec.Struct) -> SearchFate:
    with desk.assembled() as (parts, _):
        return do(parts, name, msgspec.json.encode(fields), ANA)


def save(desk: Desk, query: str, name: str = "floods") -> SearchFate:
    return ask(desk, "save-search", SaveSearch(name, query))


def test_search_is_saved_with_who_did_it(desk: Desk) -> None:
    fate = save(desk, "rivers -sport")

    assert (fate.state, fate.position) == ("saved", 2)
    assert [(event.stream, event.fact.query) for event in desk.events("search-saved")] == [
        ("search/floods", "rivers -sport")
    ]
    assert desk.actors() == [ANA]


def test_saving_the_same_query_again_records_nothing(desk: Desk) -> None:
    save(desk, "rivers")

    again = save(desk, "rivers")

    assert (again.state, again.position) == ("same", 2)
    assert len(desk.events()) == 1


def test_another_query_takes_the_place_of_the_first(desk: Desk) -> None:
    save(desk, "rivers")

    fates = [save(desk, "lakes").state, save(desk, "rivers").state]

    assert fates == ["replaced", "replaced"]
    assert [event.fact.query for event in desk.events()] == ["rivers", "lakes", "rivers"]


def test_removed_search_can_be_saved_again(desk: Desk) -> None:
    save(desk, "rivers")

    states = [ask(desk, "remove-search", RemoveSearch("floods")).state for _ in range(2)]
    states.append(save(desk, "rivers").state)

    assert states == ["removed", "unknown", "saved"]


@pytest.mark.parametrize("query", ["", "rivers OR", "-sport", "sorce:Reuters", "source:", "since:soon"])
def test_query_that_cannot_be_understood_is_not_saved(desk: Desk, query: str) -> None:
    with pytest.raises(BadQuery):
        save(desk, query)

    assert desk.events() == []


@pytest.mark.parametrize("name", ["", "Floods", "a b", "../a", "a/b", "a\nb", "x" * 65, "ü"])
def test_name_is_made_of_few_letters(desk: Desk, name: str) -> None:
    with pytest.raises(BadQuery, match="lower-case letters"):
        save(desk, "rivers", name)

    assert desk.events() == []
