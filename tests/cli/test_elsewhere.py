"""A desk whose log is kept by a PostgreSQL: every command, as real processes, with the server there and away."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from clusters.postgres import PostgresCluster
from desks import Desk, History, a_story, in_company, running_daemon
from examples import until

from presslog.store.opening import ADDRESS, log_at

psycopg = pytest.importorskip("psycopg")

COMMAND = [sys.executable, "-m", "presslog.daemon"]
AWAY = "postgresql://127.0.0.1:1/none?user=postgres"
WORDS = "The minister was never at the harbour on that night, says the only witness of it."
LIMIT_SECONDS = 60


@pytest.fixture
def address(postgres_logs: Callable[[], str]) -> str:
    return postgres_logs()


@pytest.fixture
def desk(tmp_path: Path, address: str) -> Desk:
    """Two articles, from an empty folder on."""
    return a_desk(tmp_path / "desk", address)


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory, postgres_logs: Callable[[], str]) -> Desk:
    """The same for tests that only ask."""
    return a_desk(tmp_path_factory.mktemp("asked") / "desk", postgres_logs())


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory, postgres_logs: Callable[[], str]) -> Desk:
    """The same, whose server is away by now."""
    desk = a_desk(tmp_path_factory.mktemp("left") / "desk", postgres_logs())
    _, log_id = (desk.store / ADDRESS).read_text().splitlines()
    (desk.store / ADDRESS).write_text(f"{AWAY}\n{log_id}\n")
    desk.configure(engine=AWAY)
    return desk


def a_desk(folder: Path, address: str) -> Desk:
    desk = Desk(folder, engine=address)
    desk.drop("a.txt", a_story("Minister was not there, court hears", WORDS))
    desk.drop("b.txt", a_story("Lakes fall", "The water went at noon, and nobody knows where it has gone to."))
    assert "2 recorded" in said(desk, "run", "--once")
    return desk


def presslog(desk: Desk, *words: object, command: list[str] = COMMAND) -> subprocess.CompletedProcess[str]:
    """Run a command at a desk; it never ends with a traceback."""
    ended = subprocess.run(
        [*command, *map(str, words), "--store", str(desk.folder)],
        env={name: value for name, value in os.environ.items() if not name.startswith("PRESSLOG_")},
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended


def said(desk: Desk, *words: object, status: int = 0) -> str:
    """All that a command says, which ends with this status."""
    ended = presslog(desk, *words)
    assert ended.returncode == status, ended.stderr + ended.stdout
    return ended.stdout + ended.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("search", "harbour"), "1 article"),
        (("show", "seeds/a.txt"), WORDS[:30]),
        (("show", "seeds/a.txt", "--raw"), WORDS),
        (("history", "seeds/a.txt"), "1 revision"),
        (("log",), "Lakes fall"),
        (("events",), "file-received"),
        (("first", "harbour"), "1 source"),
        (("changes",), "2 changes"),
        (("files", "b.txt"), "as of #"),
        (("sources",), "as of #"),
        (("failures",), "no failures"),
        (("sql", "select count(*) as articles from articles"), "2"),
        (("watch", "harbour", "--once", "--from-start"), "1 hit"),
        (("export", "-o", "ndjson"), "2 articles"),
        (("feed", "harbour"), "1 entry"),
        (("prove", "seeds/a.txt"), "event #"),
        (("checkpoint",), "presslog/"),
        (("key",), "since #1"),
        (("views",), "live"),
        (("views", "diff"), "nothing would change"),
        (("views", "rebuild"), "views rebuilt"),
        (("reread", "--dry-run"), "2 the same"),
        (("verify", "--views"), "2 originals are what their digests say"),
        (("status",), "PostgreSQL"),
        (("doctor",), "PostgreSQL"),
        (("search", "harbour", "--fresh"), "1 article"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_command_answers_as_with_a_file(asked: Desk, words: tuple[str, ...], expected: str) -> None:
    assert expected in said(asked, *words)
    assert not (asked.store / "log.db").exists()


def test_command_writes_as_into_a_file(desk: Desk) -> None:
    assert "1 files" in said(desk, "ingest", __file__)
    assert "presslog/" in said(desk, "key", "rotate")
    said(desk, "search", "harbour", "--save", "quay")
    assert "quay" in said(desk, "searches")
    assert "3 articles" in said(desk, "export", "-o", "ndjson")
    assert "none missing" in said(desk, "verify")


def test_proof_from_a_server_is_good_anywhere(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "proof").write_text(presslog(desk, "prove", "seeds/a.txt").stdout)
    (tmp_path / "note").write_text(presslog(desk, "checkpoint").stdout)
    desk.drop("c.txt", a_story("Bridges hold", "Nothing was lost."))
    said(desk, "run", "--once")

    key = presslog(desk, "key").stdout.split()[0]

    words = ["check-proof", tmp_path / "proof", "--key", key, "--original", desk.path("a.txt")]
    checked = subprocess.run([*COMMAND, *map(str, words)], capture_output=True, check=False, timeout=LIMIT_SECONDS)
    assert checked.returncode == 0, checked.stderr
    assert said(desk, "consistency", tmp_path / "note")
    assert str(desk.store) in said(desk, "pins")
    assert "none missing" in said(desk, "verify", "--against", tmp_path / "note")


def test_daemon_warns_once_at_its_start(desk: Desk, tmp_path: Path, address: str) -> None:
    desk.configure(engine=address, backup_folder=str(tmp_path / "vault"), backup_seconds=1)

    with running_daemon(desk):
        until(desk.is_served, seconds=30)
        desk.drop("c.txt", a_story("Bridges hold", "Nothing was lost."))
        until(lambda: "Bridges hold" in desk.journal(), seconds=30)

    assert desk.journal().count("no standby is waited for") == 1
    assert desk.journal().count("no backup goes to backup_folder") == 1
    assert not (tmp_path / "vault").exists()


def test_erasure_is_complete_here_and_says_what_the_server_may_keep(desk: Desk, company: str) -> None:
    with in_company(desk, company):
        receipt = json.loads(presslog(desk, "erase", "seeds/a.txt", "--reason", "12 O", "--yes", "-o", "json").stdout)

        assert receipt["scanned"]["samples"] > 0
        assert not receipt["scanned"]["left"]
        assert "WAL archives" in receipt["beyond"]
        assert "was erased before" in said(desk, "erase", "seeds/a.txt", "--reason", "again", "--yes")
        assert "nothing is left to finish" in said(desk, "erase", "--finish")
        assert "nothing matches" in said(desk, "search", "minister")
        assert "1 originals" in said(desk, "verify", "--views")
    assert not [path for path in desk.store.rglob("*") if path.is_file() and WORDS.encode() in path.read_bytes()]


def test_words_that_another_article_holds_are_no_trace(desk: Desk) -> None:
    desk.drop("copy.txt", a_story("Another title", WORDS))
    said(desk, "run", "--once")

    receipt = json.loads(presslog(desk, "erase", "seeds/a.txt", "--reason", "12 O", "--yes", "-o", "json").stdout)

    assert receipt["scanned"]["shared"]
    assert not receipt["scanned"]["left"]


def test_log_that_cannot_erase_says_so_and_nothing_is_begun(desk: Desk, address: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("drop function presslog.erase")

    assert "cannot be used" in said(desk, "erase", "seeds/a.txt", "--reason", "12 O", "--yes", status=5)
    assert not (desk.store / "erasing.json").exists()
    assert "1 article" in said(desk, "search", "minister")


def test_status_tells_how_far_the_views_are_behind_in_events_and_time(desk: Desk, address: str) -> None:
    with closing(log_at(desk.store, address, readonly=False)) as log:
        History(log).article("late.txt")

    found = json.loads(presslog(desk, "status", "--check", "-o", "json").stdout)

    assert {view["behind"] for view in found["views"]} == {1}
    assert min(view["behind_seconds"] for view in found["views"]) > 0
    assert found["log"]["engine"].startswith("PostgreSQL")
    assert "1 behind for" in said(desk, "status", "--check", status=9)
    assert "1 events behind for" in said(desk, "doctor")


def test_doctor_passes_on_what_the_engine_warns_of(desk: Desk, address: str, tmp_path: Path) -> None:
    desk.configure(engine=address, backup_folder=str(tmp_path / "vault"))

    rows = json.loads(presslog(desk, "doctor", "-o", "json").stdout)

    warned = {row["check"]: row["fix"] for row in rows if row["state"] == "warn"}
    assert warned["log"].startswith("set synchronous_standby_names")
    assert "backup_folder" in warned["backup"]


def test_status_and_doctor_have_a_line_for_each_replica(tmp_path: Path) -> None:
    cluster = PostgresCluster(tmp_path / "cluster", standbys=1)
    try:
        cluster.start()
        desk = Desk(tmp_path / "desk", engine=cluster.url())
        said(desk, "run", "--once")

        assert "replica   n1 · streaming quorum · " in said(desk, "status")
        assert "replica n1 · streaming quorum" in said(desk, "doctor")
    finally:
        cluster.stop()


def test_what_is_here_is_told_where_the_server_is_away(left: Desk) -> None:
    shown, found = said(left, "status", status=7), json.loads(presslog(left, "status", "-o", "json").stdout)

    assert "log       unavailable: the log at 127.0.0.1" in shown
    assert "start the server" in shown
    assert "articles  2" in shown
    assert "search at #" in shown
    assert found["head"] is None
    assert {view["behind"] for view in found["views"]} == {None}
    said(left, "status", "--check", status=7)


@pytest.mark.parametrize(
    ("words", "status", "expected"),
    [
        (("search", "harbour"), 0, "and the log does not answer"),
        (("sql", "select 1"), 0, "1 row"),
        (("watch", "harbour", "--once", "--from-start"), 0, "1 hit"),
        (("show", "seeds/a.txt"), 0, WORDS[:30]),
        (("show", "seeds/a.txt", "--raw"), 7, "start the server"),
        (("log",), 7, "start the server"),
        (("verify",), 7, "start the server"),
        (("erase", "seeds/a.txt", "--reason", "12 O", "--yes"), 7, "start the server"),
        (("views", "rebuild"), 7, "start the server"),
        (("run", "--once"), 7, "start the server"),
        (("ingest", __file__), 7, "start the server"),
        (("key",), 7, "start the server"),
        (("checkpoint",), 0, "presslog/"),
        (("doctor",), 4, "start the server"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, tuple) else "",
)
def test_command_without_the_server_answers_or_names_the_remedy(
    left: Desk, words: tuple[str, ...], status: int, expected: str
) -> None:
    assert expected in said(left, *words, status=status)
    assert not (left.store / "erasing.json").exists()


def test_answer_does_not_wait_for_a_server_that_is_cut_off(left: Desk) -> None:
    _, log_id = (left.store / ADDRESS).read_text().splitlines()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        mute_address = f"postgresql://127.0.0.1:{mute.getsockname()[1]}/none?connect_timeout=600"
        (left.store / ADDRESS).write_text(f"{mute_address}\n{log_id}\n")
        try:
            assert "and the log does not answer" in said(left, "search", "harbour")
        finally:
            (left.store / ADDRESS).write_text(f"{AWAY}\n{log_id}\n")


def test_first_start_without_the_server_names_the_remedy(tmp_path: Path) -> None:
    assert "start the server" in said(Desk(tmp_path / "desk", engine=AWAY), "run", "--once", status=7)


def test_other_log_under_the_same_address_is_refused(desk: Desk, postgres_logs: Callable[[], str]) -> None:
    other = postgres_logs()
    log_at(desk.folder / "other", other, readonly=False).close()
    _, log_id = (desk.store / ADDRESS).read_text().splitlines()
    (desk.store / ADDRESS).write_text(f"{other}\n{log_id}\n")

    assert "put the address right" in said(desk, "status", status=5)


def test_backups_are_the_servers_own(desk: Desk, tmp_path: Path) -> None:
    file = Desk(tmp_path / "file")
    file.drop("a.txt", a_story())
    file.drain()
    said(file, "backup", tmp_path / "vault")
    [backup] = (tmp_path / "vault").iterdir()

    assert "pg_basebackup" in said(desk, "backup", tmp_path / "mine", status=8)
    assert "pg_basebackup" in said(desk, "restore", backup, "--replace", status=8)
    assert "is another one" in said(desk, "backup", "verify", backup)
    assert not (tmp_path / "mine").exists()
    assert "1 article" in said(desk, "search", "minister")


@pytest.mark.parametrize("words", [("status",), ("run", "--once"), ("verify",), ("events",)])
def test_package_that_is_missing_is_named(asked: Desk, words: tuple[str, ...]) -> None:
    without = "import sys; sys.modules['psycopg'] = None; from presslog.daemon.cli import main; main()"

    ended = presslog(asked, *words, command=[sys.executable, "-c", without])

    assert ended.returncode == 8
    assert "pip install 'presslog[postgres]'" in ended.stderr


def test_no_password_is_ever_shown(desk: Desk, address: str) -> None:
    assert address in said(desk, "config")
    for secret in ("postgresql://me:hunter2@127.0.0.1/news", "postgresql://127.0.0.1/news?password=hunter2"):
        desk.configure(engine=secret)

        for command in (("config",), ("run", "--once"), ("status",)):
            assert "hunter2" not in said(desk, *command, status=8)
