"""Thirty revisions of five newsrooms, and every question that is asked of them: the answers that they must give."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from newsroom import AGENCY, AGENCYS, BRIDGE, CLOSED, FERRY, LEDGER, QUAY, QUAYS, RADIO, STORY, WIRE, a_morning

Ask = Callable[..., Result]


@pytest.fixture(scope="module")
def morning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("morning") / "store"
    a_morning(folder).close()
    return folder


@pytest.fixture
def ask_json(ask: Ask, morning: Path) -> Callable[..., Any]:
    """A function that runs a command on the morning and reads the JSON that it answers."""

    def run(*arguments: object) -> Any:
        ended = ask(*arguments, "-o", "json", store=morning)
        assert ended.exit_code == 0, ended.output
        return json.loads(ended.stdout)

    return run


def test_the_morning_has_thirty_revisions_of_five_sources(ask_json: Callable[..., Any]) -> None:
    told = [step for step in STORY if not step.is_reread]

    sources = ask_json("sources")

    assert len(told) == 30
    assert {row["name"]: (row["article_count"], row["revision_count"]) for row in sources} == {
        WIRE: (2, 6),
        AGENCY: (1, 4),
        QUAY: (1, 3),
        LEDGER: (2, 14),
        RADIO: (2, 3),
    }


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("ferry source:Wire -tanker title", []),
        ('"scraping noise"', [AGENCYS, FERRY]),
        ("scrap* author:li", [FERRY]),
        ("fähre OR bridge", [BRIDGE, CLOSED]),
        ("-status:withdrawn fähre OR bridge", [BRIDGE]),
        ("lang:de", [CLOSED]),
        ("section:opinion winter until:2022-01-07", [BRIDGE]),
        ("several", []),
    ],
)
def test_search_finds_what_is_said_now(ask_json: Callable[..., Any], query: str, ids: list[str]) -> None:
    assert sorted(row["id"] for row in ask_json("search", query)) == sorted(ids)


@pytest.mark.parametrize(
    ("moment", "ids"),
    [("2022-01-06T08:59Z", []), ("2022-01-06T09:15Z", [FERRY, QUAYS]), ("2022-01-06T09:20Z", [QUAYS])],
)
def test_search_finds_what_was_said_then(ask_json: Callable[..., Any], moment: str, ids: list[str]) -> None:
    assert sorted(row["id"] for row in ask_json("search", "several", "--as-of", moment)) == sorted(ids)


def test_search_through_all_revisions_says_which(ask_json: Callable[..., Any]) -> None:
    found = ask_json("search", "--all-revisions", "several passengers")

    assert {(row["id"], row["revision"]) for row in found} == {(FERRY, 1), (QUAYS, 1), (QUAYS, 2)}


def test_facets_count_what_matches(ask_json: Callable[..., Any]) -> None:
    facets = ask_json("search", "-n", 0, "ferry", "--facet", "source")["facets"]

    assert facets["source"] == [{"value": name, "count": 1} for name in (WIRE, AGENCY, QUAY)]


def test_first_names_each_source_and_when_it_was_gone(ask_json: Callable[..., Any]) -> None:
    several = ask_json("first", "several passengers were hurt")
    noise = ask_json("first", "long scraping noise")

    assert [(row["source"], row["id"], row["revision"]) for row in several] == [
        (WIRE, FERRY, 1),
        (QUAY, QUAYS, 1),
    ]
    assert [(row["fate"], row["fate_revision"]) for row in several] == [("gone", 2), ("gone", 3)]
    assert [(row["source"], row["revision"], row["fate"]) for row in noise] == [
        (WIRE, 1, "still there"),
        (AGENCY, 2, "still there"),
    ]


def test_history_lists_the_newest_first_and_what_each_changed(ask_json: Callable[..., Any]) -> None:
    rows = ask_json("history", FERRY)

    assert [(row["revision"], row["change_kind"]) for row in rows] == [
        (4, "correction"),
        (3, "update"),
        (2, "update"),
        (1, "reread"),
        (1, "first"),
    ]
    assert rows[2]["change_note"] == "1 number: several → 12"


def test_diff_names_the_number_and_the_headline(ask_json: Callable[..., Any]) -> None:
    number, correction = ask_json("diff", FERRY, "1..2"), ask_json("diff", FERRY)

    assert [change["categories"] for change in number["changes"] if "number" in change["categories"]] == [["number"]]
    assert any("[-several-]{+12+}" in change["marked"] for change in number["changes"])
    assert correction["changes"][0]["categories"][0] == "headline"


def test_changes_are_ranked_and_rereads_are_kept_apart(ask_json: Callable[..., Any]) -> None:
    everything = ask_json("changes", "--since", "2022-01-06", "-n", 100)

    rows = [row for row in everything if row["change_kind"] != "first"]
    told = [(row["article_id"], row["from_revision"], row["to_revision"]) for row in rows]
    assert told[:3] == [(CLOSED, 1, 2), (FERRY, 3, 4), (FERRY, 2, 3)]
    assert told[3:6] == [(FERRY, 1, 2), (AGENCYS, 1, 2), (AGENCYS, 2, 3)]
    assert (told[6], told[-1]) == ((BRIDGE, 1, 2), (BRIDGE, 2, 3))
    assert {row["change_kind"] for row in rows} == {"withdrawal", "update", "correction", "writethru"}


@pytest.mark.parametrize(
    ("option", "expected"),
    [
        ("--withdrawn", {(CLOSED, 2)}),
        ("--corrected", {(FERRY, 4)}),
    ],
)
def test_withdrawals_and_corrections_are_lists(
    ask_json: Callable[..., Any], option: str, expected: set[tuple[str, int]]
) -> None:
    rows = ask_json("changes", "--since", "2022-01-06", option)

    assert {(row["article_id"], row["to_revision"]) for row in rows} == expected


def test_silent_edits_are_a_list(ask_json: Callable[..., Any]) -> None:
    rows = ask_json("changes", "--since", "2022-01-06", "--silent", "-n", 100)

    silent = {(row["article_id"], row["to_revision"]) for row in rows}
    assert {(QUAYS, 2), (QUAYS, 3), (BRIDGE, 2), (BRIDGE, 3)} <= silent
    assert not {article for article, _ in silent} & {FERRY, AGENCYS, CLOSED}


def test_changes_sources_and_sql_answer_as_of_then(ask_json: Callable[..., Any], ask: Ask, morning: Path) -> None:
    then = ("--as-of", "2022-01-06T09:30Z")

    changes = ask_json("changes", "--since", "2022-01-06", "--kind", "update", "--kind", "writethru", *then)
    sources = {row["name"]: row["article_count"] for row in ask_json("sources", *then)}
    titles = ask_json("sql", f"select title, revision_count from articles where id = '{FERRY}'", *then)

    assert [(row["article_id"], row["to_revision"]) for row in changes] == [(FERRY, 2), (AGENCYS, 2)]
    assert sources == {WIRE: 1, AGENCY: 1, QUAY: 1, LEDGER: 1, RADIO: 1}
    assert titles == [{"title": "Ferry Runs Aground off Stone Point", "revision_count": 2}]


def test_show_gives_the_revision_of_then(ask_json: Callable[..., Any]) -> None:
    then, second = ask_json("show", FERRY, "--at", 5), ask_json("show", f"{FERRY}@2")

    assert (then["revision"], then["title"]) == (2, "Ferry Runs Aground off Stone Point")
    assert "12 passengers" in second["text"]


def test_export_gives_what_was_known_then(ask: Ask, morning: Path) -> None:
    now, then = (ask("export", *past, store=morning) for past in ((), ("--at", 3)))

    assert (len(now.stdout.splitlines()), len(then.stdout.splitlines())) == (8, 3)
    assert "as of #3, in the past" in then.stderr


@pytest.mark.parametrize(
    "command",
    [
        ("search", "ferry"),
        ("show", FERRY),
        ("history", FERRY),
        ("diff", FERRY),
        ("feed", "ferry"),
        ("sql", "select 1"),
        ("changes", "--since", "2022-01-06"),
        ("sources",),
        ("sources", "The Quay"),
        ("authors",),
        ("timeline",),
        ("export",),
        ("first", "ferry"),
        ("files",),
        ("failures",),
    ],
    ids=lambda command: command[0],
)
def test_every_answer_says_how_fresh_it_is(ask: Ask, morning: Path, command: tuple[str, ...]) -> None:
    assert "as of #31" in ask(*command, store=morning).stderr


def test_watch_tells_of_each_article_when_it_matched_first(ask_json: Callable[..., Any]) -> None:
    hits = ask_json("watch", "scraping", "--from-start", "--once")

    assert [(row["id"], row["revision"], row["position"]) for row in hits] == [(FERRY, 1, 1), (AGENCYS, 2, 7)]


def test_feed_of_differences_has_an_entry_a_change_the_newest_first(ask: Ask, morning: Path) -> None:
    feed = json.loads(ask("feed", 'ferry source:"Harbour Wire"', "--diffs", "-o", "jsonfeed", store=morning).stdout)

    assert [item["id"] for item in feed["items"]] == [f"urn:presslog:{FERRY}:{number}" for number in (4, 3, 2)]
    assert "<del>several</del><ins>12</ins>" in feed["items"][2]["content_html"]


def test_events_go_on_after_a_position(ask: Ask, morning: Path) -> None:
    lines = ask("events", "--after", 28, "-o", "cloudevents", store=morning).stdout.splitlines()

    assert [int(json.loads(line)["sequence"]) for line in lines] == [29, 30, 31]


def test_rebuild_would_change_nothing(ask: Ask, morning: Path) -> None:
    assert "nothing would change" in ask("views", "diff", store=morning).stderr


@pytest.mark.parametrize(("words", "kinds"), [("北京", ["first", "update"]), ("北京港口今天", ["first"]), ("東京", [])])
def test_changes_ask_of_letters_without_words_too(ask_json: Callable[..., Any], words: str, kinds: list[str]) -> None:
    rows = ask_json("changes", "--since", "2022-01-06", "--sort", "time", "-r", words)

    assert [row["change_kind"] for row in rows] == kinds
