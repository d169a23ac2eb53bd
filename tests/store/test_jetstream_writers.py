"""The JetStream engine under several writers, long streams and many events; and it answers as the model does."""

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from examples import an_append
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.store.engines.jetstream import JetStreamLog
from presslog.store.engines.jetstream_histories import Histories
from presslog.store.engines.memory import MemoryLog
from presslog.store.errors import KeyReused
from presslog.store.log import ANY, Append, Conflict, EventLog, Receipt

FEW_APPENDS = st.builds(
    lambda stream, contents, expected, key: an_append(*contents, stream=stream, expected=expected, key=key),
    st.sampled_from(["a", "b"]),
    st.lists(st.sampled_from([b"x", b"y"]), min_size=1, max_size=2),
    st.sampled_from([ANY, ANY, 0, 1, 2, 3]),
    st.sampled_from(["k1", "k2", "k3", "k4"]),
)
FEW_BATCHES = st.lists(st.lists(FEW_APPENDS, max_size=3), max_size=8)


@pytest.fixture
def hosts(nats_logs: Callable[[], str], tmp_path: Path) -> Iterator[list[JetStreamLog]]:
    """Two hosts that write to one log."""
    address = nats_logs()
    logs = [JetStreamLog(address, tmp_path / f"host{number}") for number in range(2)]
    yield logs
    for log in logs:
        log.close()


def answered(log: EventLog, batch: list[Append]) -> object:
    """What a log answers, an expected refusal included."""
    try:
        return log.append(batch)
    except KeyReused:
        return KeyReused


@pytest.mark.parametrize("is_synced", [True, False])
@settings(max_examples=60)
@given(batches=FEW_BATCHES)
def test_it_answers_as_the_memory_engine_does(
    nats_logs: Callable[[], str], batches: list[list[Append]], is_synced: bool
) -> None:
    model = MemoryLog(now=lambda: 1.0)
    address = nats_logs() if is_synced else nats_logs().replace("&sync=always", "")

    with TemporaryDirectory() as folder, closing(JetStreamLog(address, Path(folder), now=lambda: 1.0)) as log:
        answers = [(answered(model, batch), answered(log, batch)) for batch in batches]
        stored, head = log.read(0, 1000), log.head()

    assert [ours for _, ours in answers] == [theirs for theirs, _ in answers]
    assert (stored, head) == (model.read(0, 1000), model.head())


@settings(max_examples=60)
@given(batches=FEW_BATCHES)
def test_hosts_that_take_turns_answer_as_one(nats_logs: Callable[[], str], batches: list[list[Append]]) -> None:
    model, address = MemoryLog(now=lambda: 1.0), nats_logs()
    turns = [[append] for batch in batches for append in batch]

    with TemporaryDirectory() as folder:
        logs = [JetStreamLog(address, Path(folder, str(host)), now=lambda: 1.0) for host in range(2)]
        pairs = [(answered(model, turn), answered(logs[number % 2], turn)) for number, turn in enumerate(turns)]
        stored = logs[0].read(0, 1000)
        for log in logs:
            log.close()

    assert [ours for _, ours in pairs] == [theirs for theirs, _ in pairs]
    assert stored == model.read(0, 1000)


def test_the_same_key_from_two_hosts_at_once_is_stored_once(hosts: list[JetStreamLog]) -> None:
    appends = [an_append(b"1", b"2", stream=f"article/{number}", expected=0) for number in range(200)]

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(lambda log: log.append(appends), hosts)

    assert [answer[:2] for answer in one] == [answer[:2] for answer in other]
    assert (
        sorted(each.repeated for pair in zip(one, other, strict=True) for each in pair) == [False] * 200 + [True] * 200
    )
    assert hosts[0].head() == 400


def test_of_two_hosts_with_one_expectation_one_wins(hosts: list[JetStreamLog]) -> None:
    position = 0

    for _ in range(50):
        with ThreadPoolExecutor(2) as threads:
            answers = [*threads.map(lambda log: log.append([an_append(expected=position)])[0], hosts)]  # noqa: B023
        [receipt] = [answer for answer in answers if isinstance(answer, Receipt)]
        position = receipt.last
        assert set(answers) == {receipt, Conflict(position)}


def test_a_key_of_another_host_with_other_events_is_refused(hosts: list[JetStreamLog]) -> None:
    hosts[0].append([an_append(b"one", key="k")])

    with pytest.raises(KeyReused):
        hosts[1].append([an_append(stream="other"), an_append(b"two", key="k")])

    assert hosts[1].head() == 1


def test_the_same_content_from_two_hosts_is_one_blob(hosts: list[JetStreamLog]) -> None:
    content = bytes(range(256)) * 20_000 + random.Random(3).randbytes(3_000_000)

    with ThreadPoolExecutor(2) as threads:
        digests = set(threads.map(lambda log: log.blobs.put(content), hosts))

    [digest] = digests
    assert [log.blobs.get(digest) for log in hosts] == [content, content]


def test_ten_thousand_events_are_read_in_pages(hosts: list[JetStreamLog]) -> None:
    writer, reader = hosts
    for start in range(0, 10_000, 500):
        writer.append([an_append(str(start + number).encode(), stream=f"s{number}") for number in range(500)])

    after, data = 0, list[bytes]()
    while page := reader.read(after, 700):
        after = page[-1].position
        data += [event.data for event in page]

    assert data == [str(number).encode() for number in range(10_000)]
    assert len(reader.read(0, 1000, "s7")) == 20


def test_a_page_is_bounded_by_its_bytes(hosts: list[JetStreamLog]) -> None:
    writer, reader = hosts
    for number in range(30):
        writer.append([an_append(b"x" * 700_000, stream=f"s{number}")])

    pages, after = [], 0
    while page := reader.read(after, 1000):
        pages.append(len(page))
        after = page[-1].position

    assert sum(pages) == 30
    assert max(pages) < 15


def test_a_key_in_a_stream_of_thousands_is_known_to_a_host_that_comes_later(hosts: list[JetStreamLog]) -> None:
    first, other = hosts
    early = an_append(b"early", stream="feed")
    [receipt] = first.append([early])
    for _ in range(8):
        first.append([an_append(*[b"x"] * 500, stream="feed")])

    answers = other.append([early])

    assert answers == [receipt._replace(repeated=True)]
    assert other.append([an_append(stream="feed", expected=4001)]) == [Receipt(4002, 4002, repeated=False)]


def test_streams_that_were_used_least_recently_are_forgotten() -> None:
    histories = Histories(most_keys=3)
    for number, name in enumerate(("old", "used", "new"), 1):
        histories.note(name, "k", Receipt(number, number, repeated=False), after=0)
    histories.get("old")

    histories.note("newest", "k", Receipt(4, 4, repeated=False), after=0)

    assert [name for name in ("old", "used", "new", "newest") if histories.get(name)] == ["old", "new", "newest"]


def test_a_history_with_a_gap_is_not_gone_on_with() -> None:
    histories = Histories()
    histories.note("s", "k1", Receipt(1, 1, repeated=False), after=0)

    histories.note("s", "k3", Receipt(5, 5, repeated=False), after=3)

    history = histories.get("s")
    assert history
    assert (history.last, sorted(history.receipts)) == (1, ["k1"])
