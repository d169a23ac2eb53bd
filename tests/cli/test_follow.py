"""presslog follow: real processes beside a log that somebody else writes, in a file and on a server."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from clusters.postgres import PostgresCluster
from desks import Desk, History, a_story, running_daemon
from examples import until
from notifications import Manager

from presslog.handlers.views import views
from presslog.store.engines.memory import MemoryLog
from presslog.store.lock import WriterLock
from presslog.store.opening import log_at
from presslog.store.snapshot import take
from presslog.store.sqlite import connect_readonly
from presslog.store.views import Views

COMMAND = [sys.executable, "-m", "presslog.daemon"]
LIMIT_SECONDS = 60


class Host:
    """A host that only asks: the folder of its views, and the address of the log that it follows."""

    def __init__(self, folder: Path, engine: str) -> None:
        self.folder = folder
        self.journal = folder.with_suffix(".journal")
        self.where = ["--store", str(folder), "--set", f"engine={engine}"]

    @contextmanager
    def following(self, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A follower there, killed at the end of the block."""
        with self.journal.open("ab") as journal:
            command = [*COMMAND, "follow", *self.where]
            process = subprocess.Popen(command, env=inherited() | environment, stdout=journal, stderr=journal)
        try:
            yield process
        finally:
            process.kill()
            process.wait(LIMIT_SECONDS)

    def ask(self, *arguments: object) -> subprocess.CompletedProcess[str]:
        """What a command says there."""
        return ended(*map(str, arguments), *self.where)

    def said(self) -> str:
        """What its followers have written."""
        return self.journal.read_text("utf-8")

    def titles(self) -> list[str]:
        """Titles of the articles that can be asked for; none where there are no views yet."""
        if not (self.folder / "views.db").exists():
            return []
        with closing(connect_readonly(self.folder / "views.db")) as connection:
            return [title for (title,) in connection.execute("select title from articles order by title")]


def inherited() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("PRESSLOG_", "NOTIFY_"))}


def ended(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *arguments]
    return subprocess.run(command, env=inherited(), capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)


@pytest.fixture
def manager() -> Iterator[Manager]:
    """A service manager."""
    manager = Manager()
    yield manager
    manager.close()


@pytest.fixture
def address(postgres_logs: Callable[[], str]) -> str:
    """Where a log is that several hosts share."""
    return postgres_logs()


@pytest.fixture
def writer(tmp_path: Path, address: str) -> Iterator[History]:
    """Another host, which has recorded one article there and goes on."""
    with closing(log_at(tmp_path / "writer", address, readonly=False)) as log:
        history = History(log)
        history.article("a.txt", title="First")
        yield history


