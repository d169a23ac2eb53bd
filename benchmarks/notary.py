"""notary: events of about 5 KB, a hundred to a commit, while a notary in the same process follows, against none."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from append import facts
from bench import Bench, Measurement, Row, stopwatch
from yardsticks import Yardsticks

from presslog.daemon.notarise import Notariser
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
def _followed(notary: Notary) -> Iterator[Notariser]:
    """The daemon's thread beside the block; at the end everything is signed."""
    notariser, stop = Notariser(lambda: notary), threading.Event()
    thread = threading.Thread(target=notariser.run, args=(stop,))
    thread.start()
    try:
        yield notariser
    finally:
        stop.set()
        notariser.ring()
        thread.join()
        notariser.close()


def with_notary(bench: Bench) -> Sequence[float]:
    """Events a second until they are appended, and until they are signed; microseconds an event of a notary alone."""
    asked, folder = _asked(bench), bench.fresh("notary")
    log = SqliteLog(folder)
    signer = signer_of(folder, log)
    with (
        stopwatch() as all_seconds,
        _followed(Notary(folder, log, signer)) as notariser,
        stopwatch() as seconds,
    ):
        _append(log, asked, notariser.ring)
    late = Notary(bench.fresh("late"), log, signer)
    with stopwatch() as late_seconds:
        while late.advance():
            pass
        late.sign()
    late.close()
    log.close()
    count = len(asked)
    return [count / seconds(), count / all_seconds(), late_seconds() * 1e6 / count]


def without_notary(bench: Bench, _: Yardsticks) -> Sequence[float | None]:
    """The same appends, and nobody follows."""
    asked = _asked(bench)
    log = SqliteLog(bench.fresh("alone"))
    with stopwatch() as seconds:
        _append(log, asked, lambda: None)
    log.close()
    return [len(asked) / seconds(), len(asked) / seconds(), None]


def _append(log: SqliteLog, asked: Sequence[Append], ring: Callable[[], None]) -> None:
    for start in range(0, len(asked), BATCH):
        log.append(asked[start : start + BATCH])
        ring()


ROWS = (
    Row("append ×100 beside a notary", "events/s", "≥ 0.90"),
    Row("… until all is signed", "events/s"),
    Row("notary, catching up", "µs/event", "value ≤ 20"),
)
MEASUREMENTS = (Measurement("notary", ROWS, with_notary, without_notary),)
