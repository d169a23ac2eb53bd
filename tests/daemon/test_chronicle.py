"""The chronicle: silence is told once, and its end, and a clock that was set, by clocks that are handed in."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from examples import Clock

from presslog.daemon.chronicle import STEP_SECONDS, Chronicle
from presslog.daemon.places import Folder
from presslog.store.engines.memory import MemoryLog
from presslog.store.errors import LogUnavailable
from presslog.store.events import FolderChanged, Meta, read_event
from presslog.store.log import Append, Conflict, Receipt

QUIET_SECONDS = 3600.0


@pytest.fixture
def clock() -> Clock:
    """A clock in the test's hand."""
    return Clock()


@pytest.fixture
def log() -> MemoryLog:
    """An empty log."""
    return MemoryLog()


@pytest.fixture
def chronicle(log: MemoryLog, clock: Clock) -> Chronicle:
    """The chronicle of one folder that should not be quiet for an hour, and of one that may."""
    folders = {"wires": Folder("wires", Path("/srv/wires"), QUIET_SECONDS), "slow": Folder("slow", Path("/srv/slow"))}
    return Chronicle(log, folders, Meta(host="here"), monotonic=clock)


def facts(log: MemoryLog) -> list[tuple[str, float]]:
    told = [read_event(stored) for stored in log.read(0, 100)]
    return [(event.type, event.fact.seconds) for event in told if isinstance(event.fact, FolderChanged)]


def test_feed_that_is_heard_in_time_is_not_quiet(log: MemoryLog, chronicle: Chronicle, clock: Clock) -> None:
    clock.seconds += QUIET_SECONDS - 1
    chronicle.heard("wires")
    clock.seconds += QUIET_SECONDS - 1

    quiet = chronicle.listen()

    assert quiet == []
    assert facts(log) == []


def test_silence_is_told_once(log: MemoryLog, chronicle: Chronicle, clock: Clock) -> None:
    clock.seconds += QUIET_SECONDS

    quiet = [[folder.feed for folder in chronicle.listen()] for _ in range(3)]

    assert quiet == [["wires"], [], []]
    assert facts(log) == [("folder-quiet", QUIET_SECONDS)]


def test_end_of_a_silence_is_told_once_with_its_length(log: MemoryLog, chronicle: Chronicle, clock: Clock) -> None:
    clock.seconds += QUIET_SECONDS
    chronicle.listen()
    clock.seconds += 60

    resumed = [chronicle.heard("wires"), chronicle.heard("wires")]

    assert [folder and folder.feed for folder in resumed] == ["wires", None]
    assert facts(log)[1:] == [("folder-resumed", QUIET_SECONDS + 60)]


def test_second_silence_is_told_again(log: MemoryLog, chronicle: Chronicle, clock: Clock) -> None:
    for _ in range(2):
        clock.seconds += QUIET_SECONDS
        chronicle.listen()
        chronicle.heard("wires")

    kinds = [kind for kind, _ in facts(log)]

    assert kinds == ["folder-quiet", "folder-resumed"] * 2


def test_feed_without_a_limit_is_never_quiet(log: MemoryLog, chronicle: Chronicle, clock: Clock) -> None:
    clock.seconds += 100 * QUIET_SECONDS
    chronicle.heard("wires")

    quiet = chronicle.listen()

    assert quiet == []


def test_folder_event_stands_in_the_stream_of_its_feed(log: MemoryLog, chronicle: Chronicle) -> None:
    position = chronicle.tell(Folder("wires", Path("/srv/wires")), "folder-overflowed", reason="burst", files=12)

    stored = log.last("folder/wires")
    assert stored is not None
    assert stored.position == position
    assert read_event(stored).fact == FolderChanged(feed="wires", folder="/srv/wires", reason="burst", files=12)


def steps(log: MemoryLog) -> list[float]:
    return [read_event(stored).fact.seconds for stored in log.read(0, 100, "clock/here")]


def test_clock_that_was_set_is_told_once_in_the_stream_of_its_host(log: MemoryLog, chronicle: Chronicle) -> None:
    told = [chronicle.stepped(-2_592_000.0004), chronicle.stepped(0)]

    assert told == [-2_592_000.0, 0]
    assert steps(log) == [-2_592_000.0]


def test_clock_that_runs_wild_is_told_once_a_minute_with_all_it_went(
    log: MemoryLog, chronicle: Chronicle, clock: Clock
) -> None:
    for _ in range(13):
        chronicle.stepped(5000)
        clock.seconds += 5

    assert steps(log) == [5000, 12 * 5000]


def test_clock_that_was_set_and_set_back_within_a_minute_is_told_by_what_is_left(
    log: MemoryLog, chronicle: Chronicle, clock: Clock
) -> None:
    chronicle.stepped(3600)
    for seconds in (7200, -7200):
        clock.seconds += 5
        chronicle.stepped(seconds)
    clock.seconds += STEP_SECONDS

    chronicle.stepped(0)

    assert steps(log) == [3600]


class HalfLog(MemoryLog):
    """A log that stores, and then says twice that nobody knows."""

    troubles = 2

    def append(self, batch: Sequence[Append], *, blobs: Sequence[bytes] = ()) -> list[Receipt | Conflict]:
        answers = super().append(batch, blobs=blobs)
        self.troubles -= 1
        if self.troubles >= 0:
            raise LogUnavailable("nothing is known about the outcome")
        return answers


def test_step_of_which_nobody_knows_whether_it_is_stored_is_stored_once(clock: Clock) -> None:
    log = HalfLog()
    chronicle = Chronicle(log, {}, Meta(host="here"), monotonic=clock)

    for _ in range(4):
        with suppress(LogUnavailable):
            chronicle.stepped(60)
        clock.seconds += STEP_SECONDS

    assert steps(log) == [60, 180]
