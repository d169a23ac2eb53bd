"""Questions about who is who, of real views: who is mentioned, whom a name means, and what was decided about them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archives import Archive
from mentioned import derived, mention

from presslog.store.asking import matching
from presslog.store.entities import Asked, decided, listed, mentioning, spellings, suggested
from presslog.store.entity_facts import EntityFact, EntityIgnored, EntityMerged, EntitySplit, EntityUndone
from presslog.store.errors import AmbiguousId, BadQuery, NotFound
from presslog.store.meaning import Named, together, who
from presslog.store.past import Past
from presslog.store.queries import Answers

ANA, SILVA, LI = ("person", "Ana Silva"), ("person", "Silva"), ("person", "Jo Li")
HARBOUR, QUAY = ("organisation", "Harbour Trust"), ("place", "The Quay")
GEORGIAS = [("person", "Georgia"), ("place", "Georgia")]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Three articles that mention people, an organisation and places."""
    archive = Archive(tmp_path / "store")
    archive.keep("a.txt", title="Rivers rise", source="Wire")
    archive.keep("b.txt", title="Bridges hold", source="Wire")
    archive.keep("c.txt", title="Ferries wait", source="Quay News")
    archive.build()
    derived(archive.folder, archive.log)
    mention(
        archive.folder, rivers=[ANA, SILVA, SILVA, HARBOUR], bridges=[SILVA, LI], ferries=[("person", "SILVA"), QUAY]
    )
    yield archive
    archive.close()


@pytest.fixture
def decide(archive: Archive) -> Callable[[EntityFact], int]:
    """A function that records a decision, has the views see it, and gives its position."""

    def record(fact: EntityFact) -> int:
        archive.decide(fact)
        archive.build()
        derived(archive.folder, archive.log)
        return archive.log.head()

    return record


ALL = Asked()
Decide = Callable[[EntityFact], int]


def merged(*names: str, kind: str = "person", entity: str = "ent_1", fact: type[EntityMerged] = EntityMerged) -> Any:
    return fact(entity=entity, kind=kind, name=names[0], names=names)


def rows(archive: Archive, asked: Asked = ALL, past: Past | None = None) -> dict[str, tuple[str | None, int, int]]:
    """Whoever is listed, with entity, articles and mentions."""
    with Answers(archive.folder, past, with_insight=True) as answers:
        found = listed(answers.tables, asked).rows
    return {row["name"]: (row["entity_id"], row["article_count"], row["mention_count"]) for row in found}


def meant(archive: Archive, name: str, *kinds: str, past: Past | None = None) -> Named:
    with Answers(archive.folder, past, with_insight=True) as answers:
        return who(answers.tables, name, kinds) if kinds else who(answers.tables, name)


def test_names_are_listed_by_how_many_articles_mention_them(archive: Archive) -> None:
    assert rows(archive) == {
        "Silva": (None, 3, 4),
        "Harbour Trust": (None, 1, 1),
        "Ana Silva": (None, 1, 1),
        "Jo Li": (None, 1, 1),
        "The Quay": (None, 1, 1),
    }
    assert next(iter(rows(archive))) == "Silva"


def test_names_of_an_entity_count_together_and_an_article_once(archive: Archive, decide: Decide) -> None:
    decide(merged("Ana Silva", "Silva"))

    assert rows(archive)["Ana Silva"] == ("ent_1", 3, 5)
    assert "Silva" not in rows(archive)


def test_decision_about_people_does_not_concern_places(archive: Archive, decide: Decide) -> None:
    mention(archive.folder, ferries=GEORGIAS)

    decide(merged("Georgia Stone", "Georgia"))

    found = {
        (row, *rows(archive, Asked(kinds=[kind]))[row]) for kind, row in (("person", "Georgia Stone"), GEORGIAS[1])
    }
    assert found == {("Georgia Stone", "ent_1", 1, 1), ("Georgia", None, 1, 1)}


def test_only_what_matches_is_counted(archive: Archive) -> None:
    with Answers(archive.folder, with_insight=True) as answers:
        asked = Asked(["person"], matching(answers.tables, 'source:"Quay News"', datetime.now(UTC)))

        found = listed(answers.tables, asked)

    assert [(row["names"], row["article_count"]) for row in found.rows] == [(["SILVA"], 1)]


def test_so_many_are_listed_and_all_are_counted(archive: Archive) -> None:
    with Answers(archive.folder, with_insight=True) as answers:
        found = listed(answers.tables, Asked(limit=2))

    assert (len(found.rows), found.total) == (2, 5)


def test_ignored_are_listed_where_they_are_asked_for_alone(archive: Archive, decide: Decide) -> None:
    decide(merged("The Quay", kind="place", fact=EntityIgnored))

    assert "The Quay" not in rows(archive)
    assert rows(archive, Asked(is_ignored=True)) == {"The Quay": ("ent_1", 1, 1)}


def test_names_that_look_alike_are_suggested_and_never_merged(archive: Archive) -> None:
    with Answers(archive.folder, with_insight=True) as answers:
        found = {row["name"]: row for row in listed(answers.tables, Asked(["person"])).rows}

    assert found["Silva"]["looks_like"] == ["Ana Silva"]
    assert found["Ana Silva"]["looks_like"] == ["Silva"]
    assert found["Jo Li"]["looks_like"] == []
    assert {row["entity_id"] for row in found.values()} == {None}


def test_past_has_the_decisions_that_were_made_by_then(archive: Archive, decide: Decide) -> None:
    made = decide(merged("Ana Silva", "Silva"))
    decide(EntityUndone(position=made))

    assert "Silva" in rows(archive)
    assert rows(archive, past=Past(position=made))["Ana Silva"] == ("ent_1", 3, 5)
    assert rows(archive, past=Past(position=made - 1))["Silva"] == (None, 3, 4)
    assert meant(archive, "Silva", past=Past(position=made)).title == "Ana Silva"


