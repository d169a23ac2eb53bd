"""Backups: whole or not there, verified before they have a name, and rotated so that a good one is always left."""

import json
import os
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from archives import NOON
from backups import backed_up, filled, flipped, originals, stored
from examples import an_append
from processes import running
from scenarios.mounts import AS_ROOT, tmpfs

from presslog.store.backup import LOCK, Maker, back_up
from presslog.store.backup_check import check_backup, relation
from presslog.store.candidate import ignore_progress
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import LogDiverged, StorageFailed, StoreLocked, StoreUnsafe
from presslog.store.keys import checkpoint_of, keys_of
from presslog.store.lock import WriterLock
from presslog.store.manifest import NAME, part_of
from presslog.store.opening import open_log
from presslog.store.shelf import backups, find_backup, rotate
from presslog.store.sqlite import connect

DAY = 86_400.0


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with 300 signed events."""
    filled(tmp_path / "store", 300)
    return tmp_path / "store"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Where backups go; it is not there yet."""
    return tmp_path / "shelf"


def test_backup_holds_the_log_the_notary_and_a_signed_manifest(store: Path, shelf: Path) -> None:
    made = backed_up(store, shelf)

    manifest, tree = check_backup(made.path)
    assert made.path.name == "presslog-20220106T120000.000Z-301"
    assert {path.name for path in made.path.iterdir()} == {"log.db", "notary.db", "manifest.json"}
    assert stored(made.path) == stored(store)
    assert len(originals(made.path, stored(made.path))) == manifest.blobs == 300
    with closing(open_log(made.path)) as log:
        signed = checkpoint_of(manifest.checkpoint, keys_of(log))
    assert (signed.size, signed.root) == (301, tree.root(301))
    assert relation(made.path, tree, store) == "prefix"


def test_the_private_key_and_what_can_be_made_anew_are_not_in_it(store: Path, shelf: Path) -> None:
    key = (store / "presslog.key").read_bytes().strip()

    made = backed_up(store, shelf)

    assert all(key not in path.read_bytes() for path in made.path.iterdir())


def test_log_that_nobody_signed_yet_is_backed_up_too(tmp_path: Path, shelf: Path) -> None:
    filled(tmp_path / "store", 3, is_signed=False)

    made = backed_up(tmp_path / "store", shelf)

    assert check_backup(made.path)[0].checkpoint == ""
    assert len(stored(made.path)) == 3


def test_without_the_key_the_newest_note_of_the_notary_is_in_it(store: Path, shelf: Path) -> None:
    filled(store, 5, begin=300)
    with closing(SqliteLog(store)) as log:
        log.append([an_append(b"not signed")])
    (store / "presslog.key").unlink()

    made = backed_up(store, shelf)

    with closing(open_log(made.path)) as log:
        assert checkpoint_of(check_backup(made.path)[0].checkpoint, keys_of(log)).size == 306
    assert made.manifest
    assert made.manifest.position == 307


def test_backup_is_for_its_owner_alone(store: Path, shelf: Path) -> None:
    made = backed_up(store, shelf)

    assert made.path.stat().st_mode & 0o777 == 0o700
    assert {(made.path / name).stat().st_mode & 0o077 for name in ("log.db", "notary.db")} == {0}


@pytest.mark.parametrize("name", ["log.db", "notary.db", NAME])
@pytest.mark.parametrize("place", [0.1, 0.5, 0.9])
def test_bit_that_flips_in_a_backup_is_found(store: Path, shelf: Path, name: str, place: float) -> None:
    made = backed_up(store, shelf)
    path = made.path / name

    flipped(path, int(path.stat().st_size * place))

    with pytest.raises(StoreUnsafe):
        check_backup(made.path)


@pytest.mark.parametrize("name", ["log.db", "notary.db", NAME])
def test_file_that_is_missing_from_a_backup_is_named(store: Path, shelf: Path, name: str) -> None:
    made = backed_up(store, shelf)

    (made.path / name).unlink()

    with pytest.raises(StoreUnsafe, match=name):
        check_backup(made.path)


