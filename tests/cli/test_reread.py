"""presslog reread, beside a running daemon and without one."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archives import Archive
from click.testing import CliRunner, Result
from desks import Desk, a_story, in_company
from examples import until

from presslog.daemon.cli import presslog
from presslog.daemon.cli.reread import PORTION

Ask = Callable[..., Result]
LATER = "The water came at night.\n\nThe old bridge of the harbour went with it."


def recorded_by_an_older_presslog(store: Path) -> None:
    """Of four articles two say what their bytes say today, one says something else, one has bytes no one can read."""
    archive = Archive(store)
    archive.keep("same.txt", content=a_story("Lakes fall"), title="Lakes fall")
    archive.keep("title.txt", content=a_story("Rivers rise"), title="rivers rise?", byline="By Nobody")
    archive.keep("broken.txt", content=b"\x00\x01\x02" * 50, title="Once it could be read")
    archive.keep("text.txt", content=a_story("Bridges", LATER), title="Bridges", text=LATER + "\n\nShare this!" * 20)
    archive.build()
    archive.close()


@pytest.fixture
def desk(company: str, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "desk")
    recorded_by_an_older_presslog(desk.store)
    with in_company(desk, company):
        yield desk


@pytest.fixture
def ask(desk: Desk, asker: Callable[..., Ask]) -> Ask:
    """A function that runs `presslog reread` with these arguments."""
    return asker(desk.folder, "reread")


def titles(desk: Desk) -> list[str]:
    return [row[0] for row in desk.rows("select title from articles order by path")]


def test_dry_run_shows_what_would_differ_and_changes_nothing(desk: Desk, ask: Ask) -> None:
    before = len(desk.events())

    ended = ask("--dry-run")

    assert '  title            "rivers rise?" -> "Rivers rise"\n' in ended.stdout
    assert '  byline           "By Nobody" -> nothing\n' in ended.stdout
    assert "went with it.[- ¶ Share this!" in ended.stdout
    assert "Once it could be read  revision 1: " in ended.stdout
    assert "Lakes fall" not in ended.stdout
    assert ended.stderr.startswith("2 articles would be read anew, 1 the same, 1 could not be read\n")
    assert ended.exit_code == 4
    assert len(desk.events()) == before


def test_what_reads_otherwise_is_recorded_as_the_same_revision(desk: Desk, ask: Ask) -> None:
    ended = ask("status:usable")
    until(lambda: "Rivers rise" in titles(desk))

    assert ended.stderr == "2 articles read anew, 1 the same, 1 could not be read\n"
    assert titles(desk) == ["Once it could be read", "Lakes fall", "Bridges", "Rivers rise"]
    assert desk.rows("select distinct revision, revision_count from articles") == [(1, 1)]
    assert len(desk.events("article-reread")) == 2
    assert desk.actors()[-1].startswith("operator:")
    again = ask("feed:seeds")
    assert again.stderr == "0 articles read anew, 3 the same, 1 could not be read\n"


def test_a_query_chooses_the_articles(desk: Desk, ask: Ask) -> None:
    ended = ask("-o", "json", "title:rivers", "nobody")

    assert ended.exit_code == 0
    assert json.loads(ended.stdout) == []

    ended = ask("-o", "json", "rivers")

    assert [
        (row["state"], row["revisions"], [each["field"] for each in row["differences"]])
        for row in json.loads(ended.stdout)
    ] == [("reread", [1], ["title", "byline"])]
    assert ended.exit_code == 0
    assert ask("since:never").exit_code == 2


def test_more_articles_than_fit_into_a_portion_are_all_read(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "store")
    for number in range(PORTION + 20):
        archive.keep(f"{number}.txt", content=a_story(f"Title {number}"), title=f"title {number}")
    archive.build()
    archive.close()

    ended = CliRunner().invoke(presslog, ["reread", "-o", "ndjson", "--store", str(tmp_path / "store")])

    assert len(ended.stdout.splitlines()) == PORTION + 20
    assert ended.stderr.endswith(f"{PORTION + 20} articles read anew, 0 the same\n")


def test_rereads_stand_apart_in_history_log_and_page(tmp_path: Path) -> None:
    recorded_by_an_older_presslog(tmp_path / "store")

    def run(*words: str) -> str:
        return CliRunner().invoke(presslog, [*words, "--store", str(tmp_path / "store")]).stdout

    run("reread")

    kinds = [line.split("\t")[3] for line in run("history", "seeds/title.txt").splitlines()]
    assert kinds == ["reread", "first"]
    assert "^ Rivers rise  revision 1 read anew: title, byline" in run("log")
    assert "revision 1 of 1, read anew" in run("show", "seeds/title.txt")
    assert "read anew" not in run("show", "seeds/same.txt")
