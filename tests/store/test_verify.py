"""Verification: what is good is said to be good, whoever writes meanwhile, and what is not is named."""

from contextlib import closing
from pathlib import Path

import pytest
from archives import Archive
from notaries import a_notary, caught_up, grow

from presslog.handlers.views import views
from presslog.store.check_beside import Elsewhere, check_here
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import NoSuchStore, NotProven
from presslog.store.findings import MOST_FINDINGS, Findings
from presslog.store.keys import replace_lost, rotate
from presslog.store.sqlite import connect
from presslog.store.verify import Kept, Report, Wanted, verify
from presslog.store.views import serving_path


@pytest.fixture
def store(archive: Archive) -> Path:
    """The store of an archive with three articles, of which everything is signed."""
    for name in ("a.txt", "b.txt", "c.txt"):
        archive.keep(name, title=name)
    archive.build()
    signed(archive.folder, archive.log)
    return archive.folder


@pytest.fixture
def archive(folder: Path) -> Archive:
    return Archive(folder)


def signed(folder: Path, log: SqliteLog) -> str:
    with closing(a_notary(folder, log)) as notary:
        return caught_up(notary)


def words(report: Report) -> dict[str, str]:
    assert report.findings == ()
    assert all(each.is_good for each in report.checked)
    return {each.check: each.what for each in report.checked}


def found(report: Report) -> list[tuple[str, int]]:
    return [(finding.check, finding.position) for finding in report.findings]


def test_good_archive_is_good_in_every_respect(store: Path) -> None:
    said = words(verify(store, Wanted()))

    assert said["log"].startswith("7 events, none missing")
    assert said["blobs"].startswith("3 originals")
    assert said["views"] == "6 come from this log"
    assert "the newest of 7 events" in said["notes"]


def test_writer_may_go_on_meanwhile(store: Path, archive: Archive) -> None:
    archive.keep("d.txt", title="d")

    said = words(verify(store, Wanted()))

    assert "2 behind it are not signed yet" in said["notes"]


def test_log_that_nobody_has_signed_is_said_to_be_so(folder: Path) -> None:
    archive = Archive(folder)
    archive.keep()

    said = words(verify(folder, Wanted()))

    assert said["notes"].startswith("nothing is signed yet")
    assert said["views"] == "not built yet"


def test_original_that_no_event_names_is_only_counted(store: Path, archive: Archive) -> None:
    archive.log.blobs.put(b"left by a crash")

    assert "1 originals are named by none" in words(verify(store, Wanted()))["log"]


def test_place_without_a_log_is_no_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(NoSuchStore):
        verify(tmp_path, Wanted())


def test_notary_that_is_gone_is_missed(store: Path) -> None:
    (store / "notary.db").unlink()

    assert found(verify(store, Wanted())) == [("tree", 0)]


def test_notary_that_names_no_log_is_found(store: Path) -> None:
    with closing(connect(store / "notary.db")) as notary:
        notary.execute("delete from notary where name = 'log_id'")

    report = verify(store, Wanted())

    assert [finding.what for finding in report.findings if "names no log" in finding.what]


def test_what_came_after_a_checkpoint_is_verified_alone(store: Path, archive: Archive) -> None:
    note = (store / "checkpoint").read_text()
    grow(archive.log, 600)
    signed(store, archive.log)

    by_note = words(verify(store, Wanted(since=Kept("note", note))))
    by_position = words(verify(store, Wanted(since=10)))

    assert by_note["log"].startswith("600 events behind #7")
    assert by_position["log"].startswith("600 events behind #7")
    assert by_note["blobs"].startswith("0 originals")


def test_change_behind_a_trusted_checkpoint_is_found(store: Path, archive: Archive) -> None:
    grow(archive.log, 600)
    signed(store, archive.log)
    change(archive, 400)
    change(archive, 3)

    assert found(verify(store, Wanted(since=10))) == [("log", 400)]
    assert found(verify(store, Wanted())) == [("log", 3), ("log", 400)]


