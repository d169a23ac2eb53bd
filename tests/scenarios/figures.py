"""The table at the end of the scenarios: what was measured of each, and how it ended."""

import re
from collections.abc import Callable, Iterator

import pytest

NAME = re.compile(r"test_(\d\d)_(\w+)(\[.*\])?")
RESULTS = {"passed": "pass", "failed": "FAIL", "skipped": "skip", "error": "FAIL"}

Figure = Callable[[str], None]
"""What a test calls with the figure that stands for it in the table."""


def table(reporter: pytest.TerminalReporter) -> list[str]:
    """One line a scenario, in the order of their numbers: scenario, result, figure."""
    rows = sorted(row for result in RESULTS for row in _rows(reporter, result))
    width = max((len(name) for name, _, _ in rows), default=0)
    return [f"{name:<{width}} | {result} | {figure}" for name, result, figure in rows]


def _rows(reporter: pytest.TerminalReporter, result: str) -> Iterator[tuple[str, str, str]]:
    for report in reporter.stats.get(result, []):
        found = NAME.fullmatch(report.nodeid.split("::")[-1])
        if found:
            name = f"{found[1]} {found[2].replace('_', ' ')} {found[3] or ''}".rstrip()
            yield name, RESULTS[result], "; ".join(text for key, text in report.user_properties if key == "figure")
