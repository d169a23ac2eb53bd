"""PostgreSQL servers for tests: a primary and its standbys, which can be killed, paused and promoted."""

import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from clusters.missing import missing
from clusters.places import Place, free_ports, places, signal_family
from examples import until

INSTALLED = Path("/usr/lib/postgresql")
"""Where Debian puts each version."""
START_SECONDS = 60
STOP_SECONDS = 20
USER = "postgres"
SETTINGS = """
listen_addresses = '{host}'
port = {port}
unix_socket_directories = ''
fsync = on
synchronous_commit = on
wal_level = replica
max_wal_senders = 10
max_connections = 100
shared_buffers = 32MB
min_wal_size = 32MB
max_wal_size = 64MB
wal_keep_size = 64MB
wal_sender_timeout = 5s
wal_receiver_timeout = 5s
wal_retrieve_retry_interval = 200ms
synchronous_standby_names = '{quorum}'
"""
TRUST = "host all all all trust\nhost replication all all trust\n"
"""Of every address on which the server listens: the loopback, or a network of a test alone."""


def programs() -> Path | None:
    """The folder with ``initdb`` of the newest version that is installed; None where there is none."""
    versions = sorted(INSTALLED.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    if versions:
        return versions[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class PostgresCluster:
    """A primary, node 0 at first, and its standbys; where ``synchronous``, a commit waits for any one of them."""

    def __init__(
        self, folder: Path, standbys: int = 0, *, synchronous: bool = True, where: Sequence[Place] = ()
    ) -> None:
        found = programs()
        if not found:
            missing("PostgreSQL", "apt-get install postgresql")
        self.primary = 0
        self.nodes = range(standbys + 1)
        self._programs = found
        self._where = list(where) or places(folder, standbys + 1)
        self._ports = free_ports(standbys + 1)
        self._quorum = f"ANY 1 ({', '.join(map(self.name, self.nodes))})" if synchronous and standbys else ""
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def name(self, node: int) -> str:
        """The name by which the primary knows a standby."""
        return f"n{node}"

    def url(self, database: str = "postgres") -> str:
        """The address of the log: every node, of which a client takes the one that can be written to."""
        hosts = ",".join(f"{place.host}:{port}" for place, port in zip(self._where, self._ports, strict=True))
        return f"postgresql://{hosts}/{database}?user={USER}"

    def start(self, node: int | None = None) -> None:
        """Make and start all nodes that do not run, or one: a node that was primary before becomes a standby."""
        for each in self.nodes if node is None else [node]:
            if each not in self._processes:
                self._make(each)
                self._run(each)
        self.until_followed()

    def until_followed(self) -> None:
        """Wait until every other node that runs is a standby of the primary, and counts as one."""
        state = "quorum" if self._quorum else "async"
        following = f"select count(*) from pg_stat_replication where sync_state = '{state}'"
        until(lambda: int(self.ask(following)) == len(self._processes) - 1, START_SECONDS)

    def restart(self, *nodes: int) -> None:
        """Start killed nodes, or all, on what their folders hold; each is what it was."""
        for node in nodes or self.nodes:
            self._run(node)

    def stop(self) -> None:
        """End all nodes, those that stand still too."""
        for node, process in self._processes.items():
            signal_family(process.pid, signal.SIGCONT)
            with suppress(ProcessLookupError):
                os.kill(process.pid, signal.SIGINT)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._kill(node)
        self._processes.clear()

    def kill(self, node: int) -> None:
        """Kill a node with all its processes; none of them answers anything from then on."""
        self._kill(node)
        del self._processes[node]

    def is_running(self, node: int) -> bool:
        """Whether a node was started and not killed; one that stands still counts too."""
        return node in self._processes

    def pause(self, node: int) -> None:
        """Let all processes of a node stand still."""
        signal_family(self._processes[node].pid, signal.SIGSTOP)

    def resume(self, node: int) -> None:
        """Let a node go on."""
        signal_family(self._processes[node].pid, signal.SIGCONT)

    def furthest(self) -> int:
        """The standby that holds most on its disk: the one to be promoted."""
        standbys = [node for node in self._processes if node != self.primary]
        return max(standbys, key=self._held)

    def promote(self, node: int) -> None:
        """Make a standby the primary; the others follow it."""
        assert self.ask("select pg_promote(true, 60)", node=node) == "t"
        self.primary = node
        for other in self._processes.keys() - {node}:
            with suppress(subprocess.SubprocessError):
                self.ask(f"alter system set primary_conninfo = '{self._conninfo(other)}'", node=other)
                self.ask("select pg_reload_conf()", node=other)

    def ask(self, statement: str, *, node: int | None = None, database: str = "postgres") -> str:
        """What a node, the primary where none is named, answers to one statement."""
        command = [*self._client("psql", self.primary if node is None else node), "-d", database, "-XAtc", statement]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=90).stdout.strip()

    def dump(self, node: int, database: str = "postgres") -> bytes:
        """All rows of a node, the same bytes on every node that holds the same; a standby has caught up before."""
        target = self.ask("select pg_current_wal_lsn()")
        if node != self.primary:
            caught_up = f"select pg_last_wal_replay_lsn() >= '{target}'"
            until(lambda: self.ask(caught_up, node=node) == "t", START_SECONDS)
        command = [*self._client("pg_dump", node), "-d", database, "--data-only"]
        lines = subprocess.run(command, capture_output=True, check=True, timeout=90).stdout.splitlines(keepends=True)
        # The word between which a newer pg_dump puts its output is another one each time.
        return b"".join(line for line in lines if not line.startswith((b"\\restrict", b"\\unrestrict")))

    def _held(self, node: int) -> int:
        lsn = "greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())"
        return int(self.ask(f"select pg_wal_lsn_diff({lsn}, '0/0')::bigint", node=node))

    def _make(self, node: int) -> None:
        data = self._data(node)
        is_new = node == self.primary and not data.exists()
        if node != self.primary:
            shutil.rmtree(data, ignore_errors=True)
        self._where[node].folder.mkdir(parents=True, exist_ok=True)
        self._own(self._where[node].folder)
        if is_new:
            self._do(node, "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        elif node != self.primary:
            self._do(node, "pg_basebackup", "-D", data, "-R", "-c", "fast", "-d", self._conninfo(node))
        place = self._where[node]
        settings = SETTINGS.format(host=place.host, port=self._ports[node], quorum=self._quorum)
        (data / "pg_hba.conf").write_text(TRUST)
        (data / "postgresql.conf").write_text(settings)

    def _run(self, node: int) -> None:
        with (self._where[node].folder / "log").open("ab") as log:
            command = self._command(node, "postgres", "-D", self._data(node))
            self._processes[node] = subprocess.Popen(command, stdout=log, stderr=log)
        until(lambda: self._is_ready(node), START_SECONDS)

    def _is_ready(self, node: int) -> bool:
        log = self._where[node].folder / "log"
        assert self._processes[node].poll() is None, log.read_text()[-2000:]
        return subprocess.run(self._client("pg_isready", node), capture_output=True, check=False).returncode == 0

    def _kill(self, node: int) -> None:
        signal_family(self._processes[node].pid, signal.SIGKILL)
        self._processes[node].wait()

    def _data(self, node: int) -> Path:
        return self._where[node].folder / "data"

    def _conninfo(self, node: int) -> str:
        host, port = self._where[self.primary].host, self._ports[self.primary]
        return f"host={host} port={port} user={USER} application_name={self.name(node)} connect_timeout=3"

    def _client(self, program: str, node: int) -> list[str]:
        where = ["-h", self._where[node].host, "-p", str(self._ports[node]), "-U", USER]
        return [str(self._programs / program), *where]

    def _command(self, node: int, program: str, *arguments: object) -> list[str]:
        return [*self._where[node].around, *self._as_user(), *map(str, (self._programs / program, *arguments))]

    def _as_user(self) -> list[str]:
        """PostgreSQL refuses to be root; and yet has to pass through the folders of a test, which are root's alone."""
        if os.geteuid():
            return []
        user = [f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
        return ["setpriv", *user, "--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--pdeathsig=KILL"]

    def _own(self, folder: Path) -> None:
        if not os.geteuid():
            shutil.chown(folder, USER, USER)

    def _do(self, node: int, program: str, *arguments: object) -> None:
        command = self._command(node, program, *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, f"{program}: {done.stderr}"
