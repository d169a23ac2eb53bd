"""Zips: what is in them, what is left out, and what a torn one still gives."""

import io
import stat
import zipfile

import pytest
from captured import code_of, zip_of
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.reading import Reading, read_articles
from presslog.store.errors import Unreadable


def story(title: str) -> str:
    return f"# {title}\n\nIt was seen by all of Holm, and nobody said a word about it until evening.\n"


def places(reading: Reading) -> list[tuple[str, str]]:
    return [(part.place, part.code) for part in reading.unread]


def test_every_file_is_read_by_its_own_format() -> None:
    content = zip_of({"a/rain.md": story("Rain"), "wind.txt": "Wind Falls\n\nThe wind fell at noon in Holm.\n"})

    reading = read_articles(content, "news.zip")

    assert [(each.inside, each.format, each.article.title) for each in reading.found] == [
        ("a/rain.md", "markdown", "Rain"),
        ("wind.txt", "text", "Wind Falls"),
    ]


def test_what_is_plainly_no_article_is_said_without_being_read() -> None:
    files = {"rain.md": story("Rain"), "a/": b"", "a/b.png": b"\x89PNG", "style.CSS": "p {}", "robots.txt": "x"}

    reading = read_articles(zip_of(files | {".draft.md": story("Draft")}), "news.zip")

    assert [each.inside for each in reading.found] == ["rain.md"]
    assert places(reading) == [(path, "not-an-article") for path in ("a/b.png", "style.CSS", "robots.txt", ".draft.md")]


def test_the_clutter_of_file_managers_is_passed_over() -> None:
    files = {"__MACOSX/._rain.md": "x", "a/.DS_Store": "x", "Thumbs.db": "x", "rain.md": story("Rain")}

    reading = read_articles(zip_of(files), "news.zip")

    assert (len(reading.found), reading.unread) == (1, ())


def test_names_that_lead_outside_stay_words() -> None:
    files = {"../../etc/rain.md": story("Rain"), "/abs/\x1b[2J.md": story("Wind")}

    reading = read_articles(zip_of(files), "news.zip")

    assert [each.inside for each in reading.found] == ["../../etc/rain.md", "/abs/%1B[2J.md"]


def test_two_files_of_one_name_are_two_articles() -> None:
    content = zip_of({"rain1.md": story("Rain"), "rain2.md": story("More Rain")})

    reading = read_articles(content.replace(b"rain2.md", b"rain1.md"), "news.zip")

    assert [each.article.title for each in reading.found] == ["Rain", "More Rain"]


@pytest.mark.parametrize("encoded", ["blåbær.md".encode(), "blåbær.md".encode("cp437", "replace")])
def test_names_are_read_in_both_charsets(encoded: bytes) -> None:
    content = zip_of({"x" * len(encoded): story("Rain")}).replace(b"x" * len(encoded), encoded)

    reading = read_articles(content, "news.zip")

    assert reading.found[0].inside in ("blåbær.md", "blåb?r.md", "blåbær.md".encode().decode("cp437"))


def test_a_link_and_an_unknown_method_are_said() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        link = zipfile.ZipInfo("link.md")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("rain.md", story("Rain"), zipfile.ZIP_LZMA)
        archive.writestr("wind.md", story("Wind"))

    reading = read_articles(packed.getvalue(), "news.zip")

    assert places(reading) == [("link.md", "special-file"), ("rain.md", "unsupported")]


def test_an_encrypted_zip_is_refused_as_such() -> None:
    content = bytearray(zip_of({"rain.md": story("Rain")}))
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1

    with pytest.raises(Unreadable) as refusal:
        read_articles(bytes(content), "news.zip")

    assert refusal.value.code == "encrypted"


def test_a_wrong_checksum_costs_one_file() -> None:
    content = zip_of({"rain.md": story("Rain"), "wind.md": story("Wind")}, zipfile.ZIP_STORED)

    reading = read_articles(content.replace(b"# Rain", b"# Pain"), "news.zip")

    assert [each.article.title for each in reading.found] == ["Wind"]
    assert places(reading) == [("rain.md", "damaged")]


