"""The configuration of a NATS server that ships: three of them make a cluster that keeps a log."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clusters.nats import NatsCluster, server_binary
from examples import an_append

from presslog.store.engines.jetstream import JetStreamLog

SHIPPED = Path(__file__).parents[2] / "deploy/nats-server.conf"


class Shipped(NatsCluster):
    """Three servers with the configuration that ships, in which only names, ports and folders are others."""

    def _settings(self, node: int) -> str:
        text = SHIPPED.read_text().replace("server_name: a\n", f"server_name: node{node}\n")
        text = text.replace("0.0.0.0:4222", f"127.0.0.1:{self.ports[node]}").replace(
            "0.0.0.0:6222", f"127.0.0.1:{self.routes[node]}"
        )
        for number, host in enumerate("abc"):
            text = text.replace(f"{host}.example:6222", f"127.0.0.1:{self.routes[number]}")
        text = text.replace("/var/lib/nats", f'"{self.stores[node]}"')
        return text + f'\nhttp: "127.0.0.1:{self.monitors[node]}"\n'


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[NatsCluster]:
    cluster = Shipped(tmp_path, nodes=3)
    yield cluster
    cluster.stop()


def test_nats_finds_no_fault_in_it() -> None:
    subprocess.run([server_binary(), "-t", "-c", SHIPPED], check=True, capture_output=True, timeout=60)


def test_three_servers_with_it_keep_a_log(cluster: NatsCluster, folder: Path) -> None:
    cluster.start()

    with closing(JetStreamLog(cluster.url(), folder)) as log:
        log.append([an_append(b"x" * (768 << 10))])

        assert log.head() == 1
        assert len(log.about().replicas) >= 2


def test_what_is_confirmed_is_on_the_disk_and_the_pages_say_so() -> None:
    told = re.sub(r"#.*", "", SHIPPED.read_text())

    assert re.search(r"jetstream \{[^}]*sync_interval: always\n[^}]*\}", told)
