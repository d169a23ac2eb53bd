"""A proof shows an event to somebody who has neither the log nor presslog."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from notaries import a_notary, caught_up, grow

from presslog.store.check_proof import check
from presslog.store.errors import Behind, NotFound, NotProven, StoreUnsafe
from presslog.store.leaf import erased_meta
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


def test_meta_of_several_lines_is_no_event_of_presslog(notary: Notary) -> None:
    log = notary._log
    log._events[6] = log._events[6]._replace(meta=b"{\n}")

    with pytest.raises(StoreUnsafe, match="several lines"):
        prove(log, notary, 7)
