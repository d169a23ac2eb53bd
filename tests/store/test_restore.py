"""Restoring: the same bytes at the same positions, nothing deleted, and the old store or the new one after any kill."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from archives import NOON
from backups import META, backed_up, filled, flipped, originals, restored, stored
from examples import an_append, an_event

from presslog.store.backup_check import check_backup, relation, tree_of
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import BadQuery, LogDiverged, StoreLocked, StoreUnsafe
from presslog.store.events import ArticleRedacted, encode, read_event, salted
from presslog.store.keys import signer_of
from presslog.store.log_facts import LogRestored
from presslog.store.notary import Notary, notarised
from presslog.store.opening import open_log
from presslog.store.restore import Wish
from presslog.store.shelf import Backup
from presslog.store.sqlite import connect
from presslog.store.switch import finish


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with 1,200 signed events, the second half of them a minute later."""
    filled(tmp_path / "store", 600)
    filled(tmp_path / "store", 600, begin=600)
    return tmp_path / "store"


@pytest.fixture
def backup(store: Path, tmp_path: Path) -> Backup:
    """A backup of all that."""
    return backed_up(store, tmp_path / "shelf")


def test_restored_log_is_the_log_of_the_backup_and_says_so(backup: Backup, tmp_path: Path) -> None:
    before = stored(backup.path)

    done = restored(tmp_path / "new", backup.path)

    *events, last = stored(tmp_path / "new")
    assert events == before
    assert originals(tmp_path / "new", events) == originals(backup.path, before)
    assert read_event(last).fact == LogRestored(position=1201, backup=backup.path.name)
    assert (last.stream, b"operator:ann" in last.meta) == ("log", True)
    assert (done.position, done.replaced, done.aside, done.erased) == (1201, 0, None, ())
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names - {"log.db-wal", "log.db-shm"} == {"log.db", "notary.db", "checkpoint", "writer.lock"}


@pytest.mark.parametrize("position", [1, 255, 256, 257, 601, 1200])
def test_restored_to_a_position_it_is_what_it_was_then(backup: Backup, tmp_path: Path, position: int) -> None:
    before, tree = stored(backup.path)[:position], check_backup(backup.path)[1]

    restored(tmp_path / "new", backup.path, Wish(position=position))

    *events, last = stored(tmp_path / "new")
    assert (events, last.position) == (before, position + 1)
    assert len(originals(tmp_path / "new", events)) == position - 1
    with closing(open_log(tmp_path / "new")) as log:
        assert tree_of(log, position, lambda _: None).root(position) == tree.root(position)
    with closing(connect(tmp_path / "new" / "log.db")) as connection:
        assert connection.execute("select count(*) from blobs").fetchone()[0] == position - 1
        assert connection.execute("pragma integrity_check").fetchone()[0] == "ok"
    with closing(notarised(tmp_path / "new")) as notary:
        assert notary.size == position
        assert notary.tree.root(position) == tree.root(position)
        assert all(int(note.split("\n")[1]) <= position for note in notary.checkpoints())


def test_log_that_was_cut_is_append_only_as_before(backup: Backup, tmp_path: Path) -> None:
    restored(tmp_path / "new", backup.path, Wish(position=10))

    with closing(connect(tmp_path / "new" / "log.db")) as cut, closing(connect(backup.path / "log.db")) as whole:
        schemas = [set(each.execute("select type, name, sql from sqlite_master")) for each in (cut, whole)]

    assert schemas[0] == schemas[1]


def test_restored_to_a_time_it_holds_what_was_recorded_by_then(backup: Backup, tmp_path: Path) -> None:
    done = restored(tmp_path / "new", backup.path, Wish(until=NOON + 1))

    assert done.position == 601


@pytest.mark.parametrize("wish", [Wish(position=1202), Wish(position=0), Wish(until=NOON - 1)])
def test_what_the_backup_does_not_hold_is_refused(backup: Backup, tmp_path: Path, wish: Wish) -> None:
    with pytest.raises(BadQuery, match="1 to 1201"):
        restored(tmp_path / "new", backup.path, wish)

    assert [path.name for path in (tmp_path / "new").iterdir()] == ["writer.lock"]


def test_store_that_was_there_is_put_aside_whole(store: Path, backup: Backup) -> None:
    filled(store, 50, begin=1200)
    before = stored(store)
    note = (store / "checkpoint").read_text()

    done = restored(store, backup.path, Wish(position=700))

    assert done.aside
    assert (done.replaced, done.aside.parent) == (1251, store)
    assert stored(done.aside) == before
    assert (done.aside / "checkpoint").read_text() == note
    with closing(notarised(done.aside)) as notary:
        assert notary.size == 1251
    assert stored(store)[:-1] == before[:700]
    fact = read_event(stored(store)[-1]).fact
    assert fact == LogRestored(position=700, backup=backup.path.name, replaced=1251)


