"""The disk fails, fills or lies about its room: nothing is confirmed that is not stored, and work goes on after it."""

import random
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from examples import until
from faults.conftest import Score, times
from faults.injected import STRACE, SYNCS, attached, inject
from faults.loopback import AS_ROOT, Remote, remote
from faults.writers import Books, Task, Told, Writers, summed
from scenarios.mounts import tmpfs
from scenarios.passthrough import WITH_FUSE

pytestmark = [pytest.mark.faults, pytest.mark.timeout(3600)]

LIFE = 12
SYNCS_OF_A_LIFE = 80
PATIENT = 10_000
"""Tries of a writer that waits for the end of a trouble."""
TROUBLE_CALLS = 25
TYPED = re.compile(r"(refused \d+|died) Storage(Failed|Full) ")


class Trouble(NamedTuple):
    """A way in which a disk refuses: calls, what becomes of them, and how many there are in a short life."""

    calls: str
    fault: str
    most: int


TROUBLES = {
    "ENOSPC while writing": Trouble("pwrite64", "error=ENOSPC", 300),
    "EDQUOT while writing": Trouble("pwrite64", "error=EDQUOT", 300),
    "EROFS while writing": Trouble("pwrite64", "error=EROFS", 300),
    "EIO while writing": Trouble("pwrite64", "error=EIO", 300),
    "EIO while cutting": Trouble("ftruncate", "error=EIO", 4),
    "EACCES while opening": Trouble("openat", "error=EACCES", 12),
    "ENOMEM while mapping": Trouble("mmap", "error=ENOMEM", 4),
}


def lived(writers: Writers, task: Task, *words: str) -> Told:
    """What a writer was told in its life, with strace at it."""
    with writers.one(task) as writer, attached(writer.pid, *words):
        writer.go()
        writer.wait()
        return writer.told()


def untyped(told: Told) -> list[str]:
    """Refusals and ends that are no errors of ours about the disk."""
    said = [line for line in told.lines if line.startswith(("refused", "died"))]
    return [line for line in said if not TYPED.match(line)]


@STRACE
@pytest.mark.parametrize("lasting", ["once", "for good"])
def test_07_failed_syncs(tmp_path: Path, writers: Writers, score: Score, lasting: str) -> None:
    seen, refused, late, strange = [], 0, 0, []

    for number in range(1, SYNCS_OF_A_LIFE, times(4, 1)):
        books = Books(tmp_path / str(number), score)
        words = inject(SYNCS, "error=EIO", number if lasting == "once" else f"{number}+")
        told = lived(writers, Task(str(books.folder), batches=SYNCS_OF_A_LIFE, retries=1), *words)
        books.note(told)
        books.settle()
        seen.append(books)
        strange += untyped(told)
        refused += bool(told.refused)
        late += sum(line.startswith("stored") for line in told.after_the_first_refusal)

    summed(score, seen)
    score.figures.append(f"{refused} times a batch was refused, {late} were stored after it")
    assert score.costs == (0, 0, 0)
    assert strange == []
    assert refused > 0.5 * score.stimuli
    assert late > 0 if lasting == "once" else late == 0


@STRACE
def test_07_after_a_failed_sync_nothing_goes_through_the_same_handle(
    tmp_path: Path, writers: Writers, score: Score
) -> None:
    trace, folder = tmp_path / "trace", tmp_path / "store"
    words = ("-o", str(trace), "-e", f"trace={SYNCS},pwrite64,openat,close", "-e", f"inject={SYNCS}:error=EIO:when=12")

    told = lived(writers, Task(str(folder), batches=LIFE, retries=1), *words)

    lines = trace.read_text().splitlines()
    [failed] = [number for number, line in enumerate(lines) if "EIO" in line]
    rest = [line for line in lines[failed + 1 :] if "log.db-wal" in line or re.search(r"close\(|pwrite64", line)]
    handle = re.search(r"\((\d+)", lines[failed])
    closed = next(number for number, line in enumerate(rest) if f"close({handle and handle[1]})" in line)
    score.stimuli = 1
    assert len(told.refused) == 1
    assert told.has_ended
    assert not [line for line in rest[:closed] if "pwrite64" in line]
    assert any("openat" in line and "log.db-wal" in line for line in rest[closed:])


@pytest.fixture
def far(tmp_path: Path) -> Iterator[Remote]:
    """A disk whose syncs fail for as long as its line does."""
    with remote(tmp_path) as far:
        yield far


