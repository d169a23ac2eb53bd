"""Search across scripts, through all revisions, in time and in the past."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives import NOON, Archive

from presslog.store.article import Subject
from presslog.store.past import Past
from presslog.store.queries import Answers
from presslog.store.search import Wish

NOW = datetime.fromtimestamp(NOON, UTC)


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    archive = Archive(folder)
    yield archive
    archive.close()


@pytest.fixture
def mixed(archive: Archive) -> Archive:
    """Articles in several scripts, and one in none of them."""
    archive.keep("zh", title="北京暴雨", text="中国首都北京市今天下大雨。Rivers rise.", language="zh")
    archive.keep("ja", title="東京の川", text="ﾄｳｷｮｳで雨。北京ではない。")
    archive.keep("ar", title="أمطار", text="هطلت الأمطار على المدينة.")
    archive.keep("en", title="Rivers rise", text="Rain over Beijing.")
    archive.keep("de", title="Flüsse", text="Regen über Peking, rain.")
    return archive.build()


def paths(archive: Archive, text: str, **wish: object) -> list[str]:
    """Paths of what a search finds."""
    with Answers(archive.folder) as answers:
        return [hit.article["path"] for hit in answers.search(text, Wish(**wish), now=NOW).hits]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("北京", {"zh", "ja"}),
        ("北京市", {"zh"}),
        ("雨", {"zh", "ja"}),
        ("京市", {"zh"}),
        ("امطار", {"ar"}),
        ("トウキョウ", {"ja"}),
        ("北京 rivers", {"zh"}),
        ("北京 river", {"zh"}),
        ("北京 OR rain", {"zh", "ja", "en", "de"}),
        ("rain -北京", {"en", "de"}),
        ("北京 -東京", {"zh"}),
        ("北京 -rise", {"ja"}),
        ("rain OR 北京 over OR 雨", {"zh", "ja", "en"}),
        ("北京 lang:zh", {"zh"}),
        ('"北京 東京"', set()),
        ("rivers", {"zh", "en"}),
    ],
)
def test_words_of_every_script_are_found_in_one_query(mixed: Archive, text: str, expected: set[str]) -> None:
    assert set(paths(mixed, text)) == expected
    with Answers(mixed.folder) as answers:
        assert {row["path"] for row in answers.export(text)} == expected
        assert answers.count(text) == len(expected)


def test_hits_of_pairs_are_marked_as_they_are_written(mixed: Archive) -> None:
    with Answers(mixed.folder) as answers:
        (arabic,) = answers.search("امطار").hits
        (chinese,) = answers.search("北京 rivers", Wish(marks=("<", ">"))).hits

    assert (arabic.marked_title, arabic.snippet) == ("[أمطار]", "هطلت ال[أمطار] على المدينة.")
    assert chinese.marked_title == "<北京>暴雨"
    assert chinese.snippet == "中国首都<北京>市今天下大雨。<Rivers> rise."


def test_title_counts_more_than_text(archive: Archive) -> None:
    archive.keep("text", title="Weather", text="Storm and more of it.")
    archive.keep("title", title="Storm", text="Weather and more of it.")
    archive.keep("文", title="天气", text="暴雨今天")
    archive.keep("題", title="暴雨", text="天气今天")
    archive.build()

    assert paths(archive, "storm") == ["title", "text"]
    assert paths(archive, "暴雨") == ["題", "文"]


@pytest.mark.parametrize("text", ["water", "feed:seeds"])
def test_reversed_time_gives_the_oldest_first(archive: Archive, text: str) -> None:
    for day in (5, 7, 6):
        archive.keep(f"{day}", published_at=f"2022-01-0{day}")
    archive.build()

    assert paths(archive, text, is_by_time=True, is_reversed=True, limit=2) == ["5", "6"]
    assert paths(archive, text, is_by_time=True, limit=2) == ["7", "6"]


def test_reversed_rank_gives_the_same_with_the_best_last(archive: Archive) -> None:
    for number in range(3):
        archive.keep(f"{number}", title="Water " * number)
    archive.build()

    assert paths(archive, "water", limit=2, is_reversed=True) == paths(archive, "water", limit=2)[::-1]


def test_where_many_match_the_oldest_are_those_of_the_beginning(archive: Archive) -> None:
    for number in range(6):
        archive.keep(f"{number}")
    archive.build()

    assert paths(archive, "water", is_by_time=True, is_reversed=True, ranked_most=4) == ["0", "1", "2", "3"]


@pytest.mark.parametrize("said", [("Several were hurt.", "Twelve were hurt."), ("北京有雨。", "北京有雪。")])
def test_old_revision_says_that_the_current_one_holds_the_words_no_more(
    archive: Archive, said: tuple[str, str]
) -> None:
    archive.keep("a", text=said[0])
    archive.keep("a", text=said[1])
    archive.build()

    with Answers(archive.folder, every_revision=True) as answers:
        gone, still = (
            {hit.article["revision"]: hit.is_gone for hit in answers.search(words).hits}
            for words in (("several", "hurt") if said[0].isascii() else ("雨", "北京"))
        )

    assert gone == {1: True}
    assert still == {1: False, 2: False}


def test_what_is_gone_is_judged_as_of_then(archive: Archive) -> None:
    archive.keep("a", text="Several were hurt.")
    archive.keep("a", text="Several people were hurt.")
    last = archive.log.head()
    archive.keep("a", text="Twelve were hurt.")
    archive.build()

    with Answers(archive.folder, Past(last), every_revision=True) as answers:
        then = [hit.is_gone for hit in answers.search("several").hits]
    with Answers(archive.folder, every_revision=True) as answers:
        now = [hit.is_gone for hit in answers.search("several").hits]

    assert (then, now) == ([False, False], [True, True])


FILTERS = [
    "source:wire",
    "author:lee",
    "feed:seeds",
    "lang:zh",
    "section:world",
    "slug:rain",
    "status:usable",
    "subject:weather",
    "change:first",
    "since:2022-01-06",
    "until:2022-01-06",
]


@pytest.mark.parametrize("asked", FILTERS)
@pytest.mark.parametrize("words", ["", "rain", "北京"])
@pytest.mark.parametrize("every_revision", [False, True], ids=["current", "every revision"])
def test_every_filter_holds_in_the_past_and_for_every_revision(
    archive: Archive, asked: str, words: str, every_revision: bool
) -> None:
    named = {"source": "Wire", "language": "zh", "section": "World", "slugline": "RAIN", "published_at": "2022-01-06"}
    archive.keep("a", text="北京 rain", authors=("Ann Lee",), subjects=(Subject(name="Weather"),), **named)
    then = archive.log.head()
    archive.keep("a", title="Dry", text="Dry.", status="canceled", published_at="2021-01-01")
    archive.build()

    with Answers(archive.folder, Past(then), every_revision=every_revision) as answers:
        found = answers.search(f"{words} {asked}", now=NOW).hits
    with Answers(archive.folder, every_revision=every_revision) as answers:
        now = answers.search(f"rain {asked}", now=NOW).hits

    assert [hit.article["revision"] for hit in found] == [1]
    assert len(now) == every_revision


def test_change_tells_what_was_updated_from_what_is_new(archive: Archive) -> None:
    archive.keep("a")
    archive.keep("b")
    archive.keep("b", text="The water rose all day, and went in the evening.")
    archive.build()

    assert paths(archive, "water change:update") == ["b"]
    assert paths(archive, "change:FIRST") == ["a"]


def test_tables_inside_an_index_are_nothing_for_people(mixed: Archive) -> None:
    with Answers(mixed.folder) as answers:
        names = [name for name, _ in answers.schema()]

    assert [name for name in names if "gram" in name or "fts" in name] == [
        "revisions_gram_words",
        "revisions_fts",
        "revisions_grams",
    ]


def test_text_that_says_one_word_only_does_not_stop_the_search_for_it(archive: Archive) -> None:
    archive.keep("a.txt", title="The", text="the " * 50_000)
    archive.build()
    began = time.monotonic()

    with Answers(archive.folder) as answers:
        hits = [answers.search(text).hits[0] for text in ("the", "t* th* the* t*", "the the the the the")]

    assert all(hit.snippet.startswith("[the] [the]") for hit in hits)
    assert time.monotonic() - began < 30
