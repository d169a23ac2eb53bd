"""presslog search and presslog export."""

import csv
import json
from collections.abc import Callable
from io import StringIO

from archives import Archive
from click.testing import Result

from presslog.store.article import Subject

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
