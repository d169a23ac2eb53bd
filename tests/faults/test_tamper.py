"""Whoever can write the files of a store: what verify finds, what an older checkpoint shows, what a pin refuses."""

import hashlib
import random
import re
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner
from desks import Desk, a_story
from faults.conftest import Score, times
from faults.tampering import (
    a_text,
    an_archive,
    copied,
    empty,
    events_in,
    first_bad,
    packed,
    settled,
    unguarded,
    verified,
)

from presslog.daemon.cli import presslog
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.log import Append, NewEvent, Stored
from presslog.store.names import event_id
from presslog.store.sqlite import Connection, connect
from presslog.store.verify import Kept

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

DAMAGED = 5
Tamper = Callable[[Connection, list[Stored]], int]
"""Does something to the open log whose events are given, and says from which position on it is another one; 0: any."""


def ran(*words: object) -> Any:
    return CliRunner().invoke(presslog, [*map(str, words)])


def set_to(column: str, value: object, position: int = 5) -> Tamper:
    def tamper(log: Connection, events: list[Stored]) -> int:
        log.execute(f"update events set {column} = ? where position = ?", (value, position))
        return position

    return tamper


def words_changed(log: Connection, events: list[Stored]) -> int:
    event = next(each for each in events if b"What happened at 4." in each.data)
    log.execute(
        "update events set data = ? where position = ?",
        (event.data.replace(b"happened at 4.", b"happens at 44."), event.position),
    )
    return event.position


def deleted(log: Connection, events: list[Stored]) -> int:
    log.execute("delete from events where position = 7")
    return 7


def deleted_and_renumbered(log: Connection, events: list[Stored]) -> int:
    log.execute("delete from events where position = 7")
    for event in events[7:]:
        log.execute("update events set position = ? where position = ?", (event.position - 1, event.position))
    log.execute("update sqlite_sequence set seq = seq - 1")
    return 7


def inserted(log: Connection, events: list[Stored]) -> int:
    for event in reversed(events[8:]):
        log.execute("update events set position = ? where position = ?", (event.position + 1, event.position))
    log.execute("insert into events values (9, 'article/x', 'k', 0, 1e9, 'id', 'note', x'7b7d', x'7b7d')")
    log.execute("update sqlite_sequence set seq = seq + 1")
    return 9


def swapped(log: Connection, events: list[Stored]) -> int:
    for old, new in ((6, 999), (10, 6), (999, 10)):
        log.execute("update events set position = ? where position = ?", (new, old))
    return 6


def cut_off(count: int, *, is_counter_set: bool) -> Tamper:
    def tamper(log: Connection, events: list[Stored]) -> int:
        log.execute("delete from events where position > ?", (len(events) - count,))
        if is_counter_set:
            log.execute("update sqlite_sequence set seq = ?", (len(events) - count,))
        return len(events) - count + 1

    return tamper


def all_cut_off(log: Connection, events: list[Stored]) -> int:
    log.execute("delete from events")
    log.execute("delete from sqlite_sequence")
    return 1


def emptied_without_order(log: Connection, events: list[Stored]) -> int:
    event = next(each for each in events if each.type == "article-recorded" and each.data)
    empty(log, event)
    return event.position


def emptied_by_halves(log: Connection, events: list[Stored]) -> int:
    log.execute("update events set data = x'' where position = 6")
    return 6


def given_back(log: Connection, events: list[Stored]) -> int:
    """The order itself is rewritten, so that it names nothing any more."""
    order = next(each for each in events if each.type == "article-redacted")
    fact = msgspec.json.decode(order.data) | {"positions": []}
    log.execute("update events set data = ? where position = ?", (msgspec.json.encode(fact), order.position))
    return order.position


def order_misspelt(log: Connection, events: list[Stored]) -> int:
    order = next(each for each in events if each.type == "article-redacted")
    fact = msgspec.json.decode(order.data) | {"digests": ["no digest"]}
    log.execute("update events set data = ? where position = ?", (msgspec.json.encode(fact), order.position))
    return order.position


def blob_swapped(log: Connection, events: list[Stored]) -> int:
    (one, mine), (other, others) = log.execute("select digest, content from blobs order by rowid limit 2").fetchall()
    log.execute("update blobs set content = ? where digest = ?", (others, one))
    log.execute("update blobs set content = ? where digest = ?", (mine, other))
    return next(each.position for each in events if one.hex().encode() in each.data)


def blob_deleted(log: Connection, events: list[Stored]) -> int:
    (digest,) = log.execute("select digest from blobs order by rowid limit 1 offset 3").fetchone()
    log.execute("delete from blobs where digest = ?", (digest,))
    return next(each.position for each in events if each.type.startswith("file") and digest.hex().encode() in each.data)


