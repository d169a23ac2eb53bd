"""presslog search and presslog export."""

import csv
import json
from collections.abc import Callable
from io import StringIO

import pytest
from archives import Archive
from click.testing import Result

from presslog.daemon.cli.facets import FIELDS
from presslog.store.article import Subject
from presslog.store.facets import FACETS

Ask = Callable[..., Result]


def test_search_in_a_pipe_gives_a_line_an_article_and_talks_on_stderr(archive: Archive, ask: Ask) -> None:
    identifier = archive.keep(title="Rivers rise", source="Reuters", published_at="2022-01-06")
    archive.build()

    ended = ask("search", "water")

    assert ended.exit_code == 0
    assert ended.stdout == f"{identifier}\t2022-01-06\tReuters\t1\t\tRivers rise\tThe [water] came at night.\n"
    assert ended.stderr.startswith("1 article · ")
    assert ended.stderr.endswith("as of #2\n")


def test_search_table_names_its_columns_by_place_and_cuts_the_title(archive: Archive, ask: Ask) -> None:
    archive.keep(title="Rivers rise " * 20, source="Agence France-Presse", published_at="2022-01-06")
    archive.build()

    lines = ask("search", "water", "-o", "table").stdout.splitlines()

    assert "2022-01-06  Agence France-Presse  rev 1" in lines[0]
    assert lines[0].endswith("…")
    assert [len(line) <= 100 for line in lines] == [True, True]
    assert lines[1] == "     The [water] came at night."


@pytest.mark.parametrize("before", ["gnarled " * 20, "雨" * 60], ids=["words", "letters of two columns"])
def test_what_was_found_stands_on_the_line_however_late_in_the_text(archive: Archive, ask: Ask, before: str) -> None:
    archive.keep(text=f"{before} 北京 {before}")
    archive.keep("b.txt", text=f"{before} water {before}")
    archive.build()

    for words in ("北京", "water"):
        line = ask("search", words, "-o", "table").stdout.splitlines()[1]
        assert f"[{words}]" in line
        assert line.startswith("     …")


def test_colour_marks_what_was_found(archive: Archive, ask: Ask) -> None:
    archive.keep()
    archive.build()

    assert "The \x1b[1;33mwater\x1b[0m came" in ask("search", "water", "-o", "table", "--color", "always").stdout


def test_search_as_json_holds_every_column(archive: Archive, ask: Ask) -> None:
    archive.keep(title="Rivers rise", url="https://example.org/1")
    archive.build()

    found = json.loads(ask("search", "-o", "json", "water").stdout)

    assert [(row["title"], row["url"], row["snippet"]) for row in found] == [
        ("Rivers rise", "https://example.org/1", "The [water] came at night.")
    ]


