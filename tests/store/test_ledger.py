"""The ledger of quotes: the same words in several outlets stand once, and what revisions changed is named."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives import Archive

from presslog.store.facts import Asked
from presslog.store.ledger import changed_quotes, ledger
from presslog.store.queries import Answers
from presslog.store.tables import Row

NOW = datetime(2022, 1, 7, tzinfo=UTC)
EVERY = Asked()
NOISE = "“We heard a long scraping noise and then silence,” said Ana Silva, a passenger."
LOUD = "“We heard a long scraping noise and then nothing,” said Ana Silva, a passenger."
OTHER = "“Nobody had told the crew about the closed strait,” said Ana Silva, a passenger."
BERG = "“We heard a long scraping noise and then silence,” said Olga Berg, a passenger."


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    archive = Archive(tmp_path / "store")
    yield archive
    archive.close()


def entries(archive: Archive, asked: Asked = EVERY, limit: int = 50) -> list[Row]:
    archive.derive()
    with Answers(archive.folder, with_insight=True) as answers:
        return ledger(answers, asked, NOW, limit=limit)


def changes(archive: Archive, asked: Asked = EVERY, limit: int = 50) -> list[Row]:
    archive.derive()
    with Answers(archive.folder, with_insight=True) as answers:
        return changed_quotes(answers, asked, NOW, limit=limit)


def test_the_same_words_in_two_outlets_stand_once_with_where_they_stood_first(archive: Archive) -> None:
    archive.keep("a.txt", text=f"It was night. {NOISE}", source="Harbour Wire")
    archive.keep("b.txt", text=f"It was dark. {NOISE}", source="The Quay")

    (entry,) = entries(archive)

    assert (entry["published_by"], entry["times"], entry["articles"], entry["sources"]) == ("Harbour Wire", 2, 2, 2)
    assert (entry["wordings"], entry["variants"]) == (1, [])


def test_other_words_are_a_variant_with_its_outlet(archive: Archive) -> None:
    archive.keep("a.txt", text=f"It was night. {NOISE}", source="Harbour Wire")
    archive.keep("b.txt", text=f"It was dark. {LOUD}", source="The Quay")

    (entry,) = entries(archive)

    assert entry["wordings"] == 2
    assert [(each["published_by"], "nothing" in each["text"]) for each in entry["variants"]] == [("The Quay", True)]


def test_what_is_another_quote_or_of_another_speaker_stands_by_itself(archive: Archive) -> None:
    archive.keep("a.txt", text=f"It was night. {NOISE}\n\n{OTHER}")
    archive.keep("b.txt", text=f"It was dark. {BERG}")

    assert sorted((entry["speaker"], entry["times"]) for entry in entries(archive)) == [
        ("Ana Silva", 1),
        ("Ana Silva", 1),
        ("Olga Berg", 1),
    ]
    assert len(entries(archive, limit=2)) == 2


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (LOUD, [("words", "Ana Silva", "Ana Silva")]),
        (BERG, [("speaker", "Ana Silva", "Olga Berg")]),
        ("Nobody spoke.", [("gone", "Ana Silva", "")]),
        (NOISE, []),
        (NOISE.replace("silence,”", "silence”,"), []),
    ],
    ids=["words", "speaker", "gone", "same", "marks"],
)
def test_change_of_a_quote_between_revisions_is_named(
    archive: Archive, after: str, expected: list[tuple[str, str, str]]
) -> None:
    archive.keep(text=f"It was night. {NOISE}")
    archive.keep(text=f"It was a clear night. {after}")

    found = changes(archive)

    assert [(each["change"], each["speaker"], each["speaker_after"]) for each in found] == expected
    assert all((each["from_revision"], each["revision"]) == (1, 2) for each in found)


def test_changes_are_of_whom_and_of_what_is_asked(archive: Archive) -> None:
    archive.keep(text=f"It was night. {NOISE}", title="Ferry")
    archive.keep(text=f"It was night. {LOUD}", title="Ferry")

    asked = [Asked(name="silva"), Asked(name="berg"), Asked("ferry"), Asked("bridge")]

    assert [len(changes(archive, each)) for each in asked] == [1, 0, 1, 0]