def test_backup_that_was_changed_with_its_manifest_does_not_fit_what_was_signed(store: Path, shelf: Path) -> None:
    made = backed_up(store, shelf)
    with closing(connect(made.path / "log.db")) as connection:
        connection.execute("drop trigger events_are_not_updated")
        connection.execute("update events set data = x'7b7d' where position = 7")
        connection.execute("pragma journal_mode = delete")
    manifest = json.loads((made.path / NAME).read_bytes())
    part = part_of(made.path / "log.db")
    manifest["files"][0] |= {"sha256": part.sha256, "size_bytes": part.size_bytes}
    (made.path / NAME).write_text(json.dumps(manifest))

    with pytest.raises(StoreUnsafe):
        check_backup(made.path)


def test_damaged_original_is_not_backed_up_as_if_it_were_whole(store: Path, shelf: Path) -> None:
    with closing(connect(store / "log.db")) as connection:
        connection.execute("drop trigger blobs_are_not_updated")
        connection.execute("update blobs set content = x'00' where rowid = 3")

    with pytest.raises(StoreUnsafe, match="original"):
        backed_up(store, shelf)

    assert list(shelf.iterdir()) == []


def test_log_that_is_not_the_one_that_was_signed_is_not_backed_up(store: Path, shelf: Path) -> None:
    with closing(connect(store / "log.db")) as connection:
        connection.execute("drop trigger events_are_not_updated")
        connection.execute("update events set data = x'7b7d' where position = 7")

    with pytest.raises((StoreUnsafe, LogDiverged)):
        backed_up(store, shelf)

    assert list(shelf.iterdir()) == []


def test_log_goes_on_from_its_backups_and_a_log_put_back_does_not(store: Path, shelf: Path) -> None:
    early = backed_up(store, shelf)
    filled(store, 10, begin=300)
    late = backed_up(store, shelf, at=NOON + 1)
    relations = [relation(each.path, check_backup(each.path)[1], store) for each in (early, late)]

    (store / "log.db").write_bytes((early.path / "log.db").read_bytes())
    put_back = relation(late.path, check_backup(late.path)[1], store)
    with closing(SqliteLog(store)) as log:
        for number in range(20):
            log.append([an_append(b"%d" % number)])
    grown = relation(late.path, check_backup(late.path)[1], store)

    assert relations == ["prefix", "prefix"]
    assert (put_back, grown) == ("ahead", "diverged")


def test_backup_of_another_log_is_told_from_ours(store: Path, shelf: Path, tmp_path: Path) -> None:
    filled(tmp_path / "other", 5)
    made = backed_up(tmp_path / "other", shelf)

    assert relation(made.path, check_backup(made.path)[1], store) == "other-log"


KILLED = """
import os, signal, sys
from pathlib import Path
from presslog.store.backup import Maker, back_up
def progress(done, total):
    if done >= int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)
back_up(Path(sys.argv[1]), Path(sys.argv[2]), Maker("0.1.0"), progress)
"""


@pytest.mark.parametrize("reached", [0, 400, 700, 1000])
def test_what_a_killed_backup_left_is_no_backup_and_is_gone_with_the_next(
    store: Path, shelf: Path, reached: int
) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED, store, shelf, str(reached)], timeout=30, check=False)
    left = [path.name for path in shelf.iterdir()]
    (shelf / "holiday").mkdir()

    made = backed_up(store, shelf)

    assert killed.returncode == -9
    assert len(left) == 1
    assert left[0].startswith(".presslog-backup-")
    assert {path.name for path in shelf.iterdir()} == {made.path.name, "holiday"}


def test_interrupted_backup_leaves_nothing(store: Path, shelf: Path) -> None:
    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(store, shelf, Maker("0.1.0"), interrupt)

    assert list(shelf.iterdir()) == []


def test_folder_that_cannot_be_written_is_named(store: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageFailed, match="file"):
        backed_up(store, tmp_path / "file" / "shelf")


