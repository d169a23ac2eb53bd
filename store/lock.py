"""The writer lock of a store: one writer at a time, and the second is told who is the first."""

import fcntl
import os
import struct
from pathlib import Path
from types import TracebackType

from .errors import StorageFailed, StoreLocked

# A lock of the open file (fcntl(2), "Open file description locks"): unlike flock it can be asked for without taking it.
WHOLE_FILE = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)


class WriterLock:
    """An advisory lock on ``<store>/writer.lock`` that ends with its process; the file holds the owner's pid."""

    def __init__(self, folder: Path, name: str = "writer.lock") -> None:
        """Take the lock.

        Raises:
            StoreLocked: another process holds it; the message names its pid.
            StorageFailed: the folder cannot be written.
        """
        self.path = folder / name
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
        except OSError as error:
            raise StorageFailed(
                f"{self.path} cannot be made: {error.strerror}; check the rights of the folder"
            ) from error
        try:
            fcntl.fcntl(self._file, fcntl.F_OFD_SETLK, WHOLE_FILE)
        except OSError as error:
            os.close(self._file)
            raise _locked(folder, _pid_in(self.path)) from error
        try:
            os.truncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        except OSError as error:
            self.release()
            raise StorageFailed(f"{self.path} cannot be written: {error.strerror}; make room on the disk") from error

    def release(self) -> None:
        """Give the lock back; a second call does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> "WriterLock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def refuse_owned(folder: Path) -> None:
    """Raise StoreLocked where another process holds the lock: for who takes long to come so far as to ask for it."""
    pid = owner(folder)
    if pid is not None:
        raise _locked(folder, pid)


def _locked(folder: Path, pid: int | None) -> StoreLocked:
    who = pid if pid and pid > 0 else "unknown"
    return StoreLocked(
        f"{folder} is being written by presslog with pid {who}: "
        "stop that one first, or drop the file into one of its folders"
    )


def owner(folder: Path, name: str = "writer.lock") -> int | None:
    """Pid of the process that holds the lock now; None where nobody does."""
    path = folder / name
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        found = fcntl.fcntl(handle, fcntl.F_OFD_GETLK, WHOLE_FILE)
    finally:
        os.close(handle)
    if struct.unpack_from("h", found)[0] == fcntl.F_UNLCK:
        return None
    return _pid_in(path) or -1


def _pid_in(path: Path) -> int | None:
    try:
        return int(path.read_text("ascii"))
    except (OSError, ValueError):
        return None
