"""presslog erase, beside a running daemon and without one: what it shows, asks, does, proves and says."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from archives import NOON
from backups import backed_up
from click.testing import Result
from desks import Desk, a_story, in_company
from examples import until
from terminals import on_terminal
from traces import pieces_of, traces

from presslog.daemon.cli.erase_page import page
from presslog.handlers.views import views
from presslog.store.candidate import Watch
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.erase_finish import finish, unproved
from presslog.store.erase_traces import NO_SAMPLES, empty_wal
from presslog.store.errors import LogUnavailable, StoreLocked
from presslog.store.events import Event
from presslog.store.generation import View
from presslog.store.lock import WriterLock
from presslog.store.names import article_id, article_stream
from presslog.store.rebuild import LOCK
from presslog.store.sqlite import Connection, connect, sqlite3

Ask = Callable[..., Result]
A, B = article_id("presslog:seeds/a.txt"), article_id("presslog:seeds/b.txt")
WORDS = "The minister was never at the harbour on that night, says the only witness of it."
LATER = "The minister was at the harbour after all, and the witness of it has left the country."
ORDER = ("--reason", "court order 12 O 345/26", "--yes")


@pytest.fixture
def filled(tmp_path: Path) -> Desk:
    """Three articles, the first of them in two versions."""
    desk = Desk(tmp_path / "desk")
    for text in (WORDS, LATER):
        desk.drop("a.txt", a_story("Minister was not there, court hears", text))
        desk.drain()
    desk.drop("b.txt", a_story("Lakes fall", "The water went at noon, and nobody knows where it has gone to."))
    desk.drop("c.txt", a_story("Bridges hold", "Nothing was lost."))
    desk.drain()
    return desk


@pytest.fixture
def desk(company: str, filled: Desk) -> Iterator[Desk]:
    with in_company(filled, company):
        yield filled


@pytest.fixture
def ask(asker: Callable[..., Ask], filled: Desk) -> Ask:
    """A function that runs presslog with these words and the desk."""
    return asker(filled.folder)


def positions_of(desk: Desk, identifier: str) -> list[int]:
    return [event.position for event in desk.events() if event.stream == article_stream(identifier)]


def titles(desk: Desk) -> list[str]:
    return [title for (title,) in desk.rows("select title from articles order by path")]


def test_no_trace_of_an_article_is_left_and_a_receipt_says_so(desk: Desk, ask: Ask) -> None:
    pieces, positions = pieces_of(desk.store, A), positions_of(desk, A)
    assert len({name for name, _ in traces(desk.store, pieces)}) >= 2

    ended = ask("erase", A[:12], *ORDER, "-o", "json")

    assert ended.exit_code == 0, ended.stderr
    receipt = json.loads(ended.stdout)
    assert (receipt["article_id"], receipt["revision"], receipt["positions"]) == (A, 2, positions)
    assert (receipt["reason"], len(receipt["digests"])) == ("court order 12 O 345/26", 2)
    assert receipt["actor"].startswith("operator:")
    assert receipt["scanned"]["samples"] >= 8
    assert (receipt["scanned"]["left"], receipt["scanned"]["shared"]) == ([], [])
    assert receipt["lying"] == [str(desk.path("a.txt"))]
    assert traces(desk.store, pieces) == []
    assert titles(desk) == ["Lakes fall", "Bridges hold"]
    assert [event.id for event in desk.events("article-redacted")] == [receipt["event_id"]]
    assert unproved(desk.store).articles == ()
    assert len(list(desk.store.glob("views-*.db"))) == 1


def test_files_are_taken_in_and_found_as_before(desk: Desk, ask: Ask, company: str) -> None:
    ask("erase", A, *ORDER)

    desk.drop("d.txt", a_story("Ferries sail", "The last of them left at ten."))
    if company == "alone":
        desk.drain()
    until(lambda: "Ferries sail" in titles(desk))

    assert ask("search", "ferries").stdout.count("Ferries sail") == 1
    assert ask("search", "minister").stderr.startswith("nothing matches")


def test_a_daemon_keeps_no_deleted_views_open(desk: Desk, ask: Ask) -> None:
    ask("erase", A, *ORDER)

    until(lambda: not deleted_views(desk))


def deleted_views(desk: Desk) -> list[str]:
    """Files of views that no name leads to any more, and that a process holds open."""
    handles = [handle for process in Path("/proc").glob("[0-9]*/fd") for handle in listed(process)]
    return [name for name in handles if name.startswith(f"{desk.store}/views-") and name.endswith("(deleted)")]


def listed(folder: Path) -> list[str]:
    try:
        return [os.readlink(each) for each in folder.iterdir()]
    except OSError:
        return []


def test_whoever_asks_for_it_hears_of_the_order(filled: Desk, ask: Ask) -> None:
    ask("erase", A, *ORDER)

    for command in ("show", "diff"):
        ended = ask(command, "seeds/a.txt")
        assert ended.exit_code == 3
        assert "was erased by order on " in ended.stderr
        assert "court order 12 O 345/26" in ended.stderr

    history = ask("history", A).stdout
    assert "erased\tby operator:" in history
    assert "court order 12 O 345/26" in history
    [row] = json.loads(ask("history", A, "-o", "json").stdout)
    assert (row["change_kind"], row["revision"], row["title"]) == ("erased", 2, None)
    for words in (("-p",), ("--stat",), ("--oneline",)):
        assert "erased" in ask("history", A, *words).stdout


def test_events_and_log_show_what_was_erased(filled: Desk, ask: Ask) -> None:
    first, second = positions_of(filled, A)
    ask("erase", A, *ORDER)

    assert f"x {A[:12]}  article-recorded  its content was erased by order  #{first}" in ask("log").stdout
    assert f"x {A[:12]}  erased by order  court order 12 O 345/26" in ask("log", "-g", "order").stdout
    rows = [json.loads(line) for line in ask("events", A, "-o", "ndjson").stdout.splitlines()]
    assert [row["data"] and row["data"]["reason"] for row in rows] == [None, None, "court order 12 O 345/26"]
    clouds = [json.loads(line) for line in ask("events", "-n", "20", "-o", "cloudevents").stdout.splitlines()]
    assert [int(cloud["sequence"]) for cloud in clouds if cloud.get("erased")] == [first, second]
    for words in (
        ("events",),
        ("changes",),
        ("first", "minister"),
        ("export",),
        ("files",),
        ("failures",),
        ("status",),
    ):
        assert ask(*words).exit_code == 0, words


def test_the_log_verifies_as_before(filled: Desk, ask: Ask) -> None:
    before = ask("verify")
    ask("erase", A, *ORDER)

    ended = ask("verify")

    assert (before.exit_code, ended.exit_code) == (0, 0), ended.stdout + ended.stderr


def test_nobody_is_asked_where_nobody_sits_and_nothing_is_erased(filled: Desk, ask: Ask) -> None:
    ended = ask("erase", A, "--reason", "court")

    assert ended.exit_code == 2
    assert "add --yes" in ended.stderr
    assert "Minister was not there" in ended.stderr
    assert len(titles(filled)) == 3
    assert filled.events("article-redacted") == []


@pytest.mark.parametrize(("key", "left"), [("n\n", 3), ("y\n", 2)])
def test_on_a_terminal_it_shows_what_goes_and_asks(filled: Desk, key: str, left: int) -> None:
    words = ["erase", "--store", filled.folder, A, "--reason", "court"]

    shown = on_terminal(*words, keys=key.encode(), after="Erase it for good?")

    assert "revisions  1 to 2" in shown.text
    assert "originals  seeds/a.txt" in shown.text
    assert len(titles(filled)) == left
    assert (shown.code, "on disk" in shown.text) == ((0, True) if left == 2 else (1, False))


@pytest.mark.parametrize("words", [(A,), (A, "--reason", " "), (), ("--finish", A)])
def test_an_order_has_a_name_and_a_reason(filled: Desk, ask: Ask, words: tuple[str, ...]) -> None:
    assert ask("erase", *words).exit_code == 2


def test_unknown_article_is_not_found(filled: Desk, ask: Ask) -> None:
    ended = ask("erase", "seeds/nothing.txt", *ORDER)

    assert (ended.exit_code, "no article answers to" in ended.stderr) == (3, True)
    assert not (filled.store / "erasing.json").exists()


def test_erasing_it_once_more_gives_the_same_receipt(filled: Desk, ask: Ask) -> None:
    first = json.loads(ask("erase", A, *ORDER, "-o", "json").stdout)

    ended = ask("erase", "seeds/a.txt", *ORDER, "-o", "json")

    again = json.loads(ended.stdout)
    assert "was erased before" in ended.stderr
    assert again | {"scanned": first["scanned"]} == first
    assert len(filled.events("article-redacted")) == 1


def test_words_that_another_article_has_too_are_no_trace(tmp_path: Path, asker: Callable[..., Ask]) -> None:
    desk = Desk(tmp_path / "desk")
    desk.drop("a.txt", a_story("Minister was not there", f"{WORDS}\n\nOnly here: {LATER}"))
    desk.drop("b.txt", a_story("Another paper writes", f"{WORDS}\n\nAnd nothing else."))
    desk.drain()

    ended = asker(desk.folder)("erase", A, *ORDER, "-o", "json")

    scanned = json.loads(ended.stdout)["scanned"]
    assert (ended.exit_code, scanned["left"], scanned["is_rewritten"]) == (0, [], False)
    assert scanned["shared"] == [B]
    assert desk.rows("select count(*) from revisions") == [(1,)]


def test_old_pages_of_the_log_are_found_and_written_anew(filled: Desk, ask: Ask) -> None:
    pieces = pieces_of(filled.store, A)
    with closing(connect(filled.store / "log.db", synchronous="full")) as older:
        older.execute("create table moved (content blob)")
        older.execute("insert into moved select data from events union all select content from blobs")
        older.execute("drop table moved")

    ended = ask("erase", A, *ORDER)

    assert "log.db was written anew from its rows" in ended.stdout
    assert traces(filled.store, pieces) == []
    assert titles(filled) == ["Lakes fall", "Bridges hold"]


def test_traces_in_other_files_are_told(filled: Desk, ask: Ask) -> None:
    (filled.store / "copy of log.db").write_bytes((filled.store / "log.db").read_bytes())

    ended = ask("erase", A, *ORDER)

    assert ended.exit_code == 4
    assert "TRACES     copy of log.db  holds words of it" in ended.stdout
    (filled.store / "copy of log.db").unlink()
    assert ask("erase", "--finish").exit_code == 0
    assert "nothing is left to finish" in ask("erase", "--finish").stderr


class Killed(BaseException):
    """The end of a process, as far as a test can have it without one."""


def dying(_: Connection, events: Sequence[Event]) -> None:
    raise Killed


@pytest.mark.parametrize("end", ["before the order", "in the views", "while views are rebuilt elsewhere"])
def test_what_was_interrupted_is_finished(filled: Desk, ask: Ask, end: str) -> None:
    pieces = pieces_of(filled.store, A)
    if end == "while views are rebuilt elsewhere":
        with WriterLock(filled.store, LOCK):
            ended = ask("erase", A, *ORDER)
        assert (ended.exit_code, "presslog erase --finish" in ended.stderr) == (7, True)
    else:
        begin_and_die(filled, is_ordered=end != "before the order")

    again = ask("erase", "--finish") if end != "before the order" else ask("erase", A, *ORDER)

    assert again.exit_code == 0, again.stderr
    assert f"{A} up to revision 2" in again.stdout
    assert traces(filled.store, pieces) == []
    assert unproved(filled.store).articles == ()
    assert titles(filled) == ["Lakes fall", "Bridges hold"]


def begin_and_die(desk: Desk, *, is_ordered: bool) -> None:
    from presslog.daemon.erase import Erase, erase
    from presslog.store.erase import content_of
    from presslog.store.erase_finish import begin

    begin(desk.store, A)
    if not is_ordered:
        return
    with desk.assembled() as (parts, _):
        content = content_of(parts.log, A)
        assert content
        erase(parts, Erase(A, "by order", content.expected), "operator:ada")
        mortal: list[View] = [view._replace(apply=dying) for view in views()]
        with pytest.raises(Killed):
            finish(desk.store, mortal, parts.log, NO_SAMPLES, Watch())


def test_doctor_tells_of_an_erasure_that_was_not_brought_to_its_end(filled: Desk, ask: Ask) -> None:
    before = ask("doctor").stdout
    begin_and_die(filled, is_ordered=True)

    ended = ask("doctor")

    assert "erasures" not in before
    assert f"of {A}" in ended.stdout
    assert "presslog erase --finish" in ended.stdout


def test_unfinished_views_of_before_are_not_gone_on_with(filled: Desk, ask: Ask) -> None:
    pieces = pieces_of(filled.store, A)
    ask("views", "diff")
    assert len(list(filled.store.glob("views-*.db"))) == 2

    assert ask("erase", A, *ORDER).exit_code == 0

    assert traces(filled.store, pieces) == []


def test_two_do_not_erase_at_once(filled: Desk, ask: Ask) -> None:
    with WriterLock(filled.store, "erase.lock"):
        ended = ask("erase", A, *ORDER)

    assert (ended.exit_code, "is erasing in" in ended.stderr) == (7, True)


def test_a_long_reader_of_the_log_is_named_and_waited_for(filled: Desk) -> None:
    with closing(SqliteLog(filled.store)) as log, closing(sqlite3.connect(filled.store / "log.db")) as reader:
        log.blobs.put(b"one")
        reader.execute("begin")
        reader.execute("select count(*) from events").fetchone()
        log.blobs.put(b"two")

        with pytest.raises(LogUnavailable, match=r"log\.db-wal is in use since 0 s"):
            empty_wal(filled.store, seconds=0)
        reader.execute("rollback")
        empty_wal(filled.store)

        assert (filled.store / "log.db-wal").stat().st_size == 0


def test_backups_that_may_hold_it_are_named(filled: Desk, ask: Ask, tmp_path: Path) -> None:
    shelf = tmp_path / "backups"
    filled.configure(backup_folder=str(shelf))
    held = backed_up(filled.store, shelf)
    damaged = shelf / "presslog-20220106T041431.204Z-5000"
    damaged.mkdir()

    receipt = json.loads(ask("erase", A, *ORDER, "-o", "json").stdout)

    later = backed_up(filled.store, shelf, at=NOON + 60)
    assert receipt["backups"] == [str(damaged), str(held.path)]
    assert json.loads(ask("erase", A, *ORDER, "-o", "json").stdout)["backups"] == receipt["backups"]
    assert traces(later.path, pieces_of(held.path, A)) == []


def test_a_receipt_names_the_checkpoint(filled: Desk, ask: Ask) -> None:
    ended = ask("erase", A, *ORDER, "-o", "json")

    receipt = json.loads(ended.stdout)
    assert receipt["checkpoint"].startswith("presslog/")
    assert "checkpoint presslog/" in "\n".join(page(receipt))


def test_a_second_rebuild_is_refused_in_our_words(filled: Desk) -> None:
    from presslog.store.rebuild import locked

    with locked(filled.store), pytest.raises(StoreLocked, match="are being rebuilt by pid"):
        locked(filled.store)
