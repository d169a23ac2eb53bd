"""A network share for tests: a FUSE file system that shows a folder, and fails for as long as a file says so.

``python passthrough.py BEHIND MOUNT TROUBLE``: what is written BEHIND is seen at MOUNT, and no event tells of it; while
TROUBLE holds the name of an error, such as ``EIO``, every question at MOUNT is answered with that.
"""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from examples import until

try:
    import mfusepy
except (ImportError, OSError, AttributeError):
    mfusepy = None

STAMPS = ("st_mode", "st_nlink", "st_size", "st_uid", "st_gid", "st_atime_ns", "st_mtime_ns", "st_ctime_ns")
MOUNT_SECONDS = 10
WITH_FUSE = pytest.mark.skipif(
    not (mfusepy and os.path.exists("/dev/fuse") and os.geteuid() == 0),
    reason="SKIPPED LOUDLY: FUSE needs root, /dev/fuse and libfuse",
)


class Share:
    """A mounted share: ``behind`` is where others write; ``fail`` and ``heal`` are its troubles."""

    def __init__(self, behind: Path, mount: Path, trouble: Path) -> None:
        self.behind = behind
        self.mount = mount
        self._trouble = trouble

    def fail(self, error: str) -> None:
        """Answer every question with this error from now on."""
        self._trouble.write_text(error)

    def heal(self) -> None:
        """Be well again."""
        self._trouble.write_text("")


@contextmanager
def shared(folder: Path, mount: Path) -> Iterator[Share]:
    """A share whose files lie in ``folder`` / behind, mounted at ``mount`` until the end of the block."""
    share = Share(folder / "behind", mount, folder / "trouble")
    share.behind.mkdir(parents=True)
    mount.mkdir(parents=True, exist_ok=True)
    share.heal()
    process = subprocess.Popen([sys.executable, __file__, share.behind, mount, folder / "trouble"], env=ENVIRONMENT)
    try:
        until(lambda: os.path.ismount(mount) or process.poll() is not None, MOUNT_SECONDS)
        assert process.poll() is None, "the share could not be mounted"
        yield share
    finally:
        subprocess.run(["umount", "-l", mount], check=False)
        process.kill()
        process.wait(MOUNT_SECONDS)


ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}


if mfusepy:

    class Passthrough(mfusepy.Operations):
        """The operations that reading and writing ordinary files take."""

        use_ns = True

        def __init__(self, behind: str, trouble: str) -> None:
            self._behind = behind
            self._trouble = trouble

        def _at(self, path: str) -> str:
            with open(self._trouble) as file:
                name = file.read().strip()
            if name:
                raise mfusepy.FuseOSError(getattr(errno, name))
            return self._behind + path

        def getattr(self, path: str, fh: Any = None) -> dict[str, Any]:
            status = os.lstat(self._at(path))
            return {name.removesuffix("_ns"): getattr(status, name) for name in STAMPS} | {"st_ino": status.st_ino}

        def readdir(self, path: str, fh: Any) -> list[str]:
            return [".", "..", *os.listdir(self._at(path))]

        def open(self, path: str, flags: int) -> int:
            return os.open(self._at(path), flags)

        def create(self, path: str, mode: int, fi: Any = None) -> int:
            return os.open(self._at(path), os.O_WRONLY | os.O_CREAT, mode)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            self._at(path)
            return os.pread(fh, size, offset)

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            self._at(path)
            return os.pwrite(fh, data, offset)

        def truncate(self, path: str, length: int, fh: Any = None) -> None:
            os.truncate(self._at(path), length)

        def rename(self, old: str, new: str, flags: int = 0) -> None:
            os.rename(self._at(old), self._at(new))

        def mkdir(self, path: str, mode: int) -> None:
            os.mkdir(self._at(path), mode)

        def unlink(self, path: str) -> None:
            os.unlink(self._at(path))

        def rmdir(self, path: str) -> None:
            os.rmdir(self._at(path))

        def readlink(self, path: str) -> str:
            return os.readlink(self._at(path))

        def release(self, path: str, fh: int) -> int:
            os.close(fh)
            return 0


if __name__ == "__main__":
    mfusepy.FUSE(
        Passthrough(sys.argv[1], sys.argv[3]), sys.argv[2], foreground=True, allow_other=True, fsname="presslog-test"
    )
