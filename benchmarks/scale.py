"""make bench-large: one archive that grows, and what an article costs as it does: time, memory, disk, answers."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import NamedTuple

from bench import Bench, opened, read_waiting, settings_of, stopwatch
from chart import chart
from cold import words
from large import milliseconds
from processes import resident_megabytes
from report import keep_run, machine, number
from yardsticks import find

from presslog.daemon.assemble import Parts
from presslog.store.queries import Answers

REAL_DISK = "/var/tmp"
SIZES = (10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000)
CHUNK = 5_000
ARTICLE_BYTES = 40_000
"""What an article takes on the disk while it is read, with room to spare."""
ALLOWED = {"durable_us": 1.2, "queryable_us": 1.2, "memory_mb": 1.2}
"""By how much each may have grown since the first size."""


class Point(NamedTuple):
    """An archive of so many articles: microseconds that the newest of them took each, what it takes, how it answers."""

    articles: int
    durable_us: float
    queryable_us: float
    memory_mb: float
    wal_mb: float
    log_bytes: float
    views_bytes: float
    common_ms: float
    medium_ms: float
    prefix_ms: float


def main() -> None:
    """Grow an archive, print a line for each size, and draw what an article costs."""
    asked = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="presslog-bench-", dir=REAL_DISK))
    try:
        _refuse_small_disk(folder, asked.articles)
        bench = Bench(folder, CHUNK, find(folder))
        points = []
        for point in grow(bench, [size for size in SIZES if size <= asked.articles]):
            points.append(point)
            print(f"\r{_line(point)}", flush=True)
        notes = machine(bench.yardsticks)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{_growth(points)}\n{', '.join(f'{key} {value}' for key, value in notes.items())}")
    keep_run({"machine": notes, "scale": [point._asdict() for point in points]})
    if asked.chart:
        asked.chart.write_text(chart([(p.articles, p.queryable_us / points[0].queryable_us) for p in points]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--articles", type=int, default=100_000, help="how large the archive grows")
    parser.add_argument("--chart", type=Path, help="draw what an article costs at each size into this SVG file")
    return parser.parse_args()


def _refuse_small_disk(folder: Path, articles: int) -> None:
    free, needed = shutil.disk_usage(folder).free, ARTICLE_BYTES * articles
    if free < needed:
        raise SystemExit(f"{articles:,} articles need {needed >> 30} GiB below {REAL_DISK}, and {free >> 30} are free")


def grow(bench: Bench, sizes: list[int]) -> Iterator[Point]:
    """Read articles chunk by chunk, each file deleted as soon as the log holds it, and measure at each size."""
    seeds, desk = bench.fresh("seeds"), bench.fresh("desk")
    (desk / "presslog.toml").write_text(f'after_read = "delete"\n[feeds.seeds]\nfolder = "{seeds}"\n')
    asked, count = words(bench), 0
    with _made_ahead(bench, sizes[-1]) as chunks, opened(desk) as parts:
        parts.views.open()
        for size in sizes:
            took, began = [0.0, 0.0], count
            while count < size:
                chunk = chunks.recv()
                took = [sum(pair) for pair in zip(took, _read(parts, seeds, chunk), strict=True)]
                count += len(chunk)
                print(f"\r{count:,} of {sizes[-1]:,} articles", end="\r", flush=True)
            newest = size - began
            yield Point(size, *(1e6 * each / newest for each in took), *_taken(desk, size), *_answers(desk, asked))


@contextmanager
def _made_ahead(bench: Bench, articles: int) -> Iterator[Connection]:
    """Articles in chunks, made by another process while those before them are read."""
    context = get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    maker = context.Process(target=_make, args=(bench, articles, sender))
    maker.start()
    sender.close()  # else nobody learns here that the maker has died
    try:
        yield receiver
    finally:
        maker.kill()
        maker.join()


def _make(bench: Bench, articles: int, sender: Connection) -> None:
    stream = bench.articles(articles)
    while chunk := list(islice(stream, CHUNK)):
        sender.send(chunk)


def _read(parts: Parts, seeds: Path, chunk: list[tuple[str, bytes]]) -> tuple[float, float]:
    """Seconds until these files are durable, and until they can be found."""
    for name, content in chunk:
        (seeds / name).write_bytes(content)
    os.sync()
    with stopwatch() as durable:
        read_waiting(parts)
    with stopwatch() as queryable:
        parts.views.catch_up()
    return durable(), durable() + queryable()


def _taken(desk: Path, size: int) -> tuple[float, float, float, float]:
    """Memory of this process and the largest WAL in megabytes; bytes an article of the log and of the views."""
    store = settings_of(desk).store_folder
    wal = max(path.stat().st_size for path in store.glob("*-wal"))
    held = [(store / name).resolve().stat().st_size / size for name in ("log.db", "views.db")]
    return resident_megabytes(os.getpid()), wal / 1e6, held[0], held[1]


def _answers(desk: Path, asked: dict[str, str]) -> list[float]:
    """Milliseconds of a search for a common word, a medium one, and a prefix of three letters."""
    with Answers(settings_of(desk).store_folder) as answers:
        queries = (asked["common"], asked["medium"], f"{asked['common'][:3]}*")
        return [milliseconds(lambda query=query: answers.search(query)) for query in queries]


def _line(point: Point) -> str:
    return "  ".join(f"{name} {number(value)}" for name, value in point._asdict().items())


def _growth(points: list[Point]) -> str:
    first, last = points[0]._asdict(), points[-1]._asdict()
    grown = (f"{name} × {last[name] / first[name]:.2f} (≤ {most})" for name, most in ALLOWED.items())
    return f"from {points[0].articles:,} to {points[-1].articles:,} articles: {', '.join(grown)}"


if __name__ == "__main__":
    main()
