"""Who is who: asked, and decided beside a running daemon and without one."""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from desks import Desk, a_story, in_company
from mentioned import derived, mention

from presslog.daemon.control import operator
from presslog.store.opening import open_log

Ask = Callable[..., Result]

ACTIVE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]")
ANA, SILVA, LI = ("person", "Ana Silva"), ("person", "Silva"), ("person", "Jo Li")
QUAY, GEORGIAS = ("place", "The Quay"), [("person", "Georgia"), ("place", "Georgia")]


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a desk with two articles that mention people and places, for tests to copy."""
    desk = Desk(tmp_path_factory.mktemp("pattern") / "desk", insight=True)
    desk.drop("a.txt", a_story())
    desk.drop("b.txt", a_story("Bridges hold", "Dry."))
    desk.drain()
    with closing(open_log(desk.store)) as log:
        derived(desk.store, log)
    mention(desk.store, rivers=[ANA, SILVA, SILVA], bridges=[SILVA, LI, QUAY, *GEORGIAS])
    return desk.folder


@pytest.fixture
def desk(pattern: Path, tmp_path: Path) -> Desk:
    """A desk of one's own with those articles."""
    shutil.copytree(pattern, tmp_path / "desk", symlinks=True)
    return Desk(tmp_path / "desk", insight=True)


@pytest.fixture
def ask(desk: Desk, asker: Callable[..., Ask]) -> Ask:
    """A function that runs `presslog entities` at that desk."""
    return asker(desk.folder, "entities")


@pytest.fixture
def served(desk: Desk, company: str) -> Iterator[Desk]:
    """The same desk, in turn without a daemon and with one."""
    with in_company(desk, company):
        yield desk


def listed(ask: Ask, *words: str) -> dict[str, Any]:
    """Whoever is listed, by kind and name."""
    return {f"{row['kind']} {row['name']}": row for row in json.loads(ask(*words, "-o", "json").stdout)}


def decided(ask: Ask, *words: object) -> dict[str, Any]:
    """What came of a decision."""
    ended = ask(*words, "-o", "json")
    assert ended.exit_code == 0, ended.stderr
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def test_merged_names_are_one_at_once_until_that_is_undone(served: Desk, ask: Ask) -> None:
    merged = ask("merge", "Silva", "Ana Silva", "--note", "one witness")
    together = listed(ask, "--kind", "person")
    undone = ask("undo")

    assert merged.exit_code == 0
    assert "Silva, Ana Silva: all are Ana Silva (person, ent_" in merged.stderr
    assert (together["person Ana Silva"]["article_count"], together["person Ana Silva"]["mention_count"]) == (2, 4)
    assert "person Silva" not in together
    assert "undone #" in undone.stderr
    assert listed(ask)["person Silva"]["entity_id"] is None
    assert served.actors()[-2:] == [operator(os.geteuid())] * 2


def test_names_are_listed_with_those_that_look_alike(ask: Ask) -> None:
    ended = ask()

    lines = [line.split("\t") for line in ended.stdout.splitlines()]
    assert lines[0] == ["person", "Silva", "2", "3", "", "Ana Silva"]
    assert ["person", "Jo Li", "1", "1", "", ""] in lines
    assert "6 mentioned · as of #" in ended.stderr


def test_words_filters_and_options_choose_what_is_listed(ask: Ask) -> None:
    assert list(listed(ask, "bridges", "--kind", "place")) == ["place Georgia", "place The Quay"]
    assert list(listed(ask, "--kind", "person", "-n", "1")) == ["person Silva"]
    assert listed(ask, "--kind", "person", "title", "-rivers") == {}
    assert "1 of 6 mentioned" in ask("ls", "-n", "1").stderr
    assert "nobody is mentioned there" in ask("nothing").stderr
    assert ask("--kind", "date").exit_code == 2


def test_past_is_answered_as_it_was_decided_then(ask: Ask) -> None:
    position = decided(ask, "merge", "Silva", "Ana Silva")["position"]

    before = listed(ask, "--at", str(position - 1))

    assert "person Silva" in before
    assert "person Silva" not in listed(ask, "--at", str(position))


def test_one_is_shown_with_names_decisions_and_articles(ask: Ask) -> None:
    merged = decided(ask, "merge", "Silva", "Ana Silva", "--as", "Ana Maria Silva", "--note", "one witness")
    undone = decided(ask, "undo")

    decided(ask, "undo", undone["position"])

    page = ask("show", merged["entity"][:8]).stdout
    assert page.startswith(f"Ana Maria Silva\nperson  {merged['entity']}\n\nNames\n  Silva  2 articles\n")
    assert f"#{merged['position']}" in page
    assert "merged  Silva, Ana Silva, Ana Maria Silva  one witness" in page
    assert f"undone #{merged['position']}  (undone)" in page
    assert "Rivers rise  3 mentions" in page
    shown = json.loads(ask("show", "silva", "-o", "json").stdout)
    assert [row["is_in_force"] for row in shown["decisions"]] == [True, False, True]
    assert {row["title"] for row in shown["articles"]} == {"Rivers rise", "Bridges hold"}


