"""Readers: child processes in which the parsers of others run, so that a hang or a bomb costs one file only."""

import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from itertools import count
from typing import Any, NamedTuple

import msgspec

from presslog.handlers.child import MOST_ANSWER_BYTES, Answer, fence, read_encoded
from presslog.handlers.formats import FORMATS, has_plugins
from presslog.handlers.reading import Reading, read_as, surest
from presslog.store.errors import PresslogError, Unreadable

MOST_LIGHT_BYTES = 256 << 10
"""A larger file goes to a child whatever its format: here it would keep others waiting."""
MOST_PROCESSES = 8
"""As many as the unit in deploy/ has memory and tasks for."""
WALL_FACTOR = 3
"""A file may take so many times longer than it may compute: a sleeper ends as well, on a busy machine nobody else."""
MOST_FILES = 300
"""Then a child makes way for another: what libraries leak is bounded."""
IDLE_SECONDS = 60.0
START_SECONDS = 30.0
STOP_SECONDS = 2.0
LOOK_SECONDS = 0.2
BEAT_SECONDS = 1.0
ENVELOPE_BYTES = 4096
MOST_CODE_LETTERS, MOST_REASON_LETTERS = 40, 2000
TIMEOUT, MEMORY, CRASHED = "handler-timeout", "handler-memory", "handler-crashed"
REPORT = ": report the file, and drop it again after an upgrade"
NOBODYS_FAULT = frozenset({signal.SIGTERM, signal.SIGHUP, signal.SIGINT})
"""Who sends these ends a program, and means no file."""


class ReaderLimits(NamedTuple):
    """Processes at a time, 0 for one a core; seconds of computing for a small file; bytes of memory for a process."""

    processes: int
    seconds: int
    memory_bytes: int


def allowed_seconds(seconds: int, size_bytes: int) -> int:
    """How long a file may compute: for each two MiB of it as long again, since a large one holds many articles.

    >>> allowed_seconds(10, 40_000), allowed_seconds(10, 32 << 20)
    (10, 170)
    """
    return seconds + seconds * size_bytes // (2 << 20)


class NoReader(PresslogError):
    """No child could read: the file is as good as it was, and waits."""


class _Job(NamedTuple):
    content: bytes
    name: str
    reading: "Future[Reading]"


def _nothing() -> None:
    """Nobody counts how long this takes."""


class Readers:
    """Reads files, in children where it must; any thread may ask.

    Children start when there is work, and end when there was none for ``idle_seconds``.
    """

    def __init__(self, limits: ReaderLimits, *, idle_seconds: float = IDLE_SECONDS) -> None:
        self._limits = limits
        self._idle_seconds = idle_seconds
        self._most = limits.processes or min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
        self._jobs: queue.PriorityQueue[tuple[bool, int, _Job | None]] = queue.PriorityQueue()
        self._numbers = count()
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._under_way = 0
        self._has_plugins: bool | None = None
        self._stop = threading.Event()

    def read(self, content: bytes, name: str, *, beat: Callable[[], None] = _nothing) -> Reading:
        """Read a file and wait for it, before those that nobody waits for; ``beat`` is called meanwhile.

        Raises:
            Unreadable: as ``read_articles``; ``handler-timeout``, ``handler-memory`` or ``handler-crashed``.
            NoReader: no child could be started.
        """
        here = self.read_here(content, name)
        if here:
            return here
        reading = self.submit(content, name, is_urgent=True)
        while wait([reading], BEAT_SECONDS).not_done:
            beat()
        return reading.result()

    def read_here(self, content: bytes, name: str) -> Reading | None:
        """Read a file whose format needs no child; None where it needs one.

        Raises:
            Unreadable: as ``read_articles``.
        """
        if self._has_plugins is None:
            self._has_plugins = has_plugins()
        if self._has_plugins or len(content) > MOST_LIGHT_BYTES:
            return None
        chosen = surest(FORMATS, content, name)
        return read_as(chosen, FORMATS, content, name) if chosen.is_light else None

    def submit(self, content: bytes, name: str, *, is_urgent: bool = False) -> "Future[Reading]":
        """Have a file read in a child; the future raises what ``read`` raises."""
        reading: Future[Reading] = Future()
        with self._lock:
            self._under_way += 1
            if len(self._threads) < min(self._under_way, self._most):
                thread = threading.Thread(target=self._serve, name=f"reader-{len(self._threads)}", daemon=True)
                self._threads.append(thread)
                thread.start()
        self._jobs.put((not is_urgent, next(self._numbers), _Job(content, name, reading)))
        return reading

    def close(self) -> None:
        """End all children; what they were at is not read."""
        self._stop.set()
        for _ in self._threads:
            self._jobs.put((False, next(self._numbers), None))
        until = time.monotonic() + STOP_SECONDS
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))
        while not self._jobs.empty():
            _, _, job = self._jobs.get()
            if job:
                job.reading.set_exception(NoReader("presslog stops"))

    def _serve(self) -> None:
        """Be a thread with a child of its own, while there is work for it."""
        reader = _Reader(self._limits, self._stop)
        while not self._stop.is_set():
            try:
                self._do_next(reader)
            except queue.Empty:
                reader.end()
        reader.end()

    def _do_next(self, reader: "_Reader") -> None:
        _, _, job = self._jobs.get(timeout=self._idle_seconds if reader.has_child else None)
        if job:
            _settle(job, reader.read)
            with self._lock:
                self._under_way -= 1


