"""Eight readers, a writer at full speed and somebody who checkpoints, all at once, for as long as it takes."""

import os
import time
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from faults.conftest import Score, times
from processes import heard, running, told

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.sqlite import connect_readonly

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1800)]

READERS, SECONDS, MOST_WAL_BYTES = 8, times(30, 600), 64 << 20

WRITER = """
    import hashlib, select, sys
    from pathlib import Path
    from examples import an_append, an_event
    from presslog.store.engines.sqlite import SqliteLog

    log, number = SqliteLog(Path(sys.argv[1])), 0
    print("open", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        batch = []
        for number in range(number, number + 100):
            said = b'{"number":%d,"filler":"%s"}' % (number, b"rivers rise " * 400)
            batch.append(an_append(events=[an_event(said, meta=hashlib.sha256(said).digest())], stream=f"n/{number}"))
        number += 1
        log.append(batch)
    print(log.head(), flush=True)
    log.close()
"""

READER = """
    import hashlib, random, select, sys
    from pathlib import Path
    from presslog.store.engines.sqlite import SqliteLog

    log, reads, wrong, head = SqliteLog(Path(sys.argv[1]), readonly=True), 0, [], 0
    while not select.select([sys.stdin], [], [], 0)[0]:
        try:
            before, head = head, log.head()
            after = random.randrange(max(1, head - 200))
            page = log.read(after, 250)
            expected = list(range(after + 1, after + 1 + len(page)))
            if head < before or len(page) < min(250, head - after):
                wrong.append(f"{len(page)} events after {after} at {before}, then {head}")
            if [event.position for event in page] != expected:
                wrong.append(f"positions after {after}")
            wrong += [f"bytes at {e.position}" for e in page if hashlib.sha256(e.data).digest() != e.meta]
            reads += 1
        except Exception as error:
            wrong.append(f"{type(error).__name__}: {error}")
        if reads % 50 == 0:
            log.close()
            log = SqliteLog(Path(sys.argv[1]), readonly=True)
    print(reads, len(wrong), *wrong[:1], flush=True)
"""

CHECKPOINTER = """
    import select, sys
    from pathlib import Path
    from presslog.store.sqlite import connect

    connection, count = connect(Path(sys.argv[1]) / "log.db"), 0
    while not select.select([sys.stdin], [], [], 0.02)[0]:
        connection.execute("pragma wal_checkpoint(passive)").fetchall()
        count += 1
    print(count, flush=True)
"""


def test_22_readers_and_checkpoints(folder: Path, score: Score) -> None:
    wal, sizes = folder / "log.db-wal", [0]

    with ExitStack() as stack:
        writer = stack.enter_context(running(WRITER, folder))
        assert heard(writer) == "open"
        others = [stack.enter_context(running(READER, folder)) for _ in range(READERS)]
        checkpointer = stack.enter_context(running(CHECKPOINTER, folder))
        until_at = time.monotonic() + SECONDS
        while time.monotonic() < until_at:
            sizes.append(os.stat(wal).st_size)
            time.sleep(0.01)
        for process in (checkpointer, *others, writer):
            told(process)
        checkpoints = int(heard(checkpointer))
        said = [heard(reader).split(" ", 2) for reader in others]
        head = int(heard(writer))
        writer.wait(30)

    with closing(connect_readonly(folder / "log.db")) as connection:
        integrity = connection.execute("pragma integrity_check").fetchall()
        held = connection.execute("select count(*), max(position) from events").fetchone()
    reads, wrong = sum(int(each[0]) for each in said), [each[2] for each in said if each[1] != "0"]
    score.stimuli, score.lost, score.undetected = reads + checkpoints, head - held[0], len(wrong)
    score.figures.append(
        f"{SECONDS} s: {head} events, {reads} pages read, {checkpoints} checkpoints, WAL {max(sizes) >> 20} MiB at most"
    )
    assert score.costs == (0, 0, 0), wrong
    assert held == (head, head)
    assert integrity == [("ok",)]
    assert max(sizes) < MOST_WAL_BYTES
    assert min(int(each[0]) for each in said) > 0
    with closing(SqliteLog(folder)) as log:
        assert log.head() == head
