"""The JetStream engine when servers and connections fail: nothing is lost, doubled or taken for what it is not."""

import asyncio
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path

import nats
import pytest
from clusters.nats import NatsCluster
from clusters.proxy import Proxy
from examples import an_append, until

from presslog.store.engines.jetstream import JetStreamLog
from presslog.store.errors import LogDiverged, LogUnavailable
from presslog.store.log import Append, Receipt, Stored

LIMIT_SECONDS = 3.0


@pytest.fixture
def proxy(nats_cluster: NatsCluster) -> Iterator[Proxy]:
    """A way to it that can be cut."""
    with closing(Proxy(nats_cluster.ports[0])) as proxy:
        yield proxy


def opened(address: str, folder: Path) -> JetStreamLog:
    """A log whose calls are given up soon."""
    return JetStreamLog(address, folder, limit_seconds=LIMIT_SECONDS)


def through(proxy: Proxy) -> str:
    return f"nats://127.0.0.1:{proxy.port}/desk?replicas=1&sync=always"


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("others", [0, 2])
def test_a_lost_answer_leaves_one_copy(proxy: Proxy, folder: Path, count: int, others: int) -> None:
    lost = an_append(*[b"before"] * (count - 1), b"the answer to this is lost")
    batch = [*(an_append(stream=f"s{number}") for number in range(others)), lost]
    with closing(opened(through(proxy), folder)) as log:
        proxy.cut_after(b"the answer to this is lost\r\n")

        with pytest.raises(LogUnavailable):
            log.append(batch)
        assert proxy.is_cut
        proxy.heal()
        answers = log.append(batch)

        stored = [event for event in log.read(0, 10) if event.key == lost.key]
        assert [event.index for event in stored] == list(range(count))
        assert answers[-1] == Receipt(stored[0].position, stored[-1].position, repeated=True)
        assert log.head() == count + others


def test_a_lost_answer_is_found_out_by_itself_where_the_way_is_open_again(proxy: Proxy, folder: Path) -> None:
    with closing(opened(through(proxy), folder)) as log, ThreadPoolExecutor(1) as threads:
        proxy.cut_after(b"lost\r\n")
        appending = threads.submit(log.append, [an_append(b"lost", expected=0)])
        until(lambda: proxy.is_cut)

        proxy.heal()

        assert appending.result(20) == [Receipt(1, 1, repeated=False)]
        assert log.head() == 1


def test_a_log_goes_on_after_its_server_was_away(nats_cluster: NatsCluster, folder: Path) -> None:
    with closing(opened(nats_cluster.url("desk"), folder)) as log:
        [first] = log.append([an_append(b"before")])
        nats_cluster.kill(0)
        nats_cluster.start(0)

        [second] = log.append([an_append(b"after", expected=first.last)])

        assert [event.data for event in log.read(0, 10)] == [b"before", b"after"]
        assert log.head() == second.last


@pytest.mark.parametrize("attempt", range(3))
def test_what_had_a_receipt_is_there_after_the_server_was_killed(
    nats_cluster: NatsCluster, folder: Path, attempt: int
) -> None:
    receipts: list[Receipt] = []

    def write(log: JetStreamLog) -> None:
        with suppress(LogUnavailable):
            while True:
                receipts.extend(log.append([an_append(b"1", b"2", stream=f"s{len(receipts)}")]))

    with closing(opened(nats_cluster.url("desk"), folder)) as log, ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write, log)
        until(lambda: len(receipts) > 20 + 17 * attempt)
        nats_cluster.kill(0)
        writing.result(30)

    nats_cluster.start(0)
    with closing(opened(nats_cluster.url("desk"), folder)) as log:
        positions = {event.position for event in log.read(0, 10_000)}
    assert {position for receipt in receipts for position in (receipt.first, receipt.last)} <= positions
    assert len(positions) % 2 == 0


