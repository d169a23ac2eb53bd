"""A notary that is killed at any moment goes on, and has every note that anybody saw."""

import random
from contextlib import closing, suppress
from pathlib import Path
from subprocess import Popen, TimeoutExpired

import pytest
from notaries import caught_up
from processes import heard, running

from presslog.store.check_proof import Checkpoint, verify_consistency
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.keys import checkpoint_of, keys_of, signer_of
from presslog.store.leaf import leaf
from presslog.store.merkle import Tree, grown
from presslog.store.notary import Notary

pytestmark = pytest.mark.crash

KILLS = 40
LIFE_SECONDS = 0.3
NOTARY = """
    import sys
    from pathlib import Path
    from notaries import a_notary, grow
    from presslog.store.engines.sqlite import SqliteLog

    folder = Path(sys.argv[1])
    log = SqliteLog(folder)
    notary = a_notary(folder, log)
    print("up", flush=True)
    while True:
        grow(log, 40)
        notary.advance()
        print(repr(notary.sign()), flush=True)
"""


def shown(process: Popen[str]) -> list[str]:
    """The notes that it printed whole before it was killed."""
    assert process.stdout is not None
    lines = process.stdout.read().splitlines(keepends=True)
    return [eval(line) for line in lines if line.endswith("\n")]


def test_notary_that_is_killed_at_any_moment_has_every_note_that_it_showed(tmp_path: Path) -> None:
    chance, seen = random.Random(6), []
    for _ in range(KILLS):
        with running(NOTARY, tmp_path) as process:
            assert heard(process) == "up"
            with suppress(TimeoutExpired):
                process.wait(chance.uniform(0, LIFE_SECONDS))
            process.kill()
            seen += shown(process)

    with closing(SqliteLog(tmp_path)) as log, closing(Notary(tmp_path, log, signer_of(tmp_path, log))) as notary:
        note, keys = caught_up(notary), keys_of(log)
        last, kept = checkpoint_of(note, keys), set(notary.checkpoints())
        signed = [checkpoint_of(each, keys) for each in seen]

        assert len(seen) > KILLS
        assert [each for each in seen if each not in kept] == []
        assert last == recomputed(log, last.origin)
        for old in signed:
            verify_consistency(old, last, notary.tree.consistency(old.size, last.size))


def recomputed(log: SqliteLog, origin: str) -> Checkpoint:
    """What a log of this length is signed as, from its events alone."""
    events = log.read(0, 1 << 30)
    tiles = grown(lambda level, number: b"", 0, map(leaf, events))
    return Checkpoint(
        origin, len(events), Tree(lambda level, number: tiles.get((level, number), b"")).root(len(events))
    )
