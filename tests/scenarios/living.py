"""A daemon that lives: ready, listened to, asked by commands; and a tally of what its log holds."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from desks import KEYS, Desk, running_daemon
from examples import until
from notifications import Manager

from presslog.store.names import unescape_path
from presslog.store.sqlite import connect_readonly

READY_SECONDS = 30.0
COMMAND_SECONDS = 60.0
FLOOD_PAUSE_SECONDS = 0.1


class Daemon:
    """A daemon and the manager that listens to it."""

    def __init__(self, process: subprocess.Popen[bytes], manager: Manager) -> None:
        self.process = process
        self.manager = manager

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self.process.poll() is None

    def resident_megabytes(self, *, most: bool = False) -> float:
        """What it has in memory now, or has ever had."""
        name = "VmHWM:" if most else "VmRSS:"
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


@contextmanager
def living(desk: Desk, *, around: tuple[str, ...] = (), is_ready: bool = True, **environment: str) -> Iterator[Daemon]:
    """A real daemon that has said READY, killed at the end of the block."""
    manager = Manager()
    try:
        with running_daemon(desk, around=around, NOTIFY_SOCKET=manager.address, **environment) as process:
            daemon = Daemon(process, manager)
            if is_ready:
                until(lambda: manager.has("READY=1") or not daemon.is_alive(), READY_SECONDS)
                assert daemon.is_alive(), desk.journal()
            yield daemon
    finally:
        manager.close()


def asked(desk: Desk, *words: str) -> Any:
    """What a command answers with ``-o json``."""
    command = [sys.executable, "-m", "presslog.daemon", *words, "-o", "json", "--store", str(desk.folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")}
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=COMMAND_SECONDS, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout or "[]")


def file_of(desk: Desk, path: str) -> dict[str, Any]:
    """What ``presslog files`` says of one path; nothing where it does not know it."""
    rows = [row for row in asked(desk, "files", f"seeds/{path}") if row["path"] == f"seeds/{path}"]
    return rows[0] if rows else {}


class Tally:
    """What the log holds of files and folders, by path as bytes, read on from where it was; ``look`` reads on."""

    def __init__(self, desk: Desk) -> None:
        self._path = desk.store / "log.db"
        self._connection: Any = None
        self._position = 0
        self.types: Counter[str] = Counter()
        self.received: Counter[bytes] = Counter()
        self.digests: Counter[str] = Counter()
        self.refused: dict[bytes, dict[str, Any]] = {}
        self.removed: Counter[bytes] = Counter()
        self.folders: list[tuple[str, dict[str, Any]]] = []

    def look(self) -> "Tally":
        """Count what is new."""
        if self._connection is None:
            if not self._path.exists():
                return self
            self._connection = connect_readonly(self._path)
        statement = "select position, stream, type, data from events where position > ? order by position"
        for position, stream, kind, data in self._connection.execute(statement, (self._position,)):
            self._position = position
            if stream != KEYS:
                self._count(kind, json.loads(data))
        return self

    def _count(self, kind: str, fact: dict[str, Any]) -> None:
        self.types[kind] += 1
        path = unescape_path(fact.get("path", ""))
        match kind:
            case "file-received":
                self.received[path] += 1
                self.digests[fact["digest"]] += 1
            case "file-refused":
                self.refused[path] = fact
            case "file-removed":
                self.removed[path] += 1
        if kind.startswith("folder-"):
            self.folders.append((kind, fact))

    def holds(self, *names: str | bytes) -> bool:
        """Whether all these files were received."""
        self.look()
        return all(self.received[os.fsencode(name)] for name in names)

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What was told of folders in events of one type."""
        return [fact for told, fact in self.look().folders if told == kind]

    def wait_for(self, *names: str | bytes, seconds: float = 10.0) -> float:
        """Wait until all these files were received; the seconds it took."""
        began = time.monotonic()
        try:
            until(lambda: self.holds(*names), seconds)
        except AssertionError:
            missing = [name for name in names if not self.received[os.fsencode(name)]]
            raise AssertionError(f"after {seconds} s {len(missing)} of {len(names)} lack: {missing[:5]}") from None
        return time.monotonic() - began

    def wait_for_count(self, files: int, seconds: float) -> None:
        """Wait until so many files were received; asked seldom, for a flood leaves the daemon no time to spare."""
        deadline = time.monotonic() + seconds
        while len(self.look().received) < files:
            assert time.monotonic() < deadline, f"{len(self.received)} of {files} after {seconds} s"
            time.sleep(FLOOD_PAUSE_SECONDS)

    def wait_for_all(self, names: Iterable[str | bytes], seconds: float) -> float:
        """Wait until exactly these files were received, each once; the seconds it took."""
        expected = {os.fsencode(name) for name in names}
        began = time.monotonic()
        deadline = began + seconds
        while len(self.look().received) < len(expected) and time.monotonic() < deadline:
            time.sleep(0.02)
        taken = time.monotonic() - began
        lost, strange = expected - set(self.received), set(self.received) - expected
        doubled = [name for name, count in self.received.items() if count > 1]
        said = f"{len(lost)} lost, {len(strange)} strange, {len(doubled)} doubled after {taken:.1f} s"
        assert [*lost, *strange, *doubled] == [], said
        return taken


def is_queryable(desk: Desk, path: str) -> bool:
    """Whether the article of a file can be queried now: asked by an index, so that asking takes nobody's time."""
    return bool(desk.rows("select 1 from articles where feed = 'seeds' and path = ?", path))


def titles(desk: Desk) -> set[str]:
    """Titles of the articles that can be queried now."""
    connection = connect_readonly(desk.store / "views.db")
    try:
        return {title for (title,) in connection.execute("select title from articles")}
    finally:
        connection.close()
