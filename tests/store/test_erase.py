"""Erasing on every engine that can: the content of some events goes, in one step with the event that says so."""

import hashlib
import sqlite3 as plain_sqlite
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from examples import an_append, an_event

from presslog.store.engines import open_engine
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import StoreUnsafe
from presslog.store.events import Meta, read_event, salted
from presslog.store.leaf import leaf
from presslog.store.log import Append, Conflict, Erasure, EventLog, Receipt, is_erased
from presslog.store.sqlite import sqlite3

STREAM = "article/a"
SECRET = b'{"words":"the minister was never there"}'
ORIGINAL = b"The minister was never there, says the newspaper." * 40


@pytest.fixture
def log(fresh_erasing: Callable[[], str], folder: Path) -> Iterator[EventLog]:
    """An empty log of each engine that can erase in turn."""
    with closing(open_engine(fresh_erasing(), folder, readonly=False)) as log:
        yield log


def told(log: EventLog, *secrets: bytes, stream: str = STREAM, blobs: tuple[bytes, ...] = ()) -> list[int]:
    """Events of a stream, each with a salt; their positions."""
    events = [an_event(secret, meta=salted(Meta(host="desk.example"))) for secret in secrets]
    [receipt] = log.append([an_append(events=events, stream=stream)], blobs=blobs)
    assert isinstance(receipt, Receipt)
    return list(range(receipt.first, receipt.last + 1))


def said(expected: int, key: str = "redacted:1", stream: str = STREAM) -> Append:
    event = an_event(b'{"reason":"court"}', event_type="article-redacted", meta=salted(Meta(actor="operator:ada")))
    return Append(stream, [event], expected, key)


def test_content_goes_and_everything_else_of_an_event_stays(log: EventLog) -> None:
    positions = told(log, SECRET, SECRET + b" ")
    before = log.read(0, 10)

    receipt = log.erase(Erasure(said(positions[-1]), positions))

    after = log.read(0, 10)
    assert receipt == Receipt(3, 3, repeated=False)
    assert [is_erased(event) for event in after] == [True, True, False]
    assert [event[:7] for event in after[:2]] == [event[:7] for event in before]
    assert [read_event(event).fact for event in after[:2]] == [None, None]
    assert [leaf(event) for event in after[:2]] == [leaf(event) for event in before]
    assert log.head() == 3
    assert log.last(STREAM) == after[-1]


def test_blobs_go_with_it_and_others_stay(log: EventLog) -> None:
    positions = told(log, SECRET, blobs=(ORIGINAL, b"another story"))
    gone, kept = (hashlib.sha256(each).hexdigest() for each in (ORIGINAL, b"another story"))

    log.erase(Erasure(said(positions[-1]), positions, [gone, "00" * 32]))

    with pytest.raises(KeyError):
        log.blobs.get(gone)
    assert log.blobs.get(kept) == b"another story"


def test_other_events_of_the_stream_and_other_streams_stay(log: EventLog) -> None:
    first, second = told(log, SECRET, b"{}")
    others = told(log, SECRET, stream="article/b")

    log.erase(Erasure(said(second), [first]))

    assert [event.data for event in log.read(0, 10)] == [b"", b"{}", SECRET, b'{"reason":"court"}']
    assert [event.data for event in log.read(0, 10, "article/b")] == [SECRET]
    assert [event.position for event in log.read(0, 10, STREAM)] == [first, second, others[-1] + 1]


def test_a_stream_that_has_moved_on_is_left_as_it_is(log: EventLog) -> None:
    positions = told(log, SECRET, blobs=(ORIGINAL,))
    told(log, SECRET)

    answer = log.erase(Erasure(said(positions[-1]), positions, [hashlib.sha256(ORIGINAL).hexdigest()]))

    assert answer == Conflict(2)
    assert [event.data for event in log.read(0, 10)] == [SECRET, SECRET]
    assert log.blobs.get(hashlib.sha256(ORIGINAL).hexdigest()) == ORIGINAL


def test_the_same_order_again_is_answered_and_changes_nothing(log: EventLog) -> None:
    positions = told(log, SECRET)
    order = Erasure(said(positions[-1]), positions)
    first = log.erase(order)
    log.blobs.put(ORIGINAL)

    again = log.erase(order._replace(digests=[hashlib.sha256(ORIGINAL).hexdigest()]))

    assert isinstance(first, Receipt)
    assert again == first._replace(repeated=True)
    assert log.head() == 2
    assert log.blobs.get(hashlib.sha256(ORIGINAL).hexdigest()) == ORIGINAL


