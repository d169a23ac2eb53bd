"""Credentials of NATS: the file that an address names lets presslog in, and nothing else does."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from clusters.nats import NatsCluster
from clusters.nats_keys import guarded
from examples import an_append

from presslog.store.engines.jetstream import JetStreamLog
from presslog.store.errors import ConfigError, LogUnavailable

LIMIT_SECONDS = 3.0


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[NatsCluster]:
    """A server that knows one user, whose file of credentials is beside it."""
    (tmp_path / "nats").mkdir()
    settings, creds = guarded()
    (tmp_path / "presslog.creds").write_text(creds)
    cluster = NatsCluster(tmp_path / "nats", more=settings)
    cluster.start()
    yield cluster
    cluster.stop()


@pytest.fixture
def creds(cluster: NatsCluster, tmp_path: Path) -> Path:
    return tmp_path / "presslog.creds"


def test_the_file_of_credentials_lets_a_log_in(cluster: NatsCluster, creds: Path, folder: Path) -> None:
    with closing(JetStreamLog(cluster.url(creds=creds), folder)) as log:
        log.append([an_append(b"news")])

        assert [event.data for event in log.read(0, 10)] == [b"news"]


def test_nobody_is_let_in_without(cluster: NatsCluster, folder: Path) -> None:
    with pytest.raises(LogUnavailable, match=r"Authorization|reset by peer"):
        JetStreamLog(cluster.url(), folder, limit_seconds=LIMIT_SECONDS)


def test_the_key_of_somebody_else_is_of_no_use(cluster: NatsCluster, creds: Path, folder: Path) -> None:
    creds.write_text(guarded()[1])

    with pytest.raises(LogUnavailable, match=r"Authorization|reset by peer"):
        JetStreamLog(cluster.url(creds=creds), folder, limit_seconds=LIMIT_SECONDS)


def test_a_file_that_holds_no_credentials_is_refused_with_the_remedy(
    cluster: NatsCluster, creds: Path, folder: Path
) -> None:
    whole = creds.read_text()
    for damaged in ("", whole.replace("SEED", "SAND"), whole.replace("SU", "SV"), "\udcff" * 3):
        creds.write_bytes(damaged.encode(errors="surrogateescape"))

        with pytest.raises(ConfigError, match=f"creds={creds} is no file of NATS credentials: make one"):
            JetStreamLog(cluster.url(creds=creds), folder, limit_seconds=LIMIT_SECONDS)
