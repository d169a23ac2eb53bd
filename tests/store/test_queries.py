"""The questions that people ask, on real views of a real log."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from archives import NOON, Archive

from presslog.store.article import Subject
from presslog.store.errors import AmbiguousId, BadQuery, NoSuchStore, NotFound, StoreUnsafe
from presslog.store.queries import Answers
from presslog.store.search import Wish
from presslog.store.sqlite import connect

NOW = datetime.fromtimestamp(NOON, UTC)


@pytest.fixture
def archive(folder: Path) -> Iterator[Archive]:
    archive = Archive(folder)
    yield archive
    archive.close()


def paths(archive: Archive, text: str, **wish: object) -> list[str]:
    """Paths of what a search finds."""
    with Answers(archive.build().folder) as answers:
        return [hit.article["path"] for hit in answers.search(text, Wish(**wish), now=NOW).hits]


def test_a_word_in_the_title_comes_before_one_in_the_text(archive: Archive) -> None:
    archive.keep("text.txt", title="Weather", text="A storm came at night.")
    archive.keep("title.txt", title="Storm", text="It came at night, and it went.")

    assert paths(archive, "storm") == ["title.txt", "text.txt"]


def test_only_the_current_revision_is_found(archive: Archive) -> None:
    archive.keep("a.txt", text="Several were hurt.")
    archive.keep("a.txt", text="Twelve were hurt.")

    assert paths(archive, "several") == []
    assert paths(archive, "twelve") == ["a.txt"]


def test_withdrawn_article_is_found_like_any_other_and_says_so(archive: Archive) -> None:
    archive.keep("a.txt")
    archive.keep("b.txt", status="canceled")

    with Answers(archive.build().folder) as answers:
        found = {hit.article["path"]: hit.article["status"] for hit in answers.search("rivers").hits}

    assert found == {"a.txt": "usable", "b.txt": "withdrawn"}
    assert paths(archive, "rivers status:withdrawn") == ["b.txt"]
    assert paths(archive, "rivers -status:withdrawn") == ["a.txt"]
    assert set(paths(archive, "status:any")) == {"a.txt", "b.txt"}


def test_found_words_are_marked_in_title_and_text(archive: Archive) -> None:
    archive.keep(title="Rivers rise", text="Every river was over its banks.")

    with Answers(archive.build().folder) as answers:
        hit = answers.search("river", Wish(marks=("<", ">"))).hits[0]

    assert hit.marked_title == "<Rivers> rise"
    assert hit.snippet == "Every <river> was over its banks."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("source:reuters", {"r.txt"}),
        ('source:"agence france presse"', {"f.txt"}),
        ("source:agence-france-presse", {"f.txt"}),
        ("source:AFP", {"f.txt"}),
        ('source:"???"', set()),
        ("source:reuters source:agence-france-presse", {"r.txt", "f.txt"}),
        ("source:Nobody", set()),
        ("-source:Reuters", {"f.txt", "n.txt"}),
        ("author:jose", {"r.txt"}),
        ('author:"JOSÉ de la Cruz"', {"r.txt"}),
        ("author:jos", set()),
        ("lang:en", {"r.txt", "f.txt", "n.txt"}),
        ("lang:en_gb", {"f.txt"}),
        ("slug:rivers", {"r.txt"}),
        ("subject:04000000", {"r.txt"}),
        ("subject:medtop:04000000", {"r.txt"}),
        ("subject:economy", {"r.txt"}),
        ("subject:000000", set()),
        ("subject:%", set()),
        ("-subject:economy lang:en-GB", {"f.txt"}),
        ("section:World lang:en", {"r.txt"}),
        ("feed:seeds -author:jose source:Reuters", set()),
        ("water source:reuters", {"r.txt"}),
        ("source:'; drop table articles; --'", set()),
    ],
)
def test_filters_choose_by_columns(archive: Archive, text: str, expected: set[str]) -> None:
    subjects = (Subject("medtop:04000000", "Economy, business"), Subject(name="Floods"))
    wire = {"slugline": "RIVERS-RISE", "subjects": subjects, "language": "en", "section": "world"}
    archive.keep("r.txt", source="Reuters", authors=("José de la Cruz",), **wire)
    archive.keep("f.txt", source="Agence France-Presse", authors=("Ann Lee",), language="en-GB")
    archive.keep("n.txt", language="eng")

    assert set(paths(archive, text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("since:2022-01-06", {"day", "undated"}),
        ("since:2022-01-06T18:00:00Z", {"day"}),
        ("since:2h", {"day", "undated"}),
        ("until:2022-01-05", {"minute", "old"}),
        ("until:2022-01-05T20:00:00Z", {"old"}),
        ("since:2022-01-05T21:00:00Z until:2022-01-05T22:00:00Z", {"minute"}),
        ("until:2021-12-31", {"old"}),
    ],
)
def test_a_day_counts_whole_and_a_zone_counts(archive: Archive, text: str, expected: set[str]) -> None:
    archive.keep("day", published_at="2022-01-06", published_precision="day")
    archive.keep("minute", published_at="2022-01-06T03:30+06:00", published_precision="minute")
    archive.keep("old", published_at="2021-12", published_precision="month")
    archive.keep("undated")

    assert set(paths(archive, text)) == expected
    assert set(paths(archive, f"water {text}")) == expected


def test_filters_alone_list_the_newest_first(archive: Archive) -> None:
    archive.keep("old", published_at="2022-01-05")
    archive.keep("undated")
    archive.keep("new", published_at="2022-01-07")

    assert paths(archive, "feed:seeds") == ["new", "undated", "old"]
    assert paths(archive, "feed:seeds", limit=1) == ["new"]
    assert paths(archive, "water", is_by_time=True) == ["new", "undated", "old"]


def test_total_counts_more_than_the_limit(archive: Archive) -> None:
    for number in range(5):
        archive.keep(f"{number}.txt")

    with Answers(archive.build().folder) as answers:
        by_words, by_filter = (answers.search(text, Wish(limit=2)) for text in ("water", "feed:seeds"))

    assert [(len(found.hits), found.total, found.is_bounded) for found in (by_words, by_filter)] == [(2, 5, False)] * 2


@pytest.mark.parametrize("text", ["water", "feed:seeds"])
def test_where_many_match_only_the_newest_are_ranked_and_the_answer_says_so(archive: Archive, text: str) -> None:
    archive.keep("first.txt", title="Water, water, water")
    for number in range(5):
        archive.keep(f"{number}.txt")

    with Answers(archive.build().folder) as answers:
        found = answers.search(text, Wish(ranked_most=4))

    assert (found.total, found.is_bounded) == (4, True)
    assert text == "feed:seeds" or "first.txt" not in [hit.article["path"] for hit in found.hits]


@pytest.mark.parametrize("name", ["ap", "AP", "associated-press", "The Associated Press", "ap / acme", "apnews.com"])
def test_a_source_is_found_by_all_that_it_is_called(archive: Archive, name: str) -> None:
    archive.keep("named.txt", source="The Associated Press")
    archive.keep("together.txt", source="AP / Acme")
    archive.keep("credited.txt", byline="By Ana Silva, Associated Press")
    archive.keep("other.txt", source="Acme")

    found = paths(archive, f'source:"{name}"')

    assert set(found) == {"named.txt", "together.txt", "credited.txt"}


def test_language_that_nobody_declares_is_told_by_the_words(archive: Archive) -> None:
    archive.keep("de.txt", title="Der Fluss steigt", text="In der Nacht kam das Wasser, verletzt wurde niemand.")
    archive.keep("at.txt", language="de_AT")
    archive.keep("short.txt", title="Ja", text="Nein.")

    assert set(paths(archive, "lang:de")) == {"de.txt", "at.txt"}
    with Answers(archive.folder) as answers:
        rows = {row["path"]: (row["language"], row["language_rule"]) for row in answers.export()}
    assert rows == {"de.txt": ("de", "detected"), "at.txt": ("de-AT", "declared"), "short.txt": ("", "")}


def test_an_article_answers_to_id_beginning_uri_and_path(archive: Archive) -> None:
    identifier = archive.keep("dir/a.txt", uri="urn:example:1")
    archive.keep("b.txt")
    archive.copy("again.txt", of="dir/a.txt")

    with Answers(archive.build().folder) as answers:
        names = (identifier, identifier[:10], identifier[4:10], "urn:example:1", "seeds/dir/a.txt", "seeds/again.txt")
        assert {answers.resolve(name) for name in names} == {identifier}


@pytest.mark.parametrize("name", ["", "art_", "art_zzzz", "nothing/here", "ж", "\udcff/x", "a\x00b", "%_*", "'"])
def test_unknown_name_is_not_found(archive: Archive, name: str) -> None:
    archive.keep()

    with Answers(archive.build().folder) as answers, pytest.raises(NotFound, match="presslog search"):
        answers.resolve(name)


def test_name_that_fits_several_lists_them_with_titles(archive: Archive) -> None:
    found = [archive.keep(f"{number}.txt", title=f"Title {number}") for number in range(40)]
    start = next(each[:5] for each in found if sum(other.startswith(each[:5]) for other in found) > 1)

    with Answers(archive.build().folder) as answers, pytest.raises(AmbiguousId) as caught:
        answers.resolve(start)

    for number, identifier in enumerate(found):
        assert (f"{identifier}  Title {number}\n" in f"{caught.value}\n") == identifier.startswith(start)


def test_history_and_revisions_keep_every_text(archive: Archive) -> None:
    identifier = archive.keep(text="Several were hurt.")
    archive.keep(text="Twelve were hurt.")

    with Answers(archive.build().folder) as answers:
        revisions = answers.history(identifier)
        texts = [answers.revision(identifier, number)["text"] for number in (1, 2)]

        assert [row["valid_to_position"] is None for row in revisions] == [False, True]
        assert texts == ["Several were hurt.", "Twelve were hurt."]
        assert answers.article(identifier)["text"] == texts[1]
        with pytest.raises(NotFound, match="presslog history"):
            answers.revision(identifier, 3)


def test_export_gives_every_current_article_in_the_order_of_the_log(archive: Archive) -> None:
    archive.keep("a.txt", authors=("Ann Lee", "Bo Ek"))
    archive.keep("b.txt", text="Dry.")
    archive.keep("a.txt", text="The water went.", authors=("Ann Lee",))
    archive.keep("c.txt", title="Gone", text="", status="canceled")

    with Answers(archive.build().folder) as answers:
        everything = list(answers.export())
        wet = list(answers.export("water author:lee"))

    assert [(row["path"], row["status"]) for row in everything] == [
        ("b.txt", "usable"),
        ("a.txt", "usable"),
        ("c.txt", "withdrawn"),
    ]
    assert [(row["text"], row["authors"], row["revision"]) for row in wet] == [("The water went.", ["Ann Lee"], 2)]
    assert (
        list(everything[0])[:20]
        == (
            "id uri url feed path format title byline authors published_at published_precision updated_at source"
            " language text revision status content_hash first_position last_position"
        ).split()
    )


def test_ids_walk_in_the_order_of_the_log_on_every_page(archive: Archive) -> None:
    kept = [archive.keep(f"{number}.txt", title="Dry" if number == 3 else "Wet") for number in range(7)]

    with Answers(archive.build().folder) as answers:
        everything, wet = list(answers.ids(page=2)), list(answers.ids("wet status:usable", page=2))

        assert everything == kept
        assert wet == [each for each in kept if each != kept[3]]
        assert (answers.count(), answers.count("wet"), answers.count("feed:none")) == (7, 6, 0)


def test_article_in_a_bundle_answers_to_its_path_in_it(archive: Archive) -> None:
    first, second = (archive.keep("day.zip", inside=inside, text=inside) for inside in ("a.txt", "sub/b.zip!/b.txt"))

    with Answers(archive.build().folder) as answers:
        found = [answers.resolve(f"seeds/day.zip!/{inside}") for inside in ("a.txt", "sub/b.zip!/b.txt")]

        assert found == [first, second]
        with pytest.raises(AmbiguousId):
            answers.resolve("seeds/day.zip")
        with pytest.raises(NotFound):
            answers.resolve("seeds/day.zip!/none.txt")


def test_answers_say_as_of_which_position(archive: Archive) -> None:
    archive.keep()

    with Answers(archive.build().folder) as answers:
        archive.keep("later.txt")

        assert answers.as_of() == 2
        assert {row["position"] for row in answers.checkpoints()} == {2}


def test_reading_without_a_store_says_how_to_make_one(folder: Path) -> None:
    with pytest.raises(NoSuchStore, match="presslog init"):
        Answers(folder)


def test_reading_without_views_says_how_to_build_them(archive: Archive) -> None:
    with pytest.raises(NoSuchStore, match="presslog views rebuild"):
        Answers(archive.folder)


def test_views_of_another_version_are_to_be_rebuilt(archive: Archive) -> None:
    archive.keep()
    connection = connect(archive.build().folder / "views.db")
    connection.execute("drop view articles")
    connection.close()

    with Answers(archive.folder) as answers, pytest.raises(StoreUnsafe, match="presslog views rebuild"):
        answers.search("water")


def test_a_time_cannot_be_excluded(archive: Archive) -> None:
    with Answers(archive.build().folder) as answers, pytest.raises(BadQuery, match="write until: instead"):
        answers.search("-since:2d water")


def test_a_reader_sees_one_state_while_the_writer_goes_on(archive: Archive) -> None:
    archive.keep("a.txt")

    with Answers(archive.build().folder) as answers:
        exported = answers.export()
        first = next(exported)["path"]
        archive.keep("b.txt")
        archive.build()

        assert [first, *(row["path"] for row in exported)] == ["a.txt"]
        assert len(answers.search("water").hits) == 2


def test_revision_says_everything_as_it_was_then(archive: Archive) -> None:
    subjects = (Subject("medtop:04000000", "Economy"),)
    identifier = archive.keep(slugline="RIVERS", urgency=2, authors=("Ann Lee",), subjects=subjects, located="Brenna")
    archive.keep(slugline="FLOODS", urgency=5, authors=("Bo Ek",), text="Dry.", updated_at="2022-01-07")

    with Answers(archive.build().folder) as answers:
        first = answers.revision(identifier, 1)
        current = answers.revision(identifier)

    columns = ("slugline", "urgency", "authors", "located", "updated_at", "revision", "revision_count")
    assert [first[column] for column in columns] == ["RIVERS", 2, ["Ann Lee"], "Brenna", "", 1, 2]
    assert [current[column] for column in columns] == ["FLOODS", 5, ["Bo Ek"], "", "2022-01-07", 2, 2]
    assert first["subjects"] == [{"code": "medtop:04000000", "name": "Economy"}]
