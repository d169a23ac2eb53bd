"""Progress: the speed of this work, not of what was done before it."""

import subprocess
import sys

import pytest
from examples import Clock
from processes import ENVIRONMENT

from presslog.daemon.cli.progress import Pace, progress_line

ON_A_TERMINAL = """
import sys
sys.stderr.isatty = lambda: True
from presslog.daemon.cli.progress import progress
with progress("work") as tell:
    {}
print("rich" in sys.modules)
"""


def test_resumed_work_is_not_credited_with_what_was_done_before() -> None:
    clock = Clock()
    pace = Pace(clock)
    pace.rate(40_000)

    clock.seconds += 10
    line = progress_line("views rebuild", 45_000, 100_000, pace.rate(45_000))

    assert line == "views rebuild 45% 45000/100000 500/s ETA 110s"


def test_speed_that_is_not_known_is_not_told() -> None:
    assert progress_line("views rebuild", 0, 100_000, Pace(Clock()).rate(0)) == "views rebuild 0% 0/100000"


@pytest.mark.parametrize(("work", "is_drawn"), [("pass", "False"), ("tell(1, 2)", "True")])
def test_terminal_gets_a_bar_once_there_is_something_to_tell(work: str, is_drawn: str) -> None:
    code = ON_A_TERMINAL.format(work)

    ended = subprocess.run([sys.executable, "-c", code], env=ENVIRONMENT, capture_output=True, text=True, check=True)

    assert ended.stdout == f"{is_drawn}\n"
    assert ("work" in ended.stderr) == (is_drawn == "True")