def test_a_follower_and_the_head_outlive_a_restart_of_the_server(nats_cluster: NatsCluster, folder: Path) -> None:
    stop, seen, heads = threading.Event(), list[Stored](), list[int]()

    def follow(log: JetStreamLog) -> None:
        for page in log.follow(0, stop=stop):
            seen.extend(page)

    def poll(log: JetStreamLog) -> None:
        while not stop.is_set():
            with suppress(LogUnavailable):
                heads.append(log.head())

    with closing(opened(nats_cluster.url("desk"), folder)) as log, ThreadPoolExecutor(2) as threads:
        doing = [threads.submit(follow, log), threads.submit(poll, log)]
        try:
            for number in range(60):
                if number in (20, 40):
                    nats_cluster.kill(0)
                    nats_cluster.start(0)
                told(log, an_append(str(number).encode(), stream=f"s{number % 7}"))
            until(lambda: len(seen) >= 60 or doing[0].done(), 30)
        finally:
            stop.set()
        for each in doing:
            each.result(30)

    assert [event.data for event in seen] == [str(number).encode() for number in range(60)]
    assert heads == sorted(heads)


def told(log: JetStreamLog, append: Append) -> None:
    """Append as the port asks for it: again, where nothing is known of the outcome."""
    while True:
        with suppress(LogUnavailable):
            log.append([append])
            return


def test_a_log_restored_from_an_older_copy_is_recognised(
    nats_cluster: NatsCluster, folder: Path, tmp_path: Path
) -> None:
    with closing(opened(nats_cluster.url("desk"), folder)) as log:
        log.append([an_append(b"old")])
    nats_cluster.stop()
    shutil.copytree(nats_cluster.stores[0], tmp_path / "copy")
    nats_cluster.start()
    with closing(opened(nats_cluster.url("desk"), folder)) as log:
        log.append([an_append(b"lost", stream="s")])
        followed = log.read(1, 1)[0]

        put_back(nats_cluster, tmp_path / "copy")

        with pytest.raises(LogDiverged):
            log.check(followed.position, followed.id)
        with pytest.raises(LogDiverged, match="put back from an older copy"):
            log.wait(followed.position, 60)
        log.append([an_append(b"other", stream="s", expected=0)])
        with pytest.raises(LogDiverged):
            log.check(followed.position, followed.id)


def put_back(nats_cluster: NatsCluster, copy: Path) -> None:
    nats_cluster.stop()
    shutil.rmtree(nats_cluster.stores[0])
    shutil.copytree(copy, nats_cluster.stores[0])
    nats_cluster.start()


def test_another_log_under_the_same_name_is_recognised(nats_cluster: NatsCluster, folder: Path, tmp_path: Path) -> None:
    with closing(opened(nats_cluster.url("desk"), folder)) as log:
        log.append([an_append(b"old")])
        asyncio.run(removed(nats_cluster, "desk-LOG"))
        with closing(JetStreamLog(nats_cluster.url("desk"), tmp_path / "other")) as other:
            other.append([an_append(b"new"), an_append(b"newer")])

            with pytest.raises(LogDiverged, match="another log than before"):
                log.wait(1, 5)


async def removed(nats_cluster: NatsCluster, stream: str) -> None:
    client = await nats.connect(f"nats://127.0.0.1:{nats_cluster.ports[0]}")
    await client.jetstream().delete_stream(stream)
    await client.close()


def test_a_frozen_server_is_given_up_in_time(nats_cluster: NatsCluster, folder: Path) -> None:
    with closing(opened(nats_cluster.url("desk"), folder)) as log:
        append = an_append(b"1")
        nats_cluster.pause(0)
        with pytest.raises(LogUnavailable), ThreadPoolExecutor(1) as threads:
            threads.submit(log.append, [append]).result(30)

        nats_cluster.resume(0)

        told(log, append)
        assert [event.data for event in log.read(0, 10)] == [b"1"]
