"""Writers of a log that can be killed anywhere, and an auditor who knows what they were told.

Writers are forked from a process that has imported everything, so that one that is to die at its 37th write costs
milliseconds. What a writer was told goes to a file in memory: no fault of the disk takes it away.
"""

import hashlib
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple, Protocol

from processes import ENVIRONMENT, LIMIT_SECONDS

from presslog.store.engines import sqlite as engine
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import LogUnavailable
from presslog.store.log import Append, NewEvent, Stored
from presslog.store.names import event_id

IN_MEMORY = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
APPENDS, EVENTS, BLOBS = 2, 2, 2
BATCH_EVENTS = APPENDS * EVENTS
LARGEST_BLOB_BYTES = 30_000
ENDED = "ended"
RECOVERY_SECONDS = 1.0
RETRY_SECONDS = 0.002
REFUSED_BEFORE_THE_LIMIT_IS_LIFTED = 2
GO = signal.SIGUSR1


class Task(NamedTuple):
    """What a writer does: open the log in ``folder``, append so many batches from ``first`` on, close.

    ``checkpoint_pages`` is how large the WAL grows; ``synchronous`` takes the place of the product's own setting.
    ``retries`` is how often a refused batch is tried again, with its keys. No file may be larger than
    ``limit_bytes``, until a batch was refused a few times.
    """

    folder: str
    first: int = 0
    batches: int = 40
    checkpoint_pages: int = 60
    synchronous: str = ""
    retries: int = 0
    limit_bytes: int = 0


def content(batch: int, number: int) -> bytes:
    """The bytes of a blob: always the same, and nothing that compresses."""
    chance = random.Random(batch * BLOBS + number)
    return chance.randbytes(chance.randrange(100, LARGEST_BLOB_BYTES))


def data(batch: int, append: int, event: int) -> bytes:
    """The bytes of an event, which name a blob of its batch."""
    digest = hashlib.sha256(content(batch, event % BLOBS)).hexdigest()
    return json.dumps({"batch": batch, "append": append, "event": event, "digest": digest}).encode()


def appends(batch: int) -> list[Append]:
    """One batch: two Appends of two events, all or none."""
    return [
        Append(
            f"article/{batch % 7}-{append}",
            [NewEvent(event_id(), "note", data(batch, append, event)) for event in range(EVENTS)],
            None,
            f"k{batch}",
        )
        for append in range(APPENDS)
    ]


def write(task: Task, told: int) -> None:
    """Be the writer; ``told`` is where every answer is noted once it is there."""
    engine.CHECKPOINT_PAGES = task.checkpoint_pages
    began = time.perf_counter()
    log = SqliteLog(Path(task.folder))
    os.write(told, f"open {1000 * (time.perf_counter() - began):.1f}\n".encode())
    if task.synchronous:
        _set(log, f"pragma synchronous = {task.synchronous}")
    if task.limit_bytes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (task.limit_bytes, resource.RLIM_INFINITY))
    for batch in range(task.first, task.first + task.batches):
        _append(log, batch, task.retries, told)
    log.close()
    os.write(told, f"{ENDED}\n".encode())


def _set(log: SqliteLog, pragma: str) -> None:
    assert log._writer
    with log._writer.used() as connection:
        connection.execute(pragma)


def _append(log: SqliteLog, batch: int, retries: int, told: int) -> None:
    for number in range(retries + 1):
        try:
            receipts = log.append(appends(batch), blobs=[content(batch, number) for number in range(BLOBS)])
        except LogUnavailable as error:
            os.write(told, f"refused {batch} {type(error).__name__} {error}\n".encode())
            if number == retries:
                raise
            if number == REFUSED_BEFORE_THE_LIMIT_IS_LIFTED:
                resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            threading.Event().wait(RETRY_SECONDS)
        else:
            os.write(told, f"stored {batch} {receipts[-1].last} {int(receipts[0].repeated)}\n".encode())
            return


def serve() -> None:
    """Fork a writer for each line of standard input; say its pid, and how it ended."""
    # What is imported on the way is imported once: a writer that opens its log does nothing else.
    with tempfile.TemporaryDirectory() as folder, closing(SqliteLog(Path(folder))) as log:
        log.blobs.get(log.blobs.put(b"warm"))
    print("ready", flush=True)
    # Blocked, so that a writer whose turn comes early finds the word waiting.
    signal.pthread_sigmask(signal.SIG_BLOCK, [GO])
    for line in sys.stdin:
        told, task = json.loads(line)
        handle = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC)
        pid = os.fork()
        if not pid:
            _live(handle, Task(*task))
        os.close(handle)
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _live(told: int, task: Task) -> None:
    code = 1
    signal.sigwait([GO])
    try:
        write(task, told)
        code = 0
    except Exception as error:  # noqa: BLE001
        os.write(told, f"died {type(error).__name__} {error}\n".encode())
    finally:
        os._exit(code)


class Told(NamedTuple):
    """What a writer was told: batches that were stored, refusals, and its other words."""

    stored: dict[int, int]
    refused: list[str]
    lines: list[str]

    @property
    def after_the_first_refusal(self) -> list[str]:
        """What it was told from then on."""
        return self.lines[next((n for n, line in enumerate(self.lines) if line in self.refused), len(self.lines)) :]

    @property
    def is_repeated(self) -> bool:
        """Whether the first batch that it appended was there already."""
        first = next(line for line in self.lines if line.startswith("stored"))
        return first.endswith(" 1")

    @property
    def has_ended(self) -> bool:
        """Whether it closed the log and ended well."""
        return self.lines[-1:] == [ENDED]