def erased_blob_back(log: Connection, events: list[Stored]) -> int:
    order = next(each for each in events if each.type == "article-redacted")
    (digest,) = msgspec.json.decode(order.data)["digests"]
    content = a_story("Story 1", a_text(1))
    assert hashlib.sha256(content).hexdigest() == digest
    log.execute("insert into blobs values (?, ?, ?)", (bytes.fromhex(digest), len(content), packed(content)))
    return order.position


def key_exchanged(log: Connection, events: list[Stored]) -> int:
    made = msgspec.json.decode(events[0].data)
    made["verifier"] = re.sub(r".{4}$", "AAA=", made["verifier"])
    log.execute("update events set data = ? where position = 1", (msgspec.json.encode(made),))
    return 1


def sql(*statements: str) -> Tamper:
    def tamper(log: Connection, events: list[Stored]) -> int:
        for statement in statements:
            log.execute(statement)
        return 0

    return tamper


TAMPERED: dict[str, Tamper] = {
    "words changed": words_changed,
    "stream changed": set_to("stream", "article/other"),
    "key changed": set_to("key", "other"),
    "time changed": set_to("recorded_at", 1.5),
    "type changed": set_to("type", "article-revised"),
    "id changed": set_to("id", "other"),
    "index changed": set_to('"index"', 3),
    "meta changed": set_to("meta", b"{}"),
    "meta is no JSON": set_to("meta", b"{"),
    "data is no JSON": set_to("data", b"\xff\xfe"),
    "text is no UTF-8": sql("update events set stream = cast(x'ff' as text) where position = 5"),
    "deleted": deleted,
    "deleted and renumbered": deleted_and_renumbered,
    "inserted": inserted,
    "swapped": swapped,
    "tail cut off": cut_off(1, is_counter_set=False),
    "tail cut off and counter set": cut_off(3, is_counter_set=True),
    "all cut off": all_cut_off,
    "emptied without an order": emptied_without_order,
    "emptied by halves": emptied_by_halves,
    "order to erase taken back": given_back,
    "order to erase misspelt": order_misspelt,
    "originals swapped": blob_swapped,
    "original deleted": blob_deleted,
    "erased original back": erased_blob_back,
    "key exchanged": key_exchanged,
    "id of the log changed": sql("update log set value = 'other'"),
    "id of the log gone": sql("delete from log"),
    "more in the table of the log": sql("insert into log values ('x', 'y')"),
    "counter set ahead": sql("update sqlite_sequence set seq = 1000"),
    "trigger more": sql("create trigger more after insert on log begin select 1; end"),
    "index gone": sql("drop index events_stream"),
    "index that is called no index": sql(
        "pragma writable_schema = 1", "update sqlite_master set type = 'indeX' where name = 'events_stream'"
    ),
    "table more": sql("create table more (x)"),
    "events gone": sql("drop table events"),
    "originals gone": sql("drop table blobs"),
    "application changed": sql("pragma application_id = 1"),
    "migration forgotten": sql("delete from _sqlite_migrations"),
    "migrations without a time": sql("alter table _sqlite_migrations rename applied_at to appligd_at"),
}
NOTARY = {
    "hash changed": "update tiles set hashes = zeroblob(length(hashes)) where level = 0",
    "hashes cut off": "update tiles set hashes = substr(hashes, 1, 64) where level = 0",
    "hashes gone": "delete from tiles",
    "tile more": "insert into tiles values (3, 0, zeroblob(32))",
    "note changed": "update notes set note = replace(note, 'a', 'b')",
    "note of another size": "update notes set size = size + 1000 where size = (select max(size) from notes)",
    "notary of another log": "update notary set value = 'other' where name = 'log_id'",
    "notary of another version": "update notary set value = '9' where name = 'version'",
    "notary's table gone": "drop table tiles",
    "notary of another application": "pragma application_id = 1",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of a good archive; nothing is done to it itself."""
    return an_archive(tmp_path_factory.mktemp("tamper") / "desk")


def test_26_sql_tampering(archive: Path, tmp_path: Path, score: Score) -> None:
    assert verified(archive).findings == ()
    missed: list[str] = []

    for number, (name, tamper) in enumerate(TAMPERED.items()):
        store = copied(archive, tmp_path / str(number))
        with unguarded(store) as log:
            bad = tamper(log, events_in(log))
        score.stimuli += 1
        missed += [] if is_found(store, bad) else [name]
    for name, statement in NOTARY.items():
        store = copied(archive, tmp_path / name.replace(" ", "-"))
        with closing(connect(store / "notary.db")) as notary:
            notary.execute(statement)
        score.stimuli += 1
        missed += [] if is_found(store, 0) else [name]
    with unguarded(store := copied(archive, tmp_path / "open"), is_restored=False):
        pass
    missed += [] if is_found(store, 0) else ["triggers dropped"]

    score.stimuli += 1
    score.undetected = len(missed)
    assert score.costs == (0, 0, 0), missed


def is_found(store: Path, bad: int) -> bool:
    """Whether the command ends as it should, and names the first bad position first."""
    ended = ran("verify", "--store", store)
    first = ended.stdout.split("\n")[0].split()
    is_named = not bad or first[:1] + first[2:3] == ["bad", f"#{bad}"]
    return ended.exit_code == DAMAGED and first[0] == "bad" and is_named


def rewritten(store: Path) -> None:
    """Another history in the place of this one, signed throughout with the key of the store."""
    with unguarded(store) as log:
        words_changed(log, events_in(log))
    for name in ("notary.db", "checkpoint"):
        (store / name).unlink()
    settled(store)


def test_27_rewrite_with_the_stolen_key(
    archive: Path, tmp_path: Path, score: Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    note, kept = (archive / "checkpoint").read_text(), tmp_path / "kept"
    kept.write_text(note)

    for number in range(times(10, 50)):
        store = copied(archive, tmp_path / str(number) / "store")
        grown(store, number)
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state-{number}"))
        assert ran("search", "happened", "--store", store).exit_code == 0
        rewritten(store)
        score.stimuli += 1

        alone = ran("verify", "--store", store)
        against = ran("verify", "--store", store, "--against", kept)
        pinned = ran("search", "happened", "--store", store)

        assert alone.exit_code == 0, "what is signed throughout with the right key is good in itself"
        score.undetected += against.exit_code != DAMAGED or "rewritten" not in against.stdout
        score.undetected += pinned.exit_code != DAMAGED or "presslog pins accept" not in pinned.stderr

    assert score.costs == (0, 0, 0)


def grown(store: Path, count: int) -> None:
    """Let the archive go on for a while."""
    with closing(SqliteLog(store)) as log:
        for _ in range(count):
            event = NewEvent(event_id(), "note", b"{}", b"{}")
            log.append([Append("note", [event], None, event.id)])
    settled(store)


def test_24_older_log_in_place(tmp_path: Path, score: Score, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path / "desk")
    desk.drop("first.txt", a_story("First"))
    desk.drain()
    chance = random.Random(24)

    for number in range(times(20, 100)):
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / f"state-{number}"))
        older = copied(desk.store, tmp_path / f"older-{number}")
        grown(desk.store, chance.randrange(1, 40))
        kept = desk.folder / "kept"
        shutil.copy(desk.store / "checkpoint", kept)
        assert ran("status", "--store", desk.store).exit_code == 0
        newer = desk.store.rename(tmp_path / f"newer-{number}")
        in_place = older.rename(chance.choice([desk.store, tmp_path / f"elsewhere-{number}"]))
        score.stimuli += 1

        pinned = ran("status", "--store", in_place)
        against = ran("verify", "--store", in_place, "--against", kept)

        score.undetected += pinned.exit_code != DAMAGED
        score.undetected += against.exit_code != DAMAGED or "cut off" not in against.stdout
        shutil.rmtree(desk.store, ignore_errors=True)
        newer.rename(desk.store)

    assert score.costs == (0, 0, 0)


def test_29_blob_changed_on_disk(archive: Path, tmp_path: Path, score: Score) -> None:
    with closing(SqliteLog(archive, readonly=True)) as log:
        brought = [each for each in log.read(0, 1000) if each.type == "file-received" and b"copy_of" not in each.data]
    chance = random.Random(29)

    for event in brought:
        fact = msgspec.json.decode(event.data)
        store = copied(archive, tmp_path / str(event.position))
        if not changed_on_disk(store / "log.db", fact["digest"], chance):
            continue
        score.stimuli += 1

        ended = ran("verify", "--store", store)

        score.undetected += ended.exit_code != DAMAGED or not re.search("bytes of article/art_", ended.stdout)

    assert score.stimuli >= 10
    assert score.costs == (0, 0, 0)


def changed_on_disk(path: Path, digest: str, chance: random.Random) -> bool:
    """Turn a bit of the packed bytes of an original over where they lie; whether they lie in one piece."""
    with closing(connect(path)) as log:
        row = log.execute("select content from blobs where digest = ?", (bytes.fromhex(digest),)).fetchone()
    content = path.read_bytes()
    if not row or row[0] not in content:
        return False
    changed = bytearray(row[0])
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    # Pages that were split hold old copies, which nobody reads.
    path.write_bytes(content.replace(row[0], changed))
    return True


def test_first_bad_position_is_the_lowest_of_several(archive: Path, tmp_path: Path) -> None:
    store = copied(archive, tmp_path / "store")
    with unguarded(store) as log:
        for position in (11, 4, 9):
            log.execute("update events set type = 'x' where position = ?", (position,))

    report = verified(store)

    assert first_bad(report) == 4
    assert [each.position for each in report.findings if each.check == "log"] == [4, 9, 11]


def test_checkpoint_of_the_archive_itself_is_no_finding(archive: Path) -> None:
    kept = Kept("kept", (archive / "checkpoint").read_text())

    assert verified(archive, against=[kept]).findings == ()
    assert verified(archive, since=kept).findings == ()
    assert verified(archive, since=5).findings == ()
