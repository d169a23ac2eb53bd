"""presslog sources: the list, and the page of one source."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import Archive
from click.testing import Result
from newsroom import a_morning

from presslog.daemon.cli.sparkline import sparkline

Ask = Callable[..., Result]


@pytest.fixture
def morning(tmp_path: Path) -> None:
    """The store that ``ask`` asks, with the morning of the newsrooms in it."""
    a_morning(tmp_path / "store").close()


@pytest.fixture
def agency(archive: Archive) -> None:
    """Two articles of one agency under two names, two days apart."""
    archive.keep("a.txt", source="AP", authors=("Ana Silva",), published_at="2022-01-05T09:30:00Z", language="en")
    archive.keep(
        "b.txt", source="AP/Reuters", authors=("Bo Lee",), published_at="2022-01-07T21:30:00Z", section="World"
    )
    archive.keep("b.txt", source="AP/Reuters", published_at="2022-01-07T21:30:00Z", text="It fell.")
    archive.refuse("b.txt")
    archive.build()


@pytest.mark.usefixtures("agency")
def test_page_of_a_source_tells_how_it_works(ask: Ask) -> None:
    lines = ask("sources", "associated", "press").stdout.splitlines()

    assert lines[0] == "Associated Press  agency · US · apnews.com · ap.org"
    told = {line.split()[0]: line[12:] for line in lines[1:] if not line.startswith("  art_")}
    assert told["articles"] == "2, 3 revisions: an article is revised 0.5 times"
    assert told["volume"] == "█·█  2022-01-05 to 2022-01-07, most 1: 2022-01-05"
    assert told["hours"] == f"{'·' * 9}█{'·' * 11}█··  00 to 23 UTC, most 1: 09"
    assert told["called"] == "AP 1 · AP/Reuters 1"
    assert told["refused"] == "1, at paths that its articles came from: presslog failures"
    assert [line.split()[1:4] for line in lines if line.startswith("  art_")] == [
        ["2022-01-07", "rev", "2"],
        ["2022-01-05", "rev", "1"],
    ]


@pytest.mark.usefixtures("agency")
def test_programs_get_the_page_as_one_object(ask: Ask) -> None:
    found = json.loads(ask("sources", "AP", "-o", "json").stdout)

    assert (found["id"], found["article_count"], found["failure_count"]) == ("associated-press", 2, 1)
    assert (found["hours"][9], found["hours"][21], sum(found["hours"])) == (1, 1, 2)
    assert found["names"] == [{"name": "AP", "article_count": 1}, {"name": "AP/Reuters", "article_count": 1}]
    assert {"value": "en", "count": 1} in found["languages"]
    assert ask("sources", "AP", "-o", "id").stdout == "associated-press\n"
    assert json.loads(ask("sources", "AP", "-o", "ndjson").stdout)["kind"] == "agency"


def test_volume_over_years_is_told_by_months(archive: Archive, ask: Ask) -> None:
    for number, month in enumerate(("2021-10", "2021-12", "2021-12", "2022-01")):
        archive.keep(f"{number}.txt", source="Wire", published_at=f"{month}-0{number + 1}")
    archive.build()

    page = ask("sources", "wire").stdout

    assert "volume    ▄·█▄  2021-10 to 2022-01, most 2: 2021-12" in page


@pytest.mark.parametrize("odd", ["0001-01-01", "9999-12-31", "2022", "2022-13-45", "someday"])
def test_odd_dates_spoil_no_page(archive: Archive, ask: Ask, odd: str) -> None:
    archive.keep("a.txt", source="Wire", published_at=odd)
    archive.keep("b.txt", source="Wire", published_at="2022-01-06")
    archive.build()

    page = ask("sources", "wire").stdout

    assert "volume" in page
    assert page.count("art_") == 2


@pytest.mark.usefixtures("morning")
def test_words_that_name_no_source_ask_for_articles(ask: Ask) -> None:
    ended = ask("sources", "ferry", "-o", "csv")

    assert [line.split(",")[1] for line in ended.stdout.splitlines()[1:]] == [
        "Harbour Wire",
        "Northern Press Agency",
        "The Quay",
    ]
    assert ended.stderr == "3 sources of articles that match · as of #31\n"
    assert "0 sources of articles that match" in ask("sources", "comet").stderr


@pytest.mark.usefixtures("morning")
def test_sources_of_a_time_count_what_came_out_then(ask: Ask) -> None:
    assert ask("sources", "--until", "2022-01-05").stdout == ""
    assert len(ask("sources", "--since", "2022-01-06", '-source:"The Quay"').stdout.splitlines()) == 4


def test_bars_are_as_high_as_their_share() -> None:
    assert sparkline([0, 1, 4, 8]) == "·▁▄█"
    assert sparkline([0, 1, 1000]) == "·▁█"
    assert sparkline([0, 0]) == "··"
    assert sparkline([]) == ""
