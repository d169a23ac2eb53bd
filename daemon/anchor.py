"""The anchor: gives the newest checkpoint to a command of the operator, so that others hold what the log once was."""

import os
import subprocess
import threading
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from loguru import logger

from presslog.store.errors import PresslogError
from presslog.store.pins import CHECKPOINT, Seen, bytes_of, seen_in
from presslog.store.whole import write_whole

ANCHORED = "anchored"
"""In the store: the note that a command took last, at the time of the file."""

LONGEST_SECONDS = 60.0
CLOSE_SECONDS = 2.0
OURS = ("NOTIFY_", "WATCHDOG_", "LISTEN_", "CREDENTIALS_")
"""What systemd tells a service, and nobody else."""


class Unanchored(PresslogError):
    """The command did not take the checkpoint; it is offered again next time."""


class Anchor:
    """Gives checkpoints to one command, whose words no shell sees; ``close`` ends one that is running."""

    def __init__(self, store: Path, command: Sequence[str], *, timeout_seconds: float = LONGEST_SECONDS) -> None:
        self._store = store
        self._command = command
        self._timeout_seconds = timeout_seconds
        self._running: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._is_closed = threading.Event()

    def give(self, *, again: bool = False) -> Seen | None:
        """Give the newest checkpoint; None where there is none, or none of another size since the last time.

        Raises:
            Unanchored: the command cannot be started, failed, or took too long.
            StorageFailed: it was taken, and that could not be written down.
        """
        note = bytes_of(self._store / CHECKPOINT)
        newest, before = seen_in(note), anchored(self._store)
        if newest is None or (newest == before and not again):
            return None
        self._run(note, newest)
        write_whole(self._store / ANCHORED, note)
        return newest

    def begin(self) -> None:
        """Give it in a thread of its own, unless one is at it; what goes wrong is told, and tried again next time."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._give_or_tell, name="anchor", daemon=True)
            self._thread.start()

    def _give_or_tell(self) -> None:
        try:
            given = self.give()
        except PresslogError as error:
            if not self._is_closed.is_set():
                logger.warning("checkpoint was not anchored: {}", error)
            return
        if given:
            logger.info("anchored size={} command={}", given.size, self._command[0])

    def close(self) -> None:
        """End a command that runs now, and start none any more."""
        self._is_closed.set()
        running, thread = self._running, self._thread
        if running:
            running.kill()
        if thread:
            thread.join(CLOSE_SECONDS)

    def _run(self, note: bytes, seen: Seen) -> None:
        name = self._command[0]
        inherited = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
        told = {"PRESSLOG_CHECKPOINT_SIZE": str(seen.size), "PRESSLOG_LOG_ID": seen.log_id}
        try:
            self._running = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=inherited | told)  # noqa: S603
        except OSError as error:
            raise Unanchored(f"{name} cannot be started: {error.strerror}") from error
        with self._running as running:
            if self._is_closed.is_set():
                running.kill()
            try:
                running.communicate(note, self._timeout_seconds)
            except subprocess.TimeoutExpired as error:
                running.kill()
                raise Unanchored(f"{name} did not end within {self._timeout_seconds:g} s and was killed") from error
            finally:
                self._running = None
        if running.returncode:
            how = f"status {running.returncode}" if running.returncode > 0 else f"signal {-running.returncode}"
            raise Unanchored(f"{name} ended with {how}")


def anchored(store: Path) -> Seen | None:
    """What a command took last; None where none ever did."""
    return seen_in(bytes_of(store / ANCHORED))


def anchored_at(store: Path) -> float:
    """When that was, in seconds since 1970; 0 where it never was."""
    with suppress(OSError):
        return (store / ANCHORED).stat().st_mtime
    return 0.0
