"""Faults that strace makes of system calls: an error, a lie, or the end of the process at the N-th of them."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from examples import until

STRACE = pytest.mark.skipif(shutil.which("strace") is None, reason="SKIPPED LOUDLY: there is no strace")
QUIET = ("strace", "-f", "-qq", "-o", "/dev/null")
SYNCS = "fsync,fdatasync"
"""SQLite calls the one or the other: its builds differ."""
END_SECONDS = 20


def inject(calls: str, fault: str, when: object) -> tuple[str, ...]:
    """Words for strace: these calls do this from their N-th on; ``when`` as strace(1) takes it."""
    return ("-e", f"trace={calls}", "-e", f"inject={calls}:{fault}:when={when}")


@contextmanager
def attached(pid: int, *words: str) -> Iterator[None]:
    """Have strace at a process that waits somewhere, until the process or the block ends."""
    tracer = subprocess.Popen([*QUIET, *words, "-p", str(pid)], stderr=subprocess.PIPE, text=True)
    try:
        until(lambda: is_traced(pid) or tracer.poll() is not None)
        assert tracer.poll() is None, tracer.stderr and tracer.stderr.read()
        yield
    finally:
        tracer.terminate()
        tracer.communicate(timeout=END_SECONDS)


def is_traced(pid: int) -> bool:
    """Whether somebody traces a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return any(line.startswith("TracerPid:") and line.split()[1] != "0" for line in lines)


def counting(pid: int, file: Path) -> "subprocess.Popen[str]":
    """Begin to count the calls of a process; ``call_counts`` reads them once it has ended."""
    tracer = subprocess.Popen(["strace", "-f", "-qq", "-c", "-o", str(file), "-p", str(pid)], text=True)
    until(lambda: is_traced(pid))
    return tracer


def call_counts(tracer: "subprocess.Popen[str] | None", file: Path) -> dict[str, int]:
    """How often each system call was made."""
    if tracer:
        tracer.wait(END_SECONDS)
    rows = [line.split() for line in file.read_text().splitlines()]
    return {row[-1]: int(row[3]) for row in rows if len(row) >= 5 and row[3].isdigit() and row[-1] != "total"}
