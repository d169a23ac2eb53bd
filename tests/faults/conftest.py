"""What every fault is scored with, and the table at the end: scenario, stimuli, lost, doubled, undetected, time."""

import os
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from faults.writers import Writers

NAME = re.compile(r"test_(\d\d)_(\w+?)(\[.*\])?")
HEAD = ("scenario", "stimuli", "lost", "doubled", "undetected", "time", "result", "figure")
RESULTS = {"passed": "pass", "failed": "FAIL", "skipped": "skip", "error": "FAIL"}


@dataclass
class Score:
    """What a test counts: faults that were staged, and what each of them cost. ``figures`` are for people."""

    stimuli: int = 0
    lost: int = 0
    doubled: int = 0
    undetected: int = 0
    figures: list[str] = field(default_factory=list)

    @property
    def costs(self) -> tuple[int, int, int]:
        """Lost, doubled, undetected: all 0 where every promise was kept."""
        return self.lost, self.doubled, self.undetected


SCORES: dict[str, Score] = {}
"""The score of each test that asked for one, by its node id."""


def times(bounded: int, full: int) -> int:
    """How often to stage a fault: so often in CI, and so often where FAULTS=full asks for all of them."""
    return full if os.environ.get("FAULTS") == "full" else bounded


@pytest.fixture
def score(request: pytest.FixtureRequest) -> Score:
    """The row of this test in the table."""
    return SCORES.setdefault(request.node.nodeid, Score())


@pytest.fixture
def chance(score: Score) -> random.Random:
    """Chance that can be had again: its seed is among the figures."""
    seed = random.SystemRandom().randrange(1 << 32)
    score.figures.append(f"seed {seed}")
    return random.Random(seed)


@pytest.fixture(scope="module")
def writers() -> Iterator["Writers"]:
    """Where writers come from."""
    from faults.writers import zygote

    with zygote() as writers:
        yield writers


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    rows = sorted(row for result in RESULTS for row in _rows(terminalreporter, result))
    if rows:
        terminalreporter.section("faults")
        for row in _aligned([HEAD, *rows]):
            terminalreporter.write_line(row)


def _rows(reporter: pytest.TerminalReporter, result: str) -> Iterator[tuple[str, ...]]:
    for report in reporter.stats.get(result, []):
        found = NAME.fullmatch(report.nodeid.split("::")[-1])
        if found:
            score = SCORES.get(report.nodeid, Score())
            scenario = f"{found[1]} {found[2].replace('_', ' ')} {found[3] or ''}".rstrip()
            costs, seconds, figures = map(str, score.costs), f"{report.duration:.0f} s", "; ".join(score.figures)
            yield (scenario, str(score.stimuli), *costs, seconds, RESULTS[result], figures)


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    for row in rows:
        yield " | ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip()
