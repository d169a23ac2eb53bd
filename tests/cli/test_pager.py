"""The pager, colour and width on a real terminal."""

import re
import shutil
from pathlib import Path

import pytest
from archives import Archive
from newsroom import FERRY, a_morning
from terminals import Shown, on_terminal

from presslog.daemon.cli.pager import pager_command
from presslog.daemon.cli.text import width_of

ESCAPES = re.compile("\x1b\\[[0-9;?]*[A-Za-z]")
LONG_SOURCE = "The Very Long Name of the Northern Harbour Press Agency"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    archive = a_morning(tmp_path_factory.mktemp("morning") / "store")
    archive.keep("zh.txt", title="北京港口恢复通航，渡轮事故之后港口今天恢复通航" * 3, source=LONG_SOURCE)
    archive.build().close()
    return archive.folder


@pytest.fixture
def pager(tmp_path: Path) -> Path:
    """A pager that says so and keeps what it is given."""
    program = tmp_path / "pager"
    program.write_text(f'#!/bin/sh\necho "PAGED $*"\ntee {tmp_path}/paged\n')
    program.chmod(0o755)
    return program


def shown(store: Path, *words: object, **how: object) -> Shown:
    return on_terminal(*words, "--store", store, **how)


def test_answer_longer_than_the_screen_goes_through_the_pager(store: Path, pager: Path) -> None:
    long = shown(store, "log", rows=12, PRESSLOG_PAGER=f"{pager} -x")
    short = shown(store, "log", rows=80, PRESSLOG_PAGER=str(pager))

    assert long.lines[0] == "PAGED -x"
    assert (pager.parent / "paged").read_text().count("\n") == 20
    assert "PAGED" not in short.text
    assert len(short.lines) == 20
    assert (long.code, short.code) == (0, 0)


def test_talk_stands_below_what_the_pager_shows(store: Path, pager: Path) -> None:
    ended = shown(store, "changes", "-S", "2022-01-06", rows=12, PAGER=str(pager))

    assert ended.lines[0].startswith("PAGED")
    assert ended.lines[-1].startswith("20 changes: more with -n · as of #")
    assert "as of" not in (pager.parent / "paged").read_text()


@pytest.mark.parametrize("off", [{"PRESSLOG_PAGER": "cat"}, {"PRESSLOG_PAGER": ""}, {"PAGER": ""}, {"TERM": "dumb"}])
def test_pager_can_be_switched_off(store: Path, pager: Path, off: dict[str, str]) -> None:
    ended = shown(store, "log", rows=12, **({"PAGER": str(pager)} | off))

    assert "PAGED" not in ended.text
    assert len(ended.lines) == 20


def test_no_pager_for_one_call_and_none_that_is_not_there(store: Path, pager: Path) -> None:
    once = shown(store, "log", "--no-pager", rows=12, PAGER=str(pager))
    before = shown(store, "--no-pager", "log", rows=12, PAGER=str(pager))
    gone = shown(store, "log", rows=12, PAGER="/nowhere/pager")

    assert [len(each.lines) for each in (once, before, gone)] == [20, 20, 20]


def test_pager_that_is_left_early_is_no_error(store: Path, tmp_path: Path) -> None:
    program = tmp_path / "impatient"
    program.write_text("#!/bin/sh\nhead -n 1\n")
    program.chmod(0o755)

    ended = shown(store, "export", "-o", "json", PAGER=str(program))
    events = shown(store, "events", "-o", "json", PAGER=str(program))

    assert (ended.code, events.code) == (0, 0)
    assert "Traceback" not in ended.text + events.text
    assert events.lines == ["["]


def test_follow_never_waits_for_a_pager(store: Path, pager: Path) -> None:
    ended = shown(store, "log", "-f", rows=12, keys=b"\x03", after="#31", PAGER=str(pager))

    assert "PAGED" not in ended.text
    assert ended.code == 130


