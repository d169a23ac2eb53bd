"""What a pool needs of multiprocessing, for one process that is not trusted: pipes that give plain data only."""

import io
import os
import pickle
import sys
from importlib.machinery import ModuleSpec
from multiprocessing import connection, reduction
from multiprocessing.context import SpawnContext
from multiprocessing.process import BaseProcess
from typing import Any

ALLOWED = {
    ("pebble.pool.process", "Acknowledgement"),
    ("pebble.pool.process", "TaskResult"),
    ("pebble.common.types", "Result"),
    ("pebble.common.types", "ResultStatus"),
}
"""The envelopes in which pebble sends an answer; whatever else a pickle names could be a call."""


class OneProcess(SpawnContext):
    """A context that starts one process in its life: a pool whose process has ended is broken, and no other is begun.

    ``most_bytes`` bounds what the process may say at once.
    """

    def __init__(self, most_bytes: int) -> None:
        super().__init__()
        self._most_bytes = most_bytes
        self._process: BaseProcess | None = None

    def Process(  # type: ignore[override]  # noqa: N802  the name is multiprocessing's
        self, *arguments: Any, **named: Any
    ) -> BaseProcess:
        """Make the process.

        Raises:
            OSError: it is the second one.
        """
        if self._process:
            raise ChildProcessError("the process has ended")
        main = sys.modules["__main__"]
        if main.__spec__ is None:
            # Else the process would run the script that has started us; what python -m has started it leaves alone.
            main.__spec__ = ModuleSpec("presslog.daemon.__main__", None)
        self._process = super().Process(*arguments, **named)
        return self._process

    def Pipe(self, duplex: bool = True) -> Any:  # noqa: N802  the name is multiprocessing's
        """A pipe whose reader trusts nobody."""
        reader, writer = super().Pipe(duplex)
        with reader:
            return _Plain(os.dup(reader.fileno()), self._most_bytes), writer

    def RLock(self) -> Any:  # noqa: N802  the name is multiprocessing's
        """No lock: two ends share a pipe with nobody, and a lock would stay locked when its holder is killed."""
        return _Unlocked()

    def kill(self) -> None:
        """End the process, whatever it is at."""
        if self._process and self._process.pid:
            self._process.kill()


class _Plain(connection.Connection):
    """The reading end of a pipe."""

    def __init__(self, handle: int, most_bytes: int) -> None:
        super().__init__(handle, writable=False)
        self._most_bytes = most_bytes

    def recv(self) -> Any:
        said = self.recv_bytes(self._most_bytes)
        try:
            return _Unpickler(io.BytesIO(said)).load()
        except Exception as error:
            # The one error that pebble answers by giving the pool up.
            raise OSError(f"no message of a pool: {error}") from error


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"{module}.{name} is no plain data")
        return super().find_class(module, name)


class _Unlocked:
    """What is asked of a lock, and is always granted."""

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:  # noqa: ARG002  nobody holds it
        return True

    def release(self) -> None:
        pass


# In the child the end of a pipe is one like any other: there the daemon speaks.
reduction.register(_Plain, connection.reduce_connection)  # type: ignore[attr-defined]
