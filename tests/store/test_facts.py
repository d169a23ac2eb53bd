"""Quotes, attributions and mentions asked with the filters of search, one by one and counted, now and in the past."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archives import Archive

from presslog.store.errors import NoSuchStore
from presslog.store.facts import ATTRIBUTIONS, QUOTES, Asked, counted_facts, each_fact, facts_of
from presslog.store.past import Past
from presslog.store.queries import Answers

NOW = datetime(2022, 1, 7, tzinfo=UTC)
EVERY = Asked()
SILVA = "“We heard a long scraping noise,” said Ana Silva, a passenger."
BERG = "Olga Berg told reporters that the bridge would be built."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "store")
    archive.keep("ferry.txt", text=f"The ferry lay on the rocks. {SILVA}", source="Harbour Wire")
    archive.keep("bridge.txt", text=f"Ten years have passed. {BERG}", source="Morning Ledger")
    archive.keep("ferry.txt", text=f"The ferry is afloat again. {SILVA} {BERG}", source="Harbour Wire")
    yield archive.derive()
    archive.close()


def speakers(archive: Archive, asked: Asked = EVERY, past: Past | None = None, **options: Any) -> list[str]:
    with Answers(archive.folder, past, with_insight=True, **options) as answers:
        return [row["speaker"] for row in each_fact(answers, QUOTES, asked, NOW)]


def test_quotes_of_current_revisions_stand_newest_article_first_and_in_the_order_of_the_text(archive: Archive) -> None:
    assert speakers(archive) == ["Ana Silva", "Olga Berg", "Olga Berg"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Asked("rocks"), []),
        (Asked("afloat"), ["Ana Silva", "Olga Berg"]),
        (Asked('source:"Morning Ledger"'), ["Olga Berg"]),
        (Asked(name="silva"), ["Ana Silva"]),
        (Asked(name="Sil"), []),
        (Asked(name="nobody", others=("ana SILVA",)), ["Ana Silva"]),
        (Asked(kinds=("direct",)), ["Ana Silva"]),
        (Asked(since="2023-01-01"), []),
    ],
    ids=["old words", "words", "filter", "part of a name", "part of a word", "another name", "kind", "since"],
)
def test_questions_are_narrowed_like_a_search(archive: Archive, asked: Asked, expected: list[str]) -> None:
    assert speakers(archive, asked) == expected


def test_the_past_answers_with_what_was_said_then(archive: Archive) -> None:
    assert speakers(archive, past=Past(position=4)) == ["Olga Berg", "Ana Silva"]


def test_every_revision_counts_where_that_is_asked(archive: Archive) -> None:
    assert len(speakers(archive, every_revision=True)) == 4


def test_places_are_those_of_the_words_in_the_text(archive: Archive) -> None:
    with Answers(archive.folder, with_insight=True) as answers:
        (row,) = each_fact(answers, QUOTES, Asked(name="silva"), NOW)
        article = answers.article(row["id"])

    assert article["text"][row["start_char"] : row["end_char"]] == row["text"]
    assert row["detector"].startswith("rules/")
    assert 0 < row["confidence"] <= 1


def test_names_are_counted_with_their_articles_and_sources(archive: Archive) -> None:
    with Answers(archive.folder, with_insight=True) as answers:
        rows = counted_facts(answers, QUOTES, Asked(), NOW)

    assert [(row["name"], row["articles"], row["facts"], row["sources"]) for row in rows] == [
        ("Olga Berg", 2, 2, 2),
        ("Ana Silva", 1, 1, 1),
    ]


def test_facts_of_one_revision_are_those_of_its_text(archive: Archive) -> None:
    with Answers(archive.folder, with_insight=True) as answers:
        row = each_fact(answers, ATTRIBUTIONS, Asked("afloat"), NOW)[0]
        found = facts_of(answers, row["id"], row["position"])

    assert [row["speaker"] for row in found["quotes"]] == ["Ana Silva", "Olga Berg"]
    assert [row["name"] for row in found["attributions"]] == ["Ana Silva", "Olga Berg"]
    assert found["cluster"] is None


def test_facts_of_a_copy_name_its_story(archive: Archive) -> None:
    text = "The ferry from Lund lay on the rocks off Stone Point with forty people on board until noon."
    ids = [archive.keep(f"{name}.txt", title="Ferry aground", text=text, source=name) for name in ("Wire", "Quay")]
    archive.derive()

    with Answers(archive.folder, with_insight=True) as answers:
        articles = [answers.article(identifier) for identifier in ids]
        found = [facts_of(answers, row["id"], row["head_position"])["cluster"] for row in articles]

    assert [(row["is_lead"], row["relation"]) for row in found] == [(1, "lead"), (0, "exact")]
    assert len({row["id"] for row in found}) == 1


def test_answers_are_as_fresh_as_what_is_derived(archive: Archive) -> None:
    head = archive.log.head()
    archive.keep("late.txt", text=BERG)
    archive.build()

    with Answers(archive.folder) as answers, Answers(archive.folder, with_insight=True) as facts:
        reached = answers.as_of(), facts.as_of()

    assert reached == (head + 2, head)


def test_store_without_it_says_how_it_is_made(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "bare")
    archive.build().close()

    with pytest.raises(NoSuchStore, match=r"start `presslog run`"):
        Answers(archive.folder, with_insight=True)
