"""Requests about who is who, done on real parts."""

import msgspec
import pytest
from desks import Desk

from presslog.daemon.entities import Decided, IgnoreName, MergeNames, SplitNames, UndoDecision
from presslog.daemon.requests import do
from presslog.store.entity_facts import EntityMerged
from presslog.store.errors import BadQuery, NotFound
from presslog.store.identities import Identities, decision_of
from presslog.store.log import Conflict, Receipt

ANA = "operator:ana"
SILVA = ("Ana Silva", "Silva")


def ask(desk: Desk, name: str, fields: msgspec.Struct) -> Decided:
    with desk.assembled() as (parts, _):
        return do(parts, name, msgspec.json.encode(fields), ANA)


def merge(desk: Desk, *names: str, name: str = "", kind: str = "person") -> Decided:
    return ask(desk, "merge-names", MergeNames(kind, names, name))


def split(desk: Desk, entity: str, *names: str) -> Decided:
    return ask(desk, "split-names", SplitNames(entity, names))


def ignore(desk: Desk, name: str, kind: str = "person") -> Decided:
    return ask(desk, "ignore-name", IgnoreName(kind, name))


def undo(desk: Desk, position: int = 0) -> Decided:
    return ask(desk, "undo-decision", UndoDecision(position))


def named(desk: Desk) -> dict[str, list[str]]:
    """The entities that the log makes, by their names, with all names of each."""
    decisions = filter(None, map(decision_of, desk.events()))
    entities = Identities(list(decisions)).entities.values()
    return {each.name: sorted(alias.name for alias in each.aliases.values()) for each in entities}


def test_names_are_merged_under_the_longest_with_who_did_it(desk: Desk) -> None:
    decided = merge(desk, "Silva", "Ana Silva", "  silva ")

    assert (decided.state, decided.name, decided.names) == ("merged", "Ana Silva", ("Silva", "Ana Silva"))
    assert [(event.stream, event.fact.entity) for event in desk.events("entity-merged")] == [
        ("entities", decided.entity)
    ]
    assert desk.actors() == [ANA]
    assert decided.entity.startswith("ent_")


def test_more_names_join_the_entity_that_is_there(desk: Desk) -> None:
    first = merge(desk, *SILVA)

    second = merge(desk, "A. Silva", "Silva")

    assert (second.entity, second.name) == (first.entity, "Ana Silva")
    assert named(desk) == {"Ana Silva": ["A. Silva", "Ana Silva", "Silva"]}


def test_entity_is_called_as_somebody_says(desk: Desk) -> None:
    merge(desk, *SILVA)

    renamed = merge(desk, "Silva", name="Ana Maria Silva")

    assert renamed.state == "merged"
    assert named(desk) == {"Ana Maria Silva": ["Ana Maria Silva", "Ana Silva", "Silva"]}


def test_merging_what_is_one_already_records_nothing(desk: Desk) -> None:
    merge(desk, *SILVA)

    again = merge(desk, "SILVA", "Ana  Silva")

    assert again.state == "same"
    assert len(desk.events()) == 1


def test_id_of_an_entity_is_never_used_for_another(desk: Desk) -> None:
    first = merge(desk, *SILVA)
    undo(desk)

    second = merge(desk, *SILVA)

    assert first.entity != second.entity


@pytest.mark.parametrize(
    ("names", "kind"), [((), "person"), (("Silva",), "person"), (("Silva", "SÍLVA", " "), "person"), (SILVA, "date")]
)
def test_what_is_not_two_names_of_a_kind_is_not_merged(desk: Desk, names: tuple[str, ...], kind: str) -> None:
    with pytest.raises(BadQuery, match="name two or more"):
        merge(desk, *names, kind=kind)

    assert desk.events() == []


def test_split_name_leaves_the_others(desk: Desk) -> None:
    entity = merge(desk, "Ana Silva", "Silva", "A. Silva").entity

    decided = split(desk, entity, "SILVA")

    assert (decided.state, decided.names) == ("split", ("Silva",))
    assert named(desk) == {"Ana Silva": ["A. Silva", "Ana Silva"]}


def test_only_a_name_that_an_entity_has_can_be_split(desk: Desk) -> None:
    entity = merge(desk, *SILVA).entity

    with pytest.raises(NotFound, match="Ana Silva has no name Jo Li: its names are Ana Silva, Silva"):
        split(desk, entity, "Silva", "Jo Li")
    with pytest.raises(NotFound, match="there is no entity"):
        split(desk, "ent_none", "Silva")

    assert len(desk.events()) == 1


def test_ignored_name_is_ignored_once(desk: Desk) -> None:
    states = [ignore(desk, "Monday").state, ignore(desk, "MONDAY").state]

    assert states == ["ignored", "same"]
    assert len(desk.events("entity-ignored")) == 1


def test_what_is_ignored_is_not_merged_before_that_is_taken_back(desk: Desk) -> None:
    position = ignore(desk, "Silva").position

    with pytest.raises(BadQuery, match=f"Silva is ignored since #{position}: `presslog entities undo {position}`"):
        merge(desk, *SILVA)
    undo(desk, position)

    assert merge(desk, *SILVA).state == "merged"


def test_last_decisions_are_taken_back_one_after_the_other(desk: Desk) -> None:
    first, second = merge(desk, *SILVA), ignore(desk, "Monday")

    undone = [undo(desk).undone, undo(desk).undone]

    assert undone == [second.position, first.position]
    assert named(desk) == {}
    with pytest.raises(NotFound, match="nothing is decided"):
        undo(desk)


def test_undoing_is_taken_back_by_its_position(desk: Desk) -> None:
    merge(desk, *SILVA)
    back = undo(desk).position

    undo(desk, back)

    assert named(desk) == {"Ana Silva": ["Ana Silva", "Silva"]}


def test_what_is_no_decision_or_taken_back_already_is_not_taken_back(desk: Desk) -> None:
    made = merge(desk, *SILVA).position
    back = undo(desk).position

    with pytest.raises(NotFound, match=f"taken back already: `presslog entities undo {back}` has it again"):
        undo(desk, made)
    with pytest.raises(NotFound, match=f"#99 is no decision about entities: the last ones are #{made}, #{back}"):
        undo(desk, 99)


def test_of_two_who_decide_at_once_the_second_is_told(desk: Desk) -> None:
    facts = [EntityMerged(entity=f"ent_{name}", kind="person", name=name, names=(name, "Li")) for name in ("Jo", "Lou")]
    with desk.assembled() as (parts, _):
        appends = [parts.composer.of_entities(fact, after=0, actor=ANA) for fact in facts]

        answers = parts.log.append(appends)

    assert [type(answer) for answer in answers] == [Receipt, Conflict]
    assert named(desk) == {"Jo": ["Jo", "Li"]}
