"""The contract of an event log (log-port.md, section 2), on engines that survive a restart: restarts, kills, others."""

import shutil
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest
from examples import an_append, until
from processes import heard, running, told

from presslog.store.errors import LogDiverged
from presslog.store.log import EventLog

Reopen = Callable[..., EventLog]

APPEND_ON_EACH_LINE = """
    import sys
    from pathlib import Path
    from examples import an_append
    from presslog.store.engines import open_engine

    log = open_engine(sys.argv[2], Path(sys.argv[1]), readonly=False)
    print("open", flush=True)
    for line in sys.stdin:
        [receipt] = log.append([an_append(line.strip().encode())])
        print(receipt.last, flush=True)
    log.close()
"""

APPEND_FOR_EVER = """
    import sys
    from itertools import count
    from pathlib import Path
    from examples import an_append
    from presslog.store.engines import open_engine

    log = open_engine(sys.argv[2], Path(sys.argv[1]), readonly=False)
    for number in count():
        key = f"{sys.argv[3]}-{number}"
        [receipt] = log.append([an_append(key.encode(), b"second", key=key)], blobs=[key.encode()])
        print(receipt.first, key, flush=True)
"""


def append_in_another_process(folder: Path, engine: str, *, events: int, is_killed: bool) -> None:
    with running(APPEND_ON_EACH_LINE, folder, engine) as writer:
        assert heard(writer) == "open"
        for number in range(events):
            told(writer, str(number))
            assert heard(writer)
        if is_killed:
            writer.send_signal(signal.SIGKILL)
        writer.communicate(timeout=10)


def test_everything_is_there_after_a_restart(reopen: Reopen) -> None:
    log = reopen()
    log.append([an_append(b"1", b"2"), an_append(b"3", stream="s")], blobs=[b"raw"])
    before, log_id, digest = log.read(0, 10), log.log_id, log.blobs.put(b"raw")

    log = reopen()

    assert log.read(0, 10) == before
    assert (log.head(), log.log_id) == (before[-1].position, log_id)
    assert log.blobs.get(digest) == b"raw"


def test_the_same_key_after_a_restart_gives_the_first_receipt(reopen: Reopen) -> None:
    append = an_append(b"1", b"2")
    [first] = reopen().append([append])
    log = reopen()

    answers = log.append([append])

    assert answers == [first._replace(repeated=True)]
    assert log.head() == first.last


def test_a_key_a_thousand_appends_old_is_still_known(reopen: Reopen) -> None:
    log = reopen()
    append = an_append()
    [first] = log.append([append])
    log.append([an_append() for _ in range(1000)])

    answers = reopen().append([append])

    assert answers == [first._replace(repeated=True)]


def test_waiting_ends_soon_after_another_process_appends(folder: Path, engine: str, reopen: Reopen) -> None:
    with running(APPEND_ON_EACH_LINE, folder, engine) as writer, ThreadPoolExecutor(1) as threads:
        assert heard(writer) == "open"
        reader = reopen(readonly=True)
        waiting = threads.submit(reader.wait, 0, 10.0)

        told(writer, "news")
        heard(writer)

        assert waiting.result(1.0)
        assert [event.data for event in reader.read(0, 10)] == [b"news"]


def test_waiting_beside_a_silent_process_ends_with_its_time(folder: Path, engine: str, reopen: Reopen) -> None:
    with running(APPEND_ON_EACH_LINE, folder, engine) as writer:
        heard(writer)

        arrived = reopen(readonly=True).wait(0, 0.2)

        assert not arrived


def test_a_follower_outlives_the_death_of_its_writer(folder: Path, engine: str, reopen: Reopen) -> None:
    reopen().close()
    reader, stop, seen = reopen(readonly=True), threading.Event(), []

    def follow() -> None:
        for page in reader.follow(0, stop=stop):
            seen.extend(page)

    with ThreadPoolExecutor(1) as threads:
        following = threads.submit(follow)
        try:
            for is_killed in (True, False, True):
                append_in_another_process(folder, engine, events=20, is_killed=is_killed)
            until(lambda: len(seen) >= 60 or following.done())
        finally:
            stop.set()
        following.result(5)

    assert [event.position for event in seen] == list(range(1, 61))
    assert [event.data for event in seen] == [str(number).encode() for number in range(20)] * 3


@pytest.mark.parametrize("attempt", range(3))
def test_what_a_killed_process_had_a_receipt_for_is_there(
    folder: Path, engine: str, reopen: Reopen, attempt: int
) -> None:
    with running(APPEND_FOR_EVER, folder, engine, attempt) as writer:
        lines = [heard(writer) for _ in range(20 + 17 * attempt)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.communicate(timeout=10)[0].splitlines(keepends=True)

    log = reopen()
    stored = {event.position: event for event in log.read(0, 100_000)}
    for line in lines:
        position, key = line.split()
        assert (stored[int(position)].data, stored[int(position) + 1].data) == (key.encode(), b"second")
        assert log.blobs.get(sha256(key.encode()).hexdigest()) == key.encode()
    assert len(stored) % 2 == 0


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_log_restored_from_an_older_backup_is_recognised(folder: Path, tmp_path: Path, reopen: Reopen) -> None:
    reopen().append([an_append(b"old")])
    reopen().close()
    shutil.copytree(folder, tmp_path / "backup")
    log = reopen()
    log.append([an_append(b"lost")])
    followed = log.read(1, 1)[0]
    log.close()

    shutil.rmtree(folder)
    shutil.copytree(tmp_path / "backup", folder)

    log = reopen()
    with pytest.raises(LogDiverged):
        log.check(followed.position, followed.id)
    log.append([an_append(b"other")])
    with pytest.raises(LogDiverged):
        log.check(followed.position, followed.id)


@pytest.mark.parametrize("engine", ["sqlite"])
def test_reader_of_a_log_that_was_replaced_does_not_wait_for_what_never_comes(folder: Path, reopen: Reopen) -> None:
    reopen().append([an_append(b"old")])
    reader = reopen(readonly=True)
    reopen().close()

    shutil.copy(folder / "log.db", folder / "fresh.db")
    (folder / "fresh.db").rename(folder / "log.db")

    with pytest.raises(LogDiverged, match="start again"):
        reader.wait(1, 5)


def test_head_never_goes_back_while_the_writer_restarts(reopen: Reopen) -> None:
    reopen().close()
    reader, heads, restarts, done = reopen(readonly=True), [], [], threading.Event()

    def write() -> None:
        while not done.is_set():
            log = reopen()
            log.append([an_append()])
            restarts.append(log.append([an_append()]))

    def has_polled_enough() -> bool:
        heads.extend(reader.head() for _ in range(20))
        return writing.done() or (len(heads) >= 1000 and len(restarts) >= 5)

    with ThreadPoolExecutor(1) as threads:
        writing = threads.submit(write)
        try:
            until(has_polled_enough)
        finally:
            done.set()
        writing.result()

    assert heads == sorted(heads)
    assert heads[-1] > heads[0]
