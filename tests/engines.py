"""The contract of the log on every engine, and a table of it: run by `make engines`.

ENGINES_REQUIRED=1 says that no engine may be left out.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from presslog.store.engines import ENGINES

STORE = Path(__file__).parent / "store"
PARAMETERS = re.compile(r"\[(.+)\]$")


class Counts:
    """How many cases of each file were green on each engine, and how many were not."""

    def __init__(self) -> None:
        self.passed: Counter[tuple[str, str]] = Counter()
        self.asked: Counter[tuple[str, str]] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a case by the engine among its parameters; a failure before or after it is no green case."""
        found = PARAMETERS.search(report.nodeid)
        for engine in ENGINES.keys() & set(found[1].split("-") if found else ()):
            of = Path(report.location[0]).name, engine
            self.asked[of] += report.when == "setup"
            self.passed[of] += report.when == "call" and report.passed
            self.passed[of] -= report.when == "teardown" and report.failed

    def left_out(self) -> list[str]:
        """Engines on which nothing was green."""
        return [engine for engine in ENGINES if not sum(self.passed[of] for of in self.asked if of[1] == engine)]

    def table(self) -> Iterator[str]:
        """One line for each file, and their sum: green cases of all, by engine."""
        names = sorted({name for name, _ in self.asked})
        yield _line("cases green of all", list(ENGINES))
        for name in names:
            yield _line(name, [self._share([(name, engine)]) for engine in ENGINES])
        yield _line("all", [self._share([(name, engine) for name in names]) for engine in ENGINES])

    def _share(self, cells: list[tuple[str, str]]) -> str:
        asked = sum(self.asked[cell] for cell in cells)
        return f"{sum(self.passed[cell] for cell in cells)} of {asked}" if asked else "-"


def _line(name: str, cells: list[str]) -> str:
    return " | ".join([name.ljust(35), *(cell.ljust(12) for cell in cells)]).rstrip()


def main() -> int:
    """Run the contract; not 0 where a case failed, or where an engine was left out that may not be."""
    counts = Counts()
    suites = [*sorted(STORE.glob("test_log_contract*.py")), STORE / "test_erase.py"]
    code = int(pytest.main(["-q", "-n", "2", "--dist", "loadfile", *map(str, suites)], plugins=[counts]))
    print(*counts.table(), sep="\n")
    left_out = counts.left_out()
    if left_out:
        print(f"LEFT OUT: {', '.join(left_out)}")
    return code or int(bool(left_out and os.environ.get("ENGINES_REQUIRED")))


if __name__ == "__main__":
    sys.exit(main())
