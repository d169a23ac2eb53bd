"""catch-up: a folder of waiting files into an empty store, until they are durable, and until they can be found."""

from collections.abc import Sequence

from bench import Bench, Measurement, Row, opened, read_waiting, settings_of, stopwatch
from yardsticks import Yardsticks

from presslog.daemon.companion import Companion

FLOOR_BATCH = 500


def durable(bench: Bench) -> Sequence[float]:
    """Files a second: opening the store and bringing every file into its log."""
    desk = bench.new_desk(bench.waiting)
    with stopwatch() as seconds, opened(desk) as parts:
        read_waiting(parts)
    return [bench.files / seconds()]


def queryable(bench: Bench) -> Sequence[float]:
    """Files a second: the same, and the views brought to the head as ``run --once`` does it."""
    desk = bench.new_desk(bench.waiting)
    companion = Companion(settings_of(desk).store_folder, "sqlite")
    with stopwatch() as seconds, opened(desk, companion) as parts, companion:
        read_waiting(parts)
        companion.finish(lambda: None)
        parts.views.open()
        parts.views.catch_up()
    return [bench.files / seconds()]


def durable_floor(bench: Bench, yardsticks: Yardsticks) -> Sequence[float]:
    """The least loop that reads, hashes, parses and appends."""
    return _pipeline(bench, yardsticks, with_views=False)


def queryable_floor(bench: Bench, yardsticks: Yardsticks) -> Sequence[float]:
    """The same loop with a table of articles and a full-text index."""
    return _pipeline(bench, yardsticks, with_views=True)


def _pipeline(bench: Bench, yardsticks: Yardsticks, *, with_views: bool) -> Sequence[float]:
    path, paths = bench.fresh("floor") / "floor.db", bench.paths
    with stopwatch() as seconds:
        yardsticks.read.pipeline(paths, path, FLOOR_BATCH, with_views)
    return [bench.files / seconds()]


MEASUREMENTS = (
    Measurement("durable", (Row("catch-up, durable in the log", "files/s", "≥ 0.5"),), durable, durable_floor),
    Measurement("queryable", (Row("catch-up, to queryable", "files/s", "≥ 0.8"),), queryable, queryable_floor),
)
