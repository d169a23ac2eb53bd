"""Erasing an article: what goes with it, what stays, and that it does not come back."""

import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from desks import Desk, a_story
from kills import rebuilt_digests

from presslog.daemon.apart import TEXT_BYTES_INLINE
from presslog.daemon.assemble import Parts, folders_of
from presslog.daemon.erase import Erase, erase
from presslog.daemon.lying import lying
from presslog.daemon.reread import Reread, reread
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.erase import Brought, Content, Mentions, brought, content_of, mentions
from presslog.store.errors import LogUnavailable, NotFound
from presslog.store.events import MOST_LISTED, FileReceived
from presslog.store.log import EventLog
from presslog.store.names import article_id, article_stream
from presslog.store.sqlite import connect

WHO = "operator:ada"
A = article_id("presslog:seeds/a.txt")
SECOND = 1_000_000_000


def records(*items: tuple[str, str]) -> str:
    """A file of many articles: uri and text of each."""
    return "".join(
        json.dumps({"uri": uri, "title": f"Title of {uri}", "text": f"{text} The water came at night."}) + "\n"
        for uri, text in items
    )


def never(file: FileReceived) -> bool:
    raise AssertionError(f"{file} names all that is in it")


def looked_at(log: EventLog, identifier: str) -> tuple[Content, Mentions, Brought]:
    """What a command finds out before it asks."""
    content = content_of(log, identifier)
    assert content
    found = mentions(log, content, holds=never)
    return content, found, brought(log, content, found)


@contextmanager
def erasing(desk: Desk, identifier: str = A, *, reason: str = "by order") -> Iterator[tuple[Parts, Brought]]:
    """The parts after an article was erased, with the views at the head."""
    with desk.assembled() as (parts, _):
        content, found, what = looked_at(parts.log, identifier)
        erase(parts, Erase(identifier, reason, content.expected, found), WHO)
        parts.views.open()
        parts.views.catch_up()
        yield parts, what


def erased(desk: Desk, identifier: str = A) -> Brought:
    with erasing(desk, identifier) as (_, what):
        return what


def held(desk: Desk) -> set[str]:
    """The digests of all bytes that the log holds."""
    with closing(SqliteLog(desk.store, readonly=True)) as log:
        return {digest for (digest,) in log._reader.execute("select lower(hex(digest)) from blobs")}


def test_every_version_and_its_bytes_go_and_it_is_said_by_whom_and_why(desk: Desk) -> None:
    for text in ("The minister lied.", "The minister lied twice."):
        desk.drop("a.txt", a_story(text=text))
        desk.drain()
    desk.drop("b.txt", a_story("Lakes fall"))
    desk.drain()
    before = held(desk)
    positions = tuple(event.position for event in desk.events() if event.stream == article_stream(A))

    what = erased(desk)

    [event] = desk.events("article-redacted")
    assert (event.fact.reason, event.fact.revision, event.fact.positions) == ("by order", 2, positions)
    assert set(event.fact.digests) == set(what.digests) == before - held(desk)
    assert len(what.digests) == 2
    assert WHO in desk.actors()
    assert [event.fact for event in desk.events("article-revised")] == [None]
    assert desk.rows("select title from articles") == [("Lakes fall",)]


def test_other_articles_of_the_same_file_keep_their_words_and_lose_the_file(desk: Desk) -> None:
    desk.drop("day.jsonl", records(("urn:a", "The minister lied."), ("urn:b", "Lakes fall.")))
    desk.drain()

    what = erased(desk, article_id("urn:a"))

    assert what.others == (article_id("urn:b"),)
    assert held(desk) == set()
    assert desk.rows("select uri from articles") == [("urn:b",)]
    with desk.assembled() as (parts, _):
        [told] = reread(parts, Reread((article_id("urn:b"),)), WHO)
    assert (told.state, "erased by order" in told.reason) == ("unreadable", True)


