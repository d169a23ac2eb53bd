"""append, replay and follow on one engine: every writer, reader and follower a process that opens the log itself."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from pathlib import Path
from typing import Any

from append import append_of, facts
from bench import Bench
from latency import percentiles
from servers import Log

from presslog.store.engines import open_engine
from presslog.store.events import ArticleRecorded, read_event
from presslog.store.log import Append, EventLog, Receipt

SINGLES = 1000
"""So many events at most are appended one to a call, and so many more where a hundred go together."""
TOGETHER = 5000
PAGE_EVENTS = 500
FOLLOWED = 300
GAP_SECONDS = 0.01
LIMIT_SECONDS = 300
READY = "ready"
FORK = get_context("fork")


class Party:
    """A process that opens a log, says so, does its part when it is told to, and answers with what it found."""

    def __init__(self, part: Callable[[EventLog], Any], log: Log, *, readonly: bool = False) -> None:
        self._ours, theirs = FORK.Pipe()
        words = (part, log.address, log.folder(), readonly, theirs)
        self._process: ForkProcess = FORK.Process(target=_play, args=words, daemon=True)
        self._process.start()
        theirs.close()

    def hear(self) -> Any:
        """The next that it has to say."""
        if not self._ours.poll(LIMIT_SECONDS):
            raise SystemExit(f"a part of the benchmark took longer than {LIMIT_SECONDS} s")
        try:
            return self._ours.recv()
        except EOFError:
            raise SystemExit("a part of the benchmark ended before it had answered") from None

    def begin(self) -> None:
        """Tell it to go on."""
        self._ours.send("go")

    def end(self) -> None:
        """End it, whatever it does."""
        self._process.kill()
        self._process.join()
        self._ours.close()


def _play(part: Callable[[EventLog], Any], address: str, folder: Path, readonly: bool, theirs: Connection) -> None:
    with closing(open_engine(address, folder, readonly=readonly)) as log:
        theirs.send(READY)
        theirs.recv()
        theirs.send(part(log))


@contextmanager
def parties(parts: Sequence[Callable[[EventLog], Any]], log: Log, *, readonly: bool = False) -> Iterator[list[Party]]:
    """Processes that have opened the log and wait for the word; they are gone at the end of the block."""
    playing: list[Party] = []
    try:
        for part in parts:
            playing.append(Party(part, log, readonly=readonly))
            playing[-1].hear()
        yield playing
    finally:
        for each in playing:
            each.end()


def appended(batch: int, writers: int) -> Callable[[Bench, Log], Sequence[float | None]]:
    """Events a second by so many writers at once, so many Appends to a call; a file has one writer only."""

    def measure(bench: Bench, log: Log) -> Sequence[float | None]:
        if writers > 1 and not log.is_shared:
            return [None]
        asked = _appends(bench, min(SINGLES if batch == 1 else TOGETHER, bench.files))
        shares = [asked[number::writers] for number in range(writers)]
        with parties([_appending(share, batch) for share in shares], log) as playing:
            for each in playing:
                each.begin()
            began, ended = zip(*(each.hear() for each in playing), strict=True)
        return [len(asked) / (max(ended) - min(began))]

    return measure


def _appends(bench: Bench, count: int) -> list[Append]:
    return [append_of(fact) for fact in _facts(bench)[:count]]


@cache
def _facts(bench: Bench) -> Sequence[ArticleRecorded]:
    return facts(bench, min(TOGETHER, bench.files))


def _appending(asked: Sequence[Append], batch: int) -> Callable[[EventLog], tuple[float, float]]:
    """When it began and when it ended, on the clock that all processes share."""

    def part(log: EventLog) -> tuple[float, float]:
        began = time.perf_counter()
        for start in range(0, len(asked), batch):
            _refuse_unstored(log.append(asked[start : start + batch]))
        return began, time.perf_counter()

    return part


def _refuse_unstored(answers: Sequence[object]) -> None:
    if not all(isinstance(answer, Receipt) and not answer.repeated for answer in answers):
        raise SystemExit(f"not every event was stored, and once: {answers}")


def replayed(bench: Bench, log: Log) -> Sequence[float]:
    """Events a second, read in pages and decoded, by a process that has just opened the log."""
    count = min(TOGETHER, bench.files)
    with parties([_appending(_appends(bench, count), 100)], log) as [writer]:
        writer.begin()
        writer.hear()
    with parties([_replaying(count)], log, readonly=True) as [reader]:
        reader.begin()
        return [count / reader.hear()]


def _replaying(count: int) -> Callable[[EventLog], float]:
    def part(log: EventLog) -> float:
        began, after, found = time.perf_counter(), 0, 0
        while found < count:  # a page may be empty before the end
            for stored in log.read(after, PAGE_EVENTS):
                after = read_event(stored, log.blobs).position
                found += 1
        return time.perf_counter() - began

    return part


def followed(bench: Bench, log: Log) -> Sequence[float]:
    """Milliseconds from the call of append until another process has the event, p50 and p99."""
    asked = _appends(bench, min(FOLLOWED, bench.files))
    with (
        parties([_pacing(asked)], log) as [writer],
        parties([_following([append.events[0].id for append in asked])], log, readonly=True) as [follower],
    ):
        follower.begin()
        writer.begin()
        sent, seen = writer.hear(), follower.hear()
    return percentiles([after - before for before, after in zip(sent, seen, strict=True)])


def _pacing(asked: Sequence[Append]) -> Callable[[EventLog], list[float]]:
    def part(log: EventLog) -> list[float]:
        sent = []
        for append in asked:
            time.sleep(GAP_SECONDS)
            sent.append(time.perf_counter())
            _refuse_unstored(log.append([append]))
        return sent

    return part


def _following(ids: Sequence[str]) -> Callable[[EventLog], list[float]]:
    """When each of these events came, in their order, which is that of the log."""

    def part(log: EventLog) -> list[float]:
        seen: list[float] = []
        stop = threading.Event()
        for page in log.follow(0, stop=stop):
            for event in page:
                if event.id != ids[len(seen)]:
                    raise SystemExit(f"the follower got {event.id} where {ids[len(seen)]} comes next")
                seen.append(time.perf_counter())
            if len(seen) == len(ids):
                stop.set()
        return seen

    return part
