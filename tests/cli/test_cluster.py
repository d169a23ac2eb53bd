"""presslog cluster, and changes by story: who carried what, who was first, and what only one of them has."""

import json
from collections.abc import Callable
from random import Random

import pytest
from archives import NOON, Archive
from click.testing import Result

Ask = Callable[..., Result]
DAY = ("--since", "2022-01-06")


def a_text(seed: int, words: int = 160) -> str:
    chance = Random(seed)
    return " ".join(f"w{chance.randrange(5000)}" for _ in range(words)) + "."


FERRY = a_text(1)


@pytest.fixture
def ids(archive: Archive) -> dict[str, str]:
    """A story of three outlets, and two articles of none; which is which by the name of its source."""
    keep = archive.keep
    wire = keep("wire.txt", title="Ferry Runs Aground", text=f"{FERRY} It rained.", source="Wire")
    archive.clock = NOON + 1080
    quay = keep("quay.txt", title="Ferry on the Rocks", text=f"{FERRY} Sparks flew.", source="Quay")
    tide = keep("tide.txt", title="The Tide", text=a_text(2), source="Ledger")
    archive.clock = NOON + 7500
    radio = keep("radio.txt", title="Aground", text=f"{FERRY} It rained.", source="Radio")
    brief = keep("brief.txt", title="Brief", text="More follows.", source="Radio")
    archive.build().derive()
    return {"Wire": wire, "Quay": quay, "Tide": tide, "Radio": radio, "Brief": brief}


def table(ended: Result) -> list[list[str]]:
    return [line.split("\t") for line in ended.stdout.splitlines()]


def test_the_lead_comes_first_and_the_others_as_they_came(ask: Ask, ids: dict[str, str]) -> None:
    ended = ask("cluster", ids["Radio"])

    assert [[row[0], row[1], row[3]] for row in table(ended)] == [
        ["lead", "", "Wire"],
        ["syndicated", "+18 min", "Quay"],
        ["exact", "+2 h 5 min", "Radio"],
    ]
    assert "3 articles · 3 sources · as of #10" in ended.stderr


def test_only_tells_what_no_other_has(ask: Ask, ids: dict[str, str]) -> None:
    lines = ask("cluster", ids["Wire"], "--only").stdout.splitlines()
    programs = json.loads(ask("cluster", ids["Wire"], "--only", "-o", "json").stdout)

    assert lines[3:] == ["", f"only in Quay ({ids['Quay']})", "  Sparks flew."]
    assert [row["only"] for row in programs] == [[], ["Sparks flew."], []]


def test_programs_get_seconds_and_whole_ids(ask: Ask, ids: dict[str, str]) -> None:
    rows = json.loads(ask("cluster", "seeds/quay.txt", "-o", "json").stdout)

    assert [(row["id"], row["lag_seconds"]) for row in rows] == [
        (ids["Wire"], 0),
        (ids["Quay"], 1080),
        (ids["Radio"], 7500),
    ]
    assert {row["cluster_id"] for row in rows} == {1}


def test_an_article_like_no_other_stands_alone(ask: Ask, ids: dict[str, str]) -> None:
    for name in ("Tide", "Brief"):
        ended = ask("cluster", ids[name])

        assert [row[5] for row in table(ended)] == [ids[name]]
        assert "no other article is one text with it" in ended.stderr


def test_then_the_story_had_whom_it_had_then(ask: Ask, ids: dict[str, str]) -> None:
    then = ask("cluster", ids["Wire"], "--at", "4")
    alone = ask("cluster", ids["Wire"], "--as-of", "2022-01-06T12:00Z")

    assert [row[3] for row in table(then)] == ["Wire", "Quay"]
    assert [row[3] for row in table(alone)] == ["Wire"]
    assert ask("cluster", ids["Radio"], "--at", "4").exit_code == 3


