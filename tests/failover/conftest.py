"""What every case is scored with, and the table at the end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

NAME = re.compile(r".*/test_failover\.py::test_(\w+?)\[(\w+)\]")
HEAD = ("case", "engine", "acked", "lost", "doubled", "longest gap", "replicas equal", "follower", "result", "figure")
RESULTS = {"passed": "pass", "failed": "FAIL", "skipped": "skip", "error": "FAIL"}


@dataclass
class Score:
    """What a case counts: Appends that were confirmed, and what became of them. ``figures`` are for people."""

    acked: int = 0
    lost: int = 0
    doubled: int = 0
    gap: float = 0.0
    are_equal: bool = False
    followed: bool = False
    faults: list[str] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    @property
    def costs(self) -> tuple[int, int, list[str]]:
        """Lost, doubled, faults: none where every promise was kept."""
        return self.lost, self.doubled, self.faults

    @property
    def is_whole(self) -> bool:
        """Whether all copies are equal at the end, and the follower has seen what they hold."""
        return self.are_equal and self.followed and self.acked > 0

    def cells(self) -> tuple[str, ...]:
        """Its part of a row."""
        equal, followed = ("yes" if each else "no" for each in (self.are_equal, self.followed))
        return (str(self.acked), str(self.lost), str(self.doubled), f"{self.gap:.1f} s", equal, followed)


SCORES: dict[str, Score] = {}
"""The score of each case, by its node id."""


@pytest.fixture
def score(request: pytest.FixtureRequest) -> Score:
    """The row of this case in the table."""
    return SCORES.setdefault(request.node.nodeid, Score())


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    rows = sorted(row for result in RESULTS for row in _rows(terminalreporter, result))
    if rows:
        terminalreporter.section("failover")
        for row in _aligned([HEAD, *rows]):
            terminalreporter.write_line(row)


def _rows(reporter: pytest.TerminalReporter, result: str) -> Iterator[tuple[str, ...]]:
    for report in reporter.stats.get(result, []):
        found = NAME.fullmatch(report.nodeid)
        if found:
            score = SCORES.get(report.nodeid, Score())
            case, figures = found[1].replace("_", " "), "; ".join([f"{report.duration:.0f} s", *score.figures])
            cells = ("-",) * len(score.cells()) if result == "skipped" else score.cells()
            yield (case, found[2], *cells, RESULTS[result], figures)


def _aligned(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD) - 1)]
    for row in rows:
        yield " | ".join(cell.ljust(width) for cell, width in zip(row, [*widths, 0], strict=True)).rstrip()
