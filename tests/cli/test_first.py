"""presslog first."""

import json
from collections.abc import Callable

import pytest
from archives import Archive
from click.testing import Result

Ask = Callable[..., Result]
HOUR = 3600.0


@pytest.fixture
def told(archive: Archive) -> tuple[str, str]:
    """Ids of two articles that hold a phrase, of which one loses it after 40 minutes; the other is withdrawn."""
    first = archive.keep("a.txt", source="Wire", text="Several police were killed.", published_at="2022-01-06")
    other = archive.keep("b.txt", source="Paper", text="Several police were killed, they say.")
    archive.clock += 2400
    archive.keep("a.txt", source="Wire", text="Twelve police were killed.")
    archive.clock += 3 * HOUR
    archive.keep("b.txt", source="Paper", text="", status="canceled")
    archive.build()
    return first, other


def test_first_shows_who_had_it_and_what_became_of_it(told: tuple[str, str], ask: Ask) -> None:
    ended = ask("first", "several", "police", "were", "killed")

    assert ended.stdout.splitlines() == [
        f"Wire\t{told[0][:12]}@1\t2022-01-06 12:00Z\t2022-01-06\tgone in @2, 40 min later\tRivers rise",
        f"Paper\t{told[1][:12]}@1\t2022-01-06 12:00Z\t\twithdrawn in @2, 3 h later\tRivers rise",
    ]
    assert ended.stderr == "2 sources · as of #8\n"


def test_first_in_the_past_is_as_it_was_then(told: tuple[str, str], ask: Ask) -> None:
    ended = ask("first", '"several police" source:Wire', "--at", "4")

    assert "still there" in ended.stdout
    assert ended.stderr == "1 source · as of #4, in the past\n"


def test_first_as_json_holds_positions_and_times(told: tuple[str, str], ask: Ask) -> None:
    rows = json.loads(ask("first", "several police", "--all", "-o", "json").stdout)

    assert [(row["id"], row["revision"], row["position"]) for row in rows] == [(told[0], 1, 1), (told[1], 1, 3)]
    assert (rows[0]["fate"], rows[0]["fate_revision"]) == ("gone", 2)
    assert ask("first", "police", "-o", "id").stdout.split() == list(told)
    assert ask("first", "police", "-o", "csv").stdout.startswith("position,id,revision,source,")
    assert "| Wire |" in ask("first", "police", "-o", "md").stdout


def test_first_without_an_appearance_says_what_to_do_next(told: tuple[str, str], ask: Ask) -> None:
    ended = ask("first", "several polices", "--exact", "--exit-code")

    assert (ended.exit_code, ended.stdout) == (3, "")
    assert "Next:" in ended.stderr


@pytest.mark.parametrize("words", ["one OR two", "source:Wire", '"one" "two"'])
def test_first_takes_one_phrase_only(told: tuple[str, str], ask: Ask, words: str) -> None:
    ended = ask("first", words)

    assert ended.exit_code == 2
    assert "phrase" in ended.stderr
