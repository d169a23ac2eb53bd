"""Overlap: feeds that would take each other's files are refused before anything is touched."""

from pathlib import Path

import pytest

from presslog.config.load import load
from presslog.config.overlap import overlap


def mistake(folder: Path, text: str) -> str:
    (folder / "presslog.toml").write_text(text)
    found = load({}, config=str(folder / "presslog.toml"), folder=folder)
    return str(overlap(found.settings, found.origins) or "")


def feed(name: str, folder: str, after_read: str = "keep") -> str:
    return f'[feeds.{name}]\nfolder = "{folder}"\nafter_read = "{after_read}"\n'


@pytest.fixture
def srv(tmp_path: Path) -> Path:
    """Folders, one of them inside another, and a link to one."""
    (tmp_path / "in" / "wires").mkdir(parents=True)
    (tmp_path / "in-2").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "in")
    return tmp_path


@pytest.mark.parametrize("other", ["in", "link", "in/wires/..", "gone"])
def test_two_feeds_on_one_folder_are_a_mistake_that_names_both(srv: Path, other: str) -> None:
    one = "gone" if other == "gone" else "in"

    message = mistake(srv, feed("a", one) + feed("b", other))

    assert message.startswith(f'feeds.b.folder = "{srv}/{other}" ({srv}/presslog.toml): feeds.a watches that folder')
    assert "folder of its own" in message


@pytest.mark.parametrize("after_read", ["move", "delete"])
def test_feed_that_takes_files_away_must_not_hold_another_feed(srv: Path, after_read: str) -> None:
    message = mistake(srv, feed("a", "in", after_read) + feed("b", "in/wires"))

    assert message.startswith("feeds.a.folder")
    assert "the folder of feeds.b lies in it" in message
    assert 'feeds.a.after_read = "keep"' in message


@pytest.mark.parametrize("after_read", ["keep", "delete"])
def test_feed_must_not_hold_the_store(srv: Path, after_read: str) -> None:
    message = mistake(srv, feed("a", ".", after_read))

    assert message.startswith("feeds.a.folder")
    assert f"the store {srv}/store lies in it" in message


@pytest.mark.parametrize(
    "text",
    [
        feed("a", "in") + feed("b", "in/wires"),
        feed("a", "in") + feed("b", "in/wires", "move"),
        feed("a", "in", "move") + feed("b", "in-2", "delete"),
    ],
)
def test_feeds_that_leave_each_other_alone_are_no_mistake(srv: Path, text: str) -> None:
    assert mistake(srv, text) == ""