def test_bytes_in_which_it_came_unchanged_go_as_well(desk: Desk) -> None:
    desk.drop("day.jsonl", records(("urn:a", "The minister lied.")))
    desk.drain()
    desk.drop("evening.jsonl", records(("urn:b", "Lakes fall."), ("urn:a", "The minister lied.")))
    desk.drain()
    desk.drop("night.jsonl", records(("urn:b", "Lakes fall."), ("urn:c", "Bridges hold.")))
    desk.drain()

    what = erased(desk, article_id("urn:a"))

    assert what.files == ("seeds/day.jsonl", "seeds/evening.jsonl")
    assert len(held(desk)) == 1


def test_bytes_that_were_refused_under_its_path_go_as_well(desk: Desk) -> None:
    desk.drop("a.txt", b"The minister lied.\x00\x01\x02" * 20)
    desk.drop("other.txt", b"\x00\x01\x02" * 20)
    assert desk.kinds() == ["refused", "refused"]
    desk.drop("a.txt", a_story(text="The minister lied."))
    desk.drain()

    what = erased(desk)

    assert len(what.digests) == 2
    assert len(held(desk)) == 1


def long_text(word: str) -> str:
    return "\n\n".join(f"{word} {number} of a very long report." for number in range(TEXT_BYTES_INLINE // 24))


def test_long_text_goes_with_it(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text=long_text("Line")))
    desk.drain()
    assert len(held(desk)) == 2

    what = erased(desk)

    assert (len(what.digests), held(desk)) == (2, set())


def test_long_text_that_another_article_has_too_stays_for_that_one(desk: Desk) -> None:
    desk.drop("a.txt", a_story("Rivers rise", long_text("Line")))
    desk.drop("b.txt", a_story("Lakes fall", long_text("Line")))
    desk.drain()

    what = erased(desk)

    assert len(what.digests) == 1
    assert len(held(desk)) == 2
    assert desk.rows("select path, length(text) > 524288 from articles") == [("b.txt", 1)]
    assert {event.fact.article.title for event in desk.events("article-recorded") if event.fact} == {"Lakes fall"}


@pytest.mark.parametrize("name", ["a.txt", "other.txt"])
def test_same_bytes_never_come_back(desk: Desk, name: str) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()
    erased(desk)
    desk.forget_intake()

    desk.path("a.txt").unlink()
    desk.drop(name, a_story())
    found = desk.drain()

    assert [(outcome.kind, outcome.code) for outcome in found] == [("refused", "erased")]
    assert held(desk) == set()
    assert desk.rows("select count(*) from articles") == [(0,)]
    assert desk.rows("select code from failures where resolved_at is null") == [("erased",)]
    assert desk.kinds() == []


def test_corrected_bytes_are_the_next_revision_and_the_first_that_there_is(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text="The minister lied."))
    desk.drain()
    desk.drop("a.txt", a_story(text="The minister lied twice."))
    desk.drain()
    erased(desk)

    desk.drop("a.txt", a_story(text="The minister was there."))
    found = desk.drain()

    assert [(outcome.kind, outcome.revision) for outcome in found] == [("revised", 3)]
    assert desk.rows("select revision, revision_count, text from articles") == [(3, 3, "The minister was there.")]
    assert [event.type for event in desk.events()][-2:] == ["article-revised", "file-received"]
    desk.drop("a.txt", a_story(text="The minister was there at noon."))
    assert [(outcome.kind, outcome.revision) for outcome in desk.drain()] == [("revised", 4)]


def test_it_can_be_erased_again_after_it_came_back(desk: Desk) -> None:
    desk.drop("a.txt", a_story(text="The minister lied."))
    desk.drain()
    erased(desk)
    desk.drop("a.txt", a_story(text="The minister lied twice."))
    desk.drain()

    erased(desk)

    assert [event.fact.revision for event in desk.events("article-redacted")] == [1, 2]
    assert desk.rows("select revision from erasures order by 1") == [(1,), (2,)]
    assert desk.rows("select count(*) from revisions") == [(0,)]
    assert held(desk) == set()