def _settle(job: _Job, read: Callable[[bytes, str], Reading]) -> None:
    try:
        job.reading.set_result(read(job.content, job.name))
    except BaseException as error:  # noqa: BLE001  whatever it is, who waits for the file learns it
        job.reading.set_exception(error)


class _Reader:
    """One child after the other, none before there is work."""

    def __init__(self, limits: ReaderLimits, stop: threading.Event) -> None:
        self._limits = limits
        self._stop = stop
        self._child: _Child | None = None

    @property
    def has_child(self) -> bool:
        return self._child is not None

    def read(self, content: bytes, name: str) -> Reading:
        """Read in the child; what fails in one that has read other files is tried once more in a new one."""
        if self._child and self._child.files >= MOST_FILES:
            self.end()
        was_used = self.has_child
        try:
            return self._read(content, name)
        except Unreadable as error:
            if not was_used or error.code not in (MEMORY, CRASHED):
                raise
        return self._read(content, name)

    def _read(self, content: bytes, name: str) -> Reading:
        try:
            self._child = self._child or _Child(self._limits, self._stop)
            return self._child.read(content, name)
        except NoReader:
            self.end()
            raise
        except Unreadable as error:
            if error.code in (TIMEOUT, MEMORY, CRASHED):
                self.end()
            raise

    def end(self) -> None:
        if self._child:
            self._child.end()
        self._child = None


class _Child:
    """A process in a pool of its own, with one file at a time: whatever happens to them is the doing of that file."""

    def __init__(self, limits: ReaderLimits, stop: threading.Event) -> None:
        # It brings asyncio with it: a daemon that reads plain text never needs it.
        from pebble import ProcessPool

        from .pipes import OneProcess

        self.files = 0
        self._limits = limits
        self._stop = stop
        self._context = OneProcess(MOST_ANSWER_BYTES + ENVELOPE_BYTES)
        fenced = (os.getpid(), limits.memory_bytes)
        self._pool: Any = ProcessPool(1, initializer=fence, initargs=fenced, context=self._context)
        try:
            self._call(START_SECONDS, bytes)
        except (OSError, RuntimeError, NoReader) as error:
            self.end()
            why = str(error) or repr(error.__cause__ or error)
            raise NoReader(f"no process for reading could be started: {why}") from error

    def read(self, content: bytes, name: str) -> Reading:
        """Read a file.

        Raises:
            Unreadable: also where the process did not live to answer.
            NoReader: somebody ended the process, or presslog stops.
        """
        from pebble import ProcessExpired

        self.files += 1
        seconds = allowed_seconds(self._limits.seconds, len(content))
        wall_seconds = seconds * WALL_FACTOR
        try:
            return self._understood(self._call(wall_seconds, read_encoded, content, name, seconds))
        except TimeoutError as error:
            raise Unreadable(TIMEOUT, f"it was not read within {wall_seconds} s: raise reader_seconds") from error
        except ProcessExpired as error:
            raise self._ended(error.exitcode, seconds) from error
        except (OSError, RuntimeError, TypeError) as error:
            # TypeError: it answers with an exception that is none.
            raise Unreadable(CRASHED, f"the process that read it ended without an answer{REPORT}") from error

    def end(self) -> None:
        """End the process, whatever it is at."""
        self._pool.stop()
        self._context.kill()
        self._pool.join()

    def _call(self, seconds: float, function: Callable[..., Any], *arguments: Any) -> Any:
        """What the child answers; pebble's own limit of time goes by the clock that people set."""
        future = self._pool.schedule(function, args=arguments)
        until = time.monotonic() + seconds
        while not self._stop.is_set():
            try:
                return future.result(LOOK_SECONDS)
            except TimeoutError:
                if time.monotonic() >= until:
                    raise
        raise NoReader("presslog stops")

    def _understood(self, encoded: Any) -> Reading:
        """A reading out of bytes that anybody may have written."""
        try:
            answer = msgspec.json.decode(encoded, type=Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, TypeError) as error:
            raise Unreadable(CRASHED, f"the process that read it gave no proper answer{REPORT}") from error
        if answer.reading and answer.reading.found:
            return answer.reading
        if answer.code == MEMORY:
            raise self._out_of_memory()
        raise Unreadable(answer.code[:MOST_CODE_LETTERS] or CRASHED, answer.reason[:MOST_REASON_LETTERS])

    def _ended(self, exit_code: int, seconds: int) -> PresslogError:
        """Why a process has ended that was at a file."""
        if -exit_code in NOBODYS_FAULT:
            return NoReader("somebody ended the process that read it")
        if exit_code == -signal.SIGXCPU:
            return Unreadable(TIMEOUT, f"it took more than {seconds} s of computing: raise reader_seconds")
        if exit_code == -signal.SIGKILL:
            return self._out_of_memory()
        how = signal.strsignal(-exit_code) if exit_code < 0 else f"status {exit_code}"
        return Unreadable(CRASHED, f"the process that read it ended with {how}{REPORT}")

    def _out_of_memory(self) -> Unreadable:
        return Unreadable(
            MEMORY, f"it needed more than {self._limits.memory_bytes >> 20} MiB of memory: raise reader_memory_bytes"
        )
