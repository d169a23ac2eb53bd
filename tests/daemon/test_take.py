"""Taking bytes: whole, unlinked, unblocked, or a reason."""

import hashlib
import os
from pathlib import Path

import pytest

from presslog.daemon.places import Place
from presslog.daemon.settle import Waiting
from presslog.daemon.take import FIRST_READ, MOST_FOLDERS, Answer, Gone, Refused, Root, Taken, Waits, take


def taken_from(folder: Path, path: bytes, *, limit_bytes: int = 1 << 22, waiting: Waiting | None = None) -> Answer:
    with Root(folder) as root:
        return take(root, Place("seeds", path), limit_bytes=limit_bytes, is_settled=lambda handle, stamp: waiting)


@pytest.mark.parametrize("size", [0, 1, FIRST_READ - 1, FIRST_READ, FIRST_READ + 1, 3_000_000])
def test_file_of_any_size_is_taken_whole(tmp_path: Path, size: int) -> None:
    content = os.urandom(size)
    (tmp_path / "a.bin").write_bytes(content)

    answer = taken_from(tmp_path, b"a.bin")

    assert isinstance(answer, Taken)
    assert answer.content == content
    assert answer.digest == hashlib.sha256(content).hexdigest()
    assert answer.stamp.mtime_ns == (tmp_path / "a.bin").stat().st_mtime_ns


@pytest.mark.parametrize("path", [b"nothing.txt", b"nowhere/a.txt", b"a.txt/b.txt", b"d/" * 2000 + b"a.txt"])
def test_path_that_leads_nowhere_is_gone(tmp_path: Path, path: bytes) -> None:
    (tmp_path / "a.txt").write_text("here")

    answer = taken_from(tmp_path, path)

    assert answer == Gone()


def test_file_over_the_limit_is_refused_unread(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(bytes(11))

    answer = taken_from(tmp_path, b"a.txt", limit_bytes=10)

    assert isinstance(answer, Refused)
    assert (answer.code, answer.stamp.size_bytes) == ("too-large", 11)
    assert "the limit is 10" in answer.reason


def test_huge_sparse_file_is_refused_at_once(tmp_path: Path) -> None:
    with (tmp_path / "a.txt").open("wb") as file:
        file.truncate(5 << 30)

    answer = taken_from(tmp_path, b"a.txt")

    assert isinstance(answer, Refused)
    assert answer.code == "too-large"


def test_device_is_refused_by_its_kind() -> None:
    answer = taken_from(Path("/dev"), b"null")

    assert isinstance(answer, Refused)
    assert answer.code == "special-file"
    assert answer.reason.startswith("a device")


def test_folder_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()

    answer = taken_from(tmp_path, b"sub")

    assert isinstance(answer, Gone)


def test_file_that_is_not_settled_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("here")

    answer = taken_from(tmp_path, b"a.txt", waiting=Waiting("settling", "young", 1.0))

    assert isinstance(answer, Waits)
    assert answer.waiting.code == "settling"


def test_root_may_be_a_link_that_the_operator_named(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.txt").write_text("here")
    (tmp_path / "link").symlink_to("real")

    answer = taken_from(tmp_path / "link", b"a.txt")

    assert isinstance(answer, Taken)


def test_no_handle_is_left_open(tmp_path: Path) -> None:
    (tmp_path / "sub" / "deep").mkdir(parents=True)
    (tmp_path / "sub" / "deep" / "a.txt").write_text("here")
    before = len(list(Path("/proc/self/fd").iterdir()))

    taken_from(tmp_path, b"sub/deep/a.txt")
    taken_from(tmp_path, b"sub/deep/b.txt")

    assert len(list(Path("/proc/self/fd").iterdir())) <= before


LINK_CASES = [
    ("a private file, in a folder of its owner", 0o600, 0o755, 0, True),
    ("a private file, in a folder for a group", 0o600, 0o775, 0, False),
    ("a private file, in a folder for all", 0o600, 0o1777, 0, False),
    ("a file of a group, in a folder for a group", 0o640, 0o770, 0, False),
    ("a private file, in a folder of another", 0o600, 0o755, 12345, False),
    ("a file for all, in a folder for all", 0o644, 0o777, 12345, True),
]


@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: a folder of another needs root")
@pytest.mark.parametrize(
    ("mode", "above", "owner", "is_read"), [case[1:] for case in LINK_CASES], ids=[case[0] for case in LINK_CASES]
)
def test_second_name_is_read_where_who_gave_it_could_read_the_file(
    tmp_path: Path, mode: int, above: int, owner: int, is_read: bool
) -> None:
    feed, elsewhere = tmp_path / "feed", tmp_path / "elsewhere.txt"
    feed.mkdir()
    elsewhere.write_text("here")
    elsewhere.chmod(mode)
    os.link(elsewhere, feed / "a.txt")
    feed.chmod(above)
    os.chown(feed, owner, owner)

    answer = taken_from(feed, b"a.txt")

    assert isinstance(answer, Taken if is_read else Waits)
    assert isinstance(answer, Taken) or answer.waiting.code == "hard-link"


def test_link_that_takes_the_place_of_a_folder_leads_nowhere(tmp_path: Path) -> None:
    feed, secret = tmp_path / "feed", tmp_path / "secret" / "deep"
    (feed / "a" / "deep").mkdir(parents=True)
    secret.mkdir(parents=True)
    (secret / "a.txt").write_text("secret")
    (feed / "a").rename(tmp_path / "before")
    (feed / "a").symlink_to(tmp_path / "secret")

    answer = taken_from(feed, b"a/deep/a.txt")

    assert answer == Gone()


def test_root_that_is_tidied_between_files_has_few_folders_open(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    for number in range(100):
        (tmp_path / str(number) / "b" / "c").mkdir(parents=True)
        (tmp_path / str(number) / "b" / "c" / "a.txt").write_text(str(number))

    with Root(tmp_path) as root:
        answers, most = [], 0
        for number in range(100):
            root.tidy()
            place = Place("seeds", f"{number}/b/c/a.txt".encode())
            answers.append(take(root, place, limit_bytes=100, is_settled=lambda handle, stamp: None))
            most = max(most, len(os.listdir("/proc/self/fd")) - before)

    assert [answer.content for answer in answers if isinstance(answer, Taken)] == [b"%d" % n for n in range(100)]
    assert most <= MOST_FOLDERS + 1
    assert len(os.listdir("/proc/self/fd")) == before
