"""make bench-engines: every engine of the log side by side, turn by turn in every round, and one table at the end."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import Bench, Row
from hosts import FOLLOWERS, ingested
from report import HISTORY, keep_run, machine, number
from report import lines as lined_up
from servers import ENGINES, SQLITE, Engine, Log, started
from writers import appended, followed, replayed
from yardsticks import find

REAL_DISK = "/var/tmp"


class Comparison(NamedTuple):
    """What is measured on every engine, on a log of its own each time: the rows of the table, and how."""

    name: str
    rows: tuple[Row, ...]
    measure: Callable[[Bench, Log], Sequence[float | None]]
    most_rounds: int = 99


class Cells(NamedTuple):
    """One row of the table: what each engine gave, in the rounds; nothing where it cannot do that."""

    row: Row
    values: dict[str, list[float]]


COMPARISONS = (
    *(
        Comparison(
            f"append-{batch}" + (f"-by-{writers}" if writers > 1 else ""),
            (Row(f"append ×{batch}, {writers} writer{'s' if writers > 1 else ''}", "events/s"),),
            appended(batch, writers),
        )
        for batch in (1, 100)
        for writers in (1, 4)
    ),
    Comparison("replay", (Row("replay, decoded", "events/s"),), replayed),
    Comparison("follow", (Row("append to follower, p50", "ms"), Row("append to follower, p99", "ms")), followed),
    Comparison("hosts", (Row("files by two hosts (SQLite: one)", "files/s"),), ingested(0), 1),
    Comparison(
        "followers",
        (
            Row(f"the same beside {FOLLOWERS} followers", "files/s"),
            Row("until all of them are level", "s"),
            Row("… after the last is durable", "s"),
        ),
        ingested(FOLLOWERS),
        1,
    ),
)


def main() -> None:
    """Measure what was asked for and print the table."""
    asked = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="presslog-bench-", dir=REAL_DISK))
    folder.chmod(0o755)  # PostgreSQL is another user's, where this is root
    chosen = [each for each in COMPARISONS if not asked.only or each.name in asked.only]
    try:
        bench = Bench(folder, asked.files, find(folder))
        with started(folder, asked.engine or ENGINES) as engines:
            cells = measure(bench, engines, chosen, asked.rounds)
            names = [engine.name for engine in engines]
        notes = machine(bench.yardsticks)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table(cells, names)}\n")
    print(f"{asked.files} files, {asked.rounds} rounds; {', '.join(f'{key} {value}' for key, value in notes.items())}")
    _remember(cells, notes, asked)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="waiting files; also the most events of an append")
    parser.add_argument("--rounds", type=int, default=3, help="how often all but the hosts is measured")
    names = [each.name for each in COMPARISONS]
    parser.add_argument("--only", action="append", choices=names, help="one comparison (repeatable)")
    parser.add_argument("--engine", action="append", choices=list(ENGINES), help="one engine (repeatable)")
    parser.add_argument("--history", type=Path, default=HISTORY, help="the file to which the figures are added")
    return parser.parse_args()


def measure(bench: Bench, engines: Sequence[Engine], chosen: Sequence[Comparison], rounds: int) -> list[Cells]:
    """All rounds; in each every comparison goes through all engines, and every other round backwards."""
    found = {each.name: [Cells(row, {engine.name: [] for engine in engines}) for row in each.rows] for each in chosen}
    for turn in range(rounds):
        for each in chosen:
            if turn < each.most_rounds:
                for engine in engines[:: -1 if turn % 2 else 1]:
                    print(f"round {turn + 1} of {rounds}: {each.name}, {engine.name}", flush=True)
                    _take(bench, engine, each, found[each.name])
    return [cells for each in chosen for cells in found[each.name]]


def _take(bench: Bench, engine: Engine, comparison: Comparison, cells: Sequence[Cells]) -> None:
    os.sync()  # what the one before left to be written is not paid by the next
    values = comparison.measure(bench, Log(bench, engine))
    for each, value in zip(cells, values, strict=True):
        if value is not None:
            each.values[engine.name].append(value)


def table(cells: Sequence[Cells], names: Sequence[str]) -> str:
    """The medians, an engine to a column, with the ratio to SQLite where that can do the same."""
    return lined_up([["what", "unit", *names], *(_cells(each, names) for each in cells)])


def _cells(cells: Cells, names: Sequence[str]) -> list[str]:
    floor = cells.values.get(SQLITE) or []
    found = [cells.row.what, cells.row.unit]
    for name in names:
        values = cells.values[name]
        shown = number(median(values)) if values else "–"
        found.append(
            f"{shown} ({median(values) / median(floor):.2f})" if values and floor and name != SQLITE else shown
        )
    return found


def _remember(cells: Sequence[Cells], notes: dict[str, Any], asked: argparse.Namespace) -> None:
    rows = [{**each.row._asdict(), "engines": each.values} for each in cells]
    keep_run({"files": asked.files, "rounds": asked.rounds, "machine": notes, "engines": rows}, asked.history)


if __name__ == "__main__":
    main()
