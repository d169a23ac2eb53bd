"""Real processes: commands started cold, a daemon that runs for a while, and what the kernel counts of them."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from bench import Bench

COLD_RUNS = 15
WARM_UPS = 2
READY_SECONDS = 30.0
# The kernel counts the memory of whoever starts a process as the process's own: so something small starts it.
PEAK = """
import os, sys
pid = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ)
_, status, usage = os.wait4(pid, 0)
print(usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def presslog(*arguments: str) -> list[str]:
    """The command line of presslog: its installed script, else its module."""
    script = Path(sys.executable).with_name("presslog")
    return [str(script), *arguments] if script.exists() else [sys.executable, "-m", "presslog.daemon", *arguments]


@cache
def environment(bench: Bench) -> dict[str, str]:
    """The environment of a child: no settings of ours, and byte code kept as an installed package has it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PRESSLOG_", "PYTHON"))}
    return kept | {"PYTHONPYCACHEPREFIX": str(bench.folder / "bytecode")}


def cold_milliseconds(bench: Bench, command: Sequence[str]) -> float:
    """How long a command takes from start to end in a fresh process: the median of 15."""
    taken = []
    for _ in range(WARM_UPS + COLD_RUNS):
        began = time.perf_counter()
        _run(bench, command)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[WARM_UPS:])


def peak_megabytes(bench: Bench, command: Sequence[str]) -> float:
    """The most memory a command had resident at any time."""
    return int(_run(bench, [sys.executable, "-S", "-c", PEAK, *command]).split()[-1]) / 1024


def _run(bench: Bench, command: Sequence[str]) -> str:
    done = subprocess.run(command, env=environment(bench), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-500:]}")
    return done.stdout


@contextmanager
def running(bench: Bench, command: Sequence[str]) -> Iterator[int]:
    """The pid of a process that runs as long as the block."""
    with subprocess.Popen(
        command, env=environment(bench), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as child:
        try:
            yield child.pid
        finally:
            child.terminate()
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()


def wait_for(path: Path) -> None:
    """Wait until a file is there."""
    deadline = time.monotonic() + READY_SECONDS
    while not path.exists():
        if time.monotonic() > deadline:
            raise SystemExit(f"{path} did not appear in {READY_SECONDS:.0f} s")
        time.sleep(0.02)


def resident_megabytes(pid: int) -> float:
    """What a process has resident now."""
    return _counted(Path(f"/proc/{pid}/status"), "VmRSS:") / 1024


def wake_ups(pid: int) -> int:
    """How often the threads of a process have gone to sleep of their own will."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(_counted(task / "status", "voluntary_ctxt_switches:") for task in tasks)


def _counted(status: Path, name: str) -> int:
    return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith(name))