@pytest.fixture
def host(tmp_path: Path, address: str, writer: History) -> Host:
    """A host on which nothing is yet."""
    return Host(tmp_path / "host", address)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk whose log holds one article, in a file."""
    desk = Desk(tmp_path / "desk")
    desk.drop("a.txt", a_story("First"))
    desk.drain()
    return desk


def test_what_another_host_records_can_be_asked_for_here(host: Host, writer: History) -> None:
    with host.following() as process:
        until(lambda: host.titles() == ["First"], LIMIT_SECONDS)

        writer.article("b.txt", title="Second")
        until(lambda: host.titles() == ["First", "Second"])
        status = host.ask("status")

    assert f"following, pid {process.pid}" in status.stdout
    assert not list(host.folder.glob("intake.db*")), "a follower reads no folder"


def test_host_that_begins_with_a_snapshot_goes_on_from_there(tmp_path: Path, host: Host, writer: History) -> None:
    with closing(Views(tmp_path / "writer", views(), writer.log)) as followed:
        followed.open()
        file = take(tmp_path / "writer", writer.log, tmp_path / "snapshot.db").path
    writer.article("b.txt", title="Second")

    adopted = host.ask("views", "adopt", file, "-o", "json")
    before = host.titles()
    once = host.ask("follow", "--once")

    assert adopted.returncode == 0, adopted.stderr
    assert (json.loads(adopted.stdout)["behind"], before) == (1, ["First"])
    assert "views at #2" in once.stderr
    assert host.titles() == ["First", "Second"]
    assert os.readlink(host.folder / "views.db") == "views-0001.db", "nothing was built anew"


def test_systemd_is_told_how_far_it_is_and_that_it_lives(host: Host, writer: History, manager: Manager) -> None:
    with host.following(NOTIFY_SOCKET=manager.address, WATCHDOG_USEC="400000") as process:
        until(lambda: manager.has("READY=1") and manager.has("WATCHDOG=1", times=3), LIMIT_SECONDS)
        until(lambda: manager.has("STATUS=views at 1, log at 1"))

        process.send_signal(signal.SIGHUP)
        until(lambda: "nothing is read again at SIGHUP" in host.said())
        writer.article("b.txt", title="Second")
        until(lambda: manager.has("STATUS=views at 2, log at 2"))
        process.send_signal(signal.SIGTERM)

        assert process.wait(10) == 0
        until(lambda: manager.has("STOPPING=1"))
    assert not list(host.folder.glob("views-*.db-wal")), "the views were not closed"


def test_second_follower_is_refused_with_the_pid_of_the_first(host: Host) -> None:
    with host.following() as process:
        until(lambda: host.titles() == ["First"], LIMIT_SECONDS)

        second, once = host.ask("follow"), host.ask("follow", "--once")

    assert (second.returncode, once.returncode) == (7, 7)
    assert f"pid {process.pid}" in second.stderr


def test_rebuild_beside_it_is_followed(host: Host, writer: History) -> None:
    with host.following() as process:
        until(lambda: host.titles() == ["First"], LIMIT_SECONDS)

        rebuilt = host.ask("views", "rebuild")
        writer.article("b.txt", title="Second")

        until(lambda: host.titles() == ["First", "Second"])
        assert process.poll() is None
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert os.readlink(host.folder / "views.db") == "views-0002.db"


@pytest.mark.parametrize("how", [[], ["--once"]])
def test_views_of_another_log_end_it_with_5_and_the_remedy(host: Host, how: list[str]) -> None:
    host.folder.mkdir()
    other = MemoryLog()
    History(other).article("a.txt", title="Elsewhere")
    with closing(Views(host.folder, views(), other)) as built:
        built.open()

    refused = host.ask("follow", *how)

    assert refused.returncode == 5, refused.stderr
    assert "`presslog views rebuild` makes them anew" in refused.stderr
    assert host.titles() == ["Elsewhere"]


def test_log_that_is_away_is_waited_for_and_told_once(tmp_path: Path, manager: Manager) -> None:
    cluster = PostgresCluster(tmp_path / "cluster")
    host = Host(tmp_path / "host", cluster.url())
    try:
        cluster.start()
        log = log_at(tmp_path / "writer", cluster.url(), readonly=False)
        History(log).article("a.txt", title="First")
        log.close()
        with host.following():
            until(lambda: host.titles() == ["First"], LIMIT_SECONDS)
            cluster.stop()
            until(lambda: "views stand still: the log at" in host.said(), LIMIT_SECONDS)
            away = host.titles()
            cluster.start()
            with closing(log_at(tmp_path / "writer", cluster.url(), readonly=False)) as log:
                History(log).article("b.txt", title="Second")
            until(lambda: host.titles() == ["First", "Second"], LIMIT_SECONDS)
            until(lambda: "views go on" in host.said(), LIMIT_SECONDS)
        first = host.said()
        cluster.stop()
        with host.following(NOTIFY_SOCKET=manager.address):
            until(lambda: manager.has("READY=1") and manager.has("STATUS=waiting: the log at .*"), LIMIT_SECONDS)
            cluster.start()
            until(lambda: manager.has("STATUS=views at 2, log at 2"), LIMIT_SECONDS)
    finally:
        cluster.stop()

    assert away == ["First"]
    assert len(re.findall("stand still", first)) == len(re.findall("views go on", first)) == 1
    assert len(re.findall("does not answer", host.said())) == 2


def test_once_beside_a_log_in_a_file(desk: Desk) -> None:
    for path in desk.store.glob("views*"):
        path.unlink()

    once = ended("follow", str(desk.folder), "--once")

    assert once.returncode == 0, once.stderr
    assert "views at #3" in once.stderr
    assert desk.rows("select title from articles") == [("First",)]


def test_nobody_follows_where_a_daemon_writes(desk: Desk) -> None:
    with running_daemon(desk) as process:
        until(desk.is_served, seconds=20)

        refused = ended("follow", str(desk.folder))

    assert refused.returncode == 7
    assert f"pid {process.pid}" in refused.stderr


def test_daemon_is_refused_where_somebody_follows(desk: Desk) -> None:
    with WriterLock(desk.store):
        refused = ended("run", str(desk.folder), "--once")

    assert refused.returncode == 7
    assert f"pid {os.getpid()}" in refused.stderr


def test_folder_without_a_log_stays_as_it_is(tmp_path: Path) -> None:
    refused = ended("follow", str(tmp_path / "nowhere"))

    assert refused.returncode == 8
    assert not (tmp_path / "nowhere").exists()


def test_log_in_memory_cannot_be_followed(tmp_path: Path) -> None:
    refused = ended("follow", "--store", str(tmp_path), "--set", "engine=memory")

    assert refused.returncode == 8
    assert "cannot be followed" in refused.stderr
