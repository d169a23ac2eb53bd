"""Alerts by the hour, and what becomes of a delivery that fails; the clock is the test's."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from archives import Archive

from presslog.daemon.alerts import MOST_REFUSALS, Alerts, Clock, Serving, Wish
from presslog.daemon.deliveries import Batch, Undelivered
from presslog.store.cursors import Cursor
from presslog.store.errors import LogDiverged

HOUR = 3600.0


class Over(Exception):
    """The end of what a test lets happen."""


class Day:
    """A clock that moves when somebody pauses; what ``happens`` after so many seconds happens in a pause.

    ``answers`` are what the other side does with one batch after the other: None takes it.
    """

    def __init__(self, archive: Archive, answers: Sequence[Undelivered | None] = ()) -> None:
        self.archive = archive
        self.seconds = 10 * HOUR
        self.batches: list[tuple[float, Batch]] = []
        self.kept: list[Cursor] = []
        self.told: list[str] = []
        self._answers = list(answers)
        self._plan: list[tuple[float, Callable[[], object]]] = []

    def at(self, hours: float, what: Callable[[], object]) -> None:
        self._plan.append((hours * HOUR, what))

    def pause(self, seconds: float) -> None:
        self.seconds += seconds
        while self._plan and self._plan[0][0] <= self.seconds:
            self._plan.pop(0)[1]()
            self.archive.build()
        if not self._plan and self.seconds > 15 * HOUR:
            raise Over

    def deliver(self, batch: Batch) -> None:
        answer = self._answers.pop(0) if self._answers else None
        self.batches.append((self.seconds, batch))
        if answer:
            raise answer

    def alerts(self, cursor: Cursor = Cursor(0), **wish: Any) -> Alerts:  # noqa: B008  it never changes
        self.archive.build()
        asked = Wish(**{"query": "rivers", **wish})
        clock = Clock(lambda: self.seconds, self.pause)
        serving = Serving(self.archive.folder)
        return Alerts(
            serving, asked, cursor, deliver=self.deliver, keep=self.kept.append, told=self.told.append, clock=clock
        )

    def run(self, **wish: Any) -> list[tuple[float, list[int]]]:
        """The deliveries of a watch: when, and the positions of the hits."""
        with pytest.raises(Over):
            self.alerts(**wish).follow()
        return [(at / HOUR, [hit["position"] for hit in batch.hits]) for at, batch in self.batches]


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with closing(Archive(tmp_path / "store")) as archive:
        yield archive


def test_digest_comes_once_an_hour_with_all_since_the_last(archive: Archive) -> None:
    day = Day(archive)
    for number, hour in enumerate((10.2, 10.4, 12.5)):
        day.at(hour, lambda number=number: archive.keep(f"{number}.txt"))

    deliveries = day.run(digest_seconds=HOUR)

    assert deliveries == [(11.0, [1, 3]), (13.0, [5])]


def test_digest_that_was_empty_is_not_made_up_for(archive: Archive) -> None:
    day = Day(archive)
    day.at(11.5, archive.keep)

    assert day.run(digest_seconds=HOUR) == [(12.0, [1])]


def test_digest_of_a_run_that_ends_is_due_once_an_interval(archive: Archive) -> None:
    archive.keep("a.txt")
    day = Day(archive)
    first = day.alerts(digest_seconds=HOUR)
    counts = [first.once()]

    archive.keep("b.txt")
    counts.append(day.alerts(day.kept[-1], digest_seconds=HOUR).once())
    day.seconds += HOUR
    counts.append(day.alerts(day.kept[-1], digest_seconds=HOUR).once())

    assert counts == [1, 0, 1]


def test_same_batch_is_tried_again_later_and_later_until_it_arrives(archive: Archive) -> None:
    archive.keep("a.txt")
    failing = [Undelivered("down"), Undelivered("down"), Undelivered("down", wait_seconds=60)]
    day = Day(archive, failing)
    day.at(10.0004, lambda: archive.keep("b.txt"))

    deliveries = day.run()

    keys = [batch.key for _, batch in day.batches]
    assert [positions for _, positions in deliveries] == [[1]] * 4 + [[3]]
    assert len(set(keys[:4])) == 1
    assert [round((at - 10) * HOUR) for at, _ in deliveries[:4]] == [0, 1, 3, 63]
    assert [cursor.position for cursor in day.kept] == [2, 4]


def test_side_that_refuses_is_left_alone_after_some_tries(archive: Archive) -> None:
    archive.keep()
    day = Day(archive, [Undelivered("404", is_refused=True)] * 9)

    with pytest.raises(Undelivered, match="404"):
        day.alerts().follow()

    assert len(day.batches) == MOST_REFUSALS
    assert day.kept == []


def test_run_that_ends_tries_once_and_keeps_its_place(archive: Archive) -> None:
    archive.keep()
    day = Day(archive, [Undelivered("down")])

    with pytest.raises(Undelivered):
        day.alerts().once()

    assert day.kept == []
    assert day.alerts().once() == 1


def test_many_hits_come_in_portions_without_a_gap(archive: Archive) -> None:
    for number in range(5):
        archive.keep(f"{number}.txt")
    day = Day(archive)

    count = day.alerts(most_hits=2).once()

    assert count == 5
    assert [(batch.after, batch.position) for _, batch in day.batches] == [(0, 3), (3, 7), (7, 10)]


def test_place_moves_on_where_nothing_matches(archive: Archive) -> None:
    archive.keep()
    day = Day(archive)

    assert day.alerts(query="drought").once() == 0
    assert [cursor.position for cursor in day.kept] == [2]


def test_watch_of_a_log_that_was_restored_ends_instead_of_waiting_for_ever(archive: Archive) -> None:
    archive.keep("a.txt")
    day = Day(archive)
    alerts = day.alerts()
    alerts.once()
    archive.close()

    shutil.copy(archive.folder / "log.db", archive.folder / "fresh.db")
    (archive.folder / "fresh.db").rename(archive.folder / "log.db")

    with pytest.raises(LogDiverged, match="was restored"):
        alerts.once()
