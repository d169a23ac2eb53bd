"""Names that are safe in logs, JSON and terminals."""

import json
import uuid

from hypothesis import example, given
from hypothesis import strategies as st

from presslog.store.names import (
    article_id,
    article_stream,
    escape_path,
    event_id,
    file_stream,
    folder_stream,
    unescape_path,
)

PATHS = st.one_of(
    st.binary(max_size=200).map(lambda path: path.replace(b"\0", b"")),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).map(str.encode),
)


@given(PATHS)
@example(b"%41")
@example(b"100%")
@example("caf\u00e9 \u202e \u200b".encode())
@example(b"\xed\xa0\x80")
def test_an_escaped_path_keeps_every_byte(path: bytes) -> None:
    escaped = escape_path(path)

    assert unescape_path(escaped) == path


@given(PATHS)
@example(b"\x1b[31m\n\r\t\x7f")
@example("\u202egpj.exe".encode())
def test_an_escaped_path_is_printable(path: bytes) -> None:
    escaped = escape_path(path)

    assert escaped.isprintable()
    assert json.loads(json.dumps(escaped)) == escaped
    assert escaped.encode().decode() == escaped


@given(PATHS, PATHS)
def test_two_paths_never_share_an_escape(one: bytes, other: bytes) -> None:
    assert (escape_path(one) == escape_path(other)) == (one == other)


def test_a_plain_path_stays_readable() -> None:
    assert escape_path("2022/Überschwemmung am Rhein.txt".encode()) == "2022/Überschwemmung am Rhein.txt"


def test_streams_are_named_by_what_they_are_about() -> None:
    assert file_stream("seeds", "a/b.txt") == "file/seeds/a/b.txt"
    assert article_stream("art_x") == "article/art_x"
    assert folder_stream("seeds") == "folder/seeds"


@given(st.text())
def test_an_article_id_depends_on_its_uri_alone(uri: str) -> None:
    found = article_id(uri)

    assert found == article_id(uri)
    assert len(found) == 20
    assert found.startswith("art_")
    assert found.isascii()


def test_two_uris_have_two_article_ids() -> None:
    ids = {article_id(f"presslog:seeds/{number}.txt") for number in range(1000)}

    assert len(ids) == 1000


@given(st.floats(0, 2**47 / 1000))
def test_an_event_id_is_a_uuid_version_7(now_seconds: float) -> None:
    parsed = uuid.UUID(event_id(now_seconds))

    assert parsed.version == 7
    assert parsed.variant == uuid.RFC_4122
    assert parsed.int >> 80 == int(now_seconds * 1000)


@given(st.integers(0, 2**40), st.integers(1, 2**40))
def test_a_later_event_id_sorts_later(milliseconds: int, more: int) -> None:
    earlier, later = event_id(milliseconds / 1000), event_id((milliseconds + more + 1) / 1000)

    assert earlier < later


def test_event_ids_of_one_moment_differ() -> None:
    ids = {event_id(1641442471.0) for _ in range(1000)}

    assert len(ids) == 1000
