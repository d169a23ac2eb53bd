"""presslog diff, and the words that say which revision is meant."""

import json
from collections.abc import Callable

import pytest
from archives import Archive
from click.testing import Result
from desks import History

Ask = Callable[..., Result]
STORY = "The water came at night.\n\nThe mayor said several people were hurt. “We stay,” she said.\n\nIt is closed."


@pytest.fixture
def told(archive: Archive) -> str:
    """An article of three revisions: a number, then the headline and a sentence more."""
    identifier = archive.keep(source="Reuters", text=STORY)
    archive.keep(source="Reuters", text=STORY.replace("several", "12"))
    text = STORY.replace("several", "12") + "\n\nCorrection: it was 13."
    archive.keep(source="Reuters", title="Rivers fall", text=text)
    archive.build()
    return identifier


def test_diff_shows_the_sentences_that_changed(told: str, ask: Ask) -> None:
    lines = ask("diff", told, "1..2").stdout.splitlines()

    assert lines == [
        "Reuters  Rivers rise   @1 → @2   #1 → #3   (+0 s)",
        "  ¶2  number  The mayor said [-several-]{+12+} people were hurt.",
        "1 of 4 sentences changed · headline same · quotes same (1) · nothing in it says so",
    ]


def test_diff_without_revisions_shows_what_the_current_one_changed(told: str, ask: Ask) -> None:
    lines = ask("diff", told).stdout.splitlines()

    assert lines[1:] == [
        "  headline          Rivers [-rise-]{+fall+}",
        "  ¶4        number  {+Correction: it was 13.+}",
        "0 of 5 sentences changed, 1 added · headline changed · quotes same (1) · correction",
    ]


@pytest.mark.parametrize(
    ("words", "step"),
    [
        (("{}", "1..3"), (1, 3)),
        (("{}", "1", "3"), (1, 3)),
        (("{}@1..3",), (1, 3)),
        (("{}", "first.."), (1, 3)),
        (("{}@..2",), (1, 2)),
        (("{}@2",), (1, 2)),
        (("{}", "2"), (1, 2)),
        (("{}~1",), (1, 2)),
        (("{}", "~2..~1"), (1, 2)),
        (("{}", "latest", "@1"), (3, 1)),
        (("seeds/a.txt",), (2, 3)),
        (("seeds/a.txt@1", "2"), (1, 2)),
    ],
)
def test_revisions_are_named_in_many_ways(told: str, ask: Ask, words: tuple[str, ...], step: tuple[int, int]) -> None:
    row = json.loads(ask("diff", *(word.format(told) for word in words), "-o", "json").stdout)

    assert (row["before"]["revision"], row["after"]["revision"]) == step


def test_a_name_that_ends_like_a_revision_is_the_name(archive: Archive, ask: Ask) -> None:
    archive.keep("old~1", text="One.")
    archive.keep("old~1", text="Two.")
    archive.build()

    assert ask("diff", "seeds/old~1").exit_code == 0
    assert "Two." in ask("show", "seeds/old~1").stdout
    assert "One." in ask("show", "seeds/old~1~1").stdout


@pytest.mark.parametrize("words", [("{}", "1..7"), ("{}@9",), ("{}", "~3.."), ("nothing",), ("nothing@2",)])
def test_what_is_not_there_ends_with_3(told: str, ask: Ask, words: tuple[str, ...]) -> None:
    ended = ask("diff", *(word.format(told) for word in words))

    assert (ended.exit_code, ended.stdout) == (3, "")
    assert "presslog history" in ended.stderr or "presslog search" in ended.stderr


@pytest.mark.parametrize("words", [("1..x",), ("1", "2", "3"), ("1..2..3",), ("²",)])
def test_words_that_mean_no_revision_are_wrong_usage(told: str, ask: Ask, words: tuple[str, ...]) -> None:
    assert ask("diff", told, *words).exit_code == 2


def test_one_revision_is_nothing_to_compare(archive: Archive, ask: Ask) -> None:
    identifier = archive.keep()
    archive.build()

    ended = ask("diff", identifier)

    assert (ended.exit_code, ended.stdout) == (0, "")
    assert "has one revision" in ended.stderr
    assert f"Next:  presslog show {identifier}" in ended.stderr
    assert ask("diff", identifier, "-o", "json").stdout == "null\n"


