"""Facts in sentences: numbers, quotes, names, and which of them went and came."""

import pytest

from presslog.handlers.comparison.facts import Moved, moved, numbers, plain, quotes, spelled_numbers
from presslog.handlers.comparison.names import names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It paid $1.9 million.", ["$1.9 million"]),
        ("Up 8.7%, or 8.7 percent.", ["8.7%", "8.7 percent"]),
        ("At 10:30 on Jan. 6, 2022.", ["10:30", "6", "2022"]),
        ("From 1,200 to 12,000 tons.", ["1,200", "12,000 tons"]),
        ("The G7 and COVID-19 and an A380.", []),
        ("The 5th of 40 km.", ["5th", "40 km"]),
        ("−5 °C in Lund.", ["−5 °C"]),
        ("١٢ شخصا", ["١٢"]),
        ("Nothing at all.", []),
    ],
)
def test_numbers_come_with_their_units(text: str, found: list[str]) -> None:
    assert [fact.text for fact in numbers(text)] == found


@pytest.mark.parametrize(
    ("one", "other"), [("8.7 percent", "8.7%"), ("1,200", "1200"), ("5 mn", "5 million"), ("3 per cent", "3 pct")]
)
def test_a_number_is_the_same_however_it_is_written(one: str, other: str) -> None:
    assert moved(numbers(one), numbers(other)) == Moved()


def test_spelled_numbers_are_their_figures() -> None:
    assert [fact.key for fact in spelled_numbers("Twelve of several, none of one")] == ["12", "several", "1"]
    assert moved(spelled_numbers("five"), numbers("5")) == Moved()


@pytest.mark.parametrize(
    "text", ["“It rains”", '"It rains"', "«It rains»", "„It rains“", "„It rains”", "「It rains」", "“It rains\n\nNo."]
)
def test_quotes_stand_between_marks_of_any_kind(text: str) -> None:
    assert [fact.text for fact in quotes(text)] == ["It rains"]


def test_a_quote_in_other_marks_is_the_same() -> None:
    assert moved(quotes("“We won’t go,” she said."), quotes('"We won\'t go", she said.')) == Moved()


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("The mayor, Ana Silva, met J. K. Berg.", ["Ana Silva", "J. K. Berg"]),
        ("They met the Bank of Norway’s head in Lund.", ["Bank of Norway", "Lund"]),
        ("On Monday in January I left.", []),
        ("Silva left “Rivers” behind.", ["Silva", "Rivers"]),
        ("Nobody left.", []),
    ],
)
def test_names_are_capitals_inside_a_sentence(sentence: str, found: list[str]) -> None:
    assert [fact.text for fact in names(sentence, context="Then Ana Silva left. Nobody saw it.")] == found


def test_facts_that_moved_neither_went_nor_came() -> None:
    assert moved(numbers("5 and 6 and 6"), numbers("6 and 5")) == Moved(went=("6",))
    assert moved(numbers("5"), numbers("6, 7")) == Moved(went=("5",), came=("6", "7"))
    assert moved(numbers("5"), numbers("6, 7")).count == 2


def test_plain_text_has_no_marks_and_no_spaces() -> None:
    assert plain("“Re-elected…” — he") == plain('"Reelected" he')
    assert plain("***") == "***"