def test_then_a_story_was_what_the_revisions_of_then_said(archive: Archive, ask: Ask, ids: dict[str, str]) -> None:
    archive.keep("quay.txt", title="Ferry on the Rocks", text=a_text(3), source="Quay")
    archive.build().derive()

    assert [row[3] for row in table(ask("cluster", ids["Wire"]))] == ["Wire", "Radio"]
    assert [row[3] for row in table(ask("cluster", ids["Wire"], "--at", "10"))] == ["Wire", "Quay", "Radio"]
    assert table(ask("cluster"))[0][0] == "2"
    assert table(ask("cluster", "--at", "10"))[0][0] == "3"


def test_without_an_id_the_stories_are_listed(archive: Archive, ask: Ask, ids: dict[str, str]) -> None:
    archive.clock = NOON + 9000
    archive.keep("tide2.txt", title="High Tide", text=a_text(2), source="Radio")
    archive.build().derive()

    largest = json.loads(ask("cluster", "-o", "json").stdout)
    newest = json.loads(ask("cluster", "--sort", "time", "-n", "1", "-o", "json").stdout)

    assert [(row["id"], row["size"], row["headline"]) for row in largest] == [
        (1, 3, "Ferry Runs Aground"),
        (5, 2, "The Tide"),
    ]
    assert [row["lead_article_id"] for row in newest] == [ids["Tide"]]


@pytest.mark.usefixtures("ids")
def test_stories_are_those_in_which_an_article_matches(ask: Ask) -> None:
    assert len(table(ask("cluster", "-q", "source:Quay rocks"))) == 1
    assert len(table(ask("cluster", "--since", "2022-01-06T13:00Z"))) == 1
    ended = ask("cluster", "-q", "source:Ledger")
    assert (ended.exit_code, ended.stdout) == (0, "")
    assert "no story of those is carried by two articles" in ended.stderr


def test_nothing_is_told_before_it_is_derived(archive: Archive, ask: Ask) -> None:
    archive.keep()
    archive.build()

    ended = ask("cluster")
    assert ended.exit_code != 0
    assert "not derived yet" in ended.stderr

    archive.build().derive()
    archive.keep("b.txt")
    archive.build()
    assert "it is not compared with others yet" in ask("cluster", "seeds/b.txt").stderr


def test_one_story_or_those_that_match_are_asked_for(ask: Ask) -> None:
    assert ask("cluster", "--only").exit_code == 2
    assert ask("cluster", "seeds/a.txt", "-q", "source:Quay").exit_code == 2


def test_a_hostile_headline_stays_harmless(archive: Archive, ask: Ask) -> None:
    nasty = "\x1b[31mRed\u202e"
    for path in ("a.txt", "b.txt"):
        archive.keep(path, title=nasty, text=f"{FERRY} {nasty} {path}.", source=nasty)
    archive.build().derive()

    for arguments in (("seeds/a.txt", "--only", "-o", "table"), ("-o", "table"), ("seeds/a.txt", "--only", "-o", "md")):
        shown = ask("cluster", *arguments).stdout
        assert "Red" in shown
        assert "\x1b" not in shown
    assert "\x1b" not in ask("changes", *DAY, "--by-story", "-o", "table").stdout


def test_changes_of_one_story_stand_together_under_its_headline(ask: Ask, ids: dict[str, str]) -> None:
    lines = ask("changes", *DAY, "--by-story", "-o", "table").stdout.splitlines()
    rows = json.loads(ask("changes", *DAY, "--by-story", "-o", "json").stdout)

    place = lines.index("Ferry Runs Aground · 3 articles")
    assert sorted(line.split()[1] for line in lines[place + 3 : place + 6]) == ["Quay", "Radio", "Wire"]
    assert [row["cluster_id"] for row in rows] == [None, 1, 1, 1, None]
    assert {row["headline"] for row in rows} == {"", "Ferry Runs Aground"}
    assert {row["article_id"] for row in rows} == set(ids.values())


@pytest.mark.usefixtures("ids")
def test_changes_stay_as_they_are_where_stories_are_not_asked(ask: Ask) -> None:
    rows = json.loads(ask("changes", *DAY, "-o", "json").stdout)

    assert "cluster_id" not in rows[0]
    assert ask("changes", "--by-story", "-p").exit_code == 2
