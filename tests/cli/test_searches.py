"""Saved searches, kept and asked beside a running daemon and without one."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from archives import Archive
from click.testing import Result
from desks import Desk, a_story, in_company
from examples import until

from presslog.daemon.control import operator

Ask = Callable[..., Result]


@pytest.fixture
def desk(company: str, tmp_path: Path) -> Iterator[Desk]:
    """A desk with one article about rivers; in turn without a daemon and with one."""
    desk = Desk(tmp_path / "desk")
    desk.drop("a.txt", a_story())
    desk.drain()
    with in_company(desk, company):
        yield desk


@pytest.fixture
def at_desk(desk: Desk, asker: Callable[..., Ask]) -> Ask:
    """A function that runs a command at that desk."""
    return asker(desk.folder)


def listed(ask: Ask) -> dict[str, Any]:
    return {row["name"]: row for row in json.loads(ask("searches", "-o", "json").stdout)}


def test_saved_search_is_listed_at_once_and_says_who_saved_it(desk: Desk, at_desk: Ask) -> None:
    ended = at_desk("search", "rivers", "--save", "floods")

    assert ended.exit_code == 0
    assert "saved as floods: rivers" in ended.stderr
    assert "Rivers rise" in ended.stdout
    assert [(row["query"], row["articles"]) for row in listed(at_desk).values()] == [("rivers", 1)]
    assert desk.actors()[-1] == operator(os.geteuid())


def test_saved_search_is_asked_by_its_name_with_more_words(at_desk: Ask) -> None:
    at_desk("search", "rivers", "--save", "floods")

    assert "Rivers rise" in at_desk("search", "--saved", "floods").stdout
    assert "nothing matches" in at_desk("search", "--saved", "floods", "drought").stderr
    assert json.loads(at_desk("export", "--saved", "floods").stdout)["title"] == "Rivers rise"


def test_saving_again_replaces_the_query(at_desk: Ask) -> None:
    at_desk("search", "rivers", "--save", "floods")

    again = at_desk("search", "drought", "--save", "floods", "--since", "2d")

    assert "saved in place of the old floods" in again.stderr
    assert listed(at_desk)["floods"]["query"] == 'drought since:"2d"'
    assert "saved already as" in at_desk("search", "drought", "--save", "floods", "--since", "2d").stderr


@pytest.mark.parametrize("word", ["remove", "rm"])
def test_removed_search_is_gone_and_the_known_ones_are_named(at_desk: Ask, word: str) -> None:
    at_desk("search", "rivers", "--save", "floods")
    at_desk("search", "drought", "--save", "droughts")

    ended = at_desk("searches", word, "floods")

    assert "removed floods" in ended.stderr
    assert list(listed(at_desk)) == ["droughts"]
    for command in (
        ["search", "--saved"],
        ["searches", "show"],
        ["searches", "remove"],
        ["feed", "--saved"],
        ["watch", "--saved"],
    ):
        unknown = at_desk(*command, "floods")
        assert unknown.exit_code == 3
        assert "no search is saved as 'floods': there are droughts" in unknown.stderr


def test_new_articles_are_counted_until_somebody_looks(desk: Desk, at_desk: Ask, company: str) -> None:
    at_desk("search", "rivers", "--save", "floods")
    desk.drop("b.txt", a_story("Rivers fall"))
    desk.drop("c.txt", a_story("Bridges hold", "Dry."))
    if company == "alone":
        desk.drain()
    until(lambda: desk.rows("select count(*) from articles") == [(3,)], seconds=20)
    before = listed(at_desk)["floods"]

    at_desk("search", "--saved", "floods")

    assert (before["articles"], before["new"]) == (2, 1)
    assert listed(at_desk)["floods"]["new"] == 0


@pytest.mark.parametrize(
    ("query", "name"), [("rivers OR", "floods"), ("rivers", "Floods"), ("rivers", "../floods"), ("", "floods")]
)
def test_what_cannot_be_saved_is_refused(at_desk: Ask, query: str, name: str) -> None:
    assert at_desk("search", query, "--save", name).exit_code == 2
    assert listed(at_desk) == {}


def test_no_search_says_how_to_save_one(archive: Archive, ask: Ask) -> None:
    archive.build()

    assert "Next:  presslog search QUERY --save NAME" in ask("searches").stderr
    assert "none is saved yet" in ask("search", "--saved", "floods").stderr


def test_search_is_shown_with_all_there_is_to_know(at_desk: Ask) -> None:
    at_desk("search", "rivers", "--save", "floods")

    shown = json.loads(at_desk("searches", "show", "floods", "-o", "json").stdout)

    assert (shown["name"], shown["query"], shown["articles"], shown["delivered"]) == ("floods", "rivers", 1, [])
    assert "query           rivers" in at_desk("searches", "show", "floods").stdout


def test_log_tells_of_saved_searches(at_desk: Ask) -> None:
    at_desk("search", "rivers", "--save", "floods")

    assert ": search-saved  floods  rivers" in at_desk("log", "-n", "1").stdout
    assert "search/floods" in at_desk("events", "search/floods").stdout
