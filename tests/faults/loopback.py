"""A file system of its own in a file, whose power can be cut: what was not synced is gone at the next mount."""

import fcntl
import os
import signal
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest
from examples import until
from scenarios.passthrough import Share, shared

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: a power cut needs root, to mount")
SHUTDOWN = 0x8004587D
"""EXT4_IOC_SHUTDOWN and XFS_IOC_GOINGDOWN: one number."""
NO_LOG_FLUSH = struct.pack("I", 2)
SIZE = {"ext4": "128M", "xfs": "320M"}
MOUNT_SECONDS = 20
FREE_SECONDS = 90


class Disk:
    """A mounted file system at ``point``."""

    def __init__(self, image: Path, point: Path, kind: str, options: str) -> None:
        self._image = image
        self._options = options
        self.point = point
        self.kind = kind

    def mount(self) -> None:
        """Mount it; what its journal holds is replayed."""
        until(lambda: _run("mount", "-t", self.kind, "-o", self._options, self._image, self.point), MOUNT_SECONDS)

    def unmount(self) -> None:
        """Unmount it, as soon as nobody has a file open."""
        # Not asked by a stat of the place: of a file system without power nothing can be asked.
        until(lambda: _run("umount", self.point) or not self.is_mounted(), MOUNT_SECONDS)
        # Where somebody had made a copy of all mounts meanwhile (unshare(1)), it lives on until they end.
        until(lambda: not self.is_held(), FREE_SECONDS)

    def is_held(self) -> bool:
        """Whether a loop device has the file."""
        found = subprocess.run(["losetup", "-j", self._image], capture_output=True, check=True)
        return bool(found.stdout)

    def is_mounted(self) -> bool:
        """Whether the kernel lists it."""
        return f" {self.point} " in Path("/proc/self/mounts").read_text()

    def cut(self) -> None:
        """Cut the power: from now on nothing reaches the disk, and what was not synced never does."""
        handle = os.open(self.point, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(handle, SHUTDOWN, NO_LOG_FLUSH)
        finally:
            os.close(handle)

    def restore(self) -> None:
        """Give the power back."""
        self.unmount()
        self.mount()


@contextmanager
def disk(
    folder: Path, kind: str = "ext4", *, at: Path | None = None, behind: Share | None = None, size: str = ""
) -> Iterator[Disk]:
    """A fresh file system, mounted ``at`` a folder, ``behind`` a line; skipped loudly where it cannot be mounted."""
    image, point = (behind.mount if behind else folder) / "image", at or folder / "disk"
    real = behind.behind / "image" if behind else image
    point.mkdir(parents=True, exist_ok=True)
    # Blocks as large as pages, as on any disk that is not tiny.
    blocks = ("-b", "4096") if kind == "ext4" else ()
    blocks += ("-O", "^has_journal") if behind else ()
    for command in (("truncate", "-s", size or SIZE[kind], real), (f"mkfs.{kind}", "-q", *blocks, real)):
        if not _run(*command):
            pytest.skip(f"SKIPPED LOUDLY: {command[0]} does not work here")
    # A journal of ext4 is then written by nobody but who syncs, for five minutes.
    made = Disk(image, point, kind, "loop,commit=300" if kind == "ext4" and not behind else "loop")
    if not _run("mount", "-t", kind, "-o", "loop", image, point):
        pytest.skip(f"SKIPPED LOUDLY: {kind} on a loop file cannot be mounted here")
    made.unmount()
    made.mount()
    try:
        yield made
    finally:
        _run("umount", point) or _run("umount", "-l", point)


class Remote(NamedTuple):
    """A disk behind a line that can fail: then whatever has to reach it fails, and what is in memory can be read."""

    drive: Disk
    line: Share

    def fail(self, pid: int) -> None:
        """Let the line fail while one process stands still: a request of which half has passed would count as done."""
        os.kill(pid, signal.SIGSTOP)
        self.line.fail("EIO")
        os.kill(pid, signal.SIGCONT)


@contextmanager
def remote(folder: Path) -> Iterator[Remote]:
    """An ext4 whose syncs really fail, after which the kernel counts the pages as clean.

    It has no journal: where that fails, the whole file system ends.
    """
    with shared(folder / "share", folder / "line") as line, disk(folder, behind=line) as drive:
        yield Remote(drive, line)


def _run(*command: object) -> bool:
    try:
        return subprocess.run([*map(str, command)], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False
