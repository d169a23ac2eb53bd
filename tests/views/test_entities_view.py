"""The view of decisions about who is who."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from desks import History
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.views.entities import VIEW
from presslog.store.engines.memory import MemoryLog
from presslog.store.generation import Generation
from presslog.store.sqlite import connect_readonly

Rows = list[tuple[Any, ...]]
Ask = Callable[[str], Rows]
Step = Callable[[History], int]

ALIASES = "select entity_id, name from entity_aliases order by entity_id, name"
ENTITIES = "select id, kind, name, is_ignored from entities order by id"
WHOLE = ("select * from entities order by id", "select * from entity_aliases order by kind, normalized")

PEOPLE = ("Ana Silva", "ANA SILVA", "Silva", "Jo Li", "Li")
IDS = st.sampled_from(["ent_1", "ent_2", "ent_3"])
NAMES = st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3)
A_KIND = st.sampled_from(["person", "place"])


@pytest.fixture
def generation(tmp_path: Path, history: History) -> Iterator[Generation]:
    """The view alone, following that history."""
    with closing(Generation(tmp_path / "views.db", (VIEW,), history.log)) as generation:
        yield generation


@pytest.fixture
def ask(generation: Generation) -> Ask:
    """A function that brings the view to the head and gives the rows of a statement."""

    def rows(statement: str) -> Rows:
        while generation.advance():
            pass
        with closing(connect_readonly(generation.path)) as connection:
            return list(connection.execute(statement))

    return rows


def test_merged_names_mean_one_entity(history: History, ask: Ask) -> None:
    history.merged("Silva", "Ana Silva", name="Ana Silva")

    assert ask(ENTITIES) == [("ent_1", "person", "Ana Silva", 0)]
    assert ask(ALIASES) == [("ent_1", "Ana Silva"), ("ent_1", "Silva")]


def test_every_alias_names_the_decision_that_it_comes_from(history: History, ask: Ask) -> None:
    first = history.merged("Silva", "Ana Silva")
    second = history.merged("Silva", "A. Silva")

    rows = ask("select name, position, event_id from entity_aliases order by position, name")

    ids = {event.position: event.id for event in history.log.read(0, 9)}
    assert rows == [
        ("Ana Silva", first, ids[first]),
        ("Silva", first, ids[first]),
        ("A. Silva", second, ids[second]),
    ]


def test_same_name_of_two_kinds_means_two_entities(history: History, ask: Ask) -> None:
    history.merged("Georgia", "Georgia Stone", name="Georgia Stone")
    history.merged("Georgia", "Republic of Georgia", entity="ent_2", kind="place")

    assert ask(ALIASES) == [
        ("ent_1", "Georgia"),
        ("ent_1", "Georgia Stone"),
        ("ent_2", "Georgia"),
        ("ent_2", "Republic of Georgia"),
    ]


def test_whoever_meant_one_of_the_names_is_merged_whole(history: History, ask: Ask) -> None:
    history.merged("Silva", "A. Silva")
    history.merged("Li", "Jo Li", entity="ent_2")

    history.merged("Li", "Silva", entity="ent_2")

    assert ask(ALIASES) == [("ent_2", name) for name in ("A. Silva", "Jo Li", "Li", "Silva")]
    assert [row[0] for row in ask(ENTITIES)] == ["ent_2"]


def test_split_name_means_the_entity_no_more(history: History, ask: Ask) -> None:
    history.merged("Ana Silva", "Silva", "A. Silva")

    history.parted("ANA SILVA")

    assert ask(ALIASES) == [("ent_1", "A. Silva"), ("ent_1", "Silva")]
    assert ask(ENTITIES) == [("ent_1", "person", "A. Silva", 0)]


def test_entity_of_which_every_name_is_split_is_gone(history: History, ask: Ask) -> None:
    history.merged("Ana Silva", "Silva")

    history.parted("Ana Silva", "Silva", "Jo Li")

    assert (ask(ENTITIES), ask(ALIASES)) == ([], [])


def test_ignored_name_is_an_entity_that_is_ignored(history: History, ask: Ask) -> None:
    history.ignored("Monday", kind="place")

    assert ask(ENTITIES) == [("ent_1", "place", "Monday", 1)]


def test_what_is_taken_back_leaves_what_was_decided_upon_it(history: History, ask: Ask) -> None:
    first = history.merged("Silva", "Ana Silva")
    history.merged("Silva", "A. Silva")

    history.undone(first)

    assert ask(ALIASES) == [("ent_1", "A. Silva"), ("ent_1", "Silva")]


def test_who_takes_back_what_they_took_back_has_it_again(history: History, ask: Ask) -> None:
    undone = history.undone(history.merged("Silva", "Ana Silva"))
    gone = ask(ALIASES)

    history.undone(undone)

    assert gone == []
    assert ask(ALIASES) == [("ent_1", "Ana Silva"), ("ent_1", "Silva")]


def a_merge(names: list[str], entity: str, kind: str) -> Step:
    return lambda history: history.merged(*names, entity=f"{entity}{kind}", kind=kind)


def a_split(names: list[str], entity: str, kind: str) -> Step:
    return lambda history: history.parted(*names, entity=f"{entity}{kind}", kind=kind)


def an_ignored(name: str, entity: str, kind: str) -> Step:
    return lambda history: history.ignored(name, entity=f"{entity}{kind}", kind=kind)


DECISIONS = st.one_of(
    st.builds(a_merge, NAMES, IDS, A_KIND),
    st.builds(a_merge, NAMES, IDS, A_KIND),
    st.builds(a_split, NAMES, IDS, A_KIND),
    st.builds(an_ignored, st.sampled_from(PEOPLE), IDS, A_KIND),
)
STEPS = st.one_of(
    DECISIONS,
    st.builds(lambda back: lambda history: history.undone(max(history.log.head() - back, 1)), st.integers(0, 5)),
    st.just(lambda history: history.article()),
)


def whole(folder: Path, history: History, name: str, *, events: int = 500) -> list[Rows]:
    """What the view makes of a history, so many events at once: entities and their names."""
    with closing(Generation(folder / name, (VIEW,), history.log)) as generation:
        while generation.advance(events=events):
            pass
        assert [checkpoint.state for checkpoint in generation.checkpoints()] == ["live"]
    with closing(connect_readonly(folder / name)) as connection:
        return [list(connection.execute(statement)) for statement in WHOLE]


@settings(max_examples=20, deadline=None)
@given(before=st.lists(STEPS, max_size=8), decision=DECISIONS, after=st.lists(DECISIONS, max_size=2))
def test_decision_and_its_undoing_leave_everything_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, before: list[Step], decision: Step, after: list[Step]
) -> None:
    folder, history = tmp_path_factory.mktemp("law"), History(MemoryLog())
    for step in before:
        step(history)
    then = whole(folder, history, "then.db")

    positions = [step(history) for step in (decision, *after)]
    for position in reversed(positions):
        history.undone(position)

    assert whole(folder, history, "now.db") == then


@settings(max_examples=15, deadline=None)
@given(steps=st.lists(STEPS, min_size=1, max_size=12), events=st.integers(1, 4))
def test_decisions_come_to_the_same_however_they_are_batched(
    tmp_path_factory: pytest.TempPathFactory, steps: list[Step], events: int
) -> None:
    folder, history = tmp_path_factory.mktemp("law"), History(MemoryLog())
    for step in steps:
        step(history)

    assert whole(folder, history, "few.db", events=events) == whole(folder, history, "all.db")