def test_a_zip_that_is_cut_gives_its_whole_files() -> None:
    content = zip_of({"rain.md": story("Rain"), "wind.md": story("Wind"), "sun.md": story("Sun")})
    cut = content[: content.index(b"sun.md") + 20]

    reading = read_articles(cut, "news.zip")

    assert [each.article.title for each in reading.found] == ["Rain", "Wind"]
    assert places(reading) == [("sun.md", "damaged"), ("the list of its files", "damaged")]


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_streamed_zip_that_is_cut_gives_its_packed_files(method: int) -> None:
    class Pipe(io.RawIOBase):
        content = b""

        def writable(self) -> bool:
            return True

        def write(self, part: object) -> int:
            self.content += bytes(part)  # type: ignore[call-overload]
            return len(part)  # type: ignore[arg-type]

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", method) as archive:  # type: ignore[call-overload]
        archive.writestr("rain.md", story("Rain"))
        archive.writestr("wind.md", story("Wind"))
    cut = pipe.content[: pipe.content.index(b"PK\x01\x02")]

    if method == zipfile.ZIP_DEFLATED:
        assert [each.article.title for each in read_articles(cut, "news.zip").found] == ["Rain", "Wind"]
    else:
        with pytest.raises(Unreadable, match="checksum"):
            read_articles(cut, "news.zip")


def test_files_that_lie_upon_each_other_are_a_bomb() -> None:
    content = zip_of({"rain.md": story("Rain")})
    listed = content.index(b"PK\x01\x02")
    end = content.index(b"PK\x05\x06")
    entry = content[listed:end]
    tail = bytearray(content[end:])
    tail[8:12] = b"\x02\0\x02\0"
    tail[12:16] = (2 * len(entry)).to_bytes(4, "little")

    with pytest.raises(Unreadable) as refusal:
        read_articles(content[:listed] + entry * 2 + bytes(tail), "news.zip")

    assert refusal.value.code == "bomb"


def test_a_bomb_in_a_zip_in_a_zip_ends_the_file() -> None:
    inner = zip_of({f"{number}.txt": bytes(20_000_000) for number in range(3)})

    with pytest.raises(Unreadable) as refusal:
        read_articles(zip_of({"rain.md": story("Rain"), "inner.zip": inner}), "news.zip")

    assert refusal.value.code == "bomb"


def test_more_files_than_may_be_are_refused_before_one_is_read() -> None:
    listed = b"PK\x01\x02" + bytes(42)

    with pytest.raises(Unreadable) as refusal:
        read_articles(b"PK\x03\x04" + listed * 50_001, "news.zip")

    assert refusal.value.code == "too-many-members"


def test_zips_in_each_other_are_read_four_deep() -> None:
    content: bytes = story("Rain").encode()
    for depth in range(5):
        content = zip_of({"rain.md" if depth == 0 else "in.zip": content})
        if depth == 3:
            reading = read_articles(content, "news.zip")

    assert reading.found[0].inside == "in.zip!/in.zip!/in.zip!/rain.md"
    with pytest.raises(Unreadable, match="archives in each other"):
        read_articles(content, "news.zip")


def test_broken_zips_beside_each_other_use_up_no_depth() -> None:
    broken = {f"{number}.zip": b"PK\x03\x04torn" for number in range(6)}
    good = zip_of({"rain.md": story("Rain")})

    reading = read_articles(zip_of(broken | {"z.zip": good}), "news.zip")

    assert [each.inside for each in reading.found] == ["z.zip!/rain.md"]
    assert {part.code for part in reading.unread} == {"damaged"}


def test_an_office_document_is_refused_with_its_remedy() -> None:
    with pytest.raises(Unreadable, match="office document: save it as"):
        read_articles(zip_of({"[Content_Types].xml": "<x/>", "word/document.xml": "<x/>"}), "rain.docx")


WHOLE = zip_of({"rain.md": story("Rain"), "a/wind.md": story("Wind")})


@settings(deadline=None)
@given(st.integers(4, len(WHOLE) - 1), st.binary(max_size=8))
def test_no_damage_is_more_than_a_refusal(place: int, written: bytes) -> None:
    damaged = WHOLE[:place] + written + WHOLE[place + len(written) :]

    codes = {
        code_of(lambda content: read_articles(content, "news.zip"), content) for content in (damaged, damaged[:place])
    }

    assert "handler-failed" not in codes


def test_a_zip_without_files_holds_no_article() -> None:
    with pytest.raises(Unreadable, match="no article"):
        read_articles(zip_of({}), "news.zip")