def test_past_has_the_articles_that_were_there_by_then(archive: Archive) -> None:
    first = archive.log.read(0, 1)[0].position

    assert rows(archive, past=Past(position=first)) == {
        "Silva": (None, 1, 2),
        "Harbour Trust": (None, 1, 1),
        "Ana Silva": (None, 1, 1),
    }


def test_name_means_its_entity_however_it_is_written(archive: Archive, decide: Decide) -> None:
    decide(merged("Ana Silva", "Silva"))

    names = ["silva", "ANA SÍLVA", "ent_1", "ent_"]

    assert {(found.title, found.entity.id) for found in (meant(archive, name) for name in names) if found.entity} == {
        ("Ana Silva", "ent_1")
    }


def test_name_that_nobody_decided_about_means_itself(archive: Archive) -> None:
    assert meant(archive, "jo li") == Named("person", "Jo Li", None)
    assert meant(archive, "SILVA") == Named("person", "SILVA", None)
    assert meant(archive, "silva") == Named("person", "Silva", None)


def test_name_of_two_kinds_has_to_be_told_apart(archive: Archive) -> None:
    mention(archive.folder, ferries=GEORGIAS)

    with pytest.raises(AmbiguousId, match="'Georgia' is the name of a person and of a place: say which with --kind"):
        meant(archive, "Georgia")

    assert meant(archive, "Georgia", "place").kind == "place"


def test_beginning_of_several_ids_has_to_be_longer(archive: Archive, decide: Decide) -> None:
    decide(merged("Ana Silva", "Silva"))
    decide(merged("Jo Li", "Li", entity="ent_2"))

    with pytest.raises(AmbiguousId, match="ent_1  Ana Silva\n  ent_2  Jo Li"):
        meant(archive, "ent_")


def test_names_that_are_to_mean_the_same_are_of_the_one_kind_that_all_have(archive: Archive, decide: Decide) -> None:
    mention(archive.folder, ferries=[*GEORGIAS, ("place", "Tbilisi")])
    decide(merged("Ana Silva", "Silva"))

    with Answers(archive.folder, with_insight=True) as answers:
        assert [each.kind for each in together(answers.tables, ["Georgia", "Tbilisi"])] == ["place", "place"]
        assert [each.name for each in together(answers.tables, ["jo li", "SILVA", "ent_1"])] == [
            "Jo Li",
            "Silva",
            "Ana Silva",
        ]
        with pytest.raises(AmbiguousId, match="names of a person and of a place alike"):
            together(answers.tables, ["Georgia", "Georgia"])
        with pytest.raises(BadQuery, match="Ana Silva is a person, Tbilisi is a place"):
            together(answers.tables, ["Silva", "Tbilisi"])
        with pytest.raises(NotFound, match="did you mean 'Tbilisi'"):
            together(answers.tables, ["Silva", "Tbilissi"])


def test_other_names_are_suggested_for_one_until_they_are_ignored(archive: Archive, decide: Decide) -> None:
    ana = meant(archive, "Ana Silva")

    with Answers(archive.folder, with_insight=True) as answers:
        before = suggested(answers.tables, ana, ["Ana Silva"])
    decide(merged("Silva", fact=EntityIgnored))
    with Answers(archive.folder, with_insight=True) as answers:
        after = suggested(answers.tables, ana, ["Ana Silva"])

    assert (before, after) == (["Silva"], [])


@pytest.mark.parametrize(
    ("name", "near"),
    [("Sylva", "'Silva'"), ("harbour", "'Harbour Trust'"), ("zzz", "`presslog entities` lists"), ("", "lists")],
)
def test_unknown_name_is_answered_with_the_nearest(archive: Archive, name: str, near: str) -> None:
    with pytest.raises(NotFound, match=near):
        meant(archive, name)


def test_names_of_an_entity_are_counted_one_by_one(archive: Archive, decide: Decide) -> None:
    decide(merged("Ana Silva", "Silva", "A. Silva"))

    with Answers(archive.folder, with_insight=True) as answers:
        found = spellings(answers.tables, who(answers.tables, "Silva"))

    counts = [(row["name"], row["article_count"], row["mention_count"]) for row in found]
    assert counts == [("Silva", 2, 3), ("Ana Silva", 1, 1), ("SILVA", 1, 1), ("A. Silva", 0, 0)]


def test_articles_that_mention_an_entity_come_the_newest_first(archive: Archive) -> None:
    with Answers(archive.folder, with_insight=True) as answers:
        named = who(answers.tables, "Silva")

        found = mentioning(answers.tables, named, ["Silva", "SILVA"], limit=2)

    assert [(row["title"], row["mention_count"]) for row in found] == [("Ferries wait", 1), ("Bridges hold", 1)]


def test_decisions_about_somebody_say_whether_they_are_in_force(archive: Archive, decide: Decide) -> None:
    decide(merged("Jo Li", "Li", entity="ent_2"))
    first = decide(merged("Ana Silva", "Silva"))
    second = decide(merged("Ana Silva", "Ana", fact=EntitySplit))
    third = decide(EntityUndone(position=second))

    with Answers(archive.folder, with_insight=True) as answers:
        found = decided(answers.tables, who(answers.tables, "Silva"))

    assert [(row["position"], row["is_in_force"]) for row in found] == [(first, True), (second, False), (third, True)]


def test_everything_can_be_asked_where_nothing_is_decided_or_mentioned(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "empty").build()
    derived(archive.folder, archive.log)
    mention(archive.folder)

    assert rows(archive) == {}
    with pytest.raises(NotFound):
        meant(archive, "Silva")
    archive.close()