@AS_ROOT
@pytest.mark.parametrize(("when", "remedy"), [("before", "delete old ones there"), ("meanwhile", "check disk space")])
def test_full_disk_is_told_and_leaves_nothing_half_made(store: Path, shelf: Path, when: str, remedy: str) -> None:
    with closing(SqliteLog(store)) as log:
        log.append([an_append()], blobs=[os.urandom(20_000_000)])
    size_bytes = sum(path.stat().st_size for path in store.glob("*.db"))
    other = shelf / "other"

    def fill(*_: int) -> None:
        with suppress(OSError):
            other.write_bytes(bytes(size_bytes))

    with tmpfs(shelf, str(size_bytes + 65536)):
        if when == "before":
            fill()
        with pytest.raises(StorageFailed, match=remedy):
            back_up(store, shelf, Maker("0.1.0"), fill if when == "meanwhile" else ignore_progress)

        assert list(shelf.iterdir()) == [other] * other.exists()


def test_one_backup_of_a_store_at_a_time(store: Path, shelf: Path) -> None:
    with WriterLock(store, LOCK), pytest.raises(StoreLocked, match=f"pid {os.getpid()}"):
        backed_up(store, shelf)


APPENDING = """
import sys
from pathlib import Path
from presslog.store.candidate import ignore_progress
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.log import Append, NewEvent
log = SqliteLog(Path(sys.argv[1]))
number = 0
while True:
    number += 1
    event = NewEvent(f"id-{number}", "note", b"{}", b"")
    print(log.append([Append("others", [event], None, str(number))])[0].last, flush=True)
"""


def test_backup_beside_a_writer_holds_all_that_was_recorded_before_it_began(store: Path, shelf: Path) -> None:
    with running(APPENDING, store) as writer:
        assert writer.stdout
        before = [int(writer.stdout.readline()) for _ in range(20)][-1]

        made = [backed_up(store, shelf, at=NOON + number) for number in range(3)]

        after = int(writer.stdout.readline())
    assert after > before
    positions = [each.manifest.position for each in made if each.manifest]
    assert before <= positions[0] <= positions[1] <= positions[2]
    assert [relation(each.path, check_backup(each.path)[1], store) for each in made] == ["prefix"] * 3


def test_rotation_keeps_the_newest_and_what_it_does_not_know(store: Path, shelf: Path, tmp_path: Path) -> None:
    filled(tmp_path / "other", 3)
    foreign = backed_up(tmp_path / "other", shelf, at=NOON - DAY)
    made = [backed_up(store, shelf, at=NOON + day * DAY) for day in range(5)]
    damaged = made[1].path
    (damaged / NAME).write_text("{}")
    (shelf / "presslog-notes").mkdir()
    log_id = made[-1].manifest.log_id if made[-1].manifest else ""

    removed = rotate(shelf, made[-1].path, log_id, keep=2)

    assert removed == [made[0].path.name, made[2].path.name]
    left = {path.name for path in shelf.iterdir()}
    assert left == {each.name for each in (foreign.path, damaged, made[3].path, made[4].path)} | {"presslog-notes"}


def test_rotation_never_takes_the_one_that_was_just_made_whatever_the_clock_says(store: Path, shelf: Path) -> None:
    ahead = [backed_up(store, shelf, at=NOON + day * DAY) for day in range(3)]
    made = backed_up(store, shelf, at=NOON - 400 * DAY)
    log_id = made.manifest.log_id if made.manifest else ""

    rotate(shelf, made.path, log_id, keep=1)

    assert [each.path for each in backups(shelf)] == [made.path]
    assert ahead


def test_damaged_backup_is_listed_with_its_problem(store: Path, shelf: Path) -> None:
    made = backed_up(store, shelf)
    (made.path / NAME).write_bytes(b"\xff")

    (listed,) = backups(shelf)

    assert listed.manifest is None
    assert "damaged" in listed.problem
    assert find_backup(made.path.name, shelf) == made.path
