"""Backups by the clock: due by age, rotated, told once where they fail, and given up when the daemon stops."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from archives import NOON
from backups import filled
from desks import Desk, a_story, running_daemon
from examples import Clock, until
from loguru import logger

from presslog.daemon.backups import RETRY_SECONDS, BackupPlan, Backups, look_seconds
from presslog.store.backup import Maker
from presslog.store.shelf import backups

DAY = 86_400.0


@pytest.fixture
def lines() -> Iterator[list[str]]:
    """What the daemon logs."""
    found: list[str] = []
    sink = logger.add(lambda message: found.append(str(message.record["message"])), level="INFO")
    yield found
    logger.remove(sink)


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def made(tmp_path: Path, clock: Clock) -> Callable[..., Backups]:
    """A function that makes the job of a store with a few events; all its clocks are the test's."""
    filled(tmp_path / "store", 3)

    def make(**wishes: Any) -> Backups:
        plan = BackupPlan(
            **{"store": tmp_path / "store", "folder": tmp_path / "shelf", "every_seconds": DAY, "keep": 2} | wishes
        )
        return Backups(plan, Maker("0.1.0", now=clock), monotonic=clock)

    return make


def names(folder: Path) -> list[str]:
    return [each.path.name for each in backups(folder)]


def test_backup_is_made_when_the_last_one_is_too_old_whoever_was_restarted(
    made: Callable[..., Backups], clock: Clock, tmp_path: Path
) -> None:
    counts = []

    for _ in range(5):
        made().look()
        counts.append(len(names(tmp_path / "shelf")))
        clock.seconds += DAY / 2

    assert counts == [1, 1, 2, 2, 2]
    assert names(tmp_path / "shelf") == ["presslog-20220107T120000.000Z-4", "presslog-20220108T120000.000Z-4"]


def test_backup_from_the_future_does_not_count_as_young(
    made: Callable[..., Backups], clock: Clock, tmp_path: Path
) -> None:
    made().look()
    clock.seconds -= 300 * DAY

    made().look()

    assert len(names(tmp_path / "shelf")) == 2


def test_who_set_a_folder_is_told_that_the_backups_of_a_server_are_its_own(made: Callable[..., Backups]) -> None:
    assert made().warnings() == ()
    assert made(is_elsewhere=True, folder=None).warnings() == ()
    [told] = made(is_elsewhere=True).warnings()

    assert "presslog move --to FOLDER --copy" in told


@pytest.mark.parametrize("wishes", [{"folder": None}, {"every_seconds": 0}, {"is_elsewhere": True}])
def test_without_a_folder_or_an_interval_there_is_none(
    made: Callable[..., Backups], tmp_path: Path, wishes: dict[str, Any]
) -> None:
    made(**wishes).look()

    assert not (tmp_path / "shelf").exists()


def test_what_fails_is_told_once_tried_again_and_told_anew_after_a_success(
    made: Callable[..., Backups], clock: Clock, tmp_path: Path, lines: list[str]
) -> None:
    (tmp_path / "shelf").write_text("no folder")
    job = made()

    for _ in range(6):
        job.look()
        clock.seconds += RETRY_SECONDS / 2
    (tmp_path / "shelf").unlink()
    for _ in range(2):
        job.look()
        clock.seconds += RETRY_SECONDS / 2

    assert len([line for line in lines if line.startswith("backup failed")]) == 1
    assert len([line for line in lines if line.startswith("backup made")]) == 1


def test_daemon_that_stops_gives_up_its_backup(made: Callable[..., Backups], tmp_path: Path, lines: list[str]) -> None:
    job = made()

    job.stop()
    job.look()

    assert list((tmp_path / "shelf").iterdir()) == []
    assert "given up" in lines[0]


@pytest.mark.parametrize(("every_seconds", "expected"), [(0, 60), (86_400, 60), (10, 10), (0.1, 1)])
def test_how_often_somebody_looks(every_seconds: float, expected: float) -> None:
    assert look_seconds(every_seconds) == expected


def test_daemon_backs_up_rotates_and_says_so(tmp_path: Path) -> None:
    shelf = tmp_path / "shelf"
    desk = Desk(tmp_path / "desk", backup_folder=str(shelf), backup_seconds=1.0, backup_keep=2)
    desk.drop("a.txt", a_story())

    with running_daemon(desk):
        until(lambda: "backup deleted" in desk.journal(), seconds=60)

    assert "backup made name=presslog-" in desk.journal()
    assert len(names(shelf)) in (2, 3)
