"""notary: events of about 5 KB, a hundred to a commit, while a notary in the same process follows, against none."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from append import facts
from bench import Bench, Measurement, Row, stopwatch
from yardsticks import Yardsticks

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import Meta, encode, salted
from presslog.store.keys import signer_of
from presslog.store.log import Append, NewEvent
from presslog.store.names import event_id
from presslog.store.notary import Notary

BATCH = 100
MOST_FACTS = 5_000
LAPS = 4
"""Each fact is appended so often, to other streams: the notary works once a second, and a run has to last."""
EVERY_SECONDS = 1.0


def _asked(bench: Bench) -> list[Append]:
    told = facts(bench, min(MOST_FACTS, bench.files))
    meta = Meta(host="bench", version="0", actor="bench")
    return [
        Append(
            f"article/{lap}-{number}", (NewEvent(event_id(), "article-recorded", encode(fact), salted(meta)),), 0, "k"
        )
        for lap in range(LAPS)
        for number, fact in enumerate(told)
    ]


@contextmanager
def _followed(notary: Notary, log: SqliteLog) -> Iterator[None]:
    """A thread that does for the block what the daemon's does; at the end everything is signed."""
    stop = threading.Event()

    def follow() -> None:
        while not stop.is_set():
            if log.wait(notary.size, EVERY_SECONDS):
                _sign(notary)
                stop.wait(EVERY_SECONDS)

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
        _sign(notary)


def _sign(notary: Notary) -> None:
    while notary.advance():
        pass
    notary.sign()


def with_notary(bench: Bench) -> Sequence[float]:
    """Events a second until they are appended, and until they are signed; microseconds an event of a notary alone."""
    asked, folder = _asked(bench), bench.fresh("notary")
    log = SqliteLog(folder)
    signer = signer_of(folder, log)
    notary = Notary(folder, log, signer)
    with stopwatch() as all_seconds, _followed(notary, log), stopwatch() as seconds:
        _append(log, asked)
    notary.close()
    late = Notary(bench.fresh("late"), log, signer)
    with stopwatch() as late_seconds:
        _sign(late)
    late.close()
    log.close()
    count = len(asked)
    return [count / seconds(), count / all_seconds(), late_seconds() * 1e6 / count]


def without_notary(bench: Bench, _: Yardsticks) -> Sequence[float | None]:
    """The same appends, and nobody follows."""
    asked = _asked(bench)
    log = SqliteLog(bench.fresh("alone"))
    with stopwatch() as seconds:
        _append(log, asked)
    log.close()
    return [len(asked) / seconds(), len(asked) / seconds(), None]


def _append(log: SqliteLog, asked: Sequence[Append]) -> None:
    for start in range(0, len(asked), BATCH):
        log.append(asked[start : start + BATCH])


ROWS = (
    Row("append ×100 beside a notary", "events/s", "≥ 0.90"),
    Row("… until all is signed", "events/s"),
    Row("notary, catching up", "µs/event", "value ≤ 20"),
)
MEASUREMENTS = (Measurement("notary", ROWS, with_notary, without_notary),)
