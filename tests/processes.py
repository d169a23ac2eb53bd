"""Other processes, for tests of what several of them do to one store."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent

LIMIT_SECONDS = 30
PATHS = [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
ENVIRONMENT = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, PATHS))}


@contextmanager
def running(code: str, *arguments: object, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A Python process with pipes on both sides, killed at the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-c", dedent(code), *map(str, arguments)],
        env=ENVIRONMENT | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=LIMIT_SECONDS)


def heard(process: subprocess.Popen[str]) -> str:
    """The next line that a process prints."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")


def told(process: subprocess.Popen[str], line: str = "go") -> None:
    """Give a process one line to read."""
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()


def printed(code: str, *arguments: object, around: tuple[str, ...] = ()) -> str:
    """What a Python process prints until its good end; ``around`` is a command that starts it."""
    command = [*around, sys.executable, "-c", dedent(code), *map(str, arguments)]
    ended = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.rstrip("\n")
