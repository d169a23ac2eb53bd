"""How long it takes from the moment a file is complete until it is durable in the log, and until it can be queried."""

import statistics
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from desks import Desk

from presslog.store.sqlite import connect_readonly

PAUSE_SECONDS = 0.002
LIMIT_SECONDS = 20.0
ROUNDS = 3
DURABLE = "select position, data ->> 'path' from events where position > ? and type = 'file-received' order by position"
QUERYABLE = "select last_position, path from files where last_position > ? order by last_position"


class Latencies(NamedTuple):
    """Milliseconds a file, for all files, sorted."""

    durable: list[float]
    queryable: list[float]

    def p99(self) -> float:
        """What all but one file in a hundred stay below, in the log and in the views."""
        return max(_p99(self.durable), _p99(self.queryable))

    def __str__(self) -> str:
        return f"durable {_percentiles(self.durable)}, queryable {_percentiles(self.queryable)}"


def measure(desk: Desk, deliver: Callable[[int], str], *, files: int, per_second: float) -> Latencies:
    """Let ``deliver`` complete one file after another at this pace; it returns the path of the file by its number."""
    delivered: dict[str, float] = {}
    writer = threading.Thread(target=_deliver_all, args=[deliver, delivered, files, 1 / per_second])
    durable = _Seen(desk.store / "log.db", DURABLE)
    queryable = _Seen(desk.store / "views.db", QUERYABLE)
    writer.start()
    deadline = time.monotonic() + files / per_second + LIMIT_SECONDS
    while len(queryable.at) < files and time.monotonic() < deadline:
        durable.look()
        queryable.look()
        time.sleep(PAUSE_SECONDS)
    writer.join()
    durable.close()
    queryable.close()
    counts = (len(durable.at), len(queryable.at))
    assert counts == (files, files), f"{counts[0]} durable, {counts[1]} queryable of {files}"
    return Latencies(_waits(delivered, durable.at), _waits(delivered, queryable.at))


class _Seen:
    """When each path was first seen in a database; what was there before does not count."""

    def __init__(self, path: Path, statement: str) -> None:
        self.at: dict[str, float] = {}
        self._statement = statement
        self._connection = connect_readonly(path)
        self._state = self._position = 0
        self.look()
        self.at.clear()

    def look(self) -> None:
        """Ask only where something was committed: the daemon and this share the processors."""
        state = self._connection.execute("pragma data_version").fetchone()[0]
        if state != self._state:
            self._state = state
            for position, path in self._connection.execute(self._statement, (self._position,)).fetchall():
                self._position = position
                self.at.setdefault(path, time.perf_counter())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


def _deliver_all(deliver: Callable[[int], str], delivered: dict[str, float], files: int, gap_seconds: float) -> None:
    began = time.perf_counter()
    for number in range(files):
        time.sleep(max(0.0, began + number * gap_seconds - time.perf_counter()))
        path = deliver(number)
        delivered[path] = time.perf_counter()


def _waits(delivered: dict[str, float], seen: dict[str, float]) -> list[float]:
    return sorted(max(0.0, seen[path] - at) * 1000 for path, at in delivered.items())


def measured_calmly(measure_once: Callable[[int], Latencies], *, limit_milliseconds: float) -> list[Latencies]:
    """Measurements until one is below the limit, three at most: others may use this machine's processors too."""
    rounds: list[Latencies] = []
    while len(rounds) < ROUNDS and not (rounds and rounds[-1].p99() <= limit_milliseconds):
        rounds.append(measure_once(len(rounds)))
    return rounds


def _p99(milliseconds: list[float]) -> float:
    """What all but one in a hundred stay below."""
    return statistics.quantiles(milliseconds, n=100, method="inclusive")[98]


def _percentiles(milliseconds: list[float]) -> str:
    return f"p50 {statistics.median(milliseconds):.0f} ms p99 {_p99(milliseconds):.0f} ms"