def test_error_stands_below_the_answer(store: Path, pager: Path) -> None:
    ended = shown(store, "show", FERRY, "nobody", rows=5, PAGER=str(pager))

    assert ended.code == 3
    assert ended.lines[-1].startswith("presslog: error: no article answers to 'nobody'")


@pytest.mark.skipif(not shutil.which("less"), reason="NOT TESTED: there is no less")
def test_less_is_the_pager_where_none_is_named(store: Path) -> None:
    ended = shown(store, "log", "-r", rows=12, keys=b"q", after="\n:")

    assert ended.code == 0
    assert "#31" in ended.text
    assert "#12 " not in ended.text


def test_colour_goes_through_the_pager_and_hostile_text_stays_harmless(tmp_path: Path, pager: Path) -> None:
    archive = Archive(tmp_path / "store")
    archive.keep(title="Rivers \x1b]0;owned\x07 rise", text="\x1b[2J Words.\n\n" * 20)
    archive.build().close()

    shown(archive.folder, "show", "seeds/a.txt", rows=12, PAGER=str(pager))

    paged = (tmp_path / "paged").read_text()
    assert "\x1b[1mRivers \\x1b]0;owned\\x07 rise\x1b[0m" in paged
    assert set(ESCAPES.findall(paged)) == {"\x1b[1m", "\x1b[0m"}
    assert "\x1b" not in ESCAPES.sub("", paged)


def test_colour_is_as_it_was_asked_for(store: Path) -> None:
    plain = shown(store, "show", FERRY, NO_COLOR="1")
    never = shown(store, "show", FERRY, "--color", "never")
    auto = shown(store, "show", FERRY)

    assert "\x1b[1m" not in plain.text + never.text
    assert "\x1b[1m" in auto.text


@pytest.mark.parametrize(
    "words",
    [
        ("changes", "-S", "2022-01-06", "-n", "99"),
        ("changes", "-S", "2022-01-06", "-n", "99", "--sort", "time"),
        ("history", FERRY),
        ("history", FERRY, "--stat"),
        ("files",),
        ("events",),
        ("views",),
    ],
    ids=" ".join,
)
def test_tables_fit_eighty_columns(store: Path, words: tuple[str, ...]) -> None:
    ended = shown(store, *words, "--no-pager", columns=80, NO_COLOR="1")

    fixed = LONG_SOURCE if words[0] == "changes" else ""
    too_wide = [line for line in ended.lines if width_of(line) > 80 and not fixed]
    assert too_wide == []
    assert fixed in ended.text


def test_wide_letters_keep_the_columns_in_line(store: Path) -> None:
    ended = shown(store, "changes", "-S", "2022-01-06", "-n", "99", "--no-pager", columns=120, NO_COLOR="1")

    rows = [line for line in ended.lines if "art_" in line and "@" in line]
    ends = {width_of(line.partition(" first ")[0]) for line in rows if " first " in line}
    assert len(ends) == 1
    assert any("北京" in line and "…" in line for line in rows)


def test_where_the_locale_is_ascii_the_table_is(store: Path) -> None:
    ended = shown(
        store,
        "changes",
        "-S",
        "2022-01-06",
        "-n",
        "3",
        LC_ALL="C",
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
        NO_COLOR="1",
    )

    assert "(position 0 -> " in ended.text
    assert "─" not in ended.text
    assert ended.text.isascii()


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, ["less", "-FRX"]),
        ({"PAGER": "more"}, ["more"]),
        ({"PAGER": "more", "PRESSLOG_PAGER": "less -S"}, ["less", "-S"]),
        ({"PAGER": "'unbalanced"}, []),
        ({"TERM": "dumb"}, []),
    ],
)
def test_pager_is_ours_then_theirs_then_less(tmp_path: Path, environment: dict[str, str], words: list[str]) -> None:
    for name in ("less", "more"):
        (tmp_path / name).write_text("")
        (tmp_path / name).chmod(0o755)

    assert pager_command({"TERM": "xterm", "PATH": str(tmp_path), **environment}) == words
