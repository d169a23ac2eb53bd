"""kill -9 at any moment and at any system call, also of who recovers: nothing confirmed is lost, nothing is doubled."""

import random
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from desks import Desk, a_story
from faults.conftest import Score, times
from faults.injected import STRACE, attached, call_counts, counting, inject
from faults.told import run_once, told_but_not_there
from faults.writers import Books, Task, Told, Writers, summed
from kills import complaints, counted, finish, killed_again_and_again, rebuilt_digests

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

LONGEST_LIFE_SECONDS = 0.08
LIFE = 40
"""Batches of a whole life: long enough for two checkpoints."""
ROUNDS_OF_A_LOG = 25
CALLS = (
    *("pwrite64", "pread64", "fsync", "ftruncate", "unlink", "fcntl", "openat", "mmap", "munmap", "close"),
    *("newfstatat", "fstat", "lstat", "mkdir", "write", "fchown"),
)
"""What the life of a log is made of; those that a kernel or an architecture calls otherwise are left out."""
RECOVERING = ("pwrite64", "pread64", "fsync", "ftruncate", "fcntl", "openat", "mmap", "unlink")
DEEP = 3
FILES = 20


def logs(folder: Path, score: Score, rounds: int) -> Iterator[Books]:
    """The books of so many rounds; a fresh log now and then, so that creating one is hit as well."""
    books = Books(folder, score)
    for number in range(rounds):
        if number % ROUNDS_OF_A_LOG == 0:
            books = Books(folder / str(number), score)
        yield books


def lived(writers: Writers, books: Books, calls: str, when: int, batches: int = LIFE) -> Told:
    """The life of a writer that is killed at the N-th call, if it comes so far."""
    task = Task(str(books.folder), first=books.next, batches=batches)
    with writers.one(task) as writer, attached(writer.pid, *inject(calls, "signal=KILL", when)):
        writer.go()
        writer.wait()
    books.note(writer.told())
    return writer.told()


def test_01_kill_9_at_random_times(tmp_path: Path, writers: Writers, score: Score, chance: random.Random) -> None:
    seen: dict[Path, Books] = {}

    for books in logs(tmp_path, score, times(150, 1_000)):
        seen[books.folder] = books
        with writers.one(Task(str(books.folder), first=books.next, batches=10_000)) as writer:
            writer.go()
            threading.Event().wait(chance.uniform(0, LONGEST_LIFE_SECONDS))
            writer.kill()
            assert writer.wait() == -signal.SIGKILL
        books.note(writer.told())
        books.settle()

    summed(score, [*seen.values()])
    assert score.costs == (0, 0, 0)


def test_01_kill_9_of_the_daemon_at_random_times(tmp_path: Path, score: Score, chance: random.Random) -> None:
    desk, kills = Desk(tmp_path / "desk"), times(10, 100)
    names = [f"{number}.txt" for number in range(20 * kills)]

    killed_again_and_again(desk, names, chance, kills=kills, life=1.6)
    finish(desk)

    score.stimuli = kills
    score.lost, score.doubled = counted(desk, names)
    score.undetected = int(desk.digests() != rebuilt_digests(desk))
    score.figures.append(f"{len(names)} files")
    assert score.costs == (0, 0, 0)
    assert complaints(desk) == []


@STRACE
def test_02_kill_9_at_the_nth_system_call(
    tmp_path: Path, writers: Writers, score: Score, chance: random.Random
) -> None:
    counts = whole_life(writers, tmp_path)
    calls = [call for call in CALLS if counts.get(call)]
    killed, seen = 0, []

    for number in range(times(120, 1_000)):
        call = calls[number % len(calls)]
        books = Books(tmp_path / str(number), score)
        told = lived(writers, books, call, chance.randint(1, counts[call]))
        killed += not told.has_ended
        books.settle()
        seen.append(books)

    summed(score, seen)
    score.figures.append(f"{killed} killed before their end, {len(calls)} kinds of calls")
    assert score.costs == (0, 0, 0)
    assert {"pwrite64", "fsync"} <= {*calls} or {"pwrite64", "fdatasync"} <= {*calls}
    assert killed > 0.8 * score.stimuli


def whole_life(writers: Writers, folder: Path) -> dict[str, int]:
    """How often each system call is made from the making of a log to its close."""
    with writers.one(Task(str(folder / "whole"), batches=LIFE)) as writer:
        tracer = counting(writer.pid, folder / "counts")
        writer.go()
        assert writer.wait() == 0
    assert writer.told().has_ended
    return call_counts(tracer, folder / "counts")


@STRACE
def test_02_kill_9_of_the_daemon_at_the_nth_system_call(tmp_path: Path, score: Score, chance: random.Random) -> None:
    desk, counts = Desk(tmp_path / "desk", log_level="DEBUG"), tmp_path / "counts"
    names: list[str] = []
    drop(desk, names, "first")
    run_once(desk, "strace", "-f", "-qq", "-c", "-o", str(counts))
    made = call_counts(None, counts)
    calls = [call for call in ("pwrite64", "fsync", "fcntl", "openat", "ftruncate", "mmap", "unlink") if made.get(call)]
    missing: list[str] = []

    for number in range(times(10, 100)):
        call = calls[number % len(calls)]
        drop(desk, names, str(number))
        words = inject(call, "signal=KILL", chance.randint(1, made[call]))
        said = run_once(desk, "strace", "-D", "-f", "-qq", "-o", "/dev/null", *words)
        missing += told_but_not_there(desk, said)
        score.stimuli += 1
    finish(desk)

    lost, score.doubled = counted(desk, names)
    score.lost = lost + len(missing)
    score.undetected = int(desk.digests() != rebuilt_digests(desk))
    score.figures.append(f"{len(names)} files")
    assert score.costs == (0, 0, 0), missing


def drop(desk: Desk, names: list[str], begin: str) -> None:
    for number in range(FILES):
        names.append(f"{begin}-{number}.txt")
        desk.drop(names[-1], a_story(f"Story {names[-1]}", f"What happened at {names[-1]}."))


@STRACE
def test_03_kill_9_during_recovery(tmp_path: Path, writers: Writers, score: Score, chance: random.Random) -> None:
    seen, deaths = [], 0

    for number in range(times(20, 200)):
        books = Books(tmp_path / str(number), score)
        lived(writers, books, "pwrite64", chance.randint(100, 900))
        for _ in range(DEEP):
            call = chance.choice(RECOVERING)
            told = lived(writers, books, call, chance.randint(1, 12), batches=1)
            deaths += not told.stored
        books.settle()
        seen.append(books)

    summed(score, seen)
    score.figures.append(f"{deaths} of {DEEP * len(seen)} killed before they had recovered")
    assert score.costs == (0, 0, 0)
    assert deaths > len(seen)
