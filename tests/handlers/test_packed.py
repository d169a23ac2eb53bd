"""One packed file: gzip, bzip2, xz and zstd, and what is done to them."""

import bz2
import gzip
import lzma
from collections.abc import Callable

import pytest
import zstandard
from captured import code_of
from hypothesis import given
from hypothesis import strategies as st

from presslog.handlers.formats.packed import BROTLI, BZIP2, DEFLATE, GZIP, XZ, ZLIB, ZSTD, Packing, Unpacked
from presslog.handlers.reading import read_articles
from presslog.store.errors import Unreadable

STORY = b"# Bell of Tarn Rings Again\n\nThe bell of Tarn rang on Monday, for the first time in forty years.\n"


def zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(content)


PACKED: list[tuple[Packing, Callable[[bytes], bytes], str]] = [
    (GZIP, gzip.compress, "bell.md.gz"),
    (BZIP2, bz2.compress, "bell.md.bz2"),
    (XZ, lzma.compress, "bell.md.xz"),
    (ZSTD, zstd, "bell.md.zst"),
]
each = pytest.mark.parametrize(("packing", "pack", "name"), PACKED, ids=[packing.name for packing, _, _ in PACKED])


def read_all(packing: Packing, packed: bytes) -> bytes:
    unpacked, parts = Unpacked(packing, packed), []
    while part := unpacked.read(1000):
        parts.append(part)
    return b"".join(parts)


@each
def test_the_file_inside_is_read_by_its_name(packing: Packing, pack: Callable[[bytes], bytes], name: str) -> None:
    reading = read_articles(pack(STORY), name)

    found = reading.found[0]

    assert (reading.format, found.format, found.inside) == (packing.name, "markdown", "bell.md")
    assert found.article.title == "Bell of Tarn Rings Again"


@each
def test_streams_behind_each_other_are_one_file(packing: Packing, pack: Callable[[bytes], bytes], name: str) -> None:
    reading = read_articles(pack(STORY[:40]) + pack(STORY[40:]) + bytes(512), name)

    assert reading.articles[0].text.endswith("forty years.")
    assert reading.unread == ()


@each
def test_bytes_behind_the_end_are_said(packing: Packing, pack: Callable[[bytes], bytes], name: str) -> None:
    reading = read_articles(pack(STORY) + b"garbage", name)

    assert [(part.place, part.code) for part in reading.unread] == [(f"byte {len(pack(STORY))}", "damaged")]


@each
def test_a_file_cut_anywhere_is_refused(packing: Packing, pack: Callable[[bytes], bytes], name: str) -> None:
    packed = pack(STORY)

    for size in range(12, len(packed)):
        with pytest.raises(Unreadable) as refusal:
            read_articles(packed[:size], name)
        assert refusal.value.code == "damaged"


@each
def test_a_bomb_is_left_alone(packing: Packing, pack: Callable[[bytes], bytes], name: str) -> None:
    bomb = pack(bytes(18_000_000))

    with pytest.raises(Unreadable) as refusal:
        read_articles(bomb, name)

    assert refusal.value.code == "bomb"


def test_the_name_in_a_gzip_header_is_its_last_part_alone() -> None:
    header = b"\x1f\x8b\x08\x0c" + bytes(6) + b"\x02\0xx" + b"../../etc/be\nll.md\0"

    reading = read_articles(header + gzip.compress(STORY)[10:], "a.gz")

    assert reading.found[0].inside == "be%0All.md"


def test_packings_of_the_web_are_unpacked_too() -> None:
    import zlib

    import brotli

    raw = zlib.compressobj(wbits=-15)

    unpacked = [
        read_all(ZLIB, zlib.compress(STORY)),
        read_all(DEFLATE, raw.compress(STORY) + raw.flush()),
        read_all(BROTLI, brotli.compress(STORY)),
    ]

    assert unpacked == [STORY, STORY, STORY]


@pytest.mark.parametrize(("packing", "pack"), [(packing, pack) for packing, pack, _ in PACKED])
@given(st.lists(st.binary(max_size=3000), max_size=4))
def test_what_was_packed_is_unpacked(packing: Packing, pack: Callable[[bytes], bytes], parts: list[bytes]) -> None:
    packed = b"".join(pack(part) for part in parts)

    assert read_all(packing, packed or pack(b"")) == b"".join(parts)


@pytest.mark.parametrize("packing", [GZIP, BZIP2, XZ, ZSTD, ZLIB, DEFLATE, BROTLI], ids=lambda packing: packing.name)
@given(st.binary(max_size=300))
def test_garbage_is_damaged_and_nothing_worse(packing: Packing, garbage: bytes) -> None:
    code = code_of(lambda content: read_all(packing, content), (packing.starts or (b"",))[0] + garbage)

    assert code in ("", "damaged")
