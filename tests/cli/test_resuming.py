"""presslog events --after POSITION -f: killed anywhere and gone on from what was read, it loses and doubles nothing."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from archives import Archive

COMMAND = [sys.executable, "-m", "presslog.daemon", "events", "-f"]
LIMIT_SECONDS = 30


@contextmanager
def following(store: Path, form: str, after: int) -> Iterator[subprocess.Popen[bytes]]:
    """The command with its output in a pipe, killed at the end of the block."""
    command = [*COMMAND, "-o", form, "--after", str(after), "--store", str(store)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, env=dict(os.environ))
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=LIMIT_SECONDS)


def position_of(event: dict[str, Any]) -> int:
    return int(event.get("sequence", event.get("position", 0)))


def read_some(store: Path, form: str, after: int, count: int) -> list[int]:
    """The positions of so many whole lines; the process is killed with more of them on the way."""
    with following(store, form, after) as process:
        assert process.stdout
        lines = [process.stdout.readline() for _ in range(count)]
    return [position_of(json.loads(line)) for line in lines if line.endswith(b"\n")]


@pytest.mark.parametrize("form", ["ndjson", "cloudevents"])
def test_going_on_after_a_kill_loses_and_doubles_nothing(archive: Archive, form: str) -> None:
    for number in range(60):
        archive.keep(f"{number}.txt", text="The water came at night. " * 400)
    head = archive.log.head()

    read: list[int] = []
    while len(read) < head:
        read += read_some(archive.folder, form, read[-1] if read else 0, min(37, head - len(read)))

    assert read == list(range(1, head + 1))


def test_going_on_across_a_log_that_grows_loses_and_doubles_nothing(archive: Archive) -> None:
    articles, dice = 80, random.Random(7)
    writer = threading.Thread(target=lambda: [archive.keep(f"{number}.txt") for number in range(articles)])

    writer.start()
    read: list[int] = []
    while len(read) < 2 * articles:
        wanted = min(dice.randint(10, 60), 2 * articles - len(read))
        read += read_some(archive.folder, "ndjson", read[-1] if read else 0, wanted)
    writer.join()

    assert read == list(range(1, 2 * articles + 1))


def test_a_position_that_is_not_there_yet_is_waited_for(archive: Archive) -> None:
    archive.keep("a.txt")

    with following(archive.folder, "ndjson", after=3) as process:
        assert process.stdout
        archive.keep("b.txt")
        archive.keep("c.txt")
        first = json.loads(process.stdout.readline())

    assert first["position"] == 4


def test_following_the_newest_begins_with_so_many_of_them(archive: Archive) -> None:
    for number in range(3):
        archive.keep(f"{number}.txt")
    command = [*COMMAND, "-n", "2", "-o", "ndjson", "--type", "article.*", "--store", str(archive.folder)]

    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout
    read = [position_of(json.loads(process.stdout.readline())) for _ in range(2)]
    archive.keep("d.txt")
    read.append(position_of(json.loads(process.stdout.readline())))
    process.kill()
    process.communicate(timeout=LIMIT_SECONDS)

    assert read == [3, 5, 7]
