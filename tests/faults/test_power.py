"""The power fails: what was confirmed is there at the next start, whatever was not synced is gone."""

import random
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from faults.conftest import Score, times
from faults.injected import STRACE, SYNCS, attached, inject
from faults.loopback import AS_ROOT, Disk, disk
from faults.told import told, told_but_not_there
from faults.writers import Books, Task, Writer, Writers, audit, summed
from kills import complaints, counted, finish, rebuilt_digests
from scenarios.living import living

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import PresslogError
from presslog.store.leaf import leaf
from presslog.store.log import Stored
from presslog.store.names import event_id

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600), AS_ROOT]

LONGEST_LIFE_SECONDS = 0.25
ROUNDS_OF_A_LOG = 8
"""A fresh log now and then: the first batches of a store are cut as well."""
FILES = 40
STOPPED = "stopped by SIGSTOP"
STORES = "of-"


@pytest.fixture(scope="module", params=["ext4", "xfs"])
def drive(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disk]:
    """A disk with each of the file systems that most machines have."""
    with disk(tmp_path_factory.mktemp(request.param), request.param) as made:
        yield made


def rounds(drive: Disk, bounded: int, full: int) -> int:
    """So many on ext4, and a fourth of them on xfs."""
    return times(bounded, full) // (1 if drive.kind == "ext4" else 4)


def logs(drive: Disk, score: Score, number: int, *, of_a_log: int = ROUNDS_OF_A_LOG) -> Iterator[Books]:
    """The books of so many rounds; a fresh store in a folder that is not there yet, every few rounds."""
    for here in range(number):
        if here % of_a_log == 0:
            for old in drive.point.glob(f"{STORES}*"):
                shutil.rmtree(old)
            books = Books(drive.point / f"{STORES}{event_id()}" / "store", score)
        yield books


def cut_and_settled(drive: Disk, writer: Writer, books: Books) -> None:
    """Cut the power under a writer; only what it was told before counts as confirmed."""
    cut(drive, writer, books)
    books.settle()


def cut(drive: Disk, writer: Writer, books: Books) -> None:
    """The same without looking what it has cost."""
    books.note(writer.told())
    drive.cut()
    writer.kill()
    writer.wait()
    drive.restore()


def test_04_power_cut(drive: Disk, writers: Writers, score: Score, chance: random.Random) -> None:
    seen = set()

    for books in logs(drive, score, rounds(drive, 24, 200)):
        seen.add(books)
        with writers.one(Task(str(books.folder), books.next, 10_000)) as writer:
            writer.go()
            threading.Event().wait(chance.uniform(0, LONGEST_LIFE_SECONDS))
            cut_and_settled(drive, writer, books)

    summed(score, [*seen])
    assert score.costs == (0, 0, 0)
    assert any(books.stored for books in seen)


def test_04_power_cut_after_the_first_confirmation(drive: Disk, writers: Writers, score: Score) -> None:
    seen = []

    for books in logs(drive, score, rounds(drive, 8, 40), of_a_log=1):
        seen.append(books)
        with writers.one(Task(str(books.folder), batches=10_000)) as writer:
            writer.go()
            until(lambda writer=writer: len(writer.told().stored) > 0)
            cut_and_settled(drive, writer, books)

    summed(score, seen)
    assert score.costs == (0, 0, 0)


@STRACE
def test_04_power_cut_after_who_was_killed_is_confirmed_what_it_left(
    drive: Disk, writers: Writers, score: Score, chance: random.Random
) -> None:
    left = 0

    # About half of them leave something: of three, as a fourth of twelve is, none did once in a dozen runs.
    for books in logs(drive, score, rounds(drive, 48, 100)):
        killer = inject(SYNCS, "signal=KILL", chance.randint(4, 12))
        with writers.one(Task(str(books.folder), books.next)) as writer, attached(writer.pid, *killer):
            writer.go()
            writer.wait()
        books.note(writer.told())
        with writers.one(Task(str(books.folder), books.next, 10_000)) as writer:
            writer.go()
            until(lambda writer=writer: len(writer.told().stored) > 0)
            left += writer.told().is_repeated
            cut_and_settled(drive, writer, books)

    score.figures.append(f"{left} batches were there unsynced, and confirmed")
    assert score.costs == (0, 0, 0)
    assert left, "nothing was left to be confirmed: nothing was tried"


def test_04_power_cut_without_syncs_does_lose(drive: Disk, writers: Writers, score: Score) -> None:
    control, damaged = Score(), 0

    for books in logs(drive, control, rounds(drive, 4, 20), of_a_log=1):
        with writers.one(Task(str(books.folder), batches=10_000, synchronous="off")) as writer:
            writer.go()
            until(lambda writer=writer: len(writer.told().stored) > 10)
            cut(drive, writer, books)
        try:
            books.settle()
        except PresslogError:
            damaged += 1

    score.stimuli = control.stimuli + damaged
    score.figures.append(f"control with synchronous=OFF: {control.lost} batches lost, {damaged} logs damaged")
    assert control.lost + damaged > 0, "this harness cannot lose anything: it proves nothing"


