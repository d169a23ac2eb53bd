"""Who is who: what decisions in their order make of names."""

from hypothesis import given
from hypothesis import strategies as st

from presslog.store.identities import Decision, Identities, in_force

PEOPLE = ("Ana Silva", "ANA SÍLVA", "Silva", "Jo Li", "Li")
A_DECISION = st.builds(
    Decision,
    position=st.just(0),
    type=st.sampled_from(["entity-merged", "entity-merged", "entity-split", "entity-ignored"]),
    entity_id=st.sampled_from(["ent_1", "ent_2", "ent_3"]),
    kind=st.sampled_from(["person", "person", "place"]),
    name=st.sampled_from(PEOPLE),
    names=st.lists(st.sampled_from(PEOPLE), max_size=3).map(tuple),
)
AN_UNDOING = st.builds(Decision, position=st.just(0), type=st.just("entity-undone"), undoes=st.integers(1, 12))


def numbered(decisions: list[Decision]) -> list[Decision]:
    """The decisions at the positions 1, 2, 3 …"""
    return [decision._replace(position=number) for number, decision in enumerate(decisions, 1)]


def merged(position: int, *names: str, entity: str = "ent_1") -> Decision:
    return Decision(position, "entity-merged", entity, "person", names[0], names)


def test_name_is_found_however_it_is_written() -> None:
    identities = Identities([merged(1, "Ana Silva", "Silva")])

    found = identities.of("person", "  ANA  SÍLVA ")

    assert found == identities.entities["ent_1"]
    assert identities.of("place", "Ana Silva") is None


def test_merging_names_of_the_entity_anew_gives_it_another_name_only() -> None:
    identities = Identities([merged(1, "Ana Silva", "Silva"), merged(2, "Silva", "Ana Silva")])

    assert identities.entities["ent_1"].name == "Silva"
    assert {alias.position for alias in identities.entities["ent_1"].aliases.values()} == {1}


def test_ignoring_a_name_ignores_whoever_it_means() -> None:
    ignoring = Decision(2, "entity-ignored", "ent_1", "person", "Ana Silva", ("Silva",))

    identities = Identities([merged(1, "Ana Silva", "Silva"), ignoring])

    assert identities.entities["ent_1"].is_ignored
    assert len(identities.entities["ent_1"].aliases) == 2


def test_split_from_an_entity_that_has_no_such_name_changes_nothing() -> None:
    splitting = Decision(3, "entity-split", "ent_2", "person", "Jo Li", ("Silva",))
    decisions = [merged(1, "Ana Silva", "Silva"), merged(2, "Jo Li", "Li", entity="ent_2"), splitting]

    assert Identities(decisions).entities == Identities(decisions[:2]).entities


def test_what_is_taken_back_and_back_again_is_in_force() -> None:
    first, second = merged(1, "Ana Silva", "Silva"), merged(2, "Jo Li", "Li", entity="ent_2")
    undoing, again = Decision(3, "entity-undone", undoes=1), Decision(4, "entity-undone", undoes=3)

    assert in_force([first, second, undoing]) == [second, undoing]
    assert in_force([first, second, undoing, again]) == [first, second, again]


@given(st.lists(st.one_of(A_DECISION, A_DECISION, AN_UNDOING), max_size=12).map(numbered))
def test_every_entity_has_a_name_and_every_name_one_entity(decisions: list[Decision]) -> None:
    entities = Identities(decisions).entities

    names = [(entity.kind, name) for entity in entities.values() for name in entity.aliases]

    assert len(names) == len(set(names))
    assert all(entity.aliases for entity in entities.values())
    assert {entity.id for entity in entities.values()} == entities.keys()


@given(st.lists(A_DECISION, max_size=12).map(numbered))
def test_every_name_is_found_where_it_belongs(decisions: list[Decision]) -> None:
    identities = Identities(decisions)

    found = [
        (entity, identities.of(entity.kind, alias.name))
        for entity in identities.entities.values()
        for alias in entity.aliases.values()
    ]

    assert all(entity == owner for entity, owner in found)
