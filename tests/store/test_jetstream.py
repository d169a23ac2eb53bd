"""The JetStream engine where it is more than the contract: what it refuses, what it warns of, how its streams are."""

import asyncio
import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import nats
import pytest
from clusters.nats import NatsCluster
from clusters.proxy import Proxy
from examples import an_append, an_event

from presslog.store.engines.jetstream import JetStreamLog
from presslog.store.engines.jetstream_address import parsed
from presslog.store.errors import (
    ConfigError,
    EventTooLarge,
    LogUnavailable,
    NoSuchStore,
    StoreLocked,
    StoreUnsafe,
)
from presslog.store.log import Erasure

SOUND: dict[str, Any] = {
    "name": "desk-LOG",
    "subjects": ["desk.ev.*"],
    "retention": "limits",
    "storage": "file",
    "discard": "new",
    "num_replicas": 1,
    "deny_delete": True,
    "deny_purge": True,
    "allow_direct": True,
    "allow_atomic": True,
    "metadata": {"presslog_log_id": "made-by-hand"},
}
UNSOUND: dict[str, dict[str, Any]] = {
    "deny_delete": {"deny_delete": False},
    "deny_purge": {"deny_purge": False},
    "storage": {"storage": "memory"},
    "max_msgs": {"max_msgs": 1000},
    "max_bytes": {"max_bytes": 1 << 30},
    "max_age": {"max_age": 10**12},
    "max_msgs_per_subject": {"max_msgs_per_subject": 5},
    "max_msg_size": {"max_msg_size": 1000},
    "discard": {"discard": "old"},
    "retention": {"retention": "interest"},
    "allow_atomic": {"allow_atomic": False},
    "allow_direct": {"allow_direct": False},
    "subjects": {"subjects": ["desk.>"]},
    "presslog_log_id": {"metadata": {}},
}
REFUSED_ADDRESSES = {
    "nats://ada:secret@desk/log": "creds=FILE",
    "nats://secret@desk/log": "creds=FILE",
    "nats://desk/log?replicas=2": "there are 1, 3, 5",
    "nats://desk/log?colour=red": "unknown colour",
    "nats://desk/log?sync=never": "sync=always",
    "nats://desk/a.b": "letters, digits",
    "nats://desk/log?creds=/nowhere/desk.creds": "no file '/nowhere/desk.creds'",
    "nats:///log": "a server is missing",
}


@pytest.fixture
def address(nats_logs: Callable[[], str]) -> str:
    """Where a log can be that is not there yet."""
    return nats_logs()


