"""replay: every event of a log read and decoded, against a plain loop over the same file that decodes the same JSON."""

import sqlite3
from collections.abc import Sequence

import msgspec
from bench import Bench, Measurement, Row, opened, settings_of, stopwatch
from yardsticks import Yardsticks

from presslog.store.events import TYPES, read_event

PAGE = 100
ALL = "select position, stream, type, recorded_at, data, meta from events order by position"


def replay(bench: Bench) -> Sequence[float]:
    """Decoded events a second, by the log's port."""
    with opened(bench.desk) as parts, stopwatch() as seconds:
        after = 0
        while page := parts.log.read(after, PAGE):
            for stored in page:
                read_event(stored)
            after = page[-1].position
    return [after / seconds()]


def floor(bench: Bench, _: Yardsticks) -> Sequence[float]:
    """The same rows through sqlite3, and the same decoders."""
    decoders = {name: msgspec.json.Decoder(fact) for name, fact in TYPES.items()}
    connection = sqlite3.connect(settings_of(bench.desk).store_folder / "log.db")
    count = 0
    with stopwatch() as seconds:
        for row in connection.execute(ALL):
            decoders[row[2]].decode(row[4])
            count += 1
    connection.close()
    return [count / seconds()]


MEASUREMENTS = (Measurement("replay", (Row("replay, decoded", "events/s", "≥ 0.8"),), replay, floor),)
