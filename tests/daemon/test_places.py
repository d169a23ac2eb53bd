"""Places: which feed a path belongs to, and which names are never read."""

from pathlib import Path

import pytest

from presslog.config.load import load
from presslog.daemon.places import Folder, Ignored, Place, place_of


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Folder, ...]:
    """Two feeds, one inside the other."""
    (tmp_path / "seeds" / "wires").mkdir(parents=True)
    return Folder("seeds", tmp_path / "seeds"), Folder("wires", tmp_path / "seeds" / "wires")


def test_path_belongs_to_the_innermost_folder(folders: tuple[Folder, ...], tmp_path: Path) -> None:
    paths = ["seeds/a.txt", "seeds/wires/b.txt", "seeds/wires-2/c.txt"]

    places = [place_of(str(tmp_path / path), folders, outside="ingest") for path in paths]

    assert [(place.feed, place.path) for place in places] == [
        ("seeds", b"a.txt"),
        ("wires", b"b.txt"),
        ("seeds", b"wires-2/c.txt"),
    ]


def test_path_outside_belongs_to_the_feed_that_is_given(folders: tuple[Folder, ...]) -> None:
    place = place_of("/srv/old/a.txt", folders, outside="ingest")

    assert place == Place("ingest", b"srv/old/a.txt", is_closed=True)


def test_name_that_is_no_text_keeps_its_bytes(folders: tuple[Folder, ...]) -> None:
    place = place_of("/srv/caf\udce9.txt", folders, outside="ingest")

    assert place.path == b"srv/caf\xe9.txt"


@pytest.mark.parametrize(
    "name",
    [
        ".a.txt.Ab12Cd",
        ".goutputstream-X",
        "a.txt.part",
        "a.filepart",
        "a.txt~",
        "4913",
        ".a.swp",
        "#a#",
        "a.crdownload",
    ],
)
def test_names_that_tools_write_before_they_rename_are_ignored(tmp_path: Path, name: str) -> None:
    ignored = Ignored(load({}, folder=tmp_path).settings.ignore)

    assert name.encode() in ignored
    assert ignored.holds(b"wires/" + name.encode() + b"/a.txt")


@pytest.mark.parametrize("name", [b"a.txt", b"part.txt", b"49131", b"caf\xe9.txt", b"a\n.txt", b"a.partner"])
def test_names_of_articles_are_not_ignored(tmp_path: Path, name: bytes) -> None:
    ignored = Ignored(load({}, folder=tmp_path).settings.ignore)

    assert name not in ignored


def test_temporary_name_with_a_line_break_is_ignored() -> None:
    assert b"two\nlines.part" in Ignored(["*.part"])


@pytest.mark.parametrize("patterns", [(), ("*.bak",)])
def test_names_of_our_own_are_ignored_whatever_is_set(patterns: tuple[str, ...]) -> None:
    assert Ignored(patterns).holds(b".presslog-retiring/wires/a.txt")
    assert b".presslog" not in Ignored(patterns)


@pytest.mark.parametrize(
    ("path", "expected"),
    [(b"done", True), (b"done/a.txt", True), (b"done-2/a.txt", False), (b"wires/done/a.txt", False), (b"", False)],
)
def test_done_folder_is_that_path_and_what_is_below_it(tmp_path: Path, path: bytes, expected: bool) -> None:
    folder = Folder("seeds", tmp_path, after_read="move", done=b"done")

    assert folder.is_done(path) is expected
    assert not folder._replace(done=b"").is_done(path)


def test_nothing_is_ignored_where_no_pattern_is_given() -> None:
    assert not Ignored(()).holds(b".hidden/a.part")
