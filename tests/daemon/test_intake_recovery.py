"""Crashes and losses: whatever is repeated, no fact is recorded twice and none is lost."""

import hashlib
from contextlib import closing
from itertools import groupby

import pytest
from desks import Desk, a_story
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.store.sqlite import connect

CONTENTS = (b"", a_story(text="Three boats left."), a_story(text="Four boats left."), a_story(text="Five boats left."))
CHANGES = st.tuples(
    st.sampled_from(["a.txt", "b.txt"]),
    st.sampled_from([None, *CONTENTS]),
    st.sampled_from(["kept", "crashed", "forgotten"]),
)
"""A file's new content (None: it is removed), and what becomes of the registry after it was brought in."""


def test_lost_registry_leads_to_no_second_record(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drop("b.txt", a_story())
    desk.drop("empty.txt", b"")
    desk.drain()
    before = desk.events()

    desk.forget_intake()
    found = desk.drain()

    assert {outcome.kind for outcome in found} == {"known"}
    assert desk.events() == before


def test_registry_of_another_log_is_forgotten(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()

    for path in [*desk.store.glob("log.db*"), *desk.store.glob("notary.db*"), *desk.store.glob("presslog.key")]:
        path.unlink()
    (desk.store / "checkpoint").unlink()
    found = desk.drain()

    assert [outcome.kind for outcome in found] == ["recorded"]
    assert desk.rows("select title from articles") == [("Rivers rise",)]


def test_registry_ahead_of_a_log_from_a_backup_is_forgotten_though_that_log_has_grown_as_far(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()
    backup = (desk.store / "log.db").read_bytes()
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()
    known = kept_registry(desk)

    (desk.store / "log.db").write_bytes(backup)
    desk.forget_intake()
    # The notary would refuse such a log at once.
    for name in ("notary.db", "checkpoint"):
        (desk.store / name).unlink()
    desk.path("b.txt").rename(desk.folder / "b.txt")
    desk.drop("c.txt", a_story("Ferries stay"))
    desk.drain()
    restore_registry(desk, known)
    (desk.folder / "b.txt").rename(desk.path("b.txt"))
    found = desk.drain()

    assert {outcome.place.path: outcome.kind for outcome in found}[b"b.txt"] == "recorded"
    assert sorted(desk.rows("select title from articles")) == [("Bridges hold",), ("Ferries stay",), ("Rivers rise",)]


@pytest.mark.parametrize("change", ["recorded", "revised", "copy", "refused", "removed", "unchanged"])
def test_crash_between_log_and_registry_repeats_work_and_no_fact(desk: Desk, change: str) -> None:
    desk.drop("old.txt", a_story())
    desk.drain()
    known = kept_registry(desk)
    make(desk, change)
    assert desk.kinds() == [change]
    before = desk.events()

    restore_registry(desk, known)
    desk.drain()

    assert desk.events() == before
    assert desk.kinds() == []


@pytest.mark.parametrize("table", ["files", "received"])
def test_rows_dropped_by_hand_are_learnt_from_the_log_again(desk: Desk, table: str) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()
    with closing(connect(desk.store / "intake.db")) as connection:
        connection.execute(f"delete from {table}")
        connection.execute("update ledger set position = 0")

    desk.drop("b.txt", a_story())
    desk.drain()

    assert len(desk.events("article-recorded")) == 1
    assert desk.rows("select path, outcome from files") == [("a.txt", "read"), ("b.txt", "copy")]


@settings(max_examples=15, deadline=None)
@given(history=st.lists(CHANGES, min_size=1, max_size=8))
def test_no_loss_of_the_registry_adds_a_fact(tmp_path_factory: pytest.TempPathFactory, history: list[tuple]) -> None:
    desk = Desk(tmp_path_factory.mktemp("history") / "desk")
    desk.drain()

    for name, content, fate in history:
        known = kept_registry(desk)
        change(desk, name, content)
        desk.drain()
        before = desk.events()
        lose(desk, fate, known)
        desk.drain()
        assert desk.events() == before

    there = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in desk.seeds.iterdir()}
    assert dict(desk.rows("select path, sha256 from files where outcome <> 'removed'")) == there


@settings(max_examples=15, deadline=None)
@given(contents=st.lists(st.sampled_from([None, *CONTENTS]), min_size=1, max_size=8))
def test_article_of_a_path_is_what_the_path_held_last(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes | None]
) -> None:
    desk = Desk(tmp_path_factory.mktemp("path") / "desk")
    desk.drain()

    for content in contents:
        change(desk, "a.txt", content)
        desk.drain()

    readable = [content for content in contents if content]
    texts = [content.decode().strip().split("\n\n")[1] for content, _ in groupby(readable)]
    assert [text for (text,) in desk.rows("select text from revisions order by revision")] == texts


def kept_registry(desk: Desk) -> bytes:
    assert not list(desk.store.glob("intake.db-*")), "the registry was not closed"
    return (desk.store / "intake.db").read_bytes()


def restore_registry(desk: Desk, known: bytes) -> None:
    desk.forget_intake()
    (desk.store / "intake.db").write_bytes(known)


def lose(desk: Desk, fate: str, known: bytes) -> None:
    if fate == "crashed":
        restore_registry(desk, known)
    elif fate == "forgotten":
        desk.forget_intake()


def change(desk: Desk, name: str, content: bytes | None) -> None:
    if content is None:
        desk.path(name).unlink(missing_ok=True)
    else:
        desk.drop(name, content)


def make(desk: Desk, change: str) -> None:
    match change:
        case "recorded":
            desk.drop("new.txt", a_story("Bridges hold"))
        case "revised":
            desk.drop("old.txt", a_story(text="The water went at dawn."))
        case "copy":
            desk.drop("new.txt", a_story())
        case "refused":
            desk.drop("new.txt", b"")
        case "removed":
            desk.path("old.txt").unlink()
        case "unchanged":
            desk.drop("old.txt", a_story() + b"\n")
