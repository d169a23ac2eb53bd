"""The contract of an event log as laws: what is appended is read, and the engines agree on every answer."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from examples import an_append, an_event
from hypothesis import given, settings
from hypothesis import strategies as st

from presslog.store.engines import open_engine
from presslog.store.engines.memory import MemoryLog
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import KeyReused
from presslog.store.log import ANY, Append, EventLog, NewEvent

STREAM_NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
EVENTS = st.builds(
    NewEvent, st.uuids().map(str), st.sampled_from(["note", "mark"]), st.binary(max_size=30), st.binary(max_size=9)
)
BATCHES = st.lists(st.lists(st.tuples(STREAM_NAMES, st.lists(EVENTS, min_size=1, max_size=4)), max_size=5), max_size=5)

FEW_APPENDS = st.builds(
    lambda stream, contents, expected, key: an_append(*contents, stream=stream, expected=expected, key=key),
    st.sampled_from(["a", "b"]),
    st.lists(st.sampled_from([b"x", b"y"]), min_size=1, max_size=2),
    st.sampled_from([ANY, ANY, 0, 1, 2, 3]),
    st.sampled_from(["k1", "k2", "k3", "k4"]),
)
FEW_BATCHES = st.lists(st.lists(FEW_APPENDS, max_size=3), max_size=8)


@settings(max_examples=30, deadline=None)
@given(batches=BATCHES)
def test_what_is_appended_is_read_in_order_whatever_the_batches(fresh_engine: Callable[[], str], batches: list) -> None:
    appends = [[an_append(stream=stream, events=events) for stream, events in batch] for batch in batches]

    with TemporaryDirectory() as folder:
        log = open_engine(fresh_engine(), Path(folder), readonly=False)
        for batch in appends:
            log.append(batch)
        stored = log.read(0, 1000)
        by_stream = {name: log.read(0, 1000, name) for name in {event.stream for event in stored}}
        log.close()

    expected = [(append.stream, *event) for batch in appends for append in batch for event in append.events]
    assert [(event.stream, *event[5:]) for event in stored] == expected
    assert by_stream == {name: [event for event in stored if event.stream == name] for name in by_stream}


@settings(max_examples=60, deadline=None)
@given(batches=FEW_BATCHES)
def test_sqlite_answers_as_the_memory_engine_does(batches: list[list[Append]]) -> None:
    model = MemoryLog(now=lambda: 1.0)

    with TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder), now=lambda: 1.0)
        answers = [(answered(model, batch), answered(log, batch)) for batch in batches]
        stored, head = log.read(0, 1000), log.head()
        log.close()

    assert [ours for _, ours in answers] == [theirs for theirs, _ in answers]
    assert (stored, head) == (model.read(0, 1000), model.head())


@given(numbers=st.lists(st.tuples(st.integers(0, 150), st.integers(1, 3)), min_size=60, max_size=150))
@settings(max_examples=20, deadline=None)
def test_sqlite_answers_a_large_batch_as_the_memory_engine_does(numbers: list[tuple[int, int]]) -> None:
    first = [an_append(b"x", stream=str(number), key="k") for number in range(0, 150, 7)]
    large = [an_append(*[b"x"] * count, stream=str(number), expected=0, key=f"k{count}") for number, count in numbers]
    model = MemoryLog(now=lambda: 1.0)

    with TemporaryDirectory() as folder:
        log = SqliteLog(Path(folder), now=lambda: 1.0)
        answers = [(answered(model, batch), answered(log, batch)) for batch in (first, large)]
        stored = log.read(0, 1000)
        log.close()

    assert [ours for _, ours in answers] == [theirs for theirs, _ in answers]
    assert stored == model.read(0, 1000)


@given(contents=st.lists(st.binary(max_size=20), min_size=1, max_size=20), cuts=st.sets(st.integers(1, 19)))
def test_the_cut_into_batches_changes_no_event(contents: list[bytes], cuts: set[int]) -> None:
    appends = [an_append(events=[an_event(content)]) for content in contents]
    whole, cut = MemoryLog(now=lambda: 1.0), MemoryLog(now=lambda: 1.0)
    edges = [0, *sorted(edge for edge in cuts if edge < len(appends)), len(appends)]

    whole.append(appends)
    for start, end in pairwise(edges):
        cut.append(appends[start:end])

    assert cut.read(0, 100) == whole.read(0, 100)


def answered(log: EventLog, batch: list[Append]) -> object:
    """What a log answers, an expected refusal included."""
    try:
        return log.append(batch)
    except KeyReused:
        return KeyReused
