"""peer: appending and projecting beside the eventsourcing library, where it is installed: pip install eventsourcing."""

from collections.abc import Callable, Sequence
from importlib import import_module
from types import ModuleType

from append import append_of, count_of, facts
from bench import Bench, Measurement, Row, stopwatch
from yardsticks import Yardsticks

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ArticleRecorded, Event
from presslog.store.generation import View
from presslog.store.sqlite import Connection
from presslog.store.views import Views

EVENTS = 2000
TIMELINE = "create table timeline (article_id text primary key, source text, published text, title text) strict"


def _peer() -> ModuleType | None:
    """The yardstick that drives the library; None, after a line that says so, where the library is missing."""
    try:
        return import_module("peer_eventsourcing")
    except ImportError as error:
        print(f"no peer: {error.name} is not installed")
        return None


def appended(batch: int) -> Callable[[Bench], Sequence[float]]:
    """Events a second from an article in hand to the log, encoding included, so many to a call."""

    def measure(bench: Bench) -> Sequence[float]:
        count = count_of(bench, batch)
        told, log = facts(bench, count), SqliteLog(bench.fresh("peer"))
        with stopwatch() as seconds:
            for start in range(0, count, batch):
                log.append([append_of(fact) for fact in told[start : start + batch]])
        log.close()
        return [count / seconds()]

    return measure


def appended_by_peer(batch: int) -> Callable[[Bench, Yardsticks], Sequence[float | None]]:
    """The same by aggregates of the library, saved through its application."""

    def measure(bench: Bench, _: Yardsticks) -> Sequence[float | None]:
        if (peer := _peer()) is None:
            return [None]
        path, count = bench.fresh("peer") / "es.db", count_of(bench, batch)
        return [peer.application_append(path, peer.Payloads(), count, batch)]

    return measure


def projected(bench: Bench) -> Sequence[float]:
    """Events a second into a view of one small row an article, with its checkpoint."""
    folder = bench.fresh("peer")
    log = SqliteLog(folder)
    log.append([append_of(fact) for fact in facts(bench, EVENTS)])
    timeline = Views(folder, [View("timeline", 1, ("timeline",), (TIMELINE,), _apply)], log)
    with stopwatch() as seconds:
        timeline.open()
        timeline.catch_up()
    timeline.close()
    log.close()
    return [EVENTS / seconds()]


def _apply(db: Connection, events: Sequence[Event]) -> None:
    rows = [
        (event.stream, event.fact.article.source, event.fact.article.published_at, event.fact.article.title)
        for event in events
        if isinstance(event.fact, ArticleRecorded)
    ]
    db.executemany("insert or replace into timeline values (?, ?, ?, ?)", rows)


def projected_by_peer(bench: Bench, _: Yardsticks) -> Sequence[float | None]:
    """The same by a projection of the library, which commits each event with its position."""
    if (peer := _peer()) is None:
        return [None]
    folder = bench.fresh("peer")
    peer.application_append(folder / "log.db", peer.Payloads(), EVENTS, 100)
    return [peer.library_projection_pull(folder / "log.db", folder / "view.db", EVENTS)]


MEASUREMENTS = (
    *(
        Measurement(
            f"peer-append-{batch}",
            (Row(f"append ×{batch}, floor: eventsourcing", "events/s", "≥ 1.5"),),
            appended(batch),
            appended_by_peer(batch),
        )
        for batch in (1, 100)
    ),
    Measurement(
        "peer-projection",
        (Row("projection, floor: eventsourcing", "events/s", "≥ 8"),),
        projected,
        projected_by_peer,
    ),
)