def test_withdrawn_and_embargoed_articles_are_found_and_marked(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", status="canceled", slugline="FLOODS", subjects=(Subject("1", "Water"),))
    archive.keep("b.txt", embargoed_until="2999-01-01")
    archive.keep("c.txt", embargoed_until="2022-01-01")
    archive.build()

    rows = json.loads(ask("search", "-o", "json", "rivers").stdout)
    table = ask("search", "-o", "table", "rivers").stdout

    assert {row["path"]: row["standing"] for row in rows} == {
        "a.txt": "withdrawn",
        "b.txt": "embargoed until 2999-01-01",
        "c.txt": "",
    }
    assert {row["path"]: row["subjects"] for row in rows}["a.txt"] == [{"code": "1", "name": "Water"}]
    assert "[withdrawn] [Rivers] rise" in table
    assert "[embargoed until 2999-01-01] [Rivers] rise" in table
    assert ask("search", "rivers slug:floods").stdout.split("\t")[4] == "withdrawn"
    exported = [json.loads(line) for line in ask("export").stdout.splitlines()]
    assert [row["standing"] for row in exported] == ["withdrawn", "embargoed until 2999-01-01", ""]
    assert "1 Water" in ask("export", "-o", "csv").stdout


def test_search_without_a_match_says_what_to_do_next(archive: Archive, ask: Ask) -> None:
    archive.build()

    plain, like_grep = ask("search", "drought"), ask("search", "drought", "--exit-code", "-o", "json")

    assert (plain.exit_code, plain.stdout) == (0, "")
    assert "Next:" in plain.stderr
    assert (like_grep.exit_code, json.loads(like_grep.stdout)) == (3, [])


def test_words_of_a_query_may_be_several_arguments(archive: Archive, ask: Ask) -> None:
    archive.keep()
    archive.build()

    assert "1 article" in ask("search", "water", "night", "--since", "2022-01-06", "--until", "2022-01-06").stderr
    assert "nothing matches" in ask("search", "water", "--until", "2022-01-05").stderr


def test_more_than_the_limit_is_said(archive: Archive, ask: Ask) -> None:
    for number in range(3):
        archive.keep(f"{number}.txt")
    archive.build()

    assert "2 of 3 articles: more with -n" in ask("search", "water", "-n", "2").stderr


def test_fresh_search_finds_what_no_view_has_seen_yet(archive: Archive, ask: Ask) -> None:
    archive.build()
    archive.keep()
    archive.close()

    assert "nothing matches" in ask("search", "water").stderr
    assert "1 article" in ask("search", "water", "--fresh").stderr


def test_fresh_search_beside_a_writer_that_stands_still_is_behind(archive: Archive, ask: Ask) -> None:
    archive.build()
    archive.keep()

    ended = ask("search", "water", "--fresh", "--wait", "0.1")

    assert ended.exit_code == 9
    assert "the views stand at 0, the log at 2" in ended.stderr


def test_all_revisions_say_which_and_what_is_gone(archive: Archive, ask: Ask) -> None:
    archive.keep(text="Several were hurt.")
    archive.keep(text="Twelve were hurt.")
    archive.build()

    table = ask("search", "several", "--all-revisions", "-o", "table")
    rows = json.loads(ask("search", "hurt", "--all-revisions", "-o", "json").stdout)

    assert "rev 1  [no longer in the current one] Rivers rise" in table.stdout
    assert table.stderr.startswith("1 revision · ")
    assert {row["revision"]: row["in_current"] for row in rows} == {1: True, 2: True}


def test_search_as_of_then_finds_what_was_known_then(archive: Archive, ask: Ask) -> None:
    archive.keep(text="Several were hurt.")
    last = archive.log.head()
    archive.keep(text="Twelve were hurt.")
    archive.build()

    ended = ask("search", "several", "--at", last)

    assert ended.stdout.endswith("[Several] were hurt.\n")
    assert ended.stderr.endswith(f"as of #{last}, in the past\n")
    assert "nothing matches" in ask("search", "several").stderr


def test_answer_that_is_behind_the_log_says_so(archive: Archive, ask: Ask) -> None:
    archive.keep()
    archive.build()
    archive.keep("b.txt")

    assert ask("search", "water").stderr.endswith("as of #2, 2 behind\n")


def test_facets_stand_below_the_hits(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", source="Wire", published_at="2022-01-06")
    archive.keep("b.txt", source="Wire", published_at="2022-01-05")
    archive.keep("c.txt", source="Evil\x1b[31m", published_at="2022-01-05")
    archive.build()

    lines = ask("search", "water", "-n", "1", "--facet", "source", "--facet", "day", "-o", "table").stdout.splitlines()

    assert lines[2:] == ["source", "  2  Wire", "  1  Evil\\x1b[31m", "day", "  2  2022-01-05", "  1  2022-01-06"]


def test_long_facet_shows_the_largest_values_and_the_last_days(archive: Archive, ask: Ask) -> None:
    for day in range(1, 26):
        archive.keep(f"{day}", source=f"Wire {day:02}", published_at=f"2022-01-{day:02}")
    archive.build()

    lines = ask("search", "-n", "0", "--facet", "day", "--facet", "source", "-o", "table").stdout.splitlines()

    assert lines[:3] == ["day", "  … 5 earlier: -o json has all", "  1  2022-01-06"]
    assert lines[-2:] == ["  1  Wire 20", "  … 5 more: -o json has all"]


def test_facets_as_json_come_with_the_hits(archive: Archive, ask: Ask) -> None:
    archive.keep(source="Wire")
    archive.build()

    found = json.loads(ask("search", "water", "--facet", "source", "-o", "json").stdout)

    assert [hit["source"] for hit in found.pop("hits")] == ["Wire"]
    assert found == {
        "facets": {"source": [{"value": "Wire", "count": 1}]},
        "total": 1,
        "is_bounded": False,
        "as_of": 2,
        "behind": 0,
    }


def test_facets_alone_are_rows_of_any_form(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", source="Wire")
    archive.keep("b.txt")
    archive.build()

    ended = ask("search", "-n", "0", "--facet", "source", "-o", "csv")

    assert ended.stdout == "facet,value,count\nsource,,1\nsource,Wire,1\n"
    assert ended.stderr.startswith("2 articles · ")
    assert ask("search", "water", "--facet", "source", "-o", "csv").exit_code == 2
    assert ask("search", "--facet", "moon").exit_code == 2
    assert ask("search", "-n", "0").exit_code == 2


def test_every_facet_can_be_asked_for() -> None:
    assert tuple(FACETS) == FIELDS


def test_reverse_gives_the_oldest_first(archive: Archive, ask: Ask) -> None:
    old, new = (archive.keep(f"{day}", published_at=f"2022-01-0{day}") for day in (5, 6))
    archive.build()

    assert ask("search", "water", "--sort", "time", "-o", "id").stdout.split() == [new, old]
    assert ask("search", "water", "--sort", "time", "-r", "-o", "id").stdout.split() == [old, new]


def test_export_writes_every_article_with_its_authors(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", authors=("Ann Lee", "Bo Ek"), text='She said "no",\nthen yes.')
    archive.keep("b.txt", title="Lakes fall")
    archive.build()

    lines = ask("export").stdout.splitlines()
    rows = list(csv.DictReader(StringIO(ask("export", "-o", "csv", "rivers").stdout)))

    assert [json.loads(line)["path"] for line in lines] == ["a.txt", "b.txt"]
    assert json.loads(lines[0])["authors"] == ["Ann Lee", "Bo Ek"]
    assert [(row["authors"], row["text"]) for row in rows] == [("Ann Lee; Bo Ek", 'She said "no",\nthen yes.')]


def test_export_of_nothing_is_still_of_its_form(archive: Archive, ask: Ask) -> None:
    archive.build()

    assert ask("export").stdout == ""
    assert json.loads(ask("export", "-o", "json").stdout) == []
    assert ask("export", "-o", "csv").stdout.startswith("id,")
    assert "0 articles" in ask("export").stderr