def test_what_is_made_anew_is_gone_and_what_is_not_stays(store: Path, backup: Backup) -> None:
    for name in ("intake.db", "intake.db-wal", "views-0003.db", "views-0003.db-shm", "presslog.toml"):
        (store / name).write_text("")
    (store / "views.db").symlink_to("views-0003.db")
    (store / "watches").mkdir()

    restored(store, backup.path)

    names = {path.name for path in store.iterdir() if not path.name.startswith("before-restore-")}
    assert names - {"backup.lock"} == {
        *("log.db", "notary.db", "checkpoint", "presslog.key", "presslog.toml", "watches", "writer.lock")
    }


def test_notary_goes_on_from_a_restored_log(store: Path, backup: Backup) -> None:
    restored(store, backup.path, Wish(position=300))

    filled(store, 20, begin=5000)

    with closing(notarised(store)) as notary:
        assert notary.size == 321
    assert relation(backup.path, check_backup(backup.path)[1], store) == "before-restore"


def test_log_that_was_not_signed_at_a_position_has_no_checkpoint_of_later(store: Path, backup: Backup) -> None:
    restored(store, backup.path, Wish(position=100))

    assert not (store / "checkpoint").exists()
    with closing(SqliteLog(store)) as log, closing(Notary(store, log, signer_of(store, log))) as notary:
        notary.advance()
        assert notary.sign()


def test_without_a_notary_in_the_backup_none_of_another_log_stays(store: Path, tmp_path: Path) -> None:
    filled(tmp_path / "other", 10, is_signed=False)
    backup = backed_up(tmp_path / "other", tmp_path / "shelf")

    done = restored(store, backup.path)

    assert not (store / "notary.db").exists()
    assert done.aside
    assert {path.name for path in done.aside.iterdir()} == {"log.db", "notary.db", "checkpoint"}


def test_log_that_cannot_be_read_is_put_aside_as_it_is(store: Path, backup: Backup) -> None:
    (store / "log.db").write_bytes(b"what a disk can do" * 1000)
    (store / "log.db-wal").write_bytes(b"and so on")

    done = restored(store, backup.path)

    assert done.aside
    assert (done.aside / "log.db").read_bytes() == b"what a disk can do" * 1000
    assert (done.aside / "log.db-wal").read_bytes() == b"and so on"
    assert stored(store)[:-1] == stored(backup.path)


def test_wal_whose_log_is_gone_does_not_get_into_the_new_one(store: Path, backup: Backup) -> None:
    with closing(SqliteLog(store)) as log:
        log.append([an_append(b"x" * 1000)])
        wal = (store / "log.db-wal").read_bytes()
    (store / "log.db").unlink()
    (store / "log.db-wal").write_bytes(wal)

    restored(store, backup.path)

    assert stored(store)[:-1] == stored(backup.path)


def test_what_a_killed_writer_left_in_the_wal_is_put_aside_with_its_log(store: Path, backup: Backup) -> None:
    code = (
        "import os, sys; sys.argv[1:]; from pathlib import Path; from presslog.store.engines.sqlite import SqliteLog;"
    )
    code += "from presslog.store.log import Append, NewEvent; log = SqliteLog(Path(sys.argv[1]));"
    code += "log.append([Append('s', [NewEvent('i', 'note', b'late')], None, 'k')]); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, store], timeout=30, check=False)
    assert (store / "log.db-wal").stat().st_size

    done = restored(store, backup.path)

    assert done.aside
    assert stored(done.aside)[-1].data == b"late"
    assert done.replaced == 1202


def test_damaged_backup_changes_nothing(store: Path, backup: Backup) -> None:
    before = stored(store)
    flipped(backup.path / "log.db", 50_000)

    with pytest.raises(StoreUnsafe, match=r"log\.db is not the file"):
        restored(store, backup.path)

    assert stored(store) == before


def test_store_that_is_written_is_left_alone(store: Path, backup: Backup) -> None:
    with closing(SqliteLog(store)), pytest.raises(StoreLocked, match=f"pid {os.getpid()}"):
        restored(store, backup.path)


def test_articles_that_were_erased_since_are_named(store: Path, backup: Backup) -> None:
    with closing(SqliteLog(store)) as log:
        fact = ArticleRedacted(reason="court order", revision=1, positions=(7,))
        event = an_event(encode(fact), event_type="article-redacted", meta=salted(META))
        log.append([an_append(events=[event], stream="article/art_x")])

    assert restored(store, backup.path).erased == ("art_x",)


def test_reader_of_the_old_log_is_told(store: Path, backup: Backup) -> None:
    with closing(SqliteLog(store, readonly=True)) as reader:
        restored(store, backup.path)

        with pytest.raises(LogDiverged, match="restore"):
            reader.wait(1201, 5)


def test_switch_that_was_never_begun_is_nothing_to_finish(store: Path) -> None:
    before = stored(store)

    finish(store)

    assert stored(store) == before
