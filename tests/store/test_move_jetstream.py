"""What is different where a log is moved into JetStream, which neither erases nor skips a position."""

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import nats
import pytest
from clusters.nats import NatsCluster
from clusters.proxy import Proxy
from examples import an_append, an_event, until

from presslog.store.engines.jetstream import MAX_EVENT_BYTES, JetStreamLog
from presslog.store.engines.jetstream_receiver import JetStreamReceiver, seal
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import StoreUnsafe
from presslog.store.events import ArticleRedacted, encode
from presslog.store.log import Erasure, Stored
from presslog.store.move import move
from presslog.store.opening import address_of, open_log

LOG_ID = "a-log"


@pytest.fixture
def address(nats_logs: Callable[[], str]) -> str:
    """Where a log can be that is not there yet."""
    return nats_logs()


@pytest.fixture
def receiver(address: str, folder: Path) -> Iterator[JetStreamReceiver]:
    """A receiver that has nothing yet."""
    with closing(JetStreamReceiver(address, folder, LOG_ID)) as receiver:
        yield receiver


def some(count: int, *, begin: int = 1, data: bytes = b"{}") -> list[Stored]:
    """So many events, each of a stream of its own."""
    first = Stored(begin, "", "a key", 0, 1641442471.25, "", "note", data, b"{}")
    numbers = range(begin, begin + count)
    return [first._replace(position=number, stream=f"article/{number}", id=f"id-{number}") for number in numbers]


def asked(address: str, name: str, request: dict[str, Any] | None = None, *, kind: str = "LOG") -> dict[str, Any]:
    """What the interface of JetStream answers about a stream of a log."""
    server, _, log = address.partition("?")[0].rpartition("/")

    async def ask() -> dict[str, Any]:
        client = await nats.connect(server)
        try:
            body = json.dumps(request).encode() if request else b""
            return dict(json.loads((await client.request(f"$JS.API.{name}.{log}-{kind}", body, timeout=10)).data))
        finally:
            await client.close()

    return asyncio.run(ask())


def taken(receiver: JetStreamReceiver, events: Sequence[Stored]) -> list[Stored]:
    """What is there once these were taken."""
    receiver.take(events, ())
    return receiver.log.read(0, len(events) + 10)


def test_more_events_than_a_batch_holds_are_taken_with_one_call(receiver: JetStreamReceiver) -> None:
    events = some(1201)

    assert taken(receiver, events) == events


def test_more_bytes_than_a_batch_holds_are_taken_with_one_call(receiver: JetStreamReceiver) -> None:
    events = some(24, data=bytes(700 << 10))

    receiver.take(events, ())

    assert [receiver.log.read(event.position - 1, 1) for event in events] == [[event] for event in events]


def test_events_that_are_there_already_are_not_doubled(receiver: JetStreamReceiver) -> None:
    events = some(10)
    receiver.take(events[:6], ())

    assert taken(receiver, events) == events


def test_other_events_at_their_positions_are_refused(receiver: JetStreamReceiver) -> None:
    first, second, *rest = some(10)
    receiver.take([first, second], ())

    with pytest.raises(StoreUnsafe, match="name an empty place"):
        receiver.take([first, second._replace(meta=b"{!}"), *rest], ())

    assert receiver.log.head() == 2


def test_batch_whose_answer_is_lost_is_there_once(nats_cluster: NatsCluster, folder: Path) -> None:
    events = [*some(9), *some(1, begin=10, data=b"the answer to this is lost")]
    with closing(Proxy(nats_cluster.ports[0])) as proxy:
        address = f"nats://127.0.0.1:{proxy.port}/desk?replicas=1&sync=always"
        with closing(JetStreamReceiver(address, folder, LOG_ID)) as receiver, ThreadPoolExecutor(1) as threads:
            proxy.cut_after(b"the answer to this is lost\r\n")
            taking = threads.submit(receiver.take, events, ())
            until(lambda: proxy.is_cut)
            until(lambda: nats_cluster.state(0, "desk-LOG")["state"]["messages"] == len(events))
            proxy.heal()
            taking.result(20)

            assert receiver.log.head() == len(events)
            assert receiver.log.read(0, 20) == events


