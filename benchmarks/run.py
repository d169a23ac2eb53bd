"""make bench: presslog and its floors, turn by turn in every round of one run, and one table at the end."""

import argparse
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import append
import catch_up
import children
import cold
import insight
import large
import latency
import memory
import notary
import peer
import rebuild
import replay
import rescan
import verifying
from bench import Bench, Measurement, warm_up
from report import Figures, machine, remember, table
from yardsticks import find

REAL_DISK = "/var/tmp"  # /tmp may be memory
MEASUREMENTS: tuple[Measurement, ...] = (
    *append.MEASUREMENTS,
    *peer.MEASUREMENTS,
    *notary.MEASUREMENTS,
    *verifying.MEASUREMENTS,
    *replay.MEASUREMENTS,
    *catch_up.MEASUREMENTS,
    *children.MEASUREMENTS,
    *rescan.MEASUREMENTS,
    *rebuild.MEASUREMENTS,
    *latency.MEASUREMENTS,
    *cold.MEASUREMENTS,
    *insight.MEASUREMENTS,
    *large.MEASUREMENTS,
    *memory.MEASUREMENTS,
)


def main() -> None:
    """Measure what was asked for and print the table."""
    asked = _arguments()
    folder = Path(tempfile.mkdtemp(prefix="presslog-bench-", dir=REAL_DISK))
    try:
        bench = Bench(folder, asked.files, find(folder))
        chosen = [each for each in MEASUREMENTS if _is_wanted(each, asked.only, asked.files)]
        warm_up(bench)
        figures = measure(bench, chosen, asked.rounds)
        notes = machine(bench.yardsticks)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{table(figures, with_floors=bench.yardsticks is not None)}\n")
    print(f"{asked.files} files, {asked.rounds} rounds; {', '.join(f'{key} {value}' for key, value in notes.items())}")
    remember(figures, notes, files=asked.files)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000, help="waiting files, and articles of the store")
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured")
    parser.add_argument(
        "--only", action="append", choices=[each.name for each in MEASUREMENTS], help="one measurement (repeatable)"
    )
    return parser.parse_args()


def _is_wanted(measurement: Measurement, only: Sequence[str] | None, files: int) -> bool:
    return measurement.name in only if only else files >= measurement.least_files


def measure(bench: Bench, chosen: Sequence[Measurement], rounds: int) -> list[Figures]:
    """All rounds of all measurements; rounds are outermost, so that a slow spell of the machine hits all alike."""
    found = {each.name: [Figures(row, [], []) for row in each.rows] for each in chosen}
    for turn in range(rounds):
        for each in chosen:
            if turn < each.most_rounds:
                print(f"round {turn + 1} of {rounds}: {each.name}", flush=True)
                _take(bench, each, found[each.name], floor_first=turn % 2 == 1)
    return [figures for each in chosen for figures in found[each.name]]


def _take(bench: Bench, measurement: Measurement, figures: list[Figures], *, floor_first: bool) -> None:
    """One round of one measurement; who goes first changes from round to round."""
    for is_floor in (True, False) if floor_first else (False, True):
        os.sync()  # what the one before left to be written is not paid by the next
        for each, value in zip(figures, _values(bench, measurement, is_floor=is_floor), strict=False):
            if value is not None:
                (each.floor if is_floor else each.presslog).append(value)


def _values(bench: Bench, measurement: Measurement, *, is_floor: bool) -> Sequence[float | None]:
    if not is_floor:
        return measurement.presslog(bench)
    return measurement.floor(bench, bench.yardsticks) if measurement.floor and bench.yardsticks else ()


if __name__ == "__main__":
    main()
