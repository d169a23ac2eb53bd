"""Backups of a store that is being written, and old logs that come back: complete, verified, noticed by everybody."""

import random
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from time import monotonic

import msgspec
import pytest
from archives import NOON
from backups import backed_up, filled, restored, stored
from desks import Desk, a_story, running_daemon
from examples import an_append, until
from faults.conftest import Score, times
from processes import running

from presslog.handlers.views import views
from presslog.store.backup_check import check_backup, relation
from presslog.store.cursors import Cursor, CursorFile
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import LogDiverged
from presslog.store.generation import Generation
from presslog.store.keys import signer_of
from presslog.store.links import serving_path
from presslog.store.notary import Notary
from presslog.store.registry import Registry
from presslog.store.restore import Wish
from presslog.store.switch import READY

pytestmark = [pytest.mark.faults, pytest.mark.timeout(900)]

WRITING = """
import os, random, sys, time
from pathlib import Path
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.log import Append, NewEvent
log = SqliteLog(Path(sys.argv[1]))
number, longest, chance = 0, 0.0, random.Random(1)
while True:
    number += 1
    began = time.monotonic()
    event = NewEvent(f"id-{number}", "note", chance.randbytes(300), b"")
    position = log.append([Append("w", [event], None, str(number))], blobs=[chance.randbytes(3000)])[0].last
    longest = max(longest, time.monotonic() - began)
    # One line in one write: position, and the longest append so far in milliseconds.
    os.write(1, b"%d %d\\n" % (position, 1000 * longest))
"""


def test_23_backup_under_load(tmp_path: Path, score: Score) -> None:
    """Backups beside a writer that appends as fast as it can: each is a prefix, with all that was confirmed before."""
    store, shelf, confirmed = tmp_path / "store", tmp_path / "shelf", tmp_path / "confirmed"
    filled(store, 2000)
    size_bytes = seconds = longest_wal = 0.0
    with confirmed.open("wb") as out, subprocess.Popen([sys.executable, "-c", WRITING, store], stdout=out) as writer:
        try:
            until(lambda: bool(last_line(confirmed)), seconds=30)
            for number in range(times(10, 50)):
                before, began = last_line(confirmed)[0], monotonic()
                made = backed_up(store, shelf, at=NOON + number)
                seconds += monotonic() - began
                longest_wal = max(longest_wal, (store / "log.db-wal").stat().st_size)
                assert made.manifest
                size_bytes += made.manifest.size_bytes
                score.stimuli += 1
                score.lost += max(0, before - made.manifest.position)
                score.undetected += relation(made.path, check_backup(made.path)[1], store) != "prefix"
            assert writer.poll() is None
        finally:
            writer.kill()
    mean = f"{size_bytes / score.stimuli / 1e6:.1f} MB in {seconds / score.stimuli:.1f} s"
    score.figures.append(f"a backup of {mean}, made and verified")
    score.figures.append(f"longest append {last_line(confirmed)[1]} ms")
    score.figures.append(f"WAL at most {longest_wal / 1e6:.0f} MB")
    assert score.costs == (0, 0, 0)


def last_line(path: Path) -> tuple[int, ...]:
    """The numbers of the last line that is whole."""
    lines = path.read_bytes()[-200:].split(b"\n")[:-1]
    return tuple(map(int, lines[-1].split())) if lines else ()


def noticed_by_registry(desk: Desk) -> bool:
    """Whether intake.db forgets what it had learnt from the log of before."""
    with closing(SqliteLog(desk.store)) as log, closing(Registry(desk.store)) as registry:
        registry.catch_up(log)
        return registry.count("seeds", b"") == 0


def noticed_by_views(desk: Desk) -> bool:
    path = serving_path(desk.store)
    assert path
    with closing(SqliteLog(desk.store)) as log:
        return raises_diverged(lambda: Generation(path, views(), log).close())


def noticed_by_notary(desk: Desk) -> bool:
    with closing(SqliteLog(desk.store)) as log:
        return raises_diverged(lambda: Notary(desk.store, log, signer_of(desk.store, log)).close())


def raises_diverged(look: Callable[[], object]) -> bool:
    try:
        look()
    except LogDiverged:
        return True
    return False


def test_24_restore_and_views(tmp_path: Path, score: Score) -> None:
    """An older log comes back by hand, and grows less far, as far or farther than before: everybody notices."""
    for number in range(times(5, 100)):
        desk = Desk(tmp_path / str(number))
        for name in ("a", "b"):
            desk.drop(f"{name}.txt", a_story(f"Story {name}"))
        desk.drain()
        older = (desk.store / "log.db").read_bytes()
        desk.drop("c.txt", a_story("Story c"))
        desk.drain()
        with closing(SqliteLog(desk.store)) as log:
            while (notary := Notary(desk.store, log, signer_of(desk.store, log))).advance():
                notary.sign()
                notary.close()
            notary.close()
            head, log_id = log.head(), log.log_id
        file = CursorFile(desk.store, "floods", "exec")
        file.write(Cursor(head, log_id))
        cursor = file.read()
        assert cursor

        (desk.store / "log.db").write_bytes(older)
        with closing(SqliteLog(desk.store)) as log:
            for _ in range(number % 5):
                log.append([an_append(b"{}")])

        found = {
            "cursor": not file.fits(msgspec.structs.replace(cursor), log_id),
            "views": noticed_by_views(desk),
            "notary": noticed_by_notary(desk),
            "registry": noticed_by_registry(desk),
        }
        score.stimuli += len(found)
        score.undetected += sum(not is_noticed for is_noticed in found.values())
        assert all(found.values()), found
    assert score.costs == (0, 0, 0)