def test_log_with_a_gap_is_refused(receiver: JetStreamReceiver) -> None:
    with pytest.raises(StoreUnsafe, match=r"event 4 follows event 2.*postgresql://"):
        receiver.take([*some(2), *some(2, begin=4)], ())

    receiver.take(some(2), ())
    with pytest.raises(StoreUnsafe, match="event 4 follows event 2"):
        receiver.take(some(2, begin=4), ())

    assert receiver.log.head() == 2


def test_event_that_is_too_large_for_a_message_is_named(folder: Path, address: str) -> None:
    with closing(SqliteLog(folder)) as log:
        log.append([an_append(b"small"), an_append(bytes(MAX_EVENT_BYTES + 1), stream="article/large")])

    with pytest.raises(StoreUnsafe, match=rf"event 2, note in article/large, has {MAX_EVENT_BYTES + 1} bytes.*--copy"):
        move(folder, address)

    assert not address_of(folder)


def test_move_that_was_killed_between_the_two_streams_goes_on(address: str, folder: Path) -> None:
    with closing(SqliteLog(folder)) as log:
        log.append([an_append(b"kept")], blobs=[b"bytes"])
    with closing(open_log(folder)) as log, closing(JetStreamReceiver(address, folder, log.log_id)):
        """Both streams are made, and then one looks as if it had not been."""
    assert asked(address, "STREAM.DELETE", kind="BLOB")["success"]

    move(folder, address)

    with closing(open_log(folder)) as log:
        assert [event.data for event in log.read(0, 5)] == [b"kept"]


def test_event_that_was_erased_before_the_move_arrives_erased(folder: Path, address: str) -> None:
    erased(folder)

    move(folder, address)

    with closing(open_log(folder)) as log:
        assert [bool(event.data) for event in log.read(0, 10)] == [False, True]


def erased(folder: Path) -> None:
    """Erase the first event of a log, which is appended where it is not there."""
    with closing(SqliteLog(folder)) as log:
        if not log.head():
            log.append([an_append(b'{"words":1}', stream="article/a")])
        fact = ArticleRedacted(reason="by order", revision=1, positions=(1,), digests=())
        said = an_append(events=[an_event(encode(fact), event_type="article-redacted")], stream="article/a")
        log.erase(Erasure(said, fact.positions, fact.digests))


def test_what_was_erased_since_it_arrived_has_to_be_deleted_there(folder: Path, address: str) -> None:
    with closing(SqliteLog(folder)) as log:
        log.append([an_append(b'{"words":1}', stream="article/a")])
        with closing(JetStreamReceiver(address, folder, log.log_id)) as receiver:
            receiver.take(log.read(0, 1), ())
    erased(folder)

    with pytest.raises(StoreUnsafe, match=r"cannot erase.*nats stream rm"):
        move(folder, address)
    asked(address, "STREAM.DELETE")
    move(folder, address)

    with closing(open_log(folder)) as log:
        assert [bool(event.data) for event in log.read(0, 10)] == [False, True]


def test_sealed_log_is_read_and_grows_no_more_even_where_it_was_open(address: str, folder: Path) -> None:
    with closing(JetStreamLog(address, folder)) as log:
        log.append([an_append(b"before", stream="a")])

        seal(address, "elsewhere")

        for batch in ([an_append()], [an_append(b"1", b"2")], [an_append(stream="b"), an_append(stream="c")]):
            with pytest.raises(StoreUnsafe, match="was moved to elsewhere: set engine"):
                log.append(batch)
        assert [event.data for event in log.read(0, 10)] == [b"before"]
    with closing(JetStreamLog(address, folder, readonly=True)) as reader:
        assert [event.data for event in reader.read(0, 10)] == [b"before"]
    with pytest.raises(StoreUnsafe, match="was moved to elsewhere"):
        JetStreamLog(address, folder)


def test_log_is_sealed_for_one_place(address: str, folder: Path) -> None:
    JetStreamLog(address, folder).close()

    seal(address, "here")
    seal(address, "here")

    with pytest.raises(StoreUnsafe, match="was moved to here already"):
        seal(address, "there")


def test_stream_that_somebody_else_sealed_is_refused(address: str, folder: Path) -> None:
    JetStreamLog(address, folder).close()
    config = asked(address, "STREAM.INFO")["config"]

    asked(address, "STREAM.UPDATE", {**config, "sealed": True})

    with pytest.raises(StoreUnsafe, match="sealed = True"):
        JetStreamLog(address, folder, readonly=True)