@AS_ROOT
@WITH_FUSE
def test_07_pages_that_count_as_clean(far: Remote, writers: Writers, score: Score, chance: random.Random) -> None:
    seen, refused, said = [], 0, []
    for number in range(times(8, 100)):
        books = Books(far.drive.point / str(number) / "store", score)
        with writers.one(Task(str(books.folder), batches=PATIENT, retries=PATIENT)) as writer:
            writer.go()
            most = chance.randint(1, 40)
            until(lambda writer=writer, most=most: len(writer.told().stored) > most)
            far.fail(writer.pid)
            until(lambda writer=writer: len(writer.told().refused) > 3)
            before = len(writer.told().stored)
            far.line.heal()
            until(lambda writer=writer, before=before: len(writer.told().stored) > before + 20)
            books.note(writer.told())
            said += untyped(writer.told())
            refused += len(writer.told().refused)
        seen.append(books)
        # What counts as clean and is on no disk is gone with the memory of the kernel.
        far.drive.restore()
        books.settle()
        shutil.rmtree(books.folder)

    summed(score, seen)
    score.figures.append(f"{refused} real failures of fsync(2)")
    assert score.costs == (0, 0, 0)
    assert said == []


@AS_ROOT
@WITH_FUSE
def test_07_pages_that_count_as_clean_and_are_recovered(
    far: Remote, writers: Writers, score: Score, chance: random.Random
) -> None:
    seen = []
    for number in range(times(8, 100)):
        books = Books(far.drive.point / str(number) / "store", score)
        with writers.one(Task(str(books.folder), batches=PATIENT)) as writer:
            writer.go()
            most = chance.randint(1, 40)
            until(lambda writer=writer, most=most: len(writer.told().stored) > most)
            far.fail(writer.pid)
            writer.wait()
            books.note(writer.told())
            assert len(writer.told().refused) == 1
        far.line.heal()
        with writers.one(Task(str(books.folder), books.next, PATIENT)) as writer:
            writer.go()
            until(lambda writer=writer: len(writer.told().stored) > 0)
            writer.kill()
            writer.wait()
            books.note(writer.told())
        seen.append(books)
        far.drive.restore()
        books.settle()
        shutil.rmtree(books.folder)

    summed(score, seen)
    assert score.costs == (0, 0, 0)


@STRACE
@pytest.mark.parametrize("name", TROUBLES)
def test_08_disk_that_refuses_for_a_while(
    tmp_path: Path, writers: Writers, score: Score, chance: random.Random, name: str
) -> None:
    trouble, seen, refused, strange = TROUBLES[name], [], 0, []

    for number in range(times(5, 100)):
        first = chance.randint(1, trouble.most)
        books = Books(tmp_path / str(number), score)
        words = inject(trouble.calls, trouble.fault, f"{first}..{first + TROUBLE_CALLS}")
        told = lived(writers, Task(str(books.folder), batches=LIFE, retries=PATIENT), *words)
        books.note(told)
        found = books.settle()
        seen.append(books)
        strange += untyped(told)
        refused += len(told.refused)
        assert told.has_ended or told.lines[-1].startswith("died"), told.lines
        assert not told.has_ended or len(found.found) == LIFE

    summed(score, seen)
    score.figures.append(f"{refused} refusals")
    assert score.costs == (0, 0, 0)
    assert strange == []


@AS_ROOT
def test_08_full_disk(tmp_path: Path, writers: Writers, score: Score) -> None:
    refused, seen = 0, []
    for number in range(times(4, 100)):
        with tmpfs(tmp_path / str(number), "2m") as point:
            books = Books(point / "store", score)
            ballast = point / "ballast"
            ballast.write_bytes(bytes(1_300_000 + 4096 * number))
            with writers.one(Task(str(books.folder), batches=LIFE + 10, retries=PATIENT)) as writer:
                writer.go()
                until(lambda: len(writer.told().refused) > 5 or writer.told().has_ended)
                ballast.unlink()
                until(lambda: not writer.is_alive())
                told = writer.told()
            books.note(told)
            books.settle()
            seen.append(books)
            refused += bool(told.refused)
            assert untyped(told) == []

    summed(score, seen)
    score.figures.append(f"{refused} of {len(seen)} were refused for a while")
    assert score.costs == (0, 0, 0)
    assert refused > 0


def test_09_largest_file(tmp_path: Path, writers: Writers, score: Score, chance: random.Random) -> None:
    seen, refused = [], 0

    for number in range(times(10, 100)):
        books = Books(tmp_path / str(number), score)
        limit_bytes = chance.randint(150_000, 400_000)
        with writers.one(Task(str(books.folder), batches=LIFE, retries=5, limit_bytes=limit_bytes)) as writer:
            writer.go()
            writer.wait()
            told = writer.told()
        books.note(told)
        found = books.settle()
        seen.append(books)
        refused += bool(told.refused)
        assert untyped(told) == []
        assert (told.has_ended, len(found.found)) == (True, LIFE)

    summed(score, seen)
    score.figures.append(f"{refused} of {len(seen)} were refused after a write that was cut short")
    assert score.costs == (0, 0, 0)
    assert refused > 0
