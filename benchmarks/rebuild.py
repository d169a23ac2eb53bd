"""rebuild: all views made again from the log. disk: what the log and the views take on it."""

from collections.abc import Sequence
from pathlib import Path

from bench import Bench, Measurement, Row, opened, settings_of, stopwatch
from yardsticks import Yardsticks


def rebuild(bench: Bench) -> Sequence[float]:
    """Articles and events a second through Views.rebuild."""
    with opened(bench.desk) as parts:
        parts.views.open()
        with stopwatch() as seconds:
            path = parts.views.rebuild().path
        return [articles_in(path) / seconds(), parts.log.head() / seconds()]


def floor(bench: Bench, yardsticks: Yardsticks) -> Sequence[float | None]:
    """Articles a second from a plain log into a table and a full-text index; its log has one event an article."""
    count, folder = _floor_log(bench, yardsticks)
    with stopwatch() as seconds:
        yardsticks.pipeline.project(folder / "log.db", folder / "views.db", count)
    return [count / seconds(), None]


def disk(bench: Bench) -> Sequence[float]:
    """Bytes an article of log.db (events and the raw bytes of the files) and of the views, after a clean stop."""
    folder = settings_of(bench.desk).store_folder
    views = (folder / "views.db").resolve()
    count = articles_in(views)
    return [_size(folder / "log.db") / count, _size(views) / count]


def disk_floor(bench: Bench, yardsticks: Yardsticks) -> Sequence[float]:
    """The same of the plain log, which keeps no raw bytes, and of its one table and index."""
    count, folder = _floor_log(bench, yardsticks)
    yardsticks.pipeline.project(folder / "log.db", folder / "views.db", count)
    return [_size(folder / "log.db") / count, _size(folder / "views.db") / count]


def articles_in(views: Path) -> int:
    """How many articles a file of views holds."""
    from presslog.store.sqlite import connect_readonly

    connection = connect_readonly(views)
    count = connection.execute("select count(*) from articles").fetchone()[0]
    connection.close()
    return int(count)


def _floor_log(bench: Bench, yardsticks: Yardsticks) -> tuple[int, Path]:
    folder = bench.fresh("floor")
    return yardsticks.read.pipeline(bench.paths, folder / "log.db", 500), folder


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*") if each.is_file())


MEASUREMENTS = (
    Measurement(
        "rebuild", (Row("rebuild", "articles/s", "≥ 0.75"), Row("rebuild", "events/s", "value ≥ 5,000")), rebuild, floor
    ),
    Measurement("disk", (Row("disk, log", "B/article"), Row("disk, views", "B/article")), disk, disk_floor, 1),
)
