"""Tails: lines behind the body are kept apart, and no paragraph of the body goes with them."""

import pytest

from presslog.handlers.formats.text import read_text

BODY = "Two piers were closed on Monday, a spokesman said.\n\nLorries queued for hours.\n\nRepairs take a month."


@pytest.mark.parametrize(
    "tail",
    [
        ("©2022 Bloomberg L.P.",),
        ("(c) 2022 Harbour Wire",),
        ("Copyright 2022 Harbour Wire. All rights reserved.",),
        ("To contact the reporter on this story: Ana Silva in Porto at a@wire.example",),
        ("To contact the editor responsible for this story: Bo Lee",),
        ("Click here for the chart",),
        ("Read more: https://wire.example/piers",),
        ("Related:", "- Salt prices climb", "- Tram returns"),
        ("Most Read from Bloomberg Businessweek", "Salt Prices Climb", "Bills Stall in the U.S."),
        ("--With assistance from Dora Mint.", "Most Read from Bloomberg", "Salt Prices Climb", "©2022 Bloomberg L.P."),
    ],
)
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_a_tail_is_kept_in_order_and_apart(tail: tuple[str, ...], gap: str) -> None:
    text = f"Piers Close\n\n{BODY}\n\n{gap.join(tail)}\n"

    article = read_text(text)

    assert (article.tail, article.text) == (tail, BODY)


def test_a_reading_list_inside_the_body_stays_there() -> None:
    text = f"Piers Close\n\nTwo piers were closed.\n\nMost Read from Bloomberg\n\nSalt Prices Climb\n\n{BODY}"

    article = read_text(text)

    assert article.tail == ()
    assert "Most Read from Bloomberg" in article.text
    assert article.text.endswith(BODY)


def test_a_note_on_top_of_the_body_is_the_ednote() -> None:
    text = f"Piers Close\n\n(Updates price in fifth paragraph.)\n\n{BODY}"

    article = read_text(text)

    assert (article.ednote, article.text) == ("(Updates price in fifth paragraph.)", BODY)


def test_reporters_in_the_tail_are_authors_only_without_a_byline() -> None:
    tail = "(Reporting by Ana Silva and Bo Lee; Editing by Carl Moss)"

    article = read_text(f"Piers Close\n\n{BODY}\n\n{tail}")

    assert [(author.name, author.role) for author in article.authors] == [
        ("Ana Silva", "byline"),
        ("Bo Lee", "byline"),
        ("Carl Moss", "editor"),
    ]
