"""Commands on files whose format a child has to read: they wait for it, under the daemon's own limits."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from desks import Desk, a_story, running_daemon
from examples import until
from scenarios.traps import installed

Ask = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def plugin(tmp_path: Path) -> dict[str, str]:
    """The variables that make a process find a package with a format full of traps."""
    return installed(tmp_path / "plugins")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk that gives nobody much time."""
    return Desk(tmp_path / "desk", reader_seconds=1, reader_processes=2)


@pytest.fixture
def ask(desk: Desk, plugin: dict[str, str]) -> Ask:
    """A function that runs a command in a process of its own that finds the package."""

    def run(*arguments: object, given: str = "") -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "presslog.daemon", *map(str, arguments), "--store", str(desk.folder)]
        environment = os.environ | plugin
        return subprocess.run(
            command, env=environment, input=given, capture_output=True, text=True, timeout=60, check=False
        )

    return run


def test_preview_says_what_the_daemon_would_say(desk: Desk, ask: Ask) -> None:
    good, bad = desk.drop("trap-good.txt", a_story()), desk.drop("trap-hang.txt", a_story())

    ended = ask("preview", good, bad)

    assert ended.returncode == 4
    assert "Nothing was caught." in ended.stdout
    assert "handler-timeout: it was not read within 3 s: raise reader_seconds" in ended.stderr


@pytest.mark.parametrize("words", [["--dry-run"], []])
def test_ingest_waits_for_the_readers_and_keeps_the_order(desk: Desk, ask: Ask, words: list[str]) -> None:
    paths = [desk.drop(name, a_story(name)) for name in ("trap-a.txt", "trap-vanish.txt", "b.txt")]

    ended = ask("ingest", *words, *paths, "-", "-o", "ndjson", given="Words\n\nMore words.\n")

    outcomes = [json.loads(line)["outcome"] for line in ended.stdout.splitlines()]
    read = "readable" if words else "recorded"
    assert sorted(outcomes) == sorted([read, "refused", read, read])
    assert outcomes[-3:] == ["refused", read, read] if words else [read, "refused", read]
    assert ended.returncode == 4


def test_once_waits_for_the_readers(desk: Desk, ask: Ask) -> None:
    for name in ("trap-a.txt", "trap-hang.txt", "b.txt"):
        desk.drop(name, a_story(name))

    ended = ask("run", "--once")

    assert ended.returncode == 0, ended.stderr
    assert "2 recorded, 1 refused · views at #6" in ended.stderr


def test_retry_waits_for_the_reader_and_holds_up_nobody_else(
    desk: Desk, ask: Ask, plugin: dict[str, str], tmp_path: Path
) -> None:
    desk.configure(reader_seconds=20, reader_processes=2)
    gate = tmp_path / "gate"
    with running_daemon(desk, **plugin), ThreadPoolExecutor(1) as pool:
        until(desk.is_served, seconds=20)
        desk.drop("trap-gate.txt", str(gate))
        retried = pool.submit(ask, "failures", "retry", desk.path("trap-gate.txt"), "-o", "json")
        desk.drop("other.txt", a_story("Other"))
        until(lambda: "path=other.txt" in desk.journal(), seconds=20)
        waited = not retried.done()
        gate.touch()
        ended = retried.result(30)

    assert waited
    assert [(row["state"], bool(row["article_id"])) for row in json.loads(ended.stdout)] == [("read", True)]
