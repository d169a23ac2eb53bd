"""Verification of a log that a server keeps: all that it can be asked for is checked, and what is here beside it."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from archives import Archive
from notaries import a_notary, caught_up

from presslog.handlers.views import views
from presslog.store.errors import LogUnavailable
from presslog.store.events import ArticleRedacted, encode
from presslog.store.log import Append, Erasure, NewEvent
from presslog.store.opening import ADDRESS, log_at
from presslog.store.verify import Kept, Report, Wanted, verify

psycopg = pytest.importorskip("psycopg")


@pytest.fixture
def address(postgres_logs: Callable[[], str]) -> str:
    return postgres_logs()


@pytest.fixture
def archive(folder: Path, address: str) -> Archive:
    """Three articles in a log on a server, of which everything is signed, and their views."""
    archive = Archive(folder, log_at(folder, address, readonly=False))
    for name in ("a.txt", "b.txt", "c.txt"):
        archive.keep(name, title=name)
    archive.build()
    sign(archive)
    yield archive
    archive.close()


def sign(archive: Archive) -> None:
    with closing(a_notary(archive.folder, archive.log)) as notary:
        caught_up(notary)


def spoil(address: str, statement: str) -> None:
    """Change what the server keeps, as its owner can."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("alter table presslog.events disable trigger user")
        connection.execute("alter table presslog.blobs disable trigger user")
        connection.execute(statement)


def words(report: Report) -> dict[str, str]:
    assert report.findings == ()
    return {each.check: each.what for each in report.checked}


def found(report: Report) -> list[tuple[str, int]]:
    return [(finding.check, finding.position) for finding in report.findings]


def erase_first(archive: Archive) -> None:
    """Erase the first article, whose event is the first of the log; the order is the eighth."""
    [event, brought] = archive.log.read(0, 2)
    digest = brought.data.partition(b'"digest":"')[2][:64].decode()
    fact = ArticleRedacted(reason="by order", revision=1, positions=(1,), digests=(digest,))
    said = Append(event.stream, [NewEvent("e", "article-redacted", encode(fact))], None, "e")
    archive.log.erase(Erasure(said, (1,), (digest,)))


def test_good_log_of_a_server_is_good_in_every_respect(archive: Archive) -> None:
    said = words(verify(archive.folder, Wanted(), views=views()))

    assert "the log are in the care of its server" in said["files"]
    assert said["log"].startswith("7 events, none missing")
    assert said["blobs"].startswith("3 originals")
    assert "the newest of 7 events" in said["notes"]
    assert said["views"] == "6 have the rows that this log makes"


def test_what_came_after_a_position_is_verified_alone(archive: Archive) -> None:
    before = (archive.folder / "checkpoint").read_text()
    archive.keep("d.txt", title="d")
    sign(archive)

    said = words(verify(archive.folder, Wanted(since=Kept("note", before), against=[Kept("note", before)])))

    assert said["log"].startswith("2 events behind #7")
    assert said["blobs"].startswith("1 originals")


def test_article_that_was_erased_by_order_is_as_it_should_be(archive: Archive) -> None:
    erase_first(archive)

    assert words(verify(archive.folder, Wanted()))["blobs"].startswith("2 originals")


def test_copies_are_read_once(archive: Archive) -> None:
    archive.copy("z.txt", of="a.txt")

    assert words(verify(archive.folder, Wanted()))["blobs"].startswith("3 originals")


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("update presslog.events set data = data || ' ' where position = 4", ("log", 4)),
        ("update presslog.events set recorded_at = 1 where position = 6", ("log", 6)),
        ("delete from presslog.events where position = 5", ("log", 5)),
        ("delete from presslog.events where position > 5", ("log", 6)),
        ("update presslog.events set data = '' where position = 1", ("log", 1)),
        ("delete from presslog.blobs where digest = (select digest from presslog.blobs limit 1)", ("blobs", None)),
        ("update presslog.blobs set content = 'x'", ("blobs", 2)),
        ("update presslog.blobs set content = (select max(content::text)::bytea from presslog.blobs)", ("blobs", None)),
    ],
)  # fmt: skip
def test_what_was_changed_on_the_server_is_found(
    archive: Archive, address: str, statement: str, expected: tuple[str, int | None]
) -> None:
    spoil(address, statement)

    check, position = found(verify(archive.folder, Wanted()))[0]

    assert check == expected[0]
    assert position == expected[1] or expected[1] is None


def test_original_that_came_back_after_an_order_is_found(archive: Archive) -> None:
    [brought] = archive.log.read(1, 1)
    content = archive.log.blobs.get(brought.data.partition(b'"digest":"')[2][:64].decode())
    erase_first(archive)
    archive.log.blobs.put(content)

    assert found(verify(archive.folder, Wanted())) == [("blobs", 8)]


def test_event_that_was_emptied_without_an_order_is_found(archive: Archive, address: str) -> None:
    erase_first(archive)
    spoil(address, "update presslog.events set type = 'note-made' where position = 8")

    assert ("log", 1) in found(verify(archive.folder, Wanted()))


def test_hash_of_the_notary_that_was_changed_here_is_found(archive: Archive) -> None:
    (archive.folder / "notary.db").unlink()

    assert found(verify(archive.folder, Wanted())) == [("tree", 0)]


def test_other_log_under_the_address_is_found(archive: Archive, postgres_logs: Callable[[], str]) -> None:
    other, (_, log_id) = postgres_logs(), (archive.folder / ADDRESS).read_text().splitlines()
    log_at(archive.folder.parent / "other", other, readonly=False).close()
    (archive.folder / ADDRESS).write_text(f"{other}\n{log_id}\n")

    assert ("log", 0) in found(verify(archive.folder, Wanted()))


def test_server_that_is_away_says_nothing_of_the_log(archive: Archive) -> None:
    log_id = archive.log.log_id
    (archive.folder / ADDRESS).write_text(f"postgresql://127.0.0.1:1/none?user=postgres\n{log_id}\n")

    with pytest.raises(LogUnavailable):
        verify(archive.folder, Wanted())
