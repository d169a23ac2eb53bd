"""Quotes: what is said in marks, in part of them or in the writer's words, by whom; words that nobody says are none."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.article import Article
from presslog.handlers.insight.attributions import attributions
from presslog.handlers.insight.facts import Quote, Span
from presslog.handlers.insight.quotes import quotes
from presslog.handlers.speech.spoken import hidden, quoted

MEGABYTE = 1_000_000


def found_in(text: str, language: str = "") -> list[Quote]:
    article = Article(title="", text=text, language=language)
    return quotes(article, attributions(article))


def told(text: str) -> list[tuple[str, str, str]]:
    """Kind, words and speaker."""
    return [(each.kind, text[slice(*each.span)], each.speaker_name) for each in found_in(text)]


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("“Go,” he said.", ["“Go,”"]),
        ('"Go," he said. "Now."', ['"Go,"', '"Now."']),
        ("‘It’s late,’ she said, ‘isn’t it?’", ["‘It’s late,’", "‘isn’t it?’"]),
        (
            "‘We have the lamps’ light, and the boys’ too,’ she said.",
            ["‘We have the lamps’ light, and the boys’ too,’"],
        ),
        ("“He said, ‘Why me?’ and left,” she said.", ["“He said, ‘Why me?’ and left,”"]),
        ("'Go,' he said. The dogs' tails hung.", ["'Go,'"]),
        ("«Va», dit-il. „Geh“, sagte er. »Geh!« 「行け」", ["«Va»", "„Geh“", "»Geh!«", "「行け」"]),
        ("“One.\n\n“Two,” he said.", ["“One.\n\n“Two,”"]),
        ('"One.\n\n"Two," he said.', ['"One.\n\n"Two,"']),
        ("“It never ends.\n\nHe left.", []),
        ("It is 5' 6\" long in the '90s.", []),
        ('“Mixed marks," he said.', ['“Mixed marks,"']),
        ("“”", ["“”"]),
    ],
)
def test_stretches_in_marks_are_found_whatever_the_marks(text: str, stretches: list[str]) -> None:
    assert [text[slice(*each)] for each in quoted(text)] == stretches


def test_what_is_hidden_keeps_its_place_and_its_last_stop() -> None:
    text = "“Go home.” The minister left."

    told = hidden(text, quoted(text))

    assert len(told) == len(text)
    assert told.endswith(".” The minister left.")
    assert "home" not in told


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It held,” said Ana Silva.", [("direct", "“It held,”", "Ana Silva")]),
        ("Ana Silva said: “It held.”", [("direct", "“It held.”", "Ana Silva")]),
        ("Ana Silva said the dam was “sound”.", [("partial", "“sound”", "Ana Silva")]),
        ("Ana Silva called it “a good dam”.", [("partial", "“a good dam”", "Ana Silva")]),
        ("The dam had held, Ana Silva said.", [("indirect", "The dam had held", "Ana Silva")]),
        ("Ana Silva said in a letter that it had held.", [("indirect", "it had held", "Ana Silva")]),
        ("Ana Silva told Reuters it had held.", [("indirect", "it had held", "Ana Silva")]),
        ("According to Ana Silva, the dam held.", [("indirect", "the dam held", "Ana Silva")]),
        ("The dam held, according to Ana Silva.", [("indirect", "The dam held", "Ana Silva")]),
        (
            "What is left, Ana Silva said, is a wharf.",
            [("indirect", "What is left, Ana Silva said, is a wharf", "Ana Silva")],
        ),
        ("“It held.”\n\nThe dam is sound, Ana Silva said.", [("indirect", "The dam is sound", "Ana Silva")]),
        ("Ana Silva said it held but declined to say more.", [("indirect", "it held", "Ana Silva")]),
        (
            "“It held,” Ana Silva said, “and it will hold.”",
            [("direct", "“It held,”", "Ana Silva"), ("direct", "“and it will hold.”", "Ana Silva")],
        ),
        (
            "“It held,” Ana Silva said. “It will hold.”",
            [("direct", "“It held,”", "Ana Silva"), ("direct", "“It will hold.”", "Ana Silva")],
        ),
        (
            "The dam held, Ana Silva said. “We were lucky.”",
            [("indirect", "The dam held", "Ana Silva"), ("direct", "“We were lucky.”", "Ana Silva")],
        ),
        (
            "He was wrong, Ana Silva said, “as we all are”.",
            [("indirect", "He was wrong", "Ana Silva"), ("partial", "“as we all are”", "Ana Silva")],
        ),
        (
            "Ana Silva called it “sound” and said it would hold.",
            [("partial", "“sound”", "Ana Silva"), ("indirect", "it would hold", "Ana Silva")],
        ),
    ],
)
def test_words_have_their_kind_their_span_and_their_speaker(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "The “rescue plan” failed.",
        "She read “The Last Dam” on the “Silver Tern”.",
        "Reuters reported that the dam held.",
        "The report said the dam held.",
        "“Who knows?”",
    ],
)
def test_what_nobody_says_is_no_quote(text: str) -> None:
    assert found_in(text) == []


def test_the_one_who_said_it_speaks_and_the_outlet_reports_it() -> None:
    (quote,) = found_in("The dam held, Interfax reported, citing spokesman Lee Tan.")

    assert (quote.kind, quote.speaker_name, quote.role, quote.outlet) == (
        "indirect",
        "Lee Tan",
        "spokesman",
        "Interfax",
    )


def test_a_quote_that_stands_alone_in_a_new_paragraph_has_no_speaker_but_a_name() -> None:
    text = "“It held,” said Ana Silva.\n\n“It will hold.”"

    _, last = found_in(text)

    assert (last.speaker, last.cue, last.speaker_name, last.kind) == (None, None, "Ana Silva", "direct")


def test_the_sign_that_hides_letters_is_a_space_where_a_text_has_it() -> None:
    text = "It rained, said Lee Tan.\n\n{}“Go on,” he said. {}“Go on”"

    with_signs = found_in(text.format("\x1a", "\x1a"))

    assert with_signs == found_in(text.format(" ", " "))


def test_a_quote_over_two_paragraphs_is_one() -> None:
    text = "“It held.\n\n“It will hold,” said Ana Silva."

    (quote,) = found_in(text)

    assert text[slice(*quote.span)] == "“It held.\n\n“It will hold,”"
    assert quote.speaker_name == "Ana Silva"


def test_other_languages_have_quotes_without_speakers() -> None:
    text = "„Der Damm hat ja doch gehalten“, sagte Ana Silva. Das „Wunder“ blieb."

    (quote,) = found_in(text, "de")

    assert (quote.kind, quote.speaker_name, quote.speaker) == ("direct", "", None)
    assert text[slice(*quote.span)] == "„Der Damm hat ja doch gehalten“"


@pytest.mark.parametrize("unit", ['"', "s’ b ", "\n\n“a", "“a,” Lee said. "])
def test_a_megabyte_of_marks_is_read_to_its_end(unit: str) -> None:
    text = unit * (MEGABYTE // len(unit))

    found = found_in(text)

    assert all(each.span.end <= len(text) for each in found)


WORDS = st.sampled_from("Ana Silva said “ ” ‘ ’ \" ' « » , . ? it held that and \n\n Reuters reported The".split(" "))


@settings(max_examples=50)
@given(st.one_of(st.text(max_size=200), st.lists(WORDS, max_size=40).map(" ".join)))
def test_quotes_of_any_text_stand_in_it_apart_and_in_order(text: str) -> None:
    found = found_in(text)

    assert all(one.span.end <= other.span.start for one, other in pairwise(found))
    assert all(is_inside(text, each.span) for each in found)
    assert all(is_inside(text, span) for each in found for span in (each.speaker, each.cue) if span)


def test_a_text_may_break_off_anywhere() -> None:
    text = (
        "“It held,” said Ana Silva (41), a baker. The dam was old, Interfax reported, citing spokesman Lee Tan, that "
        "it “fell”, and said so in a letter, as Reuters quoted him as saying.\n\nAccording to the report, quoted by "
        "Reuters, it held."
    )

    cut = [(text[:end], found_in(text[:end])) for end in range(len(text))]

    assert all(is_inside(part, each.span) for part, found in cut for each in found)


def is_inside(text: str, span: Span) -> bool:
    return 0 <= span.start < span.end <= len(text)
