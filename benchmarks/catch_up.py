"""catch-up: a folder of waiting files into an empty store, until they are durable, and until they can be found."""

from collections.abc import Sequence
from contextlib import closing
from multiprocessing import Pipe, get_context

from bench import Bench, Measurement, Row, opened, read_waiting, settings_of, stopwatch
from yardsticks import Yardsticks

from presslog.daemon.companion import Companion

FLOOR_BATCH, FLOOR_PAGE = 500, 5000
UNTIL_TOLD = -1


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
    with stopwatch() as seconds, opened(desk, companion) as parts, closing(companion):
        read_waiting(parts)
        companion.finish(lambda: None)
        parts.views.open()
        parts.views.catch_up()
    return [bench.files / seconds()]


def durable_floor(bench: Bench, yardsticks: Yardsticks) -> Sequence[float]:
    """The least loop that reads, hashes, parses and appends."""
    log, paths = bench.fresh("floor") / "log.db", bench.paths
    with stopwatch() as seconds:
        yardsticks.read.pipeline(paths, log, FLOOR_BATCH)
    return [bench.files / seconds()]


def queryable_floor(bench: Bench, yardsticks: Yardsticks) -> Sequence[float]:
    """The same loop, beside a process that reads its log into a table and a full-text index."""
    folder, paths = bench.fresh("floor"), bench.paths
    ours, theirs = Pipe()
    follow = (folder / "log.db", folder / "views.db", UNTIL_TOLD, FLOOR_PAGE, True, theirs)
    follower = get_context("fork").Process(target=yardsticks.pipeline.project, args=follow)
    with stopwatch() as seconds:
        follower.start()
        ours.send(yardsticks.read.pipeline(paths, folder / "log.db", FLOOR_BATCH))
        follower.join()
    return [bench.files / seconds()]


MEASUREMENTS = (
    Measurement("durable", (Row("catch-up, durable in the log", "files/s", "≥ 0.5"),), durable, durable_floor),
    Measurement("queryable", (Row("catch-up, to queryable", "files/s", "≥ 0.8"),), queryable, queryable_floor),
)
