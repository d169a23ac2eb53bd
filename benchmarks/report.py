"""The report: medians and ratios as one table, the machine below it, and one line of JSON for the history."""

import json
import os
import platform
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bench import Row
from yardsticks import Yardsticks

from presslog.store.sqlite import sqlite3 as our_sqlite3

HISTORY = Path(__file__).with_name("results") / "history.jsonl"


class Figures(NamedTuple):
    """What the rounds gave for one row; ``floor`` is shorter, or empty, where it was not measured."""

    row: Row
    presslog: list[float]
    floor: list[float]

    @property
    def ratios(self) -> list[float]:
        """presslog to floor, each in the same round."""
        return [ours / floor for ours, floor in zip(self.presslog, self.floor, strict=False) if floor]


def table(figures: Sequence[Figures], *, with_floors: bool) -> str:
    """The figures as a Markdown table that also reads well as text."""
    head = ["what", "unit", "presslog", "lo–hi", *(["floor", "ratio"] if with_floors else []), "aim"]
    return lines([head, *(_cells(each, with_floors=with_floors) for each in figures if each.presslog)])


def lines(rows: Sequence[Sequence[str]]) -> str:
    """Rows of cells, the first of which is the head, as a Markdown table whose columns are as wide as they need."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    first, *others = (_line(row, widths) for row in rows)
    return "\n".join([first, "|" + "|".join("-" * (width + 2) for width in widths) + "|", *others])


def _cells(figures: Figures, *, with_floors: bool) -> list[str]:
    values, row = figures.presslog, figures.row
    cells = [row.what, row.unit, number(median(values)), f"{number(min(values))}–{number(max(values))}"]
    if with_floors:
        cells.append(number(median(figures.floor)) if figures.floor else "–")
        cells.append(f"{median(figures.ratios):.2f}" if figures.ratios else "–")
    return [*cells, row.aim if with_floors or row.aim.startswith("value") else ""]


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def number(value: float) -> str:
    """A value with three digits that count.

    >>> number(12345.6), number(12.345), number(0.1234)
    ('12,346', '12.3', '0.12')
    """
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def machine(yardsticks: Yardsticks | None) -> dict[str, Any]:
    """What ran this, and how fast it is."""
    speed = yardsticks.common.calib() if yardsticks else {}
    return {
        "python": platform.python_version(),
        "sqlite": our_sqlite3.sqlite_version,
        "sqlite of the floors": sqlite3.sqlite_version,
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        **speed,
    }


def remember(figures: Sequence[Figures], notes: dict[str, Any], *, files: int) -> None:
    """Append the run to the history."""
    rows = [{**each.row._asdict(), "presslog": each.presslog, "floor": each.floor} for each in figures]
    keep_run({"files": files, "machine": notes, "rows": rows})


def keep_run(run: dict[str, Any], history: Path = HISTORY) -> None:
    """Append whatever a run has found to the history, with the time."""
    history.parent.mkdir(exist_ok=True)
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    with history.open("a") as kept:
        kept.write(json.dumps({"at": at} | run, ensure_ascii=False) + "\n")