def change(archive: Archive, position: int) -> None:
    """Give an event another type, behind the back of the triggers."""
    archive.log.close()
    with closing(connect(archive.folder / "log.db")) as log:
        (sql,) = log.execute("select sql from sqlite_master where name = 'events_are_not_updated'").fetchone()
        log.execute("drop trigger events_are_not_updated")
        log.execute("update events set type = 'other' where position = ?", (position,))
        log.execute(sql)


def test_trusted_checkpoint_of_another_history_is_not_trusted(store: Path, archive: Archive, tmp_path: Path) -> None:
    with closing(Archive(tmp_path / "other")) as other:
        grow(other.log, 6)
        note = signed(other.folder, other.log)

    report = verify(store, Wanted(since=Kept("note", note), against=[Kept("kept", note)]))

    assert [finding.what for finding in report.findings if "is of presslog/" in finding.what]


def test_checkpoint_of_any_size_is_compared(store: Path, archive: Archive) -> None:
    notes = [(store / "checkpoint").read_text()]
    for _ in range(4):
        grow(archive.log, 150)
        notes.append(signed(store, archive.log))
    kept = [Kept(f"note {number}", note) for number, note in enumerate(notes)]

    words(verify(store, Wanted(against=kept)))
    words(verify(store, Wanted(since=kept[2], against=kept)))


def test_text_that_is_no_checkpoint_is_refused(store: Path) -> None:
    with pytest.raises(NotProven, match="no checkpoint of presslog"):
        verify(store, Wanted(against=[Kept("kept", "nonsense")]))


def test_rotated_key_is_good_and_a_replaced_one_is_told_of(store: Path, archive: Archive) -> None:
    rotate(store, archive.log)
    signed(store, archive.log)
    assert "replaced" not in words(verify(store, Wanted()))["notes"]

    (store / "presslog.key").unlink()
    replace_lost(store, archive.log)
    signed(store, archive.log)

    assert "the key was replaced at #9 without the one before" in words(verify(store, Wanted()))["notes"]


def test_rows_of_the_views_are_compared_where_that_is_asked(store: Path) -> None:
    path = serving_path(store)
    assert path
    words(verify(store, Wanted(), views=views()))
    with closing(connect(path)) as connection:
        connection.execute("update revisions set title = 'Another' where position = 3")

    report = verify(store, Wanted(), views=views())

    assert words(verify(store, Wanted()))
    assert "table revisions has 0 rows missing, 0 too many, 1 changed" in report.findings[0].what


def test_views_of_another_log_are_found(store: Path, tmp_path: Path) -> None:
    with closing(Archive(tmp_path / "other")) as other:
        other.keep()
        other.build()
        theirs, ours = serving_path(other.folder), serving_path(store)
    assert theirs
    assert ours
    for rest in ("-wal", "-shm"):
        ours.with_name(ours.name + rest).unlink(missing_ok=True)
    theirs.replace(ours)

    report = verify(store, Wanted())

    assert {check for check, _ in found(report)} == {"views"}


def test_other_process_finds_the_same(store: Path, archive: Archive) -> None:
    archive.log.close()
    with closing(connect(store / "log.db")) as log:
        log.execute("drop trigger blobs_are_not_updated")
        log.execute("update blobs set size_bytes = size_bytes + 1 where rowid = 2")
    here, there = Findings(), Findings()

    beside = check_here(store, here, lambda *_: None, is_whole=True)
    with Elsewhere(store, is_whole=True) as other:
        elsewhere = other.wait(there, lambda *_: None)

    assert elsewhere == beside
    assert there.in_order == here.in_order
    assert {finding.check for finding in there.in_order} == {"files", "blobs"}


def test_process_that_dies_of_a_file_is_a_finding(store: Path) -> None:
    findings = Findings()

    with Elsewhere(store, is_whole=True) as other:
        other._process.kill()
        other.wait(findings, lambda *_: None)

    assert "whoever reads it dies of it" in findings.in_order[0].what


def test_heap_of_findings_is_cut_and_counted() -> None:
    findings = Findings()
    for position in range(100, 0, -1):
        findings.add("log", "bad", position)

    assert findings.count == 100
    assert len(findings.in_order) == MOST_FINDINGS