def test_article_that_has_moved_on_is_not_erased_unseen(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    with desk.assembled() as (parts, _):
        content, found, _ = looked_at(parts.log, A)
        with pytest.raises(LogUnavailable, match="look at it, then ask again"):
            erase(parts, Erase(A, "by order", content.expected - 1, found), WHO)
        with pytest.raises(NotFound, match="holds no article"):
            erase(parts, Erase("art_nothing", "by order", 1), WHO)

    assert desk.events("article-redacted") == []


def test_file_that_came_since_it_was_looked_at_goes_as_well(desk: Desk) -> None:
    desk.drop("a.jsonl", records(("urn:a", "The minister lied.")))
    desk.drain()
    with closing(SqliteLog(desk.store, readonly=True)) as log:
        content, found, what = looked_at(log, article_id("urn:a"))
    desk.drop("b.jsonl", records(("urn:a", "The minister lied."), ("urn:b", "Lakes fall.")))
    desk.drain()

    with desk.assembled() as (parts, _):
        erase(parts, Erase(content.id, "by order", content.expected, found), WHO)

    assert len(what.digests) == 1
    assert len(desk.events("article-redacted")[0].fact.digests) == 2
    assert held(desk) == set()


def test_file_of_so_many_articles_that_not_all_are_named_is_read_once_more(desk: Desk) -> None:
    many = [(f"urn:{number}", "Lakes fall.") for number in range(MOST_LISTED)]
    desk.drop("a.jsonl", records(("urn:last", "The minister lied.")))
    desk.drain()
    desk.drop("b.jsonl", records(*many, ("urn:last", "The minister lied.")))
    desk.drop("c.jsonl", records(*many, ("urn:other", "Bridges hold.")))
    desk.drain()
    assert len(held(desk)) == 3

    with desk.assembled() as (parts, _):
        content = content_of(parts.log, article_id("urn:last"))
        assert content
        erase(parts, Erase(content.id, "by order", content.expected), WHO)

    assert len(held(desk)) == 1


def test_asking_again_learns_once_more_what_may_not_come_back(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()
    with erasing(desk) as (parts, what):
        with closing(connect(parts.registry.path)) as intake:
            intake.execute("delete from erased")

        again = erase(parts, Erase(A, "by order", 0), WHO)

        assert again.position == 0
        assert [parts.registry.is_erased(digest) for digest in what.digests] == [True]
    assert len(desk.events("article-redacted")) == 1


def test_files_that_still_lie_there_are_named(desk: Desk, tmp_path: Path) -> None:
    moving = Desk(tmp_path / "moving", after_read="move")
    for each in (desk, moving):
        each.drop("deep/a.txt", a_story(), mtime_ns=SECOND)
        each.drop("copy.txt", a_story())
        each.drop("b.txt", a_story("Lakes fall"))
        each.drain()
    identifiers = [each.rows("select id from articles where title = 'Rivers rise'")[0][0] for each in (desk, moving)]

    found: list[Any] = []
    for each, identifier in zip((desk, moving), identifiers, strict=True):
        what = erased(each, identifier)
        found.append(sorted(str(path) for path in lying(folders_of(each.settings), what.files, what.digests)))

    assert found[0] == [str(desk.path("copy.txt")), str(desk.path("deep/a.txt"))]
    assert found[1] == [str(moving.path("done/copy.txt")), str(moving.path("done/deep/a.txt"))]


def test_views_built_from_the_erased_log_are_the_same(desk: Desk) -> None:
    for number in range(5):
        desk.drop(f"{number}.txt", a_story(f"Title {number}", f"北京 number {number} of them."))
    desk.drop("day.jsonl", records(("urn:a", "The minister lied."), ("urn:b", "Lakes fall.")))
    desk.drain()
    for identifier in (article_id("presslog:seeds/3.txt"), article_id("urn:a")):
        erased(desk, identifier)
    live = desk.digests()

    assert rebuilt_digests(desk) == live
