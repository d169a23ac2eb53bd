"""Dates, money and numbers: how far they reach, and what they are worth."""

import time
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as some

from presslog.handlers.insight.figures import figures

THURSDAY = date(2024, 4, 11)
MARKS = some.text(alphabet="1239,.:-/ $€%amp Mayone two'’“\n", max_size=120)


def found(text: str) -> list[tuple[str, str, str]]:
    return [(each.kind, text[each.span.start : each.span.end], each.name) for each in figures(text, THURSDAY)]


@pytest.mark.parametrize(
    ("text", "kind", "span", "name"),
    [
        ("It costs £6.4m now.", "money", "£6.4m", "GBP 6400000"),
        ("It costs 412 million kroner.", "money", "412 million kroner", ""),
        ("It costs C$1.10 a share.", "money", "C$1.10", "CAD 1.1"),
        ("It costs USD 5 bn.", "money", "USD 5 bn", "USD 5000000000"),
        ("It costs two million euros.", "money", "two million euros", "EUR 2000000"),
        ("It fell 8.7% then.", "number", "8.7%", "8.7 %"),
        ("It fell forty-two percent.", "number", "forty-two percent", "42 %"),
        ("Some 1.9 million barrels.", "number", "1.9 million", "1900000"),
        ("Some 1,311 spots.", "number", "1,311", "1311"),
        ("A 44-page order.", "number", "44", "44"),
        ("The 22-year-old won.", "number", "22", "22"),
        ("They won 3-2 there.", "number", "3-2", "3-2"),
        ("Ice at minus 50 degrees.", "number", "50", "50"),
        ("It came on 9 May.", "date", "9 May", "2024-05-09"),
        ("It came on Jan. 12, 2023.", "date", "Jan. 12, 2023", "2023-01-12"),
        ("It came on Dec. 30 again.", "date", "Dec. 30", "2023-12-30"),
        ("It came in November.", "date", "November", "2023-11"),
        ("It came on Tuesday.", "date", "Tuesday", "2024-04-09"),
        ("It will come on Tuesday.", "date", "Tuesday", "2024-04-16"),
        ("It comes on Tuesdays night.", "date", "Tuesdays night", ""),
        ("It came yesterday.", "date", "yesterday", "2024-04-10"),
        ("It came last year.", "date", "last year", "2023"),
        ("It will come next month.", "date", "next month", "2024-05"),
        ("It came in 1959, they say.", "date", "1959", "1959"),
        ("It came at 2:15 p.m. as planned.", "date", "2:15 p.m.", "14:15"),
        ("It came at 8 a.m. as planned.", "date", "8 a.m.", "08:00"),
        ("It came at 18:05 as planned.", "date", "18:05", "18:05"),
        ("It came at noon.", "date", "noon", "12:00"),
        ("It came since five in the morning.", "date", "five in the morning", ""),
        ("It came last Christmas.", "date", "last Christmas", ""),
        ("It costs 2,900 shillings a bag.", "money", "2,900 shillings", ""),
        ("It came in the fourth quarter of it.", "date", "the fourth quarter", ""),
    ],
)
def test_a_figure_has_its_kind_its_reach_and_its_value(text: str, kind: str, span: str, name: str) -> None:
    assert found(text) == [(kind, span, name)]


@pytest.mark.parametrize(
    "text",
    [
        "He sat in row 12 of the No. 88 bus.",
        "The G7 met about Covid-19, a 14th time.",
        "One of them had won a third, and two-thirds lost.",
        "He may go, and they march.",
        "The account 12345678901234567890 was closed.",
        "Radio Four said so.",
    ],
)
def test_what_names_something_or_counts_nothing_is_no_figure(text: str) -> None:
    assert found(text) == []


def test_without_a_day_of_writing_a_weekday_has_no_value() -> None:
    (mention,) = figures("It came on Tuesday.")

    assert mention.name == ""


@given(MARKS)
def test_figures_stand_in_the_text_in_order_and_apart(text: str) -> None:
    spans = [each.span for each in figures(text, THURSDAY)]

    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize("unit", ["1", "1,", "1,000,", "$", "$1", "two ", "May 1 ", "1-", "1:", "12:30 ", "last ", "a"])
def test_a_hostile_text_of_100_kb_is_no_work_for_minutes(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    began = time.process_time()

    figures(text, THURSDAY)

    assert time.process_time() - began < 10
