"""Mounts: on which file system a folder lies, and which file systems are mounted below a feed's root."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .ground import opened

TABLE = Path("/proc/self/mountinfo")
LOCAL_TYPES = frozenset({"ext2", "ext3", "ext4", "xfs", "btrfs", "tmpfs", "f2fs", "zfs", "bcachefs", "jfs", "reiserfs"})
"""File systems on which watches, leases and close events see every writer: those of this kernel alone."""

_OCTAL = re.compile(rb"\\([0-7]{3})")
"""How /proc writes white space and backslashes in names: proc(5)."""


class Mount(NamedTuple):
    """A line of the table: the kernel's number of the mount, where it stands, and the type of its file system."""

    number: int
    point: bytes
    kind: str


class Mounts:
    """The table of mounts, read when it is asked for; the type of a device is remembered until ``refresh``."""

    def __init__(self, table: Path = TABLE) -> None:
        self._table = table
        self._kinds: dict[int, str] = {}

    def is_local(self, handle: int) -> bool:
        """Whether an open folder lies on a file system of this kernel alone; network, FUSE and overlay do not."""
        return self.kind(handle) in LOCAL_TYPES

    def kind(self, handle: int) -> str:
        """The type of the file system of an open folder, as mount(8) names it; ``unknown`` where /proc is silent."""
        device = os.fstat(handle).st_dev
        known = self._kinds.get(device)
        if known is None:
            known = self._kinds[device] = self._find(_mount_number(handle))
        return known

    def refresh(self) -> None:
        """Forget the types: the number of a device that is gone is given to the next one."""
        self._kinds.clear()

    def below(self, root: Path) -> dict[bytes, int]:
        """Mounts inside a folder: their paths below it, and their numbers, which no later mount shares for long."""
        prefix = os.fsencode(os.path.realpath(root)).rstrip(b"/") + b"/"
        return {
            mount.point.removeprefix(prefix): mount.number for mount in self._read() if mount.point.startswith(prefix)
        }

    def _find(self, number: int) -> str:
        return next((mount.kind for mount in self._read() if mount.number == number), "unknown")

    def _read(self) -> Iterator[Mount]:
        try:
            lines = self._table.read_bytes().splitlines()
        except OSError:
            return
        for line in lines:
            left, _, right = line.partition(b" - ")
            words = left.split()
            point = _OCTAL.sub(lambda found: bytes([int(found[1], 8)]), words[4])
            yield Mount(int(words[0]), point, os.fsdecode(right.split()[0]))


def is_local(folder: Path) -> bool:
    """Whether a folder lies on a file system of this kernel alone; False where there is none."""
    try:
        with opened(os.fsencode(folder)) as handle:
            return Mounts().is_local(handle)
    except OSError:
        return False


def _mount_number(handle: int) -> int:
    """The number of the mount through which a handle was opened: proc(5), /proc/pid/fdinfo."""
    try:
        lines = Path(f"/proc/self/fdinfo/{handle}").read_text("ascii").splitlines()
    except OSError:
        return -1
    return next((int(line.split()[1]) for line in lines if line.startswith("mnt_id:")), -1)