def test_events_of_another_stream_are_not_erased(log: EventLog) -> None:
    positions = told(log, SECRET)
    others = told(log, SECRET, stream="article/b")

    for strangers in (others, [99]):
        with pytest.raises(StoreUnsafe, match=r"not of article/a: nothing was erased"):
            log.erase(Erasure(said(positions[-1]), [*positions, *strangers]))

    assert [event.data for event in log.read(0, 10)] == [SECRET, SECRET]


def test_what_was_erased_does_not_come_back_under_its_key(log: EventLog) -> None:
    append = an_append(SECRET, stream=STREAM, key="k")
    [receipt] = log.append([append])
    log.erase(Erasure(said(1), [1]))

    [again] = log.append([append])

    assert isinstance(receipt, Receipt)
    assert again == receipt._replace(repeated=True)
    assert log.read(0, 1)[0].data == b""


def test_the_stream_goes_on_after_it(log: EventLog) -> None:
    positions = told(log, SECRET)
    log.erase(Erasure(said(positions[-1]), positions))

    answers = log.append([an_append(b"{}", stream=STREAM, expected=2)])

    assert answers == [Receipt(3, 3, repeated=False)]
    assert log.erase(Erasure(said(3, key="redacted:3"), [3])) == Receipt(4, 4, repeated=False)


@pytest.mark.parametrize("fresh_durable", ["sqlite", "postgresql"], indirect=True)
def test_an_erased_log_is_erased_after_a_restart(reopen: Callable[..., EventLog]) -> None:
    log = reopen()
    positions = told(log, SECRET)
    log.erase(Erasure(said(positions[-1]), positions))

    events = reopen().read(0, 10)

    assert [is_erased(event) for event in events] == [True, False]


def triggers(path: Path) -> list[tuple[str, str]]:
    with closing(plain_sqlite.connect(path)) as connection:
        return connection.execute("select name, sql from sqlite_master where type = 'trigger' order by name").fetchall()


def test_the_log_is_append_only_as_before(sqlite_log: SqliteLog) -> None:
    positions = told(sqlite_log, SECRET, blobs=(ORIGINAL,))
    before = triggers(sqlite_log.path)

    sqlite_log.erase(Erasure(said(positions[-1]), positions))

    assert triggers(sqlite_log.path) == before
    assert len(before) == 7
    for statement in ("update events set data = x'00'", "delete from blobs", "delete from events"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            by_sql(sqlite_log, statement)


def by_sql(log: SqliteLog, statement: str) -> None:
    assert log._writer
    with log._writer.used() as writer:
        writer.execute(statement)


def test_zeros_stand_where_the_words_were(sqlite_log: SqliteLog) -> None:
    words = [b'{"n":%d,"words":"%s"}' % (number, b"never there " * 2000) for number in range(4)]
    told(sqlite_log, *words[:2], stream="article/b")
    positions = told(sqlite_log, *words[2:], blobs=(bytes(range(256)) * 100,))
    told(sqlite_log, b'{"n":5}', stream="article/b")

    sqlite_log.erase(Erasure(said(positions[-1]), positions, [hashlib.sha256(bytes(range(256)) * 100).hexdigest()]))

    by_sql(sqlite_log, "pragma wal_checkpoint(truncate)")
    content = sqlite_log.path.read_bytes()
    assert content.count(b"never there " * 20) == pytest.approx(2 * 2000 / 20, abs=30)
    assert bytes(range(256)) not in content
    assert sqlite_log.path.with_name("log.db-wal").stat().st_size == 0


def test_what_moves_from_page_to_page_leaves_no_copy(sqlite_log: SqliteLog) -> None:
    """The first events of a log stand in the root page of their table, until it becomes the top of a tree."""
    positions = told(sqlite_log, SECRET)
    told(sqlite_log, *(b'{"words":"%s"}' % (b"x" * 3000) for _ in range(20)), stream="article/b")

    sqlite_log.erase(Erasure(said(positions[-1]), positions))

    by_sql(sqlite_log, "pragma wal_checkpoint(truncate)")
    assert SECRET not in sqlite_log.path.read_bytes()
