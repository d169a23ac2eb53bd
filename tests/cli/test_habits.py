"""The habits of git log and journalctl: history, log, show and sources."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from archives import NOON, Archive
from click.testing import Result
from newsroom import AGENCYS, FERRY, a_morning

from presslog.daemon.chronicle import Chronicle
from presslog.store.events import Meta

Ask = Callable[..., Result]
HOUR = 3600.0


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Archive]:
    """The store that ``ask`` asks, with the morning of the newsrooms in it."""
    archive = a_morning(tmp_path / "store")
    yield archive
    archive.close()


def table(ended: Result) -> list[list[str]]:
    return [line.split("\t") for line in ended.stdout.splitlines()]


def revisions(ended: Result) -> list[tuple[int, str]]:
    return [(row["revision"], row["change_kind"]) for row in json.loads(ended.stdout)]


@pytest.mark.usefixtures("morning")
def test_history_is_newest_first_with_a_star_at_the_current_one(ask: Ask) -> None:
    rows = table(ask("history", FERRY))
    backwards = table(ask("history", FERRY, "-r"))

    assert [row[:3] for row in rows[:2]] == [["4", "2022-01-06 10:20", "*"], ["3", "2022-01-06 09:50", ""]]
    assert [row[0] for row in rows] == ["4", "3", "2", "1", "1"]
    assert backwards == rows[::-1]
    assert rows[0][-1] == "17"


@pytest.mark.usefixtures("morning")
def test_history_of_a_number_and_of_a_time(ask: Ask) -> None:
    newest = revisions(ask("history", FERRY, "-n", "2", "-o", "json"))
    since = revisions(
        ask("history", FERRY, "--since", "2022-01-06T09:50Z", "--until", "2022-01-06T10:59Z", "-o", "json")
    )
    oldest_last = revisions(ask("history", FERRY, "-n", "2", "-r", "-o", "json"))

    assert [number for number, _ in newest] == [4, 3]
    assert [number for number, _ in since] == [4, 3]
    assert [number for number, _ in oldest_last] == [3, 4]


@pytest.mark.usefixtures("morning")
def test_history_as_of_then_ends_then(ask: Ask) -> None:
    ended = ask("history", FERRY, "--as-of", "2022-01-06T09:30Z")

    assert [(row[0], row[2]) for row in table(ended)] == [("2", "*"), ("1", "")]
    assert "2 revisions · as of #7, in the past" in ended.stderr


@pytest.mark.usefixtures("morning")
def test_history_with_sentences_shows_what_went_and_what_came(ask: Ask) -> None:
    lines = ask("history", FERRY, "-p", "-r").stdout.splitlines()

    assert lines[0].startswith("revision 1  2022-01-06 09:00  first")
    assert any("[-several-]{+12+} passengers were hurt." in line for line in lines)
    assert ask("history", FERRY, "-p", "-o", "json").exit_code == 2


@pytest.mark.usefixtures("morning")
def test_history_in_numbers_and_in_short(ask: Ask) -> None:
    stat = table(ask("history", FERRY, "--stat"))
    short = table(ask("history", FERRY, "--oneline"))

    assert {len(row) for row in stat} == {9}
    assert [row[:2] for row in short][-1] == ["1", "first"]


@pytest.mark.usefixtures("morning")
def test_show_answers_as_of_then(ask: Ask) -> None:
    then = json.loads(ask("show", FERRY, "--as-of", "2022-01-06T09:10Z", "-o", "json").stdout)
    now = json.loads(ask("show", FERRY, "-o", "json").stdout)

    assert (then["revision"], then["revision_count"], then["ednote"]) == (1, 1, "")
    assert (now["revision"], now["revision_count"]) == (4, 4)
    assert "as of #3, in the past" in ask("show", FERRY, "--at", "3").stderr


@pytest.mark.usefixtures("morning")
def test_several_articles_are_shown_one_below_the_other(ask: Ask) -> None:
    ended = ask("show", FERRY, AGENCYS)
    ids = ask("show", FERRY, AGENCYS, "-o", "id")

    assert ended.stdout.index(FERRY) < ended.stdout.index(AGENCYS)
    assert ids.stdout.splitlines() == [FERRY, AGENCYS]
    assert [row["id"] for row in json.loads(ask("show", FERRY, AGENCYS, "-o", "json").stdout)] == [FERRY, AGENCYS]


@pytest.mark.usefixtures("morning")
def test_sources_answer_as_of_then(ask: Ask) -> None:
    rows = table(ask("sources", "--at", "2"))

    assert [row[:3] for row in rows] == [["Harbour Wire", "1", "1"], ["Northern Press Agency", "1", "1"]]
    assert rows[0][3] == "2022-01-06 09:00"
    assert "2 sources · as of #2, in the past" in ask("sources", "--at", "2").stderr


@pytest.mark.parametrize(
    "command", [("show", FERRY), ("history", FERRY), ("changes",), ("sources",), ("files",), ("failures",)]
)
@pytest.mark.usefixtures("morning")
def test_every_answer_says_how_fresh_it_is(ask: Ask, command: tuple[str, ...]) -> None:
    assert "as of #31" in ask(*command).stderr


def test_answer_that_is_behind_says_by_how_much(morning: Archive, ask: Ask) -> None:
    morning.keep("late.txt")

    assert "as of #31, 2 behind" in ask("sources").stderr


@pytest.fixture
def told(archive: Archive) -> Archive:
    """A log with something from every hour since noon."""
    archive.keep("a.txt", title="Rivers rise", source="Wire")
    archive.clock = NOON + HOUR
    archive.refuse("b.txt", "binary", "no text in it")
    archive.clock = NOON + 2 * HOUR
    archive.keep("c.txt", title="Bridges hold", source="Paper")
    return archive


def log_lines(ended: Result) -> list[str]:
    return [line.rpartition("#")[2] for line in ended.stdout.splitlines()]


@pytest.mark.usefixtures("told")
def test_log_of_a_time_is_whole(ask: Ask) -> None:
    assert log_lines(ask("log")) == ["1", "2", "3", "4", "5"]
    assert log_lines(ask("log", "-S", "2022-01-06T13:00Z")) == ["3", "4", "5"]
    assert log_lines(ask("log", "--until", "2022-01-06T13:00Z")) == ["1", "2", "3"]
    assert log_lines(ask("log", "-S", "2022-01-06T13:00Z", "-n", "2")) == ["4", "5"]
    assert log_lines(ask("log", "-S", "2023-01-01")) == []


@pytest.mark.usefixtures("told")
def test_log_backwards_and_in_number(ask: Ask) -> None:
    assert log_lines(ask("log", "-r")) == ["5", "4", "3", "2", "1"]
    assert log_lines(ask("log", "-r", "-n", "2")) == ["5", "4"]
    assert log_lines(ask("log", "-n", "2")) == ["4", "5"]
    assert log_lines(ask("log", "-n", "0")) == []


@pytest.mark.usefixtures("told")
def test_log_is_searched_for_a_text_as_it_is_shown(ask: Ask) -> None:
    assert log_lines(ask("log", "-g", "bridges")) == ["4"]
    assert log_lines(ask("log", "-g", "Bridges")) == ["4"]
    assert log_lines(ask("log", "-g", "BRIDGES")) == []
    assert log_lines(ask("log", "-g", ".*")) == []
    assert log_lines(ask("log", "-g", "a.txt", "-n", "1")) == ["2"]


@pytest.mark.usefixtures("told")
def test_log_of_a_feed(ask: Ask) -> None:
    assert log_lines(ask("log", "-u", "seeds", "-n", "3")) == ["3", "4", "5"]
    assert log_lines(ask("log", "-u", "wires")) == []
    assert "nothing of that kind happened" in ask("log", "-u", "wires").stderr


@pytest.mark.usefixtures("told")
def test_log_as_data_is_what_the_log_holds(ask: Ask) -> None:
    lines = [json.loads(line) for line in ask("log", "-o", "ndjson", "-n", "2").stdout.splitlines()]
    rows = json.loads(ask("log", "-o", "json", "-r", "-n", "1").stdout)

    assert [line["position"] for line in lines] == [4, 5]
    assert [row["type"] for row in rows] == ["file-received"]


def test_log_that_is_long_is_read_from_its_end(archive: Archive, ask: Ask) -> None:
    for number in range(700):
        archive.refuse(f"{number}.txt")

    assert log_lines(ask("log", "-g", "seeds/3.txt")) == ["4"]
    assert log_lines(ask("log", "-n", "600"))[0] == "101"


def test_beginning_of_an_id_is_enough_and_two_are_too_few(morning: Archive, ask: Ask) -> None:
    assert ask("show", FERRY[4:10], "-o", "id").stdout == f"{FERRY}\n"
    assert ask("show", "art_", "-o", "id").exit_code in (3, 6)


def test_times_of_an_answer_are_utc(morning: Archive, ask: Ask) -> None:
    at = json.loads(ask("history", FERRY, "-o", "json").stdout)[0]["valid_from_at"]

    assert datetime.fromisoformat(at).utcoffset().total_seconds() == 0


def test_log_of_a_time_is_whole_where_the_clock_was_set_back_meanwhile(ask: Ask, archive: Archive) -> None:
    chronicle, days = Chronicle(archive.log, {}, Meta(host=socket.gethostname())), [0, 0, 0, -30, -30, 0, 0]
    for number, day in enumerate(days):
        archive.clock = NOON + day * 24 * HOUR + number
        archive.refuse(f"{number}.txt")
        if number == 3:
            chronicle.stepped(-30 * 24 * HOUR)

    today = ask("log", "--since", "2022-01-06", "-g", "no text").stdout
    month_before = ask("log", "--until", "2021-12-31").stdout

    assert [number for number in range(7) if f"/{number}.txt" in today] == [0, 1, 2, 5, 6]
    assert [number for number in range(7) if f"/{number}.txt" in month_before] == [3, 4]
    assert "clock-stepped  -2592000 s" in month_before
