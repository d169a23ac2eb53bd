"""Names of files: every byte of them comes back from the log and from the views."""

import os

import pytest
from desks import Desk, a_story

from presslog.daemon.places import Place
from presslog.store.events import FileReceived
from presslog.store.names import escape_path, unescape_path

NAMES = {
    "Latin-1": b"caf\xe9.txt",
    "newline": b"two\nlines.txt",
    "longest": b"n" * 251 + b".txt",
    "dash": b"-rf.txt",
    "emoji": "\N{NEWSPAPER}.txt".encode(),
    "percent": b"100%.txt",
    "escaped already": b"caf%E9.txt",
    "right to left": "\u202eabc.txt".encode(),
    "spaces": b" a  b .txt",
    "quotes": b"'a\"b\\c.txt",
    "decomposed": "cafe\u0301.txt".encode(),
}
EVERY_NAME = pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)


@EVERY_NAME
def test_name_comes_back_byte_by_byte(desk: Desk, name: bytes) -> None:
    desk.drop(name, a_story())

    desk.drain()

    facts = [event.fact for event in desk.events("file-received")]
    shown = [path for (path,) in desk.rows("select path from files")]
    assert [unescape_path(fact.path) for fact in facts if isinstance(fact, FileReceived)] == [name]
    assert [unescape_path(path) for path in shown] == [name]
    assert all(path.isprintable() for path in shown)


@EVERY_NAME
def test_sub_folder_of_this_name_is_read(desk: Desk, name: bytes) -> None:
    path = name + b"/" + name
    desk.drop(path, a_story())

    desk.drain()

    assert desk.rows("select path from articles") == [(escape_path(path),)]


def test_all_names_are_different_articles(desk: Desk) -> None:
    for number, name in enumerate(NAMES.values()):
        desk.drop(name, a_story(f"Title {number}"))

    desk.drain()

    assert desk.rows("select count(distinct id), count(distinct path) from articles") == [(len(NAMES), len(NAMES))]


def test_odd_name_that_goes_is_removed_under_the_same_path(desk: Desk) -> None:
    desk.drop(NAMES["Latin-1"], a_story())
    desk.drain()

    os.unlink(os.fsencode(desk.seeds) + b"/" + NAMES["Latin-1"])
    desk.drain()

    assert desk.rows("select path, outcome from files") == [("caf%E9.txt", "removed")]


def test_place_knows_its_parts() -> None:
    place = Place("seeds", b"wires/2022/caf\xe9.txt")

    parts = (place.folder, place.name, place.shown, place.stream)

    assert parts == (b"wires/2022", b"caf\xe9.txt", "wires/2022/caf%E9.txt", "file/seeds/wires/2022/caf%E9.txt")
