"""Tars: their files, what is no file in them, and damage."""

import bz2
import gzip
import io
import tarfile

import pytest
from captured import code_of
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.handlers.reading import read_articles
from presslog.store.errors import Unreadable

STORY = b"# Rain\n\nIt rained on Holm for three days, and then it rained on Tarn for two more.\n"


def tar_of(files: dict[str, bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=form) as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_file_is_read(form: int) -> None:
    long = "a" * 90 + "/" + "b" * 90 + ".md"

    reading = read_articles(tar_of({"rain.md": STORY, long: STORY}, form), "news.tar")

    assert [each.inside for each in reading.found] == ["rain.md", long]
    assert reading.unread == ()


@pytest.mark.parametrize(("pack", "name"), [(gzip.compress, "news.tgz"), (bz2.compress, "news.tar.bz2")])
def test_a_packed_tar_comes_out_of_its_packing(pack: object, name: str) -> None:
    reading = read_articles(pack(tar_of({"a/rain.md": STORY})), name)  # type: ignore[operator]

    assert reading.found[0].inside == "news.tar!/a/rain.md"


def test_a_tar_without_its_magic_word_is_known_by_its_sum() -> None:
    old = bytearray(tar_of({"rain.md": STORY}, tarfile.USTAR_FORMAT))
    old[257:512] = bytes(255)
    old[148:156] = b" " * 8
    old[148:156] = b"%06o\0 " % sum(old[:512])

    assert read_articles(bytes(old), "news").format == "tar"


def test_links_devices_and_folders_are_no_files() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, kind in (("a", tarfile.DIRTYPE), ("hard", tarfile.LNKTYPE), ("soft", tarfile.SYMTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        device = tarfile.TarInfo("device")
        device.type = tarfile.CHRTYPE
        archive.addfile(device)
        whole = tarfile.TarInfo("rain.md")
        whole.size = len(STORY)
        archive.addfile(whole, io.BytesIO(STORY))

    reading = read_articles(packed.getvalue(), "news.tar")

    assert [each.inside for each in reading.found] == ["rain.md"]
    assert [(part.place, part.code) for part in reading.unread] == [
        (place, "special-file") for place in ("hard", "soft", "device")
    ]


def test_a_size_that_a_pax_header_claims_is_not_believed() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        entry = tarfile.TarInfo("rain.md")
        entry.pax_headers = {"size": str(1 << 62)}
        archive.addfile(entry)

    with pytest.raises(Unreadable) as refusal:
        read_articles(packed.getvalue(), "news.tar")

    assert refusal.value.code in ("no-article", "damaged")


def test_a_broken_header_ends_the_tar_and_is_said() -> None:
    content = bytearray(tar_of({"rain.md": STORY, "wind.md": STORY}, tarfile.USTAR_FORMAT))
    content[1024:1100] = b"x" * 76

    reading = read_articles(bytes(content), "news.tar")

    assert [each.inside for each in reading.found] == ["rain.md"]
    assert [(part.place, part.code) for part in reading.unread] == [("byte 1024", "damaged")]


def test_a_tar_that_is_cut_gives_its_whole_files() -> None:
    content = tar_of({"rain.md": STORY, "wind.md": STORY}, tarfile.USTAR_FORMAT)

    reading = read_articles(content[: 1024 + 512 + 20], "news.tar")

    assert [each.inside for each in reading.found] == ["rain.md"]
    assert {part.code for part in reading.unread} == {"damaged"}


WHOLE = tar_of({"rain.md": STORY, "wind.md": STORY}, tarfile.PAX_FORMAT)[:3072]


@settings(deadline=None)
@given(st.integers(0, 2600), st.binary(min_size=1, max_size=12))
def test_no_damage_is_more_than_a_refusal(place: int, written: bytes) -> None:
    damaged = WHOLE[:place] + written + WHOLE[place + len(written) :]

    codes = {
        code_of(lambda content: read_articles(content, "news.tar"), content) for content in (damaged, damaged[:place])
    }

    assert "handler-failed" not in codes
