"""The notary follows any log, is resumed wherever it was killed, and never signs two stories."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notaries import a_notary, caught_up, grow

from presslog.store.check_proof import verify_consistency
from presslog.store.engines.memory import MemoryLog
from presslog.store.errors import LogDiverged, NoSuchStore, StorageFailed, StoreUnsafe
from presslog.store.keys import checkpoint_of, keys_of, rotate, signer_of
from presslog.store.leaf import erased_meta, leaf
from presslog.store.log import EventLog
from presslog.store.merkle import Tree, grown
from presslog.store.notary import CHECKPOINT, FILE, STEP_EVENTS, Notary, notarised
from presslog.store.sqlite import connect


@pytest.fixture
def notary(tmp_path: Path) -> Iterator[Notary]:
    with closing(a_notary(tmp_path)) as notary:
        yield notary


def log_of(notary: Notary) -> MemoryLog:
    return notary._log


def root_of(log: EventLog) -> bytes:
    """The root of a log, computed from its events alone."""
    tiles: dict[tuple[int, int], bytes] = {}
    events = log.read(0, 1 << 30)
    tiles.update(grown(lambda level, number: b"", 0, [leaf(event) for event in events]))
    return Tree(lambda level, number: tiles.get((level, number), b"")).root(len(events))


def rows(folder: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(connect(folder / FILE)) as connection:
        return connection.execute(statement).fetchall()


def tiles_in(folder: Path) -> list[tuple[object, ...]]:
    return rows(folder, "select level, number, hashes from tiles order by level, number")


def tamper(log: MemoryLog, position: int, **change: object) -> None:
    log._events[position - 1] = log._events[position - 1]._replace(**change)


def test_notary_of_every_engine_signs_the_root_of_its_log(log: EventLog, tmp_path: Path) -> None:
    with closing(a_notary(tmp_path / "notary", log)) as notary:
        grow(log, 300)

        note = caught_up(notary)

        checkpoint = checkpoint_of(note, keys_of(log))
        assert (checkpoint.size, checkpoint.root) == (301, root_of(log))
        assert (tmp_path / "notary" / CHECKPOINT).read_text() == note


def test_nothing_is_signed_of_an_empty_tree_and_nothing_twice(notary: Notary) -> None:
    assert notary.sign() is None

    first = caught_up(notary)

    assert caught_up(notary) == first
    assert list(notary.checkpoints()) == [first]


def test_every_note_goes_on_from_those_before(notary: Notary) -> None:
    for count in (1, 5, 250, 3, 600):
        grow(log_of(notary), count)
        caught_up(notary)

    notes = [checkpoint_of(note, keys_of(log_of(notary))) for note in notary.checkpoints()]
    assert [note.size for note in notes] == [2, 7, 257, 260, 860]
    for old in notes:
        for new in notes:
            if old.size <= new.size:
                verify_consistency(old, new, notary.tree.consistency(old.size, new.size))
    assert list(notary.checkpoints(after=257)) == list(notary.checkpoints())[3:]


@settings(max_examples=25)
@given(cuts=st.lists(st.integers(0, 90), max_size=8))
def test_any_cut_of_the_batches_and_any_restart_gives_the_same_tiles(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[int]
) -> None:
    log, whole, cut = MemoryLog(), tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("cut")
    signer = signer_of(whole, log)
    for count in [*cuts, 300]:
        grow(log, count)
        with closing(Notary(cut, log, signer)) as notary:
            notary.advance()

    with closing(Notary(whole, log, signer)) as notary:
        notary.advance()

    assert tiles_in(cut) == tiles_in(whole)


def test_a_step_is_bounded(notary: Notary) -> None:
    grow(log_of(notary), STEP_EVENTS + 10)

    assert [notary.advance() for _ in range(3)] == [STEP_EVENTS, 11, 0]
    assert notary.size == STEP_EVENTS + 11


def test_reader_beside_the_notary_sees_what_it_has_done(notary: Notary, tmp_path: Path) -> None:
    grow(log_of(notary), 300)
    note = caught_up(notary)

    with closing(notarised(tmp_path)) as reader:
        assert (reader.size, reader.latest(), reader.log_id) == (301, note, log_of(notary).log_id)
        assert reader.tree.root(301) == root_of(log_of(notary))
        grow(log_of(notary), 1)
        caught_up(notary)
        assert reader.size == 302


def test_where_there_was_no_notary_there_is_nothing_to_read(tmp_path: Path) -> None:
    with pytest.raises(NoSuchStore):
        notarised(tmp_path)
    connect(tmp_path / FILE).close()
    with pytest.raises(NoSuchStore):
        notarised(tmp_path)


def test_erasing_an_event_changes_no_note(notary: Notary) -> None:
    log = log_of(notary)
    grow(log, 20)
    note = caught_up(notary)

    tamper(log, 7, data=b"", meta=erased_meta(log._events[6]))

    assert checkpoint_of(note, keys_of(log)).root == root_of(log)


def test_gap_in_the_log_is_refused_by_its_position(notary: Notary) -> None:
    log = log_of(notary)
    grow(log, 20)
    del log._events[6]

    with pytest.raises(StoreUnsafe, match="event 7 is missing"):
        notary.advance()
    assert notary.size == 0


@pytest.mark.parametrize("position", [1, 250, 257, 300, 301])
def test_log_whose_last_events_differ_is_another_log(tmp_path: Path, position: int) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        grow(log, 300)
        note = caught_up(notary)
    before = tiles_in(tmp_path)
    tamper(log, position, data=b'{"n":"altered"}')

    # What lies further back than the last tile is found by `presslog verify`, which reads the whole log.
    if position < 257:
        again(tmp_path, log)
    else:
        with pytest.raises(LogDiverged, match=f"another event {position} "):
            again(tmp_path, log)
    assert tiles_in(tmp_path) == before
    assert rows(tmp_path, "select note from notes") == [(note,)]


def again(folder: Path, log: EventLog) -> None:
    Notary(folder, log, signer_of(folder, log)).close()


def test_log_that_became_shorter_is_another_log(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        grow(log, 20)
        caught_up(notary)
    del log._events[15:]

    with pytest.raises(LogDiverged, match="knows 21 events, the log holds 15"):
        again(tmp_path, log)


def test_tree_of_another_log_is_refused(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        caught_up(notary)
    (tmp_path / "presslog.key").unlink()

    with pytest.raises(LogDiverged, match="belongs to the log"):
        again(tmp_path, MemoryLog())


def test_lost_tree_is_made_again_and_signs_the_same(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        grow(log, 300)
        note = caught_up(notary)
    before = tiles_in(tmp_path)
    (tmp_path / FILE).unlink()

    with closing(Notary(tmp_path, log, signer_of(tmp_path, log))) as notary:
        notary.advance()
        assert notary.sign() == note

    assert tiles_in(tmp_path) == before


def test_text_beside_the_tree_is_written_again_where_it_was_lost(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        note = caught_up(notary)
    (tmp_path / CHECKPOINT).write_text("nonsense")

    with closing(Notary(tmp_path, log, signer_of(tmp_path, log))) as notary:
        assert notary.sign() == note

    assert (tmp_path / CHECKPOINT).read_text() == note


def test_note_that_found_no_room_is_the_one_that_is_kept_later(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        (tmp_path / CHECKPOINT).mkdir()
        notary.advance()
        with pytest.raises(StorageFailed):
            notary.sign()
        (tmp_path / CHECKPOINT).rmdir()

        assert notary.sign() == notary.latest() == (tmp_path / CHECKPOINT).read_text()


def test_log_rewritten_and_tree_lost_is_not_signed_over_the_text_beside_it(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        grow(log, 300)
        caught_up(notary)
    (tmp_path / FILE).unlink()
    tamper(log, 7, data=b'{"n":"altered"}')
    grow(log, 5)

    with closing(Notary(tmp_path, log, signer_of(tmp_path, log))) as notary:
        notary.advance()
        with pytest.raises(LogDiverged, match="what was signed as the first 301"):
            notary.sign()


def test_log_cut_short_and_tree_lost_is_not_signed_over_the_text_beside_it(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        grow(log, 20)
        caught_up(notary)
    (tmp_path / FILE).unlink()
    del log._events[15:]

    with pytest.raises(LogDiverged, match="signed 21 events, the log holds 15"):
        again(tmp_path, log)


def test_tile_that_was_altered_is_not_signed_over(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        grow(log, 600)
        caught_up(notary)
    with closing(connect(tmp_path / FILE)) as connection:
        connection.execute("update tiles set hashes = zeroblob(length(hashes)) where level = 1")

    with pytest.raises(LogDiverged, match="what was signed as the first 601"):
        again(tmp_path, log)


def test_format_of_tomorrow_is_refused(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
    with closing(connect(tmp_path / FILE)) as connection:
        connection.execute("update notary set value = '2' where name = 'version'")

    with pytest.raises(StoreUnsafe, match="a newer presslog"):
        again(tmp_path, log)


def test_old_key_signs_nothing_from_its_rotation_on(notary: Notary, tmp_path: Path) -> None:
    log = log_of(notary)
    grow(log, 5)
    note = caught_up(notary)
    rotate(tmp_path, log)
    notary.advance()

    with pytest.raises(StoreUnsafe, match="another key"):
        notary.sign()
    assert notary.latest() == note


def test_new_key_signs_from_its_rotation_on(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        grow(log, 5)
        caught_up(notary)
    with closing(Notary(tmp_path, log, rotate(tmp_path, log))) as notary:
        caught_up(notary)

        sizes = [checkpoint_of(note, keys_of(log)).size for note in notary.checkpoints()]

    assert sizes == [6, 7]


def test_key_waits_until_the_tree_holds_its_own_event(tmp_path: Path) -> None:
    log = MemoryLog()
    grow(log, STEP_EVENTS + 5)
    with closing(a_notary(tmp_path, log)) as notary:
        notary.advance()
        assert notary.sign() is None

        notary.advance()

        assert checkpoint_of(notary.sign() or "", keys_of(log)).size == STEP_EVENTS + 6


def test_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    with closing(a_notary(tmp_path)) as notary:
        log = log_of(notary)
        caught_up(notary)
    (tmp_path / FILE).write_bytes(b"not a database" * 1000)

    with pytest.raises(StoreUnsafe, match="made anew from the log"):
        again(tmp_path, log)