def test_24_restore_under_a_daemon_and_its_files(tmp_path: Path, score: Score) -> None:
    """Restored to a random position, with all files still in their folder: each is in the log once at the end."""
    chance, desk, count = random.Random(24), Desk(tmp_path / "desk"), 40
    for number in range(count):
        desk.drop(f"{number}.txt", a_story(f"Story {number}", f"What happened at {number}."))
    with running_daemon(desk):
        until(lambda: desk.is_served() and len(received(desk)) == count, seconds=60)
    backup = backed_up(desk.store, tmp_path / "shelf")
    for _ in range(times(3, 30)):
        position = chance.randrange(1, len(desk.events()))
        restored(
            desk.store, backup.path, Wish(position=min(position, backup.manifest.position if backup.manifest else 1))
        )
        with running_daemon(desk):
            until(lambda: desk.is_served() and len(set(received(desk))) == count, seconds=60)
        score.stimuli += 1
        score.lost += count - len(set(received(desk)))
        score.doubled += len(received(desk)) - len(set(received(desk)))
        score.doubled += len(desk.events("article-recorded")) - count
        assert "Traceback" not in desk.journal()
    assert score.costs == (0, 0, 0)


def received(desk: Desk) -> list[str]:
    return [event.fact.path for event in desk.events("file-received")]


RESTORING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from presslog.store.events import Meta
from presslog.store.restore import Wish, restore
print("begun", flush=True)
restore(Path(sys.argv[1]), Path(sys.argv[2]), Wish(position=900), Meta(), now=datetime.now(UTC))
"""
CALLS = "rename,renameat,link,linkat,unlink,unlinkat,rmdir,mkdir,fsync,fdatasync,ftruncate"


@pytest.mark.parametrize("how", ["at a call", "at random"])
def test_24_restore_killed(tmp_path: Path, score: Score, how: str) -> None:
    """A restore is killed at a system call or at any time; whoever writes next finds the old store, or the new one."""
    store, template, chance = tmp_path / "store", tmp_path / "template", random.Random(24)
    filled(template, 600)
    filled(template, 600, begin=600)
    backup, old, ends = backed_up(template, tmp_path / "shelf"), stored(template), {"old": 0, "new": 0}
    for name in ("intake.db", "views-0003.db"):
        (template / name).write_text("")

    calls, seconds = untouched(template, store, backup.path)
    count = times(12, 200)
    for number in range(count):
        subprocess.run(["cp", "-a", template, store], check=True)
        if how == "at a call":
            killed_at_call(store, backup.path, 1 + number * calls // count)
        else:
            killed_at_random(store, backup.path, chance.uniform(0, seconds))
        ends[state_of(store, old)] += 1
        score.stimuli += 1
        subprocess.run(["rm", "-rf", store], check=True)

    score.figures.append(f"old {ends['old']}, new {ends['new']}")
    assert how == "at random" or all(ends.values())
    assert score.costs == (0, 0, 0)


def untouched(template: Path, store: Path, backup: Path) -> tuple[int, float]:
    """How many system calls a restore makes that is not killed, and how long it takes once it has begun."""
    subprocess.run(["cp", "-a", template, store], check=True)
    with running(RESTORING, store, backup) as process:
        assert process.stdout
        process.stdout.readline()
        began = monotonic()
        process.wait(60)
        seconds = monotonic() - began
    subprocess.run(["rm", "-rf", store], check=True)
    subprocess.run(["cp", "-a", template, store], check=True)
    told = strace("-o", str(store.parent / "calls"), "-e", f"trace={CALLS}", store=store, backup=backup)
    assert told == 0
    subprocess.run(["rm", "-rf", store], check=True)
    return len((store.parent / "calls").read_text().splitlines()), seconds


def strace(*options: str, store: Path, backup: Path) -> int:
    """How a restore under strace ends; skipped where there is none."""
    command = ["strace", "-qq", "-f", *options, sys.executable, "-c", RESTORING, str(store), str(backup)]
    try:
        return subprocess.run(command, capture_output=True, timeout=60, check=False).returncode
    except FileNotFoundError:
        pytest.skip("SKIPPED LOUDLY: strace is not installed")


def killed_at_call(store: Path, backup: Path, number: int) -> None:
    inject = ("-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=KILL:when={number}")
    strace("-o", "/dev/null", *inject, store=store, backup=backup)


def killed_at_random(store: Path, backup: Path, after_seconds: float) -> None:
    with running(RESTORING, store, backup) as process:
        assert process.stdout
        process.stdout.readline()
        try:
            process.wait(after_seconds)
        except subprocess.TimeoutExpired:
            process.kill()


def state_of(store: Path, old: list[object]) -> str:
    """Which store the next writer finds; it must be whole, and of the old one nothing may be gone."""
    with closing(SqliteLog(store)) as log:
        found = log.read(0, 10_000)
        with closing(Notary(store, log, signer_of(store, log))) as notary:
            assert notary.size <= log.head()
    asides = list(store.glob("before-restore-*"))
    assert not (store / READY).exists()
    if found == old:
        assert asides == []
        return "old"
    assert (found[:-1], found[-1].type) == (old[:900], "log-restored")
    assert [stored(aside) for aside in asides] == [old]
    assert not (store / "intake.db").exists()
    return "new"