@STRACE
def test_05_power_cut_between_blob_and_event(
    drive: Disk, tmp_path: Path, writers: Writers, score: Score, chance: random.Random
) -> None:
    seen, stopped, trace = set(), 0, tmp_path / "trace"

    for books in logs(drive, score, rounds(drive, 20, 200)):
        seen.add(books)
        calls, most = chance.choice([("pwrite64", 700), ("pwrite64", 700), (SYNCS, 40)])
        stopper = inject(calls, "signal=STOP", chance.randint(1, most))
        task = Task(str(books.folder), books.next)
        with writers.one(task) as writer, attached(writer.pid, "-o", str(trace), *stopper):
            writer.go()
            until(lambda writer=writer: STOPPED in trace.read_text() or not writer.is_alive())
            stopped += writer.is_alive()
            cut_and_settled(drive, writer, books)

    summed(score, [*seen])
    score.figures.append(f"{stopped} stood still in the middle of a write")
    assert score.costs == (0, 0, 0)
    assert stopped > 0.5 * score.stimuli
    assert any(books.stored for books in seen)


@STRACE
def test_06_power_cut_of_a_disk_that_lies(drive: Disk, writers: Writers, score: Score, chance: random.Random) -> None:
    lost = named = 0

    for books in logs(drive, Score(), rounds(drive, 8, 50), of_a_log=1):
        liar = inject(SYNCS, "retval=0", f"{chance.randint(1, 20)}+")
        with writers.one(Task(str(books.folder), batches=10_000)) as writer, attached(writer.pid, *liar):
            writer.go()
            until(lambda writer=writer: len(writer.told().stored) > 10)
            pinned = newest(books.folder)
            cut(drive, writer, books)
        score.stimuli += 1
        told_of = complaint(books.folder, pinned)
        is_lost = not holds(books)
        lost, named = lost + is_lost, named + (told_of != "")
        score.undetected += is_lost and not told_of

    score.figures.append(f"{lost} of {score.stimuli} lost something, {named} were detected by what was pinned outside")
    assert score.costs == (0, 0, 0)
    assert lost, "this disk did not lie: nothing was tried"


def newest(folder: Path) -> tuple[Stored, bytes]:
    """The newest event and its leaf, as somebody else would keep them."""
    with closing(SqliteLog(folder, readonly=True)) as log:
        [event] = log.read(log.head() - 1, 1)
        return event, leaf(event)


def complaint(folder: Path, pinned: tuple[Stored, bytes]) -> str:
    """What the store says where it is not the one that it was."""
    event, known = pinned
    try:
        with closing(SqliteLog(folder)) as log:
            log.check(event.position, event.id)
            return "" if leaf(log.read(event.position - 1, 1)[0]) == known else "another leaf"
    except PresslogError as error:
        return str(error)


def holds(books: Books) -> bool:
    """Whether everything is there that was confirmed, as it was."""
    try:
        found = audit(books.folder)
    except PresslogError:
        return False
    return books.stored.keys() <= found.found and not found.wrong


@pytest.mark.parametrize("after_read", ["keep", "delete"])
def test_04_power_cut_under_a_daemon(tmp_path: Path, score: Score, chance: random.Random, after_read: str) -> None:
    desk = Desk(tmp_path / "desk", log_level="DEBUG", after_read=after_read)
    names: list[str] = []
    missing: list[str] = []
    with disk(tmp_path, "ext4", at=desk.store) as drive:
        for number in range(times(3, 10)):
            said = dropped_until_a_cut(desk, drive, names, number, chance)
            missing += told_but_not_there(desk, said)
            score.stimuli += 1
        finish(desk)

        lost, score.doubled = counted(desk, names)
        score.lost = lost + len(missing)
        score.undetected = int(desk.digests() != rebuilt_digests(desk))
    score.figures.append(f"{len(names)} files, {len(told(desk.journal()))} told of")
    assert score.costs == (0, 0, 0), missing
    assert complaints(desk) == []


def dropped_until_a_cut(desk: Desk, drive: Disk, names: list[str], number: int, chance: random.Random) -> str:
    """What a daemon has said when the power of its store fails, while files arrive."""
    with living(desk):
        for file in range(chance.randint(5, FILES)):
            names.append(f"{number}-{file}.txt")
            desk.drop(names[-1], a_story(f"Story {names[-1]}"))
            threading.Event().wait(chance.uniform(0, 0.05))
        said = desk.journal()
        drive.cut()
    drive.restore()
    return said
