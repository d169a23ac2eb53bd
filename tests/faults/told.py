"""What a daemon told of files before it was killed or its power was cut, against what the log holds."""

import os
import re
import subprocess
import sys

from desks import Desk

RUN_SECONDS = 60
TOLD = re.compile(r"\b(?:recorded|revised|copy) .*?\bpath=(\S+) position=(\d+)")
"""A line of the journal about a file that is stored; of a crowd each has one at ``log_level = "DEBUG"`` alone."""


def run_once(desk: Desk, *around: str) -> str:
    """What ``presslog run --once`` says until it ends or is killed; ``around`` is a command that starts it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")}
    ended = subprocess.run(
        [*around, sys.executable, "-m", "presslog.daemon", "run", str(desk.folder), "--once"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=RUN_SECONDS,
        check=False,
    )
    return ended.stderr + ended.stdout


def told(said: str) -> dict[str, int]:
    """Paths and positions of the files that were said to be stored."""
    return {path: int(position) for path, position in TOLD.findall(said)}


def told_but_not_there(desk: Desk, said: str) -> list[str]:
    """Files that were said to be stored at a position where the log has something else, or nothing."""
    stored = {event.position: getattr(event.fact, "path", "") for event in desk.events()}
    return [path for path, position in told(said).items() if stored.get(position) != path]