def test_split_name_stands_alone_again(ask: Ask) -> None:
    decided(ask, "merge", "Silva", "Ana Silva", "Jo Li")

    ended = ask("split", "Silva", "jo li")

    assert "Jo Li: no longer Ana Silva" in ended.stderr
    assert {"person Jo Li", "person Ana Silva"} <= listed(ask).keys()


def test_ignored_are_listed_apart(ask: Ask) -> None:
    position = decided(ask, "ignore", "The Quay")["position"]

    assert "place The Quay" not in listed(ask)
    assert list(listed(ask, "--ignored")) == ["place The Quay"]
    assert "decided already" in ask("ignore", "the quay").stderr
    decided(ask, "undo", position)
    assert "place The Quay" in listed(ask)


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["merge", "Silva", "Ana Sylva"], 3, "did you mean 'Ana Silva'?"),
        (["merge", "Silva", "The Quay"], 2, "Silva is a person, The Quay is a place"),
        (["merge", "Silva"], 2, "name two or more"),
        (["merge", "Georgia", "Georgia", "--as", "Georgia Stone"], 6, "say which with --kind"),
        (["show", "Georgia"], 6, "say which with --kind"),
        (["ignore", "Georgia"], 6, "say which with --kind"),
        (["split", "Silva", "Ana Silva"], 3, "nothing to split"),
        (["undo"], 3, "nothing is decided"),
        (["undo", "2"], 3, "#2 is no decision about entities"),
        (["show", "Silva", "--kind", "place"], 3, "no article mentions a place name 'Silva'"),
        (["merge"], 2, "Missing argument"),
    ],
)
def test_what_cannot_be_decided_says_what_can(desk: Desk, ask: Ask, words: list[str], code: int, message: str) -> None:
    ended = ask(*words)

    assert ended.exit_code == code
    assert message in ended.stderr
    assert desk.events("entity-merged") == []


def test_merging_again_says_so(ask: Ask) -> None:
    decided(ask, "merge", "Silva", "Ana Silva")

    assert "Ana Silva, Silva: that is decided already" in ask("merge", "ana silva", "SILVA").stderr


def test_names_that_strangers_chose_act_on_nothing(desk: Desk, ask: Ask, asker: Callable[..., Ask]) -> None:
    nasty = "Ana \x1b[31m\u202e\x9b31m\nforged Silva"
    mention(desk.store, rivers=[("person", nasty), SILVA])
    command = asker(desk.folder)

    ends = [ask("merge", nasty, "Silva", "--note", nasty), ask(), ask("show", nasty), ask("show", "Silv\x1ba")]
    ends += [command("log", "-n", "3"), ask("undo"), ask("-o", "json"), ask("show", "Silva", "-o", "json")]

    assert [end.exit_code for end in ends] == [0, 0, 0, 3, 0, 0, 0, 0]
    assert [end for end in ends if ACTIVE.search(end.stdout + end.stderr)] == []


def test_log_and_events_tell_of_decisions(desk: Desk, ask: Ask, asker: Callable[..., Ask]) -> None:
    ask("merge", "Silva", "Ana Silva", "--note", "one witness")
    ask("undo")
    command = asker(desk.folder)

    lines = command("log", "-n", "2").stdout

    assert ": entity-merged  Silva, Ana Silva  Ana Silva  one witness" in lines
    assert ": entity-undone  #" in lines
    assert len(command("events", "entities", "-o", "ndjson").stdout.splitlines()) == 2


def test_sql_compares_names_as_decisions_do(ask: Ask, desk: Desk, asker: Callable[..., Ask]) -> None:
    decided(ask, "merge", "Silva", "ANA SÍLVA")
    mentioned = """
    select mentions.name, count(*) as count from mentions
    join entity_aliases as alias on alias.kind = mentions.kind and alias.normalized = normalized(mentions.name)
    group by 1 order by 1
    """

    rows = json.loads(asker(desk.folder)("sql", mentioned, "-o", "json").stdout)

    assert rows == [{"name": "Ana Silva", "count": 1}, {"name": "Silva", "count": 3}]


@pytest.mark.parametrize("command", [[], ["ls"], ["show"], ["merge"], ["split"], ["ignore"], ["undo"]])
def test_every_command_has_help_with_examples(ask: Ask, command: list[str]) -> None:
    ended = ask(*command, "--help")

    assert ended.exit_code == 0
    assert f"presslog entities {' '.join(command)}".strip() in ended.stdout
    assert "Example" in ended.stdout


def test_store_without_insight_says_how_it_is_derived(tmp_path: Path, asker: Callable[..., Ask]) -> None:
    desk = Desk(tmp_path / "desk")
    desk.drain()

    ended = asker(desk.folder, "entities")()

    assert ended.exit_code == 8
    assert "is not derived yet" in ended.stderr