def asked(nats_cluster: NatsCluster, name: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the interface of JetStream answers to anybody, refusals too."""
    return told(nats_cluster, f"$JS.API.{name}", b"" if request is None else json.dumps(request).encode())


def told(nats_cluster: NatsCluster, subject: str, body: bytes) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        client = await nats.connect(f"nats://127.0.0.1:{nats_cluster.ports[0]}")
        try:
            return dict(json.loads((await client.request(subject, body, timeout=10)).data))
        finally:
            await client.close()

    return asyncio.run(ask())


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_an_address_that_means_nothing_is_refused(address: str) -> None:
    with pytest.raises(ConfigError, match=REFUSED_ADDRESSES[address]) as refusal:
        parsed(address)

    assert "secret" not in str(refusal.value)


def test_an_address_has_defaults() -> None:
    found = parsed("nats://one,two:4333,[::1]:4222")

    assert found.servers == ["nats://one:4222", "nats://two:4333", "nats://[::1]:4222"]
    assert (found.name, found.replicas, found.is_synced) == ("presslog", 3, False)


def test_its_streams_lose_nothing_by_themselves(nats_cluster: NatsCluster, folder: Path) -> None:
    JetStreamLog(nats_cluster.url("desk"), folder).close()

    configs = [asked(nats_cluster, f"STREAM.INFO.desk-{kind}")["config"] for kind in ("LOG", "BLOB")]

    for config in configs:
        assert (config["deny_delete"], config["deny_purge"], config["storage"]) == (True, True, "file")
        assert (config["max_msgs"], config["max_bytes"], config["max_age"], config["discard"]) == (-1, -1, 0, "new")


@pytest.mark.parametrize("what", ["MSG.DELETE", "PURGE"])
def test_what_is_stored_cannot_be_taken_away(nats_cluster: NatsCluster, folder: Path, what: str) -> None:
    with closing(JetStreamLog(nats_cluster.url("desk"), folder)) as log:
        log.append([an_append(b"kept")])

        refusal = asked(nats_cluster, f"STREAM.{what}.desk-LOG", {"seq": 1} if what == "MSG.DELETE" else {})

        assert "not permitted" in refusal["error"]["description"]
        assert [event.data for event in log.read(0, 10)] == [b"kept"]


@pytest.mark.parametrize("wrong", UNSOUND)
def test_a_stream_that_cannot_keep_a_log_is_refused(nats_cluster: NatsCluster, folder: Path, wrong: str) -> None:
    made = asked(nats_cluster, "STREAM.CREATE.desk-LOG", {**SOUND, **UNSOUND[wrong]})

    with pytest.raises(StoreUnsafe, match=wrong):
        JetStreamLog(nats_cluster.url("desk"), folder)

    assert "error" not in made


def test_a_sound_stream_made_by_somebody_else_is_taken(nats_cluster: NatsCluster, folder: Path) -> None:
    asked(nats_cluster, "STREAM.CREATE.desk-LOG", SOUND)

    with closing(JetStreamLog(nats_cluster.url("desk"), folder)) as log:
        assert log.log_id == "made-by-hand"


def test_events_that_are_gone_from_the_server_are_missed(nats_cluster: NatsCluster, folder: Path) -> None:
    asked(nats_cluster, "STREAM.CREATE.desk-LOG", {**SOUND, "first_seq": 5})

    with closing(JetStreamLog(nats_cluster.url("desk"), folder)) as log:
        log.append([an_append()])

        with pytest.raises(StoreUnsafe, match="event 1 is gone and 5 is there"):
            log.read(0, 10)


def test_one_server_is_not_enough_unless_the_operator_says_so(nats_cluster: NatsCluster, folder: Path) -> None:
    with pytest.raises(StoreUnsafe, match="replicas=1"):
        JetStreamLog(nats_cluster.url("desk", replicas=3), folder)


def falsified(nats_cluster: NatsCluster, truth: bytes, lie: bytes) -> Proxy:
    return Proxy(nats_cluster.ports[0], changed=lambda piece: piece.replace(truth, lie))


def through(proxy: Proxy, name: str = "desk") -> str:
    return f"nats://127.0.0.1:{proxy.port}/{name}?replicas=1&sync=always"


@pytest.mark.parametrize(
    ("truth", "lie", "remedy"),
    [
        (b'"version":"2.', b'"version":"1.', "install 2.14 or later"),
        (b'"max_payload":1048576', b'"max_payload": 524288', "set it to 1048576"),
    ],
    ids=["old", "small"],
)
def test_a_server_that_is_too_old_or_takes_too_little_is_refused(
    nats_cluster: NatsCluster, folder: Path, truth: bytes, lie: bytes, remedy: str
) -> None:
    with closing(falsified(nats_cluster, truth, lie)) as proxy, pytest.raises(StoreUnsafe, match=remedy):
        JetStreamLog(through(proxy), folder)


def test_without_a_server_opening_ends_in_time(folder: Path) -> None:
    started = time.monotonic()

    with pytest.raises(LogUnavailable, match="see that most of its servers run"):
        JetStreamLog("nats://127.0.0.1:9/desk", folder, limit_seconds=1)

    assert time.monotonic() - started < 30


def test_a_reader_of_nothing_makes_nothing(nats_cluster: NatsCluster, folder: Path) -> None:
    with pytest.raises(NoSuchStore, match="presslog run"):
        JetStreamLog(nats_cluster.url("desk"), folder, readonly=True)

    assert asked(nats_cluster, "STREAM.NAMES")["total"] == 0
    assert not folder.exists()


def test_a_reader_appends_nothing(address: str, folder: Path, tmp_path: Path) -> None:
    with closing(JetStreamLog(address, folder)), closing(JetStreamLog(address, folder, readonly=True)) as reader:
        with pytest.raises(StoreUnsafe, match="for reading only"):
            reader.append([an_append()])
        with pytest.raises(StoreUnsafe, match="for reading only"):
            reader.blobs.put(b"raw")

        assert reader.head() == 0


def test_a_second_writer_of_one_host_is_refused(address: str, folder: Path) -> None:
    with closing(JetStreamLog(address, folder)), pytest.raises(StoreLocked):
        JetStreamLog(address, folder)


def test_hosts_that_make_a_log_at_once_make_one(address: str, tmp_path: Path) -> None:
    with ThreadPoolExecutor(6) as threads:
        logs = list(threads.map(lambda host: JetStreamLog(address, tmp_path / f"host{host}"), range(6)))

    for log in logs:
        log.close()
    assert len({log.log_id for log in logs}) == 1


def test_it_says_what_an_operator_should_know(nats_cluster: NatsCluster, folder: Path) -> None:
    unstated = nats_cluster.url("desk").replace("&sync=always", "")
    with closing(JetStreamLog(unstated, folder)) as log:
        before = log.about()
    with closing(JetStreamLog(nats_cluster.url("desk"), folder)) as log:
        stated = log.about()

    assert before.engine.startswith("NATS 2.")
    assert before.place == f"127.0.0.1:{nats_cluster.ports[0]}/desk"
    assert [warning for warning in before.warnings if "sync_interval: always" in warning]
    assert [warning for warning in stated.warnings if "sync_interval" in warning] == []
    assert [warning for warning in stated.warnings if "one copy" in warning]


def test_nothing_is_erased_and_the_way_is_named(address: str, folder: Path) -> None:
    with closing(JetStreamLog(address, folder)) as log:
        log.append([an_append(b"secret")])

        with pytest.raises(StoreUnsafe, match="presslog move"):
            log.erase(Erasure(an_append(expected=1), [1]))

        assert [event.data for event in log.read(0, 10)] == [b"secret"]


def test_the_largest_event_fits_with_a_long_name_and_much_meta(address: str, folder: Path) -> None:
    with closing(JetStreamLog(address, folder)) as log:
        event = an_event(b"x" * log.max_event_bytes, meta=b"m" * 2000)
        name = "Überschwemmung " * 250

        log.append([an_append(events=[event, event], stream=name)])

        assert [stored.stream for stored in log.read(0, 10)] == [name, name]


def test_meta_over_the_limit_of_a_message_is_refused_before_anything_is_stored(address: str, folder: Path) -> None:
    with closing(JetStreamLog(address, folder)) as log:
        with pytest.raises(EventTooLarge, match="1048576"):
            log.append([an_append(), an_append(events=[an_event(meta=b"m" * (1 << 20))])])

        assert log.head() == 0


def test_a_message_of_somebody_else_is_no_event(nats_cluster: NatsCluster, folder: Path) -> None:
    with closing(JetStreamLog(nats_cluster.url("desk"), folder)) as log:
        told(nats_cluster, "desk.ev.stranger", b"spam")

        with pytest.raises(StoreUnsafe, match="permissions of the server"):
            log.read(0, 10)


def test_a_closed_log_can_be_closed_again_and_says_so(address: str, folder: Path) -> None:
    log = JetStreamLog(address, folder)
    log.close()

    log.close()

    with pytest.raises(LogUnavailable, match="is closed"):
        log.head()


def test_closing_ends_who_waits(address: str, folder: Path) -> None:
    log = JetStreamLog(address, folder)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(log.wait, 0, 60.0)

        log.close()

        assert waiting.result(10) is False
