"""Names that look as if they meant the same."""

import time

import pytest

from presslog.store.alike import MOST_SHOWN, Lookalikes, nearest

PEOPLE = ("Kassym-Jomart Tokayev", "Tokayev", "Tokaev", "K. Tokayev", "Ana Silva", "Jo Silva", "Li")
BODIES = ("CSTO", "Collective Security Treaty Organization", "Reuters", "Reuters News Agency", "EU", "European Union")


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("Tokayev", ["Kassym-Jomart Tokayev", "Tokaev", "K. Tokayev"]),
        ("Qasym Tokayev", ["Tokayev", "Tokaev"]),
        ("A. Silva", ["Ana Silva"]),
        ("Silva", ["Ana Silva", "Jo Silva"]),
        ("Jo Li", ["Li"]),
        ("Lou", []),
        ("", []),
    ],
)
def test_people_look_alike_by_family_name_where_given_names_agree(name: str, others: list[str]) -> None:
    assert Lookalikes("person", PEOPLE).of([name]) == others


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("CSTO", ["Collective Security Treaty Organization"]),
        ("Collective Security Treaty Organisation", ["CSTO", "Collective Security Treaty Organization"]),
        ("the E.U.", ["EU", "European Union"]),
        ("European Union", ["EU"]),
        ("Reuters", ["Reuters News Agency"]),
        ("News Agency", []),
        ("European Commission", []),
    ],
)
def test_organisations_look_alike_by_initials_or_beginning(name: str, others: list[str]) -> None:
    found = Lookalikes("organisation", BODIES).of([name])

    assert sorted(found) == others


def test_names_of_one_entity_are_not_suggested_to_it() -> None:
    assert Lookalikes("person", PEOPLE).of(["Ana Silva", "SILVA", "Jo Silva"]) == []


def test_only_a_few_are_suggested() -> None:
    many = Lookalikes("person", [f"{letters} Silva" for letters in ("Ana", "Bea", "Cid", "Dan", "Eva")])

    assert len(many.of(["Silva"])) == MOST_SHOWN


def test_nearest_names_hold_the_words_or_are_spelt_nearly_so() -> None:
    assert nearest("tokayef", PEOPLE) == ["Tokayev", "Tokaev"]
    assert nearest("silva", PEOPLE) == ["Ana Silva", "Jo Silva"]
    assert nearest("zzz", PEOPLE) == []


@pytest.mark.parametrize("letter", ["a", "b", "A", ".", "a.", "-", " ", "a ", "('", "é"])
def test_hostile_names_take_no_time(letter: str) -> None:
    name = letter * 1_000_000
    began = time.process_time()

    for kind in ("person", "place"):
        Lookalikes(kind, [name, "Ana Silva"]).of([name[:-1]])

    assert time.process_time() - began < 2
