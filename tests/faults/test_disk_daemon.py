"""The disk refuses a running daemon: it stays up, answers, says why it writes nothing, and goes on by itself."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from desks import Desk, a_story
from examples import until
from faults.conftest import Score, times
from faults.injected import STRACE, SYNCS, attached, inject
from faults.loopback import AS_ROOT, disk
from kills import complaints, counted, finish, rebuilt_digests
from scenarios.living import Daemon, Tally, asked, is_queryable, living
from scenarios.mounts import tmpfs

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

RESUMED_SECONDS = 10.0
TOLD_SECONDS = 15.0
FILES = 10


class Refusal(NamedTuple):
    """What refuses a daemon: calls on which files, with which error, and what is said of it."""

    files: tuple[str, ...]
    calls: str
    error: str
    said: str


LOG = ("log.db", "log.db-wal")
REFUSALS = {
    "log full": Refusal(LOG, "pwrite64", "ENOSPC", "storage full: .*log.db"),
    "log over quota": Refusal(LOG, "pwrite64", "EDQUOT", "storage failed: .*log.db"),
    "log read-only": Refusal(LOG, "pwrite64", "EROFS", "storage failed: .*log.db"),
    "log not synced": Refusal(LOG, SYNCS, "EIO", "storage failed: .*log.db"),
    "log not read": Refusal(LOG, "pread64", "EIO", "storage failed: .*log.db cannot be read"),
    "intake full": Refusal(("intake.db", "intake.db-wal"), "pwrite64", "ENOSPC", "storage full: .*intake.db"),
    "views full": Refusal(("views-0001.db", "views-0001.db-wal"), "pwrite64", "ENOSPC", ".*views stand still: .*full"),
    "views not synced": Refusal(("views-0001.db", "views-0001.db-wal"), "pwrite64", "EIO", ".*views stand still: .*"),
}


def drop_many(desk: Desk, names: list[str]) -> None:
    for name in names:
        desk.drop(name, a_story(f"Story {name}", f"What happened at {name}."))


def is_said(daemon: Daemon, desk: Desk, words: str) -> bool:
    """Whether the manager was told, as long as there is somebody to tell it."""
    assert daemon.is_alive(), desk.journal()
    return daemon.manager.has(f"STATUS={words}.*")


def judged(desk: Desk, score: Score, names: list[str]) -> None:
    """Count what it has cost, once the daemon is gone."""
    finish(desk)
    score.lost, score.doubled = counted(desk, names)
    score.undetected = int(desk.digests() != rebuilt_digests(desk))
    assert score.costs == (0, 0, 0)
    assert not (desk.folder / "journal").exists() or complaints(desk) == []


@STRACE
@pytest.mark.parametrize("name", REFUSALS)
def test_08_daemon_that_is_refused(tmp_path: Path, score: Score, name: str) -> None:
    refusal, desk = REFUSALS[name], Desk(tmp_path / "desk")
    names = ["first.txt"]
    tally, slowest = Tally(desk), 0.0
    with living(desk) as daemon:
        drop_many(desk, names)
        until(lambda: is_there(desk, "first.txt"), TOLD_SECONDS)
        for number in range(times(1, 20)):
            late = [f"late-{number}-{file}.txt" for file in range(FILES)]
            paths = [word for path in refusal.files for word in ("-P", str(desk.store / path))]
            told = len(daemon.manager.lines)
            with attached(daemon.process.pid, *paths, *inject(refusal.calls, f"error={refusal.error}", "1+")):
                drop_many(desk, late)
                until(lambda: is_said(daemon, desk, refusal.said), TOLD_SECONDS)
                assert asked(desk, "search", "first")
                assert asked(desk, "status")["daemon"]["storage"]
            slowest = max(slowest, tally.wait_for(*late, seconds=RESUMED_SECONDS))
            until(lambda last=late[-1]: is_queryable(desk, last), RESUMED_SECONDS)
            until(lambda told=told: "storage" not in daemon.manager.lines[-1] and len(daemon.manager.lines) > told)
            names += late
            score.stimuli += 1
        assert asked(desk, "status")["daemon"]["storage"] == ""

    score.figures.append(f"resumed within {slowest:.1f} s")
    judged(desk, score, names)


def is_there(desk: Desk, path: str) -> bool:
    """Whether a file can be asked for, also before there are any views."""
    return (desk.store / "views.db").exists() and is_queryable(desk, path)


@AS_ROOT
def test_08_daemon_on_a_full_disk(tmp_path: Path, score: Score) -> None:
    desk, names = Desk(tmp_path / "desk"), ["first.txt"]
    tally = Tally(desk)
    with tmpfs(desk.store, "16m"):
        with living(desk) as daemon:
            drop_many(desk, names)
            until(lambda: is_there(desk, "first.txt"), TOLD_SECONDS)
            fill(desk.store)
            late = [f"late-{file}.txt" for file in range(FILES)]
            drop_many(desk, late)
            until(lambda: is_said(daemon, desk, "storage full"), TOLD_SECONDS)
            assert asked(desk, "search", "first")
            (desk.store / "ballast").unlink()
            seconds = tally.wait_for(*late, seconds=RESUMED_SECONDS)
        score.stimuli = 1
        score.figures.append(f"resumed within {seconds:.1f} s")
        judged(desk, score, [*names, *late])


def fill(folder: Path) -> None:
    """Leave no room on the disk of a folder."""
    with (folder / "ballast").open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass


@AS_ROOT
def test_08_disk_that_is_full_while_views_are_built(tmp_path: Path, score: Score) -> None:
    desk = Desk(tmp_path / "desk")
    names = [f"{file}.txt" for file in range(FILES)]
    with tmpfs(desk.store, "24m"):
        drop_many(desk, names)
        finish(desk)
        before = desk.digests()
        fill(desk.store)

        refused = rebuild(desk)

        assert refused.returncode == 1
        assert "disk space" in refused.stderr
        assert "Traceback" not in refused.stderr
        assert len(asked(desk, "search", "Story")) == FILES
        (desk.store / "ballast").unlink()
        assert rebuild(desk).returncode == 0
        assert desk.digests() == before
        score.stimuli = 1
        judged(desk, score, names)


def rebuild(desk: Desk) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "presslog.daemon", "views", "rebuild", "--store", str(desk.folder)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@AS_ROOT
def test_09_file_system_that_was_shut_down_under_a_daemon(tmp_path: Path, score: Score) -> None:
    desk, names = Desk(tmp_path / "desk"), ["first.txt"]
    with disk(tmp_path, at=desk.store) as drive:
        with living(desk) as daemon:
            drop_many(desk, names)
            until(lambda: is_there(desk, "first.txt"), TOLD_SECONDS)
            drive.cut()
            names += [f"late-{file}.txt" for file in range(FILES)]
            drop_many(desk, names[1:])
            until(lambda: is_said(daemon, desk, "storage failed"), TOLD_SECONDS)
        drive.restore()
        score.stimuli = 1
        judged(desk, score, names)
