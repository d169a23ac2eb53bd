"""Writers that go on whatever becomes of the servers, and the journal of what was confirmed to them."""

import itertools
import random
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from examples import until

from presslog.store.engines import open_engine
from presslog.store.errors import LogUnavailable
from presslog.store.log import ANY, Append, EventLog, NewEvent, Receipt
from presslog.store.names import event_id

WRITERS = 8
PAUSE_SECONDS = 0.01
RETRY_SECONDS = 0.05
PATIENCE_SECONDS = 60.0
"""How long a writer goes on asking once the trial is over."""
STREAM_APPENDS = 5
EVENT_BYTES, BLOB_BYTES = 1_000, 20_000
PAIRS, BLOBS = 4, 10
"""Every so manieth Append has two events, and comes with a blob."""


class Confirmed(NamedTuple):
    """An Append that was answered, when it was, and the blobs that went with it."""

    append: Append
    receipt: Receipt
    blobs: tuple[bytes, ...]
    seconds: float


class Load:
    """The writers, each with an engine and a folder of its own, as on so many hosts."""

    def __init__(self, address: str, folder: Path) -> None:
        self.confirmed: list[Confirmed] = []
        self.faults: list[str] = []
        self.asked_again = 0
        self._address = address
        self._folder = folder
        self._stop = threading.Event()
        self._ends_at = float("inf")
        self._threads = [threading.Thread(target=self._live, args=(number,)) for number in range(WRITERS)]

    @property
    def longest_gap(self) -> float:
        """The most seconds in which nobody was answered."""
        times = sorted(each.seconds for each in self.confirmed)
        return max((later - sooner for sooner, later in itertools.pairwise(times)), default=0.0)

    def start(self) -> None:
        """Let all writers begin, and wait until they are at work."""
        for thread in self._threads:
            thread.start()
        self.until_more()

    def until_more(self, appends: int = 100) -> None:
        """Wait until so many more Appends were confirmed."""
        wanted = len(self.confirmed) + appends
        until(lambda: len(self.confirmed) >= wanted or bool(self.faults), PATIENCE_SECONDS)

    def stop(self, *, patience: float = PATIENCE_SECONDS) -> None:
        """End the writers; each asks until its last Append is answered, or its patience is over."""
        self._ends_at = min(self._ends_at, time.monotonic() + patience)
        self._stop.set()
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS + patience)

    def _live(self, writer: int) -> None:
        try:
            with closing(self._opened(writer)) as log:
                self._write(log, writer)
        except Exception as error:  # noqa: BLE001
            self.faults.append(f"writer {writer}: {type(error).__name__}: {error}")

    def _opened(self, writer: int) -> EventLog:
        while True:
            try:
                return open_engine(self._address, self._folder / f"writer{writer}", readonly=False)
            except LogUnavailable:
                self._rest()

    def _write(self, log: EventLog, writer: int) -> None:
        last = 0
        for number in itertools.count():
            append, blobs = _wanted(writer, number, last)
            receipt = self._answer(log, append, blobs)
            self.confirmed.append(Confirmed(append, receipt, blobs, time.monotonic()))
            last = receipt.last
            if self._stop.wait(PAUSE_SECONDS):
                return

    def _answer(self, log: EventLog, append: Append, blobs: tuple[bytes, ...]) -> Receipt:
        while True:
            try:
                (answer,) = log.append([append], blobs=blobs)
            except LogUnavailable:
                self.asked_again += 1
                self._rest()
            else:
                assert isinstance(answer, Receipt), f"{append.stream} ends at {answer}, not at {append.expected}"
                return answer

    def _rest(self) -> None:
        if time.monotonic() > self._ends_at:
            raise TimeoutError("not answered until the end of the trial")
        time.sleep(RETRY_SECONDS)


def _wanted(writer: int, number: int, last: int) -> tuple[Append, tuple[bytes, ...]]:
    chance = random.Random(f"{writer} {number}")
    events = [NewEvent(event_id(), "note", chance.randbytes(EVENT_BYTES)) for _ in range(1 if number % PAIRS else 2)]
    begins = number % STREAM_APPENDS == 0
    expected = ANY if writer % 2 else 0 if begins else last
    blobs = () if number % BLOBS else (chance.randbytes(BLOB_BYTES),)
    return Append(f"desk/{writer}/{number // STREAM_APPENDS}", events, expected, f"{writer}-{number}"), blobs


@contextmanager
def loaded(address: str, folder: Path) -> Iterator[Load]:
    """Writers at work; ended at the end of the block at the latest."""
    load = Load(address, folder)
    try:
        load.start()
        yield load
    finally:
        load.stop(patience=0)
