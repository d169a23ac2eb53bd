"""New bytes under a known name: revisions, content that returns, files that go and come back."""

import pytest
from desks import Desk, a_story

from presslog.daemon.places import Place

A = a_story(text="Three boats left.")
B = a_story(text="Four boats left.")


def test_changed_bytes_under_the_same_name_are_a_second_revision(desk: Desk) -> None:
    desk.drop("a.txt", A)
    desk.drain()

    desk.drop("a.txt", B)
    found = desk.drain()

    assert [(outcome.kind, outcome.revision) for outcome in found] == [("revised", 2)]
    assert desk.events("article-revised")[0].fact.changed == ("text",)
    assert desk.rows("select revision, text, revision_count from articles") == [(2, "Four boats left.", 2)]


def test_first_revision_stays_whole_beside_the_second(desk: Desk) -> None:
    desk.drop("a.txt", A)
    desk.drain()
    desk.drop("a.txt", B)

    desk.drain()

    assert desk.rows("select revision, title, text, changed from revisions order by position") == [
        (1, "Rivers rise", "Three boats left.", ""),
        (2, "Rivers rise", "Four boats left.", "text"),
    ]


def test_content_that_returns_is_a_third_revision(desk: Desk) -> None:
    for content in (A, B, A):
        desk.drop("a.txt", content)
        desk.drain()

    head = desk.rows("select revision, text from articles")

    assert head == [(3, "Three boats left.")]
    assert desk.rows("select text from revisions order by revision") == [
        ("Three boats left.",),
        ("Four boats left.",),
        ("Three boats left.",),
    ]


def test_file_that_is_gone_is_removed_and_its_article_stays(desk: Desk) -> None:
    path = desk.drop("a.txt", A)
    desk.drain()

    path.unlink()
    found = desk.drain()

    assert [outcome.kind for outcome in found] == ["removed"]
    assert [event.type for event in desk.events()][-1] == "file-removed"
    assert desk.rows("select outcome from files") == [("removed",)]
    assert desk.rows("select title from articles") == [("Rivers rise",)]


def test_removed_file_is_told_once(desk: Desk) -> None:
    desk.drop("a.txt", A)
    desk.drain()
    desk.path("a.txt").unlink()
    desk.drain()

    found = desk.drain()

    assert found == []
    assert len(desk.events("file-removed")) == 1


def test_file_moved_away_and_back_is_received_again_and_recorded_once(desk: Desk) -> None:
    path = desk.drop("a.txt", A)
    desk.drain()
    path.rename(desk.folder / "away.txt")
    desk.drain()

    (desk.folder / "away.txt").rename(path)
    desk.drain()

    assert [event.type for event in desk.events()] == [
        "article-recorded",
        "file-received",
        "file-removed",
        "file-received",
    ]
    assert desk.rows("select outcome from files") == [("read",)]


def test_removed_and_changed_file_goes_on_with_the_same_article(desk: Desk) -> None:
    desk.drop("a.txt", A)
    desk.drain()
    desk.path("a.txt").unlink()
    desk.drain()

    desk.drop("a.txt", B)
    found = desk.drain()

    assert [(outcome.kind, outcome.revision) for outcome in found] == [("revised", 2)]


@pytest.mark.parametrize("between", ["removed", "refused"])
def test_content_that_returns_after_a_gap_is_a_third_revision(desk: Desk, between: str) -> None:
    for content in (A, B):
        desk.drop("a.txt", content)
        desk.drain()
    if between == "removed":
        desk.path("a.txt").unlink()
    else:
        desk.drop("a.txt", b"")
    desk.drain()

    desk.drop("a.txt", A)
    desk.drain()

    assert desk.rows("select revision, text from articles") == [(3, "Three boats left.")]


def test_two_names_are_two_articles(desk: Desk) -> None:
    desk.drop("a.txt", A)
    desk.drop("sub/a.txt", B)

    desk.drain()

    assert desk.rows("select path, revision from articles order by path") == [("a.txt", 1), ("sub/a.txt", 1)]


def test_raw_bytes_of_every_revision_are_kept(desk: Desk) -> None:
    for content in (A, B):
        desk.drop("a.txt", content)
        desk.drain()

    with desk.assembled() as (parts, _):
        kept = [parts.log.blobs.get(event.fact.digest) for event in desk.events("file-received")]

    assert kept == [A, B]


def test_a_hundred_versions_of_one_name_are_revisions_in_their_order(desk: Desk) -> None:
    with desk.assembled() as (parts, _):
        for number in range(100):
            desk.drop("a.txt", a_story(text=f"{number} boats left."))
            parts.intake.process([Place("seeds", b"a.txt")])

    desk.drain()

    assert desk.rows("select text from revisions order by revision") == [(f"{n} boats left.",) for n in range(100)]