def test_what_was_read_anew_is_no_change_of_the_newsroom(archive: Archive, ask: Ask) -> None:
    history = History(archive.log)
    history.article(text="It rained. Share this!")
    history.reread(text="It rained.")
    archive.build()
    alone = ask("diff", "seeds/a.txt").stderr
    history.article(text="It rained. It stopped.")
    archive.build()

    lines = ask("diff", "seeds/a.txt").stdout.splitlines()

    assert "it was read anew, which is no change of the newsroom" in alone
    assert lines[1:-1] == ["  ¶1  wording  {+It stopped.+}"]
    assert "#1 → #3" in lines[0]


def test_a_version_that_came_too_late_is_passed_over(archive: Archive, ask: Ask) -> None:
    history = History(archive.log)
    for version, text in ((1, "One."), (3, "Three."), (2, "Two.")):
        history.article(uri="urn:a", version=version, text=text)
    archive.build()

    assert "@1 → @2" in ask("diff", "urn:a").stdout
    assert "no revision was current before that one" in ask("diff", "urn:a", "3").stderr
    assert "@3 → @2" in ask("diff", "urn:a", "3..").stdout


def test_stat_is_one_line_a_step(told: str, ask: Ask) -> None:
    rows = [line.split("\t") for line in ask("diff", told, "--stat").stdout.splitlines()]

    assert [(row[0], row[2], row[-1]) for row in rows] == [
        ("1..2", "update", "1 number: several → 12"),
        ("2..3", "correction", "headline; 1 number added; 1 sentence added"),
    ]
    assert [row["step"] for row in json.loads(ask("diff", told, "1..2", "--stat", "-o", "json").stdout)] == ["1..2"]


def test_colour_takes_the_place_of_brackets(told: str, ask: Ask) -> None:
    shown = ask("diff", told, "1..2", "--color", "always").stdout

    assert "\x1b[31mseveral\x1b[0m\x1b[32m12\x1b[0m people were hurt." in shown
    assert "[-" not in shown


def test_long_sentences_are_shortened_beside_what_changed(archive: Archive, ask: Ask) -> None:
    long = " ".join(f"word{number}" for number in range(60))
    came = " ".join(f"new{number}" for number in range(60))
    archive.keep(text=f"{long} old {long}.")
    archive.keep(text=f"{long} {came} {long}.")
    archive.build()

    line = ask("diff", "seeds/a.txt").stdout.splitlines()[1]

    assert "… word55 word56 word57 word58 word59 [-old-]{+new0 " in line
    assert f"{{+{came}+}} word0 word1 word2 word3 word4 word5 …" in line


def test_nothing_of_an_article_acts_on_the_terminal(archive: Archive, ask: Ask) -> None:
    archive.keep(text="It was calm.")
    archive.keep(text="It was \x1b[31mwild\u202e.", title="A\x1b[2J")
    archive.build()

    shown = ask("diff", "seeds/a.txt").stdout

    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\x1b[31mwild\\u202e" in shown


def test_no_changed_word_is_said(archive: Archive, ask: Ask) -> None:
    archive.keep(text="It was calm.")
    archive.keep(text="It  was\ncalm.")
    archive.build()

    assert ask("diff", "seeds/a.txt").stdout.splitlines()[1] == "  no word differs, white space aside"


def test_json_holds_every_change_and_both_revisions(told: str, ask: Ask) -> None:
    row = json.loads(ask("diff", told, "1..2", "-o", "json").stdout)

    assert (row["article_id"], row["change_kind"], row["is_silent"]) == (told, "update", True)
    assert row["numbers"] == {"went": ["several"], "came": ["12"]}
    assert row["changes"][0]["marked"] == "The mayor said [-several-]{+12+} people were hurt."
    assert row["changes"][0]["categories"] == ["number"]


def test_diff_answers_as_of_the_past(told: str, ask: Ask) -> None:
    assert "@1 → @2" in ask("diff", told, "--at", "4").stdout
