"""One file arrives: renamed in, written in place, appended to, under a temporary name, saved by an editor, or old."""

import hashlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.latencies import Latencies, measure, measured_calmly
from scenarios.living import Tally, living, titles

pytestmark = pytest.mark.scenarios

FILES, PER_SECOND, LIMIT_MILLISECONDS = 1000, 100, 100
VIM = shutil.which("vim.tiny") or shutil.which("vim")


def stories(count: int, attempt: int) -> list[bytes]:
    return [a_story(f"Story {attempt}-{number}", f"What happened at {number}. " * 20) for number in range(count)]


def names(rounds: int) -> list[str]:
    return [f"{attempt}-{number}.txt" for attempt in range(rounds) for number in range(FILES)]


def run(*command: str | Path) -> None:
    subprocess.run([*command], check=True, capture_output=True, timeout=60)


def test_01_atomic_drop(desk: Desk, figure: Figure) -> None:
    outside = desk.folder / "outside"
    outside.mkdir()

    def once(attempt: int) -> Latencies:
        for number, story in enumerate(stories(FILES, attempt)):
            (outside / f"{attempt}-{number}.txt").write_bytes(story)
        return measure(desk, partial(rename_in, attempt), files=FILES, per_second=PER_SECOND)

    def rename_in(attempt: int, number: int) -> str:
        name = f"{attempt}-{number}.txt"
        os.rename(outside / name, desk.path(name))
        return name

    with living(desk):
        rounds = measured_calmly(once, limit_milliseconds=LIMIT_MILLISECONDS)

    figure(", then ".join(map(str, rounds)))
    Tally(desk).wait_for_all(names(len(rounds)), seconds=0)
    assert rounds[-1].p99() <= LIMIT_MILLISECONDS


def test_02_plain_write(desk: Desk, figure: Figure) -> None:
    def once(attempt: int) -> Latencies:
        return measure(desk, partial(write, attempt, stories(FILES, attempt)), files=FILES, per_second=PER_SECOND)

    def write(attempt: int, contents: list[bytes], number: int) -> str:
        name = f"{attempt}-{number}.txt"
        desk.path(name).write_bytes(contents[number])
        return name

    with living(desk):
        rounds = measured_calmly(once, limit_milliseconds=LIMIT_MILLISECONDS)

    figure(", then ".join(map(str, rounds)))
    Tally(desk).wait_for_all(names(len(rounds)), seconds=0)
    assert rounds[-1].p99() <= LIMIT_MILLISECONDS


def test_04_reopen_appender(desk: Desk, figure: Figure) -> None:
    parts = [b"", b"Rivers rise\n\n", b"The water came at night.\n"]
    whole = hashlib.sha256(b"".join(parts)).hexdigest()
    tally = Tally(desk)

    with living(desk):
        for part in parts:
            with desk.path("a.txt").open("ab") as file:
                file.write(part)
            time.sleep(0.3)
        until(lambda: tally.look().digests[whole] == 1)
        until(lambda: desk.rows("select title from articles") == [("Rivers rise",)])

    figure(", ".join(f"{count} {kind}" for kind, count in tally.look().types.items()))
    assert desk.events()[-1].fact.digest == whole
    assert desk.rows("select outcome, sha256 from files") == [("read", whole)]
    assert desk.rows("select count(*) from failures where resolved_at is null") == [(0,)]


def test_06_temp_names(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)
    outside = desk.folder / "outside"
    outside.mkdir()
    for name in ("sync1.txt", "sync2.txt"):
        (outside / name).write_bytes(a_story(name, "rsync brings it. " * 5000))
    renamed = {
        "x.part": "part.txt",
        "x.filepart": "filepart.txt",
        ".goutputstream-Z1X2": "gnome.txt",
        "y~": "tilde.txt",
    }

    with living(desk):
        run("rsync", "-a", "--bwlimit=200", f"{outside}/", f"{desk.seeds}/")
        for temporary, final in renamed.items():
            desk.drop(temporary, a_story(final))
            time.sleep(0.2)
            desk.path(temporary).rename(desk.path(final))
        for name in ("4913", "left.txt~", "left.part", ".goutputstream-LEFT"):
            desk.drop(name, a_story(name))
        finals = {"sync1.txt", "sync2.txt", *renamed.values()}
        tally.wait_for(*finals)
        desk.drop("last.txt", a_story("Last"))
        tally.wait_for("last.txt")

    figure(f"{len(finals)} final names once, 0 of 8 temporary ones")
    assert dict(tally.look().received) == {os.fsencode(name): 1 for name in [*finals, "last.txt"]}
    assert set(tally.types) == {"file-received", "article-recorded"}


def save_with_vim(path: Path, how: str) -> None:
    commands = ["set nobackup writebackup", f"set backupcopy={how}", "1s/Draft/Final/", "wq"]
    run(str(VIM), "-N", "-u", "NONE", "-es", *[word for each in commands for word in ("-c", each)], path)


def save_like_gedit(path: Path) -> None:
    temporary = path.with_name(".goutputstream-A1B2C3")
    temporary.write_bytes(path.read_bytes().replace(b"Draft", b"Final"))
    temporary.rename(path)


def save_atomically(path: Path) -> None:
    temporary = path.with_name(f".{path.name}.swp")
    temporary.write_bytes(path.read_bytes().replace(b"Draft", b"Final"))
    os.replace(temporary, path)


EDITORS: dict[str, Callable[[Path], None]] = {
    "vim-by-rename": lambda path: save_with_vim(path, "no"),
    "vim-in-place": lambda path: save_with_vim(path, "yes"),
    "gedit": save_like_gedit,
    "atomic-replace": save_atomically,
}


@pytest.mark.parametrize("editor", EDITORS)
def test_07_editor_save(desk: Desk, figure: Figure, editor: str) -> None:
    if editor.startswith("vim") and VIM is None:
        pytest.skip("SKIPPED LOUDLY: there is no vim here")
    tally = Tally(desk)

    with living(desk):
        path = desk.drop("a.txt", a_story("Draft"))
        tally.wait_for("a.txt")
        EDITORS[editor](path)
        until(lambda: tally.look().types["article-revised"] > 0)
        desk.drop("last.txt", a_story("Last"))
        tally.wait_for("last.txt")
        until(lambda: titles(desk) == {"Final", "Last"})

    figure(f"{tally.types['article-revised']} new version, {sum(tally.removed.values())} removed")
    assert dict(tally.types) == {"article-recorded": 2, "file-received": 3, "article-revised": 1}


@pytest.mark.parametrize("how", ["cp -p", "rsync -t", "mv"])
def test_11_old_mtime(desk: Desk, figure: Figure, how: str) -> None:
    tally = Tally(desk)
    old = desk.folder / "old.txt"
    old.write_bytes(a_story("Old"))
    os.utime(old, (0, 0))

    with living(desk):
        run(*how.split(), old, desk.path("old.txt"))
        seconds = tally.wait_for("old.txt", seconds=5)
        assert desk.path("old.txt").stat().st_mtime == 0

    figure(f"ingested in {seconds * 1000:.0f} ms")
