"""The commands that look after a store: init, status, doctor, views, failures, files, sources, config, sql, help."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from archives import Archive
from click.testing import CliRunner, Result

from presslog.daemon.cli import COMMANDS, presslog
from presslog.daemon.cli.sql import SAMPLES
from presslog.handlers.views import INSIGHTS, VIEWS
from presslog.store.registry import Entry, Registry, Stamp
from presslog.store.sqlite import connect
from presslog.store.views import serving_path

Ask = Callable[..., Result]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(presslog, [*map(str, arguments)], catch_exceptions=False)


def test_init_makes_a_desk_that_can_be_run(tmp_path: Path) -> None:
    ended = run("init", tmp_path / "desk", "--sample")

    assert ended.exit_code == 0
    assert f"Next:  presslog run {tmp_path}/desk\n" in ended.stdout
    assert (tmp_path / "desk" / "store").stat().st_mode & 0o777 == 0o700
    assert sorted(path.name for path in (tmp_path / "desk" / "seeds").iterdir()) == ["sample.txt"]
    assert run("run", "--once", tmp_path / "desk").exit_code == 0
    assert "Harbour Town" in run("search", "ferry", "--store", tmp_path / "desk").stdout


def test_init_again_overwrites_nothing(tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "presslog.toml").write_text('[feeds.wire]\nfolder = "incoming"\n')
    shutil.rmtree(tmp_path / "seeds")

    again = run("init", tmp_path)

    assert again.exit_code == 0
    assert (tmp_path / "presslog.toml").read_text() == '[feeds.wire]\nfolder = "incoming"\n'
    assert (tmp_path / "incoming").is_dir()
    assert not (tmp_path / "seeds").exists()


def test_init_where_nothing_can_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    ended = run("init", tmp_path / "file" / "desk")

    assert ended.exit_code == 1
    assert "cannot be made" in ended.stderr


def test_status_tells_of_log_views_and_files(archive: Archive, ask: Ask) -> None:
    archive.keep()
    archive.refuse("b.txt")
    archive.build()

    found = json.loads(ask("status", "-o", "json").stdout)

    assert (found["head"], found["articles"], found["failures"], found["daemon"]) == (3, 1, 1, None)
    assert found["files"] == {"read": 1, "refused": 1}
    assert {view["behind"] for view in found["views"]} == {0}
    assert "all 6 ● current" in ask("status").stdout
    assert ask("status", "--check").exit_code == 0


def test_status_check_says_behind_and_damaged(archive: Archive, ask: Ask, tmp_path: Path) -> None:
    archive.keep()
    archive.build()
    archive.keep("b.txt")
    other = Archive(tmp_path / "other")
    other.keep()
    other.close()

    behind = ask("status", "--check")
    shutil.copy(serving_path(archive.folder), tmp_path / "other" / "views.db")
    diverged = ask("status", "--check", store=tmp_path / "other")

    assert behind.exit_code == 9
    assert "2 behind" in behind.stdout
    assert diverged.exit_code == 5


def test_status_of_a_log_without_views_says_how_to_build_them(archive: Archive, ask: Ask) -> None:
    archive.keep()

    assert "presslog views rebuild" in ask("status").stdout
    assert ask("status", "--check").exit_code == 9


def test_views_are_listed_and_rebuilt_beside_a_writer(archive: Archive, ask: Ask) -> None:
    archive.keep()
    archive.build()
    before = serving_path(archive.folder)

    rebuilt = ask("views", "rebuild")

    assert rebuilt.exit_code == 0
    assert "as of #2" in rebuilt.stderr
    assert serving_path(archive.folder) != before
    assert ask("views").stdout.splitlines()[0].split("\t")[:4] == ["failures", "2", "2", "0"]
    files = [row["file"] for row in json.loads(ask("views", "ls", "-o", "json").stdout)]
    assert (files.count("views"), files.count("insight")) == (len(VIEWS), len(INSIGHTS))


def test_paused_view_is_told_by_status_and_doctor(archive: Archive, ask: Ask) -> None:
    archive.keep()
    connection = connect(archive.build().folder / "views.db")
    connection.execute("update checkpoints set state = 'paused', error = 'event 3: boom' where view = 'search'")
    connection.close()

    assert "search ✗ paused at #2: event 3: boom" in ask("status").stdout
    assert ask("status", "--check").exit_code == 9
    assert "paused: search: event 3: boom" in ask("doctor").stdout


def test_failures_say_why_and_what_to_do(archive: Archive, ask: Ask) -> None:
    archive.refuse("a.pdf", "binary", "no text in it")
    archive.build()

    listed = ask("failures")
    shown = ask("failures", "show", "1")

    assert listed.stdout.split("\t")[:5] == ["1", "open", "seeds/a.pdf", "binary", "no text in it"]
    assert "remedy       this is no text: export the article" in shown.stdout
    assert json.loads(ask("failures", "show", "1", "-o", "json").stdout)["path"] == "seeds/a.pdf"
    assert ask("failures", "show", "9").exit_code == 3


def test_files_that_wait_are_listed_with_the_failures(archive: Archive, ask: Ask) -> None:
    archive.build()
    registry = Registry(archive.folder)
    registry.record([Entry("seeds", b"", b"a.txt", Stamp(1, 2, 3, 4), "waiting", code="open-for-writing")])
    registry.close()

    found = json.loads(ask("failures", "-o", "json").stdout)

    assert [(row["state"], row["path"], row["code"]) for row in found] == [
        ("waiting", "seeds/a.txt", "open-for-writing")
    ]
    assert found[0]["remedy"] == "the program that writes it must close it"


def test_no_failures_is_good_news(archive: Archive, ask: Ask) -> None:
    archive.build()

    assert "no file needs your attention" in ask("failures").stderr


def test_files_and_sources_are_listed(archive: Archive, ask: Ask) -> None:
    archive.keep("a.txt", source="Reuters")
    archive.keep("b.txt", source="Reuters", text="Dry.")
    archive.build()

    assert ask("files", "-o", "id").stdout == "seeds/b.txt\nseeds/a.txt\n"
    assert ask("sources").stdout.startswith("Reuters\t2\t2\t")
    assert "Next:" in ask("files", "nowhere").stderr


def test_doctor_finds_a_good_desk_good(archive: Archive, tmp_path: Path) -> None:
    run("init", tmp_path)
    archive.keep()
    archive.build()

    ended = run("doctor", "--store", tmp_path, "-o", "json")

    assert {row["state"] for row in json.loads(ended.stdout)} <= {"ok", "warn"}
    assert ended.exit_code == 0


def test_doctor_ends_with_4_and_a_fix_where_a_folder_is_missing(tmp_path: Path) -> None:
    run("init", tmp_path)
    (tmp_path / "seeds").rmdir()

    ended = run("doctor", "--store", tmp_path)

    assert ended.exit_code == 4
    assert f"seeds is missing\tmkdir -p {tmp_path}/seeds" in ended.stdout


def a_moving_desk(tmp_path: Path, after_read: str) -> Path:
    run("init", tmp_path)
    config = tmp_path / "presslog.toml"
    config.write_text(f'after_read = "{after_read}"\n{config.read_text()}')
    return tmp_path / "seeds"


@contextmanager
def immutable(folder: Path) -> Iterator[None]:
    if subprocess.run(["chattr", "+i", folder], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: this file system or user knows no immutable folders")
    try:
        yield
    finally:
        subprocess.run(["chattr", "-i", folder], check=True)


@pytest.mark.parametrize("after_read", ["move", "delete"])
def test_doctor_fails_where_a_folder_cannot_be_written_that_should_be(tmp_path: Path, after_read: str) -> None:
    seeds = a_moving_desk(tmp_path, after_read)
    (seeds / "done").mkdir()

    good = run("doctor", "--store", tmp_path)
    with immutable(seeds):
        bad = run("doctor", "--store", tmp_path)
        kept = run("doctor", "--store", tmp_path, "--set", "after_read=keep")

    assert "cannot be written" not in good.stdout + kept.stdout
    assert bad.exit_code == 4
    assert f'after_read = "{after_read}", but {seeds} cannot be written' in bad.stdout
    assert f"ReadWritePaths={seeds}" in bad.stdout


def test_doctor_fails_where_the_done_folder_cannot_be_written(tmp_path: Path) -> None:
    seeds = a_moving_desk(tmp_path, "move")
    (seeds / "done").mkdir()

    with immutable(seeds / "done"):
        bad = run("doctor", "--store", tmp_path)

    assert f"but {seeds}/done cannot be written" in bad.stdout


def test_config_shows_values_with_their_origin(tmp_path: Path) -> None:
    run("init", tmp_path)

    changed = run("config", "--store", tmp_path, "--set", "batch_files=7", "--changed", "--origin", "-o", "json")
    toml = run("config", "--store", tmp_path, "--set", "batch_files=7", "--origin")

    assert {row["key"]: row["origin"] for row in json.loads(changed.stdout)} == {
        "store": str(tmp_path / "presslog.toml"),
        "batch_files": "--set batch_files",
        "feeds.seeds.folder": str(tmp_path / "presslog.toml"),
    }
    assert "batch_files = 7  # --set batch_files\n" in toml.stdout


def test_sql_answers_and_refuses(archive: Archive, ask: Ask) -> None:
    archive.keep(source="Reuters")
    archive.build()

    ended = ask("sql", "select source, source, 1 as n from articles", "-o", "json")

    assert json.loads(ended.stdout) == [{"source": "Reuters", "source_2": "Reuters", "n": 1}]
    assert ask("sql", "select source from articles").stdout == "Reuters\n"
    assert ask("sql", "delete from articles").exit_code == 2
    assert "cut after 1 rows" in ask("sql", "select 1 union select 2", "--limit", "1").stderr


def test_sql_without_a_query_shows_tables_and_samples_that_work(archive: Archive, ask: Ask) -> None:
    archive.keep()
    archive.build()

    guide = ask("sql").stdout

    assert "articles as -- the current revision of every article" in guide
    for _, sample in SAMPLES:
        assert sample in guide
        assert ask("sql", sample).exit_code == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself_with_an_example(name: str) -> None:
    ended = run(name, "--help")

    assert ended.exit_code == 0
    assert "Example" in ended.stdout
    assert f"presslog {name}" in ended.stdout


def test_help_lists_every_command_whole() -> None:
    listed = run("--help").stdout

    assert [line.split()[0] for line in listed.partition("Commands:\n")[2].splitlines()] == list(COMMANDS)


def test_help_has_pages_for_topics_and_commands() -> None:
    assert "130  interrupted" in run("help", "exit-codes").stdout
    assert "kazakh*" in run("help", "query").stdout
    assert "yesterday" in run("help", "times").stdout
    assert "presslog search" in run("help", "search").stdout
    assert run("help", "nothing").exit_code == 2


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_a_script(shell: str) -> None:
    assert "_PRESSLOG_COMPLETE" in run("completion", shell).stdout
