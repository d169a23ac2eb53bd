"""The claim: one folder, one presslog, whatever stores they write to."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desk, a_story, running_daemon
from examples import until

from presslog.daemon.claim import FolderClaimed, claimed, owner
from presslog.daemon.places import Folder

OTHER = "/dev/shm"
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")}


@pytest.fixture
def seeds(tmp_path: Path) -> Folder:
    """A folder that exists."""
    (tmp_path / "seeds").mkdir()
    return Folder("seeds", tmp_path / "seeds")


@pytest.fixture
def other(desk: Desk, tmp_path: Path) -> Desk:
    """Another desk, with a store of its own and the folder of the first."""
    other = Desk(tmp_path / "other")
    (other.folder / "presslog.toml").write_text(f'settle_seconds = 0\n[feeds.wires]\nfolder = "{desk.seeds}"\n')
    return other


@pytest.fixture
def daemon(desk: Desk) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon that watches the folder of the first desk."""
    with running_daemon(desk) as process:
        until(lambda: "watching feed=seeds" in desk.journal(), seconds=20)
        yield process


def ended(*command: object) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "presslog.daemon", *map(str, command)]
    return subprocess.run(whole, env=ENVIRONMENT, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("how", [(), ("--once",)])
def test_second_daemon_on_a_folder_ends_with_7_and_names_the_first(
    desk: Desk, other: Desk, daemon: subprocess.Popen[bytes], how: tuple[str, ...]
) -> None:
    second = ended("run", other.folder, *how)

    assert second.returncode == 7
    assert f"{desk.seeds} (feed wires) is watched by presslog with pid {daemon.pid}" in second.stderr
    assert "a folder of its own" in second.stderr


def test_ingest_reads_a_folder_that_another_daemon_watches(
    desk: Desk, other: Desk, daemon: subprocess.Popen[bytes]
) -> None:
    path = desk.drop("a.txt", a_story())

    second = ended("ingest", "--store", other.folder, path)

    assert second.returncode == 0, second.stderr
    assert [event.stream for event in other.events("file-received")] == ["file/wires/a.txt"]


def test_reload_keeps_the_folder(desk: Desk, daemon: subprocess.Popen[bytes]) -> None:
    daemon.send_signal(signal.SIGHUP)
    until(lambda: desk.journal().count("watching feed=seeds") == 2, seconds=20)

    assert daemon.poll() is None
    assert owner(desk.seeds.stat()) == daemon.pid


def test_claim_ends_with_its_block(seeds: Folder, tmp_path: Path) -> None:
    with (
        claimed([seeds], tmp_path),
        pytest.raises(FolderClaimed, match=f"pid {os.getpid()}"),
        claimed([seeds], tmp_path),
    ):
        pass

    with claimed([seeds], tmp_path):
        assert owner(seeds.root.stat()) == os.getpid()


def test_claim_of_several_folders_is_all_or_nothing(seeds: Folder, tmp_path: Path) -> None:
    (tmp_path / "wires").mkdir()
    wires = Folder("wires", tmp_path / "wires")

    with claimed([seeds], tmp_path), pytest.raises(FolderClaimed), claimed([wires, seeds], tmp_path):
        pass

    assert owner(wires.root.stat()) is None


def test_folder_that_is_not_there_is_not_claimed(tmp_path: Path) -> None:
    with claimed([Folder("seeds", tmp_path / "gone")], tmp_path):
        assert not (tmp_path / "gone").exists()


def test_owner_is_found_by_device_and_inode_among_all_kinds_of_locks(tmp_path: Path) -> None:
    status = tmp_path.stat()
    file = f"{os.major(status.st_dev):02x}:{os.minor(status.st_dev):02x}:{status.st_ino}"
    locks = tmp_path / "locks"
    locks.write_text(
        f"1: POSIX  ADVISORY  WRITE 11 {file} 0 EOF\n"
        f"2: FLOCK  ADVISORY  WRITE 12 {file}0 0 EOF\n"
        f"3: FLOCK  ADVISORY  WRITE 13 {file} 0 EOF\n"
        f"3: -> FLOCK  ADVISORY  WRITE 14 {file} 0 EOF\n"
    )

    assert owner(status, locks=locks) == 13
    assert owner(tmp_path.parent.stat(), locks=locks) is None
    assert owner(status, locks=tmp_path / "hidden") is None


@pytest.mark.parametrize(("after_read", "is_claimed"), [("keep", False), ("delete", True)])
def test_folder_of_another_file_system_is_claimed_only_where_files_leave(
    tmp_path: Path, after_read: str, is_claimed: bool
) -> None:
    with tempfile.TemporaryDirectory(dir=OTHER) as root:
        if os.stat(root).st_dev in (os.stat(tmp_path).st_dev, os.stat("/").st_dev):
            pytest.skip(f"NOT TESTED: {OTHER} is no file system of its own here")

        with claimed([Folder("seeds", Path(root), after_read=after_read)], tmp_path):
            holder = owner(os.stat(root))

    assert (holder == os.getpid()) is is_claimed
