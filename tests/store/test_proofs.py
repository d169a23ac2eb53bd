"""A proof shows an event to somebody who has neither the log nor presslog."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from examples import an_append, an_event
from notaries import a_notary, caught_up, grow

from presslog.store.check_proof import check
from presslog.store.engines.memory import MemoryLog
from presslog.store.errors import Behind, NotFound, NotProven, StoreUnsafe
from presslog.store.events import Meta, salted
from presslog.store.leaf import erased_meta
from presslog.store.merkle import fold
from presslog.store.notary import Notary
from presslog.store.proofs import prove


@pytest.fixture
def notary(tmp_path: Path) -> Iterator[Notary]:
    with closing(a_notary(tmp_path)) as notary:
        grow(notary._log, 300)
        caught_up(notary)
        yield notary


@pytest.mark.parametrize("position", [1, 2, 256, 257, 300, 301])
def test_every_event_is_proved_as_it_stands_in_the_log(notary: Notary, position: int) -> None:
    log = notary._log

    proven = check(prove(log, notary, position).encode())

    event = log.read(position - 1, 1)[0]
    assert proven.entry[:7] == (*event[:7],)
    assert proven.data == event.data
    assert (proven.checkpoint.origin, proven.checkpoint.size) == (f"presslog/{log.log_id}", 301)


def test_event_that_is_not_there_or_not_signed_yet_has_no_proof(notary: Notary) -> None:
    with pytest.raises(NotFound):
        prove(notary._log, notary, 302)
    with pytest.raises(NotFound):
        prove(notary._log, notary, 0)
    grow(notary._log, 1)
    with pytest.raises(Behind):
        prove(notary._log, notary, 302)


def test_event_that_was_altered_since_is_not_proved(notary: Notary) -> None:
    log = notary._log
    log._events[6] = log._events[6]._replace(data=b'{"n":"altered"}')

    with pytest.raises(NotProven, match="does not lead"):
        prove(log, notary, 7)


def test_erased_event_is_proved_without_its_content(notary: Notary) -> None:
    log = notary._log
    log._events[6] = log._events[6]._replace(data=b"", meta=erased_meta(log._events[6]))

    proven = check(prove(log, notary, 7).encode())

    assert (proven.entry.position, proven.data) == (7, None)


def tiles_of_a_million(first: bytes) -> list[tuple[int, int, bytes]]:
    """The tiles that a proof of the first events needs, where all events after ``first`` have one and the same leaf."""
    leaf = b"x" * 32
    whole = fold(leaf * 256)
    first += leaf * (256 - len(first) // 32)
    second = fold(first) + whole * 255
    return [
        *((0, 0, first), (0, 3906, leaf * 64)),
        *((1, 0, second), *((1, number, whole * 256) for number in range(1, 15)), (1, 15, whole * 66)),
        (2, 0, fold(second) + fold(whole * 256) * 14),
    ]


def test_proof_at_a_million_events_has_at_most_2_kb_beside_what_the_event_says(tmp_path: Path) -> None:
    log, size = MemoryLog(), 1_000_000
    with closing(a_notary(tmp_path, log)) as notary:
        meta = salted(Meta(host="newsroom-archive-1", version="0.1.0", actor="operator:somebody", cause="a" * 36))
        event = an_event(b'{"article":{}}', event_type="article-withdrawn", meta=meta)
        log.append([an_append(events=[event], stream="article/art_4toohzf3mbfdnomj", key=f"{'0' * 64}:123456")])
        notary.advance()
        rows = tiles_of_a_million(notary.tile(0, 0))
        notary._connection.executemany("insert or replace into tiles values (?, ?, ?)", rows)
        notary.sign()

        proof = prove(log, notary, 2)

    assert check(proof.encode()).checkpoint.size == size
    assert len(proof.encode()) - len(event.data) * 4 // 3 <= 2048


def test_meta_of_several_lines_is_no_event_of_presslog(notary: Notary) -> None:
    log = notary._log
    log._events[6] = log._events[6]._replace(meta=b"{\n}")

    with pytest.raises(StoreUnsafe, match="several lines"):
        prove(log, notary, 7)
