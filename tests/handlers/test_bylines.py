"""Bylines: people are found, jobs, houses and places are not people."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.parts.bylines import is_byline, is_names, merge_authors, read_authors
from presslog.store.article import Author


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("Ana Silva", ["Ana Silva"]),
        ("Ana Silva and Bo Lee", ["Ana Silva", "Bo Lee"]),
        ("Ana Silva, Bo Lee and Carl Moss", ["Ana Silva", "Bo Lee", "Carl Moss"]),
        ("Ana Silva, Bo Lee, and Carl Moss", ["Ana Silva", "Bo Lee", "Carl Moss"]),
        ("By Ana Silva & Bo Lee", ["Ana Silva", "Bo Lee"]),
        ("By Ana Silva; Bo Lee", ["Ana Silva", "Bo Lee"]),
        ("By Ana Silva and Bo Lee | Harbour Wire", ["Ana Silva", "Bo Lee"]),
        ("BY ANA SILVA, Staff Writer", ["ANA SILVA"]),
        ("By Ana Silva, Associated Press", ["Ana Silva"]),
        ("By Ana Silva in Lima and Bo Lee in Oslo", ["Ana Silva", "Bo Lee"]),
        ("By Ana Silva (Reuters)", ["Ana Silva"]),
        ("By Ana Silva a.silva@wire.example", ["Ana Silva"]),
        ("By Martin Luther Moss, Jr. and Bo Lee", ["Martin Luther Moss, Jr.", "Bo Lee"]),
        ("By J. R. van der Berg", ["J. R. van der Berg"]),
        ("By: Ana Silva", ["Ana Silva"]),
        ("Harbour News", ["Harbour News"]),
        ("Анна Сильва", ["Анна Сильва"]),
        ("", []),
    ],
)
def test_a_byline_gives_its_people_in_order(byline: str, names: list[str]) -> None:
    written = byline

    authors = read_authors(written)

    assert [author.name for author in authors] == names
    assert {author.role for author in authors} <= {"byline"}


def test_who_stands_after_with_has_assisted() -> None:
    byline = "By Ana Silva, with assistance from Bo Lee and Carl Moss"

    authors = read_authors(byline)

    assert authors == (Author("Ana Silva"), Author("Bo Lee", "with_assistance"), Author("Carl Moss", "with_assistance"))


@pytest.mark.parametrize(
    "line",
    [
        "By Ana Silva",
        "BY ANA SILVA, Staff Writer",
        "By Ana Silva and Bo Lee | Wire",
        "Written by Ana Silva",
        "by Ludwig van Moss",
    ],
)
def test_a_line_that_names_after_by_is_a_byline(line: str) -> None:
    written = line

    answer = is_byline(written)

    assert answer


@pytest.mark.parametrize(
    "line",
    [
        "By Friday the price had doubled.",
        "By the Numbers: Five Piers",
        "By 2030, Ana Silva will be free.",
        "Byron Silva",
        "By " + "Ana Silva, " * 60,
        "By and large, it rained",
    ],
)
def test_a_sentence_that_begins_with_by_is_no_byline(line: str) -> None:
    written = line

    answer = is_byline(written)

    assert not answer


@pytest.mark.parametrize(
    "line",
    [
        "Prices rose",
        "It rained on Lima.",
        "What Now?",
        "Two piers closed, lorries queue",
        "Ana",
        "10 Downing Street",
        "",
        "Ana Silva said so",
    ],
)
def test_other_lines_are_no_bare_names(line: str) -> None:
    written = line

    answer = is_names(written)

    assert not answer


def test_a_name_counts_once_in_its_first_role() -> None:
    groups = ([Author("Ana Silva")], [Author("ana silva", "editor"), Author("Bo Lee", "editor")])

    merged = merge_authors(*groups)

    assert merged == (Author("Ana Silva"), Author("Bo Lee", "editor"))


@given(
    st.lists(
        st.from_regex(r"[A-Z][a-z]{4,8} [B-Z][a-z]{3,9}x", fullmatch=True),
        min_size=1,
        max_size=6,
        unique_by=str.casefold,
    )
)
def test_joined_names_are_read_back(names: list[str]) -> None:
    byline = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    authors = read_authors(byline)

    assert [author.name for author in authors] == names


@given(st.text(max_size=400))
def test_any_line_is_judged_without_a_failure(line: str) -> None:
    answers = (is_byline(line), is_names(line), read_authors(line))

    kinds = [type(answer) for answer in answers]

    assert kinds == [bool, bool, tuple]
