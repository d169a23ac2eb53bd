"""Files are read before any of them is written: the log is asked once of all articles, and what it said counts once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from desks import Desk, a_story

from presslog.daemon.places import Place
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import LogUnavailable


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The streams of each question about newest events, in the order in which they were asked."""
    questions: list[list[str]] = []
    newest, last = SqliteLog.newest, SqliteLog.last

    def noting_many(log: SqliteLog, streams: list[str]) -> object:
        questions.append(list(streams))
        return newest(log, streams)

    def noting_one(log: SqliteLog, stream: str) -> object:
        if stream.startswith("article/"):
            questions.append([stream])
        return last(log, stream)

    monkeypatch.setattr(SqliteLog, "newest", noting_many)
    monkeypatch.setattr(SqliteLog, "last", noting_one)
    return questions


def test_of_the_articles_of_many_files_the_log_is_asked_once(tmp_path: Path, asked: list[list[str]]) -> None:
    desk = Desk(tmp_path)
    for number in range(40):
        desk.drop(f"{number}.txt", a_story(f"Story {number}"))

    desk.drain()

    assert [len(set(question)) for question in asked] == [40]


def test_what_was_asked_ahead_counts_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.drop("a.txt", a_story())

    with desk.assembled() as (parts, _):
        ahead, place = parts.composer.ahead, Place("seeds", b"a.txt")
        taken = parts.intake._sight.take(place)
        with ahead.of([(place, taken)], parts.intake._readers, lambda _: "") as [read]:
            [written] = parts.composer.articles(place, taken, read())
            parts.log.append([written.append])
            [again] = parts.composer.articles(place, taken, read())

    assert written.append.expected == 0
    assert again.append is None


def test_nothing_that_was_read_ahead_is_left_where_the_log_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path)
    desk.drop("a.txt", a_story())

    def unavailable(*_: object) -> None:
        raise LogUnavailable("away")

    with desk.assembled() as (parts, _):
        with monkeypatch.context() as patched:
            patched.setattr(parts.log, "newest", unavailable)
            with pytest.raises(LogUnavailable):
                parts.intake.process([Place("seeds", b"a.txt")])
        left = parts.composer.ahead._versions | parts.composer.ahead._newest
        [outcome] = parts.intake.process([Place("seeds", b"a.txt")])

    assert left == {}
    assert outcome.kind == "recorded"


def test_copies_in_one_portion_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk, read = Desk(tmp_path), []
    for number in range(5):
        desk.drop(f"{number}.txt", a_story())

    with desk.assembled() as (parts, _):
        readers = parts.intake._readers
        here: Callable[..., object] = readers.read_here
        monkeypatch.setattr(readers, "read_here", lambda content, name: read.append(name) or here(content, name))
        outcomes = parts.intake.process([Place("seeds", f"{number}.txt".encode()) for number in range(5)])

    assert len(read) == 1
    assert sorted(outcome.kind for outcome in outcomes) == ["copy"] * 4 + ["recorded"]


def test_what_cannot_be_read_is_refused_beside_what_can(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.drop("a.txt", a_story())
    desk.drop("b.txt", b"")
    desk.drop("c.txt", b"\x00\x01\x02" * 50)
    desk.drop("d.txt", a_story("Other", "Another text."))

    assert [kind for kind in desk.kinds() if kind == "recorded"] == ["recorded"] * 2
    assert len(desk.rows("select code from failures")) >= 1
