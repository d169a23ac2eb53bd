"""children: files whose format needs a child, through one child and through two, against reading them here."""

from collections.abc import Sequence

from bench import Bench, Measurement, Row, stopwatch
from yardsticks import Yardsticks

from presslog.daemon.readers import ReaderLimits, Readers
from presslog.handlers.reading import read_articles

FILES = 200
TAGS = "".join(f"  - tag {number}\n" for number in range(3000))
CONTENT = f"---\ntitle: Rivers rise\ntags:\n{TAGS}---\n\nThe water came at night.\n".encode()
"""Forty kilobytes and some fifteen milliseconds of work, much as a web page."""


def presslog_children(_: Bench) -> Sequence[float]:
    """Files a second by one child, and by two."""
    return [_rate(1), _rate(2)]


def _rate(processes: int) -> float:
    readers = Readers(ReaderLimits(processes, 60, 1 << 30))
    try:
        for future in [readers.submit(CONTENT, f"{number}.md") for number in range(4 * processes)]:
            future.result()
        with stopwatch() as seconds:
            for future in [readers.submit(CONTENT, f"{number}.md") for number in range(FILES)]:
                future.result()
        return FILES / seconds()
    finally:
        readers.close()


def floor(_: Bench, __: Yardsticks) -> Sequence[float]:
    """The same files read in this process, on one core."""
    with stopwatch() as seconds:
        for number in range(FILES):
            read_articles(CONTENT, f"{number}.md")
    return [FILES / seconds()] * 2


MEASUREMENTS = (
    Measurement(
        "children",
        (Row("read in one child", "files/s", "≥ 0.8"), Row("read in two children", "files/s", "≥ 1.6")),
        presslog_children,
        floor,
    ),
)
