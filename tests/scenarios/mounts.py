"""Mounts for tests: made here, and always taken away at the end."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from examples import until

UMOUNT_SECONDS = 10
AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: mounts need root")


@contextmanager
def mounted(point: Path, *options: str) -> Iterator[Path]:
    """What ``mount OPTIONS point`` mounts, until the end of the block; skipped where nobody may mount."""
    point.mkdir(parents=True, exist_ok=True)
    tried = subprocess.run(["mount", *options, point], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"SKIPPED LOUDLY: mount {' '.join(options)} is not possible here: {tried.stderr.strip()}")
    try:
        yield point
    finally:
        if os.path.ismount(point):
            subprocess.run(["umount", "-l", point], check=False)


def tmpfs(point: Path, size: str = "64m") -> AbstractContextManager[Path]:
    """A small file system in memory."""
    return mounted(point, "-t", "tmpfs", "-o", f"size={size}", "presslog-test")


def unmount(point: Path) -> None:
    """Unmount as an operator does; a daemon may have a file open for a moment."""
    until(lambda: subprocess.run(["umount", point], capture_output=True, check=False).returncode == 0, UMOUNT_SECONDS)