class Writer:
    """One writer, which waits until it is let go."""

    def __init__(self, pid: int, zygote: "subprocess.Popen[str]", told: Path) -> None:
        self.pid = pid
        self._zygote = zygote
        self._told = told
        self.code: int | None = None

    def go(self) -> None:
        """Let it begin."""
        os.kill(self.pid, GO)

    def kill(self) -> None:
        """Kill it, wherever it is."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)

    def is_alive(self) -> bool:
        """Whether it has not ended yet."""
        return is_running(self.pid)

    def wait(self) -> int:
        """Its exit code; minus the signal that ended it."""
        if self.code is None:
            assert self._zygote.stdout
            self.code = int(self._zygote.stdout.readline())
        return self.code

    def told(self) -> Told:
        """What it was told so far."""
        lines = self._told.read_text().splitlines() if self._told.exists() else []
        words = [line.split() for line in lines]
        stored = {int(word[1]): int(word[2]) for word in words if word[0] == "stored"}
        return Told(stored, [line for line in lines if line.startswith("refused")], lines)


def is_running(pid: int) -> bool:
    """Whether a process is there and has not ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


class Writers:
    """Where writers come from, one at a time."""

    def __init__(self, zygote: "subprocess.Popen[str]", folder: Path) -> None:
        self._zygote = zygote
        self._folder = folder

    @contextmanager
    def one(self, task: Task) -> Iterator[Writer]:
        """A writer that waits at its gate; killed at the end of the block."""
        assert self._zygote.stdin
        assert self._zygote.stdout
        told = self._folder / "told"
        self._zygote.stdin.write(json.dumps([str(told), task]) + "\n")
        self._zygote.stdin.flush()
        writer = Writer(int(self._zygote.stdout.readline()), self._zygote, told)
        try:
            yield writer
        finally:
            writer.kill()
            writer.wait()


@contextmanager
def zygote() -> Iterator[Writers]:
    """A process from which writers are forked."""
    with tempfile.TemporaryDirectory(prefix="presslog-told-", dir=IN_MEMORY) as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", "from faults.writers import serve; serve()"],
            env=ENVIRONMENT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            # Here as well: the time that recovery takes is not that of an import.
            audit(Path(folder) / "warm")
            yield Writers(process, Path(folder))
        finally:
            process.kill()
            process.communicate(timeout=LIMIT_SECONDS)


class Counted(Protocol):
    """Where costs are added up: the score of a test."""

    stimuli: int
    lost: int
    doubled: int
    undetected: int
    figures: list[str]


class Books:
    """What the writers of one log were told, to be compared with what it holds."""

    def __init__(self, folder: Path, score: Counted) -> None:
        self.folder = folder
        self._score = score
        self.stored: dict[int, int] = {}
        self.seconds: list[float] = []

    @property
    def next(self) -> int:
        """The first batch of which nobody knows whether it is stored: to be appended once more, with the same keys."""
        return max(self.stored, default=-1) + 1

    def note(self, told: Told) -> None:
        """Add what a writer was told."""
        self.stored |= told.stored

    def settle(self) -> "Audit":
        """Open the log and count what this round has cost."""
        self._score.stimuli += 1
        found = audit(self.folder)
        self.seconds.append(found.seconds)
        self._score.lost += len(self.stored.keys() - found.found)
        self._score.doubled += found.doubled
        self._score.undetected += len(found.wrong)
        return found


def summed(score: Counted, books: Sequence[Books]) -> None:
    """Note among the figures what was confirmed, and how long the worst recovery took; nearly all have to be fast.

    Not the worst one: on a machine that others use, it tells of them.
    """
    acked, seconds = sum(len(each.stored) for each in books), sorted(each for one in books for each in one.seconds)
    score.figures.append(f"{acked} batches confirmed, worst recovery {1000 * seconds[-1]:.0f} ms")
    assert seconds[int(0.95 * (len(seconds) - 1))] < RECOVERY_SECONDS


class Audit(NamedTuple):
    """What a log holds of what was appended: whole batches, events too many, and what is wrong with the rest."""

    found: frozenset[int]
    doubled: int
    wrong: list[str]
    seconds: float
    """How long opening took, and with it recovery."""


def audit(folder: Path) -> Audit:
    """Open the log as the product does, and read everything in it."""
    began = time.perf_counter()
    log = SqliteLog(folder)
    seconds = time.perf_counter() - began
    with closing(log):
        events = log.read(0, 1 << 30)
        wrong = [row[0] for row in log._reader.execute("pragma integrity_check") if row[0] != "ok"]
        wrong += _gaps(events)
        by_batch: dict[int, list[Stored]] = {}
        for event in events:
            by_batch.setdefault(int(event.key[1:]), []).append(event)
        for batch, held in by_batch.items():
            wrong += _faults(log, batch, held)
        doubled = len(events) - len({(event.stream, event.key, event.index) for event in events})
        return Audit(frozenset(by_batch), doubled, wrong, seconds)


def _gaps(events: Sequence[Stored]) -> list[str]:
    gaps = [event.position for number, event in enumerate(events, 1) if event.position != number]
    return [f"position {gaps[0]} does not follow"] if gaps else []


def _faults(log: SqliteLog, batch: int, held: Sequence[Stored]) -> list[str]:
    expected = {(f"article/{batch % 7}-{a}", e): data(batch, a, e) for a in range(APPENDS) for e in range(EVENTS)}
    if {(event.stream, event.index): event.data for event in held} != expected:
        return [f"batch {batch} is not whole"]
    faults = []
    for number in range(BLOBS):
        original = content(batch, number)
        try:
            kept = log.blobs.get(hashlib.sha256(original).hexdigest())
        except KeyError:
            kept = b""
        faults += [] if kept == original else [f"blob {number} of batch {batch} is missing or short"]
    return faults
