"""The commands as real processes: exit codes, pipes, terminals, signals, and how little is loaded."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import Archive
from click.testing import Result
from processes import printed

from presslog.daemon.cli.exits import EXIT_CODES, exit_code
from presslog.store import errors
from presslog.store.lock import WriterLock

Ask = Callable[..., Result]
COMMAND = [sys.executable, "-m", "presslog.daemon"]
ENVIRONMENT = {
    key: value for key, value in os.environ.items() if not key.startswith(("PRESSLOG", "NO_COLOR", "FORCE_"))
}
HOSTILE = "Rise \x1b[31mred \x9b31m \u202eback \u2066in\x07 \x00end"
ACTIVE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
LIMIT_SECONDS = 30


def run(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, *map(str, arguments)]
    return subprocess.run(
        command, env=ENVIRONMENT, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False, **options
    )


def on_a_terminal(*arguments: object, columns: int = 80, **variables: str) -> str:
    """What a command writes where stdout and stderr are a terminal of so many columns."""
    above, below = pty.openpty()
    env = {**ENVIRONMENT, "COLUMNS": str(columns), "TERM": "xterm", **variables}
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], env=env, stdin=below, stdout=below, stderr=below)
    os.close(below)
    parts = []
    while part := _read(above):
        parts.append(part)
    os.close(above)
    process.wait(LIMIT_SECONDS)
    return b"".join(parts).decode().replace("\r\n", "\n")


def _read(handle: int) -> bytes:
    try:
        return os.read(handle, 65536)
    except OSError:  # Linux says EIO where the other side of a terminal was closed.
        return b""


def test_every_error_of_ours_has_its_exit_code() -> None:
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.PresslogError)
    ]

    codes = {kind.__name__: exit_code(kind("c", "m") if kind is errors.Unreadable else kind("m")) for kind in kinds}

    assert codes == {
        "PresslogError": 1,
        "KeyReused": 1,
        "EventTooLarge": 1,
        "StorageFailed": 1,
        "StorageFull": 1,
        "BadQuery": 2,
        "NotFound": 3,
        "Unreadable": 4,
        "StoreUnsafe": 5,
        "LogDiverged": 5,
        "NotProven": 5,
        "AmbiguousId": 6,
        "StoreLocked": 7,
        "LogUnavailable": 7,
        "Overtaken": 7,
        "ConfigError": 8,
        "NoSuchStore": 8,
        "Behind": 9,
    }
    assert [each.code for each in EXIT_CODES] == [*range(10), 130]


def test_processes_end_with_the_code_and_one_line(archive: Archive, tmp_path: Path) -> None:
    archive.keep()
    store = archive.build().folder

    for code, arguments in [
        (0, ["search", "water", "--store", store]),
        (2, ["search", "water OR", "--store", store]),
        (2, ["search", "--no-such-option"]),
        (3, ["show", "nothing", "--store", store]),
        (8, ["search", "water", "--store", tmp_path / "nowhere"]),
        (8, ["search", "water", "--store", store, "--set", "batch_files=many"]),
    ]:
        ended = run(*arguments)
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        if code > 2:
            assert re.fullmatch(r"presslog: error: [^\n]+\n", ended.stderr)


def test_ambiguous_id_ends_with_6_and_a_locked_rebuild_with_7(archive: Archive, ask: Ask) -> None:
    for number in range(40):
        archive.keep(f"{number}.txt")
    archive.build()

    letters = "abcdefghijklmnopqrstuvwxyz234567"
    with WriterLock(archive.folder, "rebuild.lock"):
        locked = ask("views", "rebuild")

    assert 6 in {ask("show", letter).exit_code for letter in letters}
    assert locked.exit_code == 7
    assert str(os.getpid()) in locked.stderr


def test_options_stand_before_or_after_the_command(archive: Archive) -> None:
    archive.keep()
    store = archive.build().folder

    before, after = run("--store", store, "search", "water"), run("search", "--store", store, "water")
    last_wins = run("--store", "/nowhere", "search", "water", "--store", store)

    assert before.returncode == after.returncode == last_wins.returncode == 0
    assert before.stdout == after.stdout == last_wins.stdout


def test_a_reader_that_goes_away_ends_the_command_quietly(archive: Archive) -> None:
    for number in range(300):
        archive.keep(f"{number}.txt", text="The water came at night. " * 50)
    store = archive.build().folder

    process = subprocess.Popen(
        [*COMMAND, "export", "--store", str(store)], env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.readline()
    process.stdout.close()

    assert process.wait(LIMIT_SECONDS) == 0
    assert process.stderr.read() == b""
    process.stderr.close()


def test_followed_events_come_as_they_happen_until_ctrl_c(archive: Archive) -> None:
    archive.keep("a.txt")
    command = [*COMMAND, "events", "-f", "-o", "ndjson", "--type", "article.*", "--store", str(archive.folder)]

    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    first = json.loads(process.stdout.readline())
    archive.keep("b.txt")
    second = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=LIMIT_SECONDS)

    assert (first["position"], second["position"]) == (1, 3)
    assert process.returncode == 130
    assert "Traceback" not in complaints


def test_nothing_that_an_article_says_acts_on_a_terminal(archive: Archive) -> None:
    archive.keep(title=HOSTILE, text=f"{HOSTILE} water.\n\n{HOSTILE}", source=HOSTILE, content=HOSTILE.encode())
    archive.refuse("b.txt", reason=HOSTILE)
    store = archive.build().folder

    for arguments in [
        ["search", "water"],
        ["search", "water", "-o", "json"],
        ["search", "water", "-o", "csv"],
        ["show", "seeds/a.txt"],
        ["show", "seeds/a.txt", "-o", "md"],
        ["show", "seeds/a.txt", "--raw"],
        ["export"],
        ["log"],
        ["sources"],
        ["failures", "show", "3"],
        ["sql", "select title from articles"],
    ]:
        shown = on_a_terminal(*arguments, "--store", store, NO_COLOR="1")
        assert "Rise" in shown
        assert ACTIVE.findall(shown.replace("\x1b[?25h", "")) == [], arguments


def test_what_a_pipe_gets_is_json_that_reads_back_exactly(archive: Archive) -> None:
    archive.keep(title=HOSTILE)

    line = run("export", "--store", archive.build().folder).stdout

    assert json.loads(line)["title"] == HOSTILE
    assert ACTIVE.findall(line) == []


def test_sources_and_dates_never_shrink_on_a_narrow_terminal(archive: Archive) -> None:
    archive.keep(title="Rivers rise " * 9, source="Agence France-Presse", published_at="2022-01-06")
    store = archive.build().folder

    query = "select published_at as day, source, title from articles"
    table = on_a_terminal("sql", query, "--store", store, columns=50, NO_COLOR="1").splitlines()[-2]
    found = on_a_terminal("search", "water", "--store", store, columns=60, NO_COLOR="1").splitlines()

    assert table.rstrip().endswith("…")
    assert "2022-01-06  Agence France-Presse  Rivers rise" in table
    assert len(table.rstrip()) == 50
    assert re.fullmatch(r"art_\w{8}  2022-01-06  Agence France-Presse  rev 1 .*…", found[0])


def test_colour_is_for_terminals_and_as_asked(archive: Archive) -> None:
    archive.keep()
    store = archive.build().folder
    command = ["search", "water", "--store", store]

    assert "\x1b[" in on_a_terminal(*command)
    assert "\x1b[" not in on_a_terminal(*command, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(*command, "--color", "never")
    assert "\x1b[" not in run(*command, "-o", "table").stdout
    assert "\x1b[" in run(*command, "-o", "table", "--color", "always").stdout


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["search", "water"], ["show", "seeds/a.txt"]])
def test_reading_commands_load_no_heavy_package(archive: Archive, arguments: list[str]) -> None:
    archive.keep()
    store = archive.build().folder
    code = """
    import sys
    from presslog.daemon.cli import presslog
    presslog(sys.argv[1:], standalone_mode=False)
    heavy = {"rich", "sqlite_utils", "watchdog", "apscheduler", "loguru", "zstandard", "yaml"}
    print("", *sorted(heavy & set(sys.modules)), sep="\\nloaded ")
    """

    shown = printed(code, *arguments, *(["--store", str(store)] if arguments[0][0] != "-" else []))

    assert not re.findall(r"^loaded \w+", shown, re.MULTILINE)
