"""The PostgreSQL engine where its server answers nothing: an append is given up in time, and asked again."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from clusters.postgres import PostgresCluster
from examples import an_append, until

from presslog.store.engines.postgres import PostgresLog
from presslog.store.errors import LogUnavailable
from presslog.store.log import Receipt

LIMIT_SECONDS = 2.0


@pytest.fixture
def log(postgres_cluster: PostgresCluster, folder: Path) -> Iterator[PostgresLog]:
    """A log with one event."""
    with closing(PostgresLog(postgres_cluster.url(), folder, limit_seconds=LIMIT_SECONDS)) as log:
        log.append([an_append(b"first")])
        yield log


def wait_for(standbys: str, postgres_cluster: PostgresCluster) -> None:
    postgres_cluster.ask(f"alter system set synchronous_standby_names = '{standbys}'")
    postgres_cluster.ask("select pg_reload_conf()")


@pytest.mark.timeout(60)
def test_a_standby_that_is_away_is_not_waited_for_without_end(
    log: PostgresLog, postgres_cluster: PostgresCluster
) -> None:
    news = an_append(b"news")
    wait_for("ANY 1 (nobody)", postgres_cluster)

    for said in ("does not answer", "see to its standbys", "see to its standbys"):
        with pytest.raises(LogUnavailable, match=said):
            log.append([news])
        assert log.head() == 1, "nobody sees what no standby has"
    assert int(postgres_cluster.ask("select count(*) from pg_stat_activity where application_name = 'presslog'")) <= 4

    wait_for("", postgres_cluster)
    assert log.append([news]) == [Receipt(2, 2, repeated=True)]
    assert [event.data for event in log.read(0, 10)] == [b"first", b"news"]


@pytest.mark.timeout(60)
def test_a_wait_for_standbys_that_somebody_cancels_confirms_nothing(
    log: PostgresLog, postgres_cluster: PostgresCluster
) -> None:
    news = an_append(b"news")
    wait_for("ANY 1 (nobody)", postgres_cluster)
    waiting = "from pg_stat_activity where wait_event = 'SyncRep'"

    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(log.append, [news])
        until(lambda: postgres_cluster.ask(f"select count(*) {waiting}") == "1")
        postgres_cluster.ask(f"select pg_cancel_backend(pid) {waiting}")
        with pytest.raises(LogUnavailable, match="gave up waiting for its standbys: ask again"):
            asked.result(30)

    with pytest.raises(LogUnavailable):
        log.append([news])
    wait_for("", postgres_cluster)
    assert log.append([news]) == [Receipt(2, 2, repeated=True)]


@pytest.mark.timeout(60)
def test_a_server_that_stands_still_is_given_up(log: PostgresLog, postgres_cluster: PostgresCluster) -> None:
    news = an_append(b"news")
    postgres_cluster.pause(0)

    with pytest.raises(LogUnavailable, match="does not answer"):
        log.append([news])

    postgres_cluster.resume(0)
    [receipt] = log.append([news])
    assert isinstance(receipt, Receipt)
    assert [event.data for event in log.read(0, 10)] == [b"first", b"news"]
