"""presslog quotes, attributions, mentions, and where else it shows what articles say: export, sql, views, erase."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from archives import Archive
from click.testing import Result

from presslog.daemon.insight import derive

Ask = Callable[..., Result]
SILVA = "“We heard a long scraping noise,” said Ana Silva, a passenger from Lund."
COMMANDS = ("quotes", "attributions", "mentions")


def told(archive: Archive) -> str:
    text = f"The ferry lay on the rocks, Interfax reported. {SILVA}"
    identifier = archive.keep("ferry.txt", title="Ferry aground", text=text, source="Harbour Wire")
    archive.derive()
    return identifier


def rows(ended: Result) -> list[dict[str, Any]]:
    assert ended.exit_code == 0, ended.stderr
    return json.loads(ended.stdout)


def test_quotes_name_speaker_role_and_words(archive: Archive, ask: Ask) -> None:
    identifier = told(archive)

    (row,) = rows(ask("quotes", "-o", "json"))
    ended = ask("quotes", "-o", "table")

    assert (row["id"], row["speaker"], row["kind"], row["cue"]) == (identifier, "Ana Silva", "direct", "said")
    assert "“We heard a long scraping noise,”" in row["text"]
    assert "Ana Silva" in ended.stdout
    assert "1 quote · as of #2" in ended.stderr


def test_attributions_name_the_source_and_its_kind(archive: Archive, ask: Ask) -> None:
    told(archive)

    found = rows(ask("attributions", "-o", "json", "--kind", "outlet"))

    assert [(row["name"], row["cue"], row["via"]) for row in found] == [("Interfax", "reported", [])]


def test_mentions_are_counted_unless_each_is_asked_for(archive: Archive, ask: Ask) -> None:
    told(archive)

    counted = rows(ask("mentions", "-o", "json", "--kind", "person"))
    each = rows(ask("mentions", "-o", "json", "--each", "--kind", "person"))

    assert [(row["name"], row["articles"]) for row in counted] == [("Ana Silva", 1)]
    assert [row["text"] for row in each] == ["Ana Silva"]


@pytest.mark.parametrize("command", COMMANDS)
def test_where_nothing_matches_the_next_step_is_named(archive: Archive, ask: Ask, command: str) -> None:
    told(archive)

    ended = ask(command, "bridge")

    assert (ended.exit_code, ended.stdout) == (0, "")
    assert f"no {'names' if command == 'mentions' else command} match" in ended.stderr
    assert "Next:" in ended.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_store_of_which_nothing_is_derived_says_how(archive: Archive, ask: Ask, command: str) -> None:
    archive.keep()
    archive.build()

    ended = ask(command)

    assert ended.exit_code != 0
    assert "is not derived yet: start `presslog run`" in ended.stderr


def test_fresh_derives_what_is_missing(archive: Archive, ask: Ask) -> None:
    told(archive)
    archive.keep("late.txt", text=SILVA)
    archive.close()

    assert len(rows(ask("quotes", "--fresh", "-o", "json"))) == 2


def test_two_questions_at_once_are_refused(archive: Archive, ask: Ask) -> None:
    told(archive)

    ended = ask("quotes", "--ledger", "--changed")

    assert ended.exit_code == 2
    assert "ask one of them" in ended.stderr


def test_export_has_the_facts_within_each_article(archive: Archive, ask: Ask) -> None:
    told(archive)

    row = json.loads(ask("export", "--facts").stdout)
    refused = ask("export", "--facts", "-o", "csv")

    assert [quote["speaker"] for quote in row["quotes"]] == ["Ana Silva"]
    assert {each["name"] for each in row["attributions"]} == {"Ana Silva", "Interfax"}
    assert "Ana Silva" in {each["name"] for each in row["mentions"]}
    assert refused.exit_code == 2


def test_sql_joins_facts_with_articles_also_in_the_past(archive: Archive, ask: Ask) -> None:
    told(archive)
    archive.keep("ferry.txt", text="Nobody spoke.", source="Harbour Wire")
    archive.derive()
    query = "select title, speaker from articles join quotes on quotes.position = head_position"

    now, then = (rows(ask("sql", query, "-o", "json", *at)) for at in ((), ("--at", "2")))
    alone = rows(ask("sql", "select count(*) as n from quotes", "-o", "json", "--at", "0"))

    assert (now, then) == ([], [{"title": "Ferry aground", "speaker": "Ana Silva"}])
    assert alone == [{"n": 0}]
    assert "create table quotes (" in ask("sql").stdout


def test_views_and_status_tell_how_far_it_is(archive: Archive, ask: Ask) -> None:
    told(archive)
    archive.keep("late.txt", text=SILVA)
    archive.build()

    views = {row["view"]: (row["file"], row["behind"]) for row in rows(ask("views", "ls", "-o", "json"))}
    status = ask("status").stdout
    check = ask("status", "--check")

    assert views["said"] == ("insight", 2)
    assert views["revisions"] == ("views", 0)
    assert "said ~ 2 behind" in status or "said ◐ 2 behind" in status
    assert check.exit_code == 0


def test_one_view_of_it_is_rebuilt_alone(archive: Archive, ask: Ask) -> None:
    told(archive)
    archive.close()

    ended = ask("views", "rebuild", "said", "-o", "json")

    assert [(row["view"], row["is_equal"]) for row in rows(ended)] == [("said", True)]
    assert "insight/views-0002.db serves" in ended.stderr
    assert len(rows(ask("quotes", "-o", "json"))) == 1


def test_what_is_erased_is_said_no_more(archive: Archive, ask: Ask) -> None:
    identifier = told(archive)
    archive.close()

    ended = ask("erase", identifier, "--reason", "order", "--yes")

    assert ended.exit_code == 0, ended.stderr
    assert rows(ask("quotes", "-o", "json")) == []
    assert not [path for path in archive.folder.rglob("*") if path.is_file() and b"scraping noise" in path.read_bytes()]


def test_verify_compares_its_rows_too(archive: Archive, ask: Ask) -> None:
    told(archive)
    archive.close()

    ended = ask("verify", "--views")

    assert ended.exit_code == 0, ended.stdout
    assert "of what articles say" in ended.stdout


@pytest.mark.parametrize(
    "sql",
    [
        "delete from insight.quotes",
        "update quotes set speaker = 'Olga Berg'",
        "create table insight.mine (a)",
        "attach '/etc/passwd' as other",
        "detach insight",
        "pragma insight.user_version = 7",
    ],
)
def test_sql_of_others_only_reads_what_articles_say(archive: Archive, ask: Ask, sql: str) -> None:
    told(archive)

    ended = ask("sql", sql)

    assert ended.exit_code != 0
    assert "only reading is allowed here" in ended.stderr
    assert [row["speaker"] for row in rows(ask("quotes", "-o", "json"))] == ["Ana Silva"]


def test_change_of_a_long_quote_is_shown_where_it_begins(archive: Archive, ask: Ask) -> None:
    begin = "“We have heard of the noise that the passengers on the lower deck were told of"
    archive.keep(text=f"It was night. {begin} at ten,” said Ana Silva.")
    archive.keep(text=f"It was night. {begin} at noon,” said Ana Silva.")
    archive.derive()

    shown = ask("quotes", "--changed", "-o", "table").stdout
    (row,) = rows(ask("quotes", "--changed", "-o", "json"))

    assert "… of at ten," in shown
    assert "… of at noon," in shown
    assert row["before"].startswith("“We have heard")


def test_who_asks_while_it_is_derived_first_is_told_how_far_that_is(archive: Archive, ask: Ask) -> None:
    archive.keep("ferry.txt", text=SILVA)
    archive.build()
    said: list[str] = []

    def tell(position: int, head: int) -> None:
        said.extend([ask("quotes").stderr, ask("status").stdout])

    derive(archive.folder, "rules", archive.log, tell)

    assert "is being derived, and has come to #" in said[0]
    assert "derived first · rebuilt by pid" in said[1]
    assert len(rows(ask("quotes", "-o", "json"))) == 1
