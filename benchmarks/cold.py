"""cold: commands in fresh processes, against a bare program that asks the same file the same question."""

import re
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from bench import Bench, Measurement, Row, settings_of
from processes import cold_milliseconds, presslog
from yardsticks import Yardsticks

BARE = Path(__file__).with_name("bare_search.py")
SAMPLE = 500
MEDIUM_SHARE = 0.03


@cache
def words(bench: Bench) -> dict[str, str]:
    """A word that most articles hold, and one that about 3 in 100 hold."""
    count = min(SAMPLE, bench.files)
    held = Counter[str]()
    for _, content in bench.articles(count):
        held.update(set(re.findall(r"\b[a-z]{4,}\b", content.decode())))
    by_share = sorted(held, key=lambda word: (abs(held[word] / count - MEDIUM_SHARE), word))
    return {"common": max(sorted(held), key=held.__getitem__), "medium": by_share[0]}


def search_for(kind: str) -> Callable[[Bench], Sequence[float]]:
    """``presslog search`` for a word of that kind."""

    def measure(bench: Bench) -> Sequence[float]:
        command = presslog("search", "--store", str(bench.desk), words(bench)[kind])
        return [cold_milliseconds(bench, command)]

    return measure


def bare_search_for(kind: str) -> Callable[[Bench, Yardsticks], Sequence[float]]:
    """The bare program on the views of the same store."""

    def measure(bench: Bench, _: Yardsticks) -> Sequence[float]:
        views = settings_of(bench.desk).store_folder / "views.db"
        return [cold_milliseconds(bench, [sys.executable, str(BARE), str(views), words(bench)[kind]])]

    return measure


def version(bench: Bench) -> Sequence[float]:
    """``presslog --version``."""
    return [cold_milliseconds(bench, presslog("--version"))]


def bare_python(bench: Bench, _: Yardsticks) -> Sequence[float]:
    """The interpreter alone."""
    return [cold_milliseconds(bench, [sys.executable, "-c", "pass"])]


def _search(kind: str) -> Measurement:
    rows = (Row(f"search cold, {kind} word", "ms", "≤ 1.15"),)
    return Measurement(f"search-{kind}", rows, search_for(kind), bare_search_for(kind))


MEASUREMENTS = (
    *(_search(kind) for kind in ("medium", "common")),
    Measurement("version", (Row("presslog --version (floor: python -c pass)", "ms"),), version, bare_python),
)
