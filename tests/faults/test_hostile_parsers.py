"""Files that attack their readers, through the real daemon and its children: refused in time, their bytes kept."""

import hashlib
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from faults.conftest import Score, times
from faults.lures import entity_bombs, lures, odd_letters, packed_bombs, repeated, slow_pages
from mutants import mutants
from scenarios.living import Daemon, Tally, living

from presslog.handlers.formats import FORMATS
from presslog.handlers.reading import read_as
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import Unreadable

pytestmark = pytest.mark.faults

TRACED = ("strace", "-f", "-qq", "-s", "256", "-e", "trace=openat,open,connect,execve", "-o")
TOKEN = "canary-that-nobody-dropped"
ENDED_SECONDS, GROWTH_MEGABYTES, NEXT_SECONDS = 60.0, 50.0, 20.0
REPEATED_BYTES, REPEATED_SECONDS = 64 << 10, 4.0
"""What grows by the square takes longer; the largest file that the daemon reads itself has 256 KiB."""
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
WITH_STRACE = pytest.mark.skipif(not shutil.which("strace"), reason="SKIPPED LOUDLY: there is no strace to look with")


@contextmanager
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address on this machine that nobody should ask, and who asked all the same."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked: list[str] = []

        def listen() -> None:
            while True:
                try:
                    connection, (host, port) = server.accept()
                except OSError:
                    return
                asked.append(f"{host}:{port}")
                connection.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", asked
        server.shutdown(socket.SHUT_RDWR)


def traced(trace: Path, *command: str) -> list[str]:
    """What a command and all its children opened, ran and connected to."""
    ended = subprocess.run([*TRACED, str(trace), *command], capture_output=True, text=True, timeout=900, check=False)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return trace.read_text(errors="replace").splitlines()


def reaching(lines: Iterable[str], canary: Path) -> list[str]:
    """Calls that reach for the canary, the network, or another program."""
    outward = re.compile(rf"{re.escape(str(canary))}|sa_family=AF_INET|execve\(\"(?!{re.escape(sys.executable)})")
    return [line for line in lines if outward.search(line) and "ENOENT" not in line.rpartition("=")[2]]


@WITH_STRACE
def test_31_what_lies_elsewhere_is_not_fetched(tmp_path: Path, score: Score) -> None:
    desk, canary = Desk(tmp_path / "desk", log_level="ERROR"), tmp_path / "elsewhere" / "canary"
    canary.parent.mkdir()
    canary.write_text(TOKEN)
    with listener() as (address, asked):
        canary.with_name("canary.dtd").write_text(f'<!ENTITY lure "{TOKEN}"><!ENTITY % more SYSTEM "{address}/">%more;')
        for number, (name, content) in enumerate(lures(canary, address)):
            score.stimuli += 1
            desk.drop(f"{number:03}-{name}", content)
        command = (sys.executable, "-m", "presslog.daemon", "run", str(desk.folder), "--once")
        lines = traced(tmp_path / "trace", *command)
    tally = Tally(desk).look()
    ended = {*tally.received, *tally.refused}
    reached, said = reaching(lines, canary.parent), desk.rows("select * from revisions")
    told = [row for row in said if any(TOKEN in str(value) for value in row)]

    score.undetected, score.lost = len(reached) + len(asked) + len(told), score.stimuli - len(ended)
    score.figures.append(f"{len(said)} articles read, {len(tally.refused)} refused; {len(lines)} calls, 0 outward")
    assert reached == []
    assert score.costs == (0, 0, 0)
    assert len(said) > 20


@WITH_STRACE
def test_31_reader_that_fetches_is_found_out(tmp_path: Path, score: Score) -> None:
    canary = tmp_path / "elsewhere" / "canary"
    canary.parent.mkdir()
    canary.write_text(TOKEN)
    with listener() as (address, _):
        host, _, port = address.removeprefix("http://").partition(":")
        careless = (
            f"import os, socket; open({str(canary)!r}); socket.create_connection(({host!r}, {port})); os.system(':')"
        )
        reached = reaching(traced(tmp_path / "trace", sys.executable, "-c", careless), canary.parent)

    score.stimuli = 3
    score.undetected = 3 - len({re.search(r"openat|connect|execve", line)[0] for line in reached})
    assert score.costs == (0, 0, 0)


class Attack:
    """A daemon under attack: one file after the other, an ordinary article after each, and what it cost."""

    def __init__(self, desk: Desk, daemon: Daemon) -> None:
        self.desk, self.daemon, self.tally = desk, daemon, Tally(desk)
        self.dropped: dict[str, str] = {}
        self.seconds: dict[str, float] = {}
        self.next_seconds = 0.0
        self.drop("warm-up.xml", b"<nitf><head><title>T</title></head></nitf>")
        self.seconds.clear()
        self.before = daemon.resident_megabytes(most=True)

    def drop(self, name: str, content: bytes) -> None:
        """Drop a file and wait until it is read or refused; meanwhile an article that came behind it is read."""
        self.dropped[name] = hashlib.sha256(content).hexdigest()
        outside = self.desk.folder / "outside"
        outside.write_bytes(content)
        began = time.monotonic()
        outside.rename(self.desk.path(name))
        self.desk.drop(f"after-{name}.txt", a_story(f"After {name}"))
        self.next_seconds = max(self.next_seconds, self.tally.wait_for(f"after-{name}.txt", seconds=NEXT_SECONDS))
        until(lambda: self.ended(name), seconds=ENDED_SECONDS)
        self.seconds[name] = time.monotonic() - began

    def ended(self, name: str) -> bool:
        assert self.daemon.is_alive(), self.desk.journal()[-2000:]
        self.tally.look()
        return os.fsencode(name) in self.tally.received or os.fsencode(name) in self.tally.refused

    @property
    def codes(self) -> dict[str, str]:
        return {os.fsdecode(name): fact["code"] for name, fact in self.tally.refused.items()}

    @property
    def grown_megabytes(self) -> float:
        """What the daemon took at most since the warm-up; the bytes of one file of 31 MiB are among it."""
        return self.daemon.resident_megabytes(most=True) - self.before

    def lost(self) -> list[str]:
        """Files whose bytes are not kept."""
        with closing(SqliteLog(self.desk.store, readonly=True)) as log:
            return [name for name, digest in self.dropped.items() if not _is_kept(log, digest)]


def _is_kept(log: SqliteLog, digest: str) -> bool:
    try:
        return hashlib.sha256(log.blobs.get(digest)).hexdigest() == digest
    except KeyError:
        return False


@contextmanager
def attacked(folder: Path, **settings: object) -> Iterator[Attack]:
    desk = Desk(folder / "desk", log_level="ERROR", **settings)
    with living(desk) as daemon:
        yield Attack(desk, daemon)


def test_32_xml_that_grows(tmp_path: Path, score: Score) -> None:
    with attacked(tmp_path) as attack:
        for name, content in entity_bombs():
            score.stimuli += 1
            attack.drop(name, content)
        grown = attack.grown_megabytes
        del attack.dropped["attribute-huge.xml"]
        score.lost = len(attack.lost())
        longest = max(len(text) for (text,) in attack.desk.rows("select title || text from revisions"))

    slowest = max(attack.seconds, key=lambda name: attack.seconds[name])
    score.figures.append(f"slowest {slowest} {attack.seconds[slowest]:.2f} s, daemon {grown:+.0f} MB")
    assert {name: code for name, code in attack.codes.items() if code.startswith("handler")} == {}
    assert attack.codes.keys() >= {"laughs.xml", "quadratic.xml", "deep.xml"}
    assert attack.codes["attribute-huge.xml"] == "too-large"
    assert longest < 10_000
    assert grown < GROWTH_MEGABYTES
    assert attack.seconds[slowest] < 5
    assert score.costs == (0, 0, 0)


def test_33_archives_that_grow(tmp_path: Path, score: Score) -> None:
    with attacked(tmp_path) as attack:
        for name, content in packed_bombs():
            score.stimuli += 1
            attack.drop(name, content)
        score.lost = len(attack.lost())
        grown = attack.grown_megabytes

    slowest = max(attack.seconds, key=lambda name: attack.seconds[name])
    score.figures.append(f"slowest {slowest} {attack.seconds[slowest]:.2f} s, daemon {grown:+.0f} MB")
    assert {name for name, code in attack.codes.items() if code.startswith("handler")} == set()
    assert attack.codes.keys() >= {"one.zip", "inside.zip", "upon.zip", "many.zip", "quine.gz", "a.tgz", "a.warc.gz"}
    assert attack.seconds[slowest] < 10
    assert grown < GROWTH_MEGABYTES
    assert score.costs == (0, 0, 0)


def test_34_pages_that_are_never_read_to_their_end(tmp_path: Path, score: Score) -> None:
    with attacked(tmp_path, reader_seconds=2) as attack:
        for name, content in slow_pages():
            score.stimuli += 1
            attack.drop(name, content)
        score.lost = len(attack.lost())
        grown = attack.grown_megabytes

    slowest = max(attack.seconds, key=lambda name: attack.seconds[name])
    score.figures.append(
        f"slowest {slowest} {attack.seconds[slowest]:.1f} s, the next article within {attack.next_seconds:.1f} s,"
        f" daemon {grown:+.0f} MB"
    )
    assert attack.codes["parameters.eml"] == "handler-timeout"
    assert set(attack.codes.values()) <= {
        "handler-timeout",
        "handler-failed",
        "too-deep",
        "no-article",
        "malformed",
    } | {
        *("unknown-format", "too-many-messages", "front-matter", "no-text"),
    }
    assert attack.next_seconds < 10
    assert score.costs == (0, 0, 0)


def test_34_pieces_that_are_repeated(score: Score) -> None:
    chance = random.Random(int.from_bytes(os.urandom(4), "big"))
    chosen, slowest = repeated(REPEATED_BYTES), (0.0, "", b"")
    for content in chance.sample(chosen, times(60, 600)):
        for each in FORMATS:
            score.stimuli += 1
            began = time.thread_time()
            # What the daemon does itself with a file of this size: every format is asked, light ones read it.
            each.recognise(content, "a.txt")
            if each.is_light:
                with suppress(Unreadable):
                    read_as(each, FORMATS, content, "a.txt")
            slowest = max(slowest, (time.thread_time() - began, each.name, content[:60]))

    score.figures.append(f"slowest {slowest[1]} {slowest[0]:.2f} s of computing on {REPEATED_BYTES >> 10} KiB")
    assert slowest[0] < REPEATED_SECONDS, slowest
    assert score.costs == (0, 0, 0)


def test_35_letters_that_are_none(tmp_path: Path, score: Score) -> None:
    with attacked(tmp_path) as attack:
        for name, content in odd_letters():
            score.stimuli += 1
            attack.drop(name, content)
        score.lost = len(attack.lost())
        until(lambda: bool(attack.desk.rows("select 1 from articles where path = 'c1.txt'")), seconds=30)
        rows = attack.desk.rows("select * from revisions")

    unclean = [value for row in rows for value in row if isinstance(value, str) and CONTROL.search(value)]
    score.figures.append(
        f"{len(rows)} articles, {len(attack.codes)} files refused: {sorted(set(attack.codes.values()))}"
    )
    assert unclean == []
    assert "handler-crashed" not in attack.codes.values()
    assert score.costs == (0, 0, 0)


def test_35_damaged_files_of_every_format(tmp_path: Path, score: Score) -> None:
    count = times(500, 3_000)
    seed = int.from_bytes(os.urandom(4), "big")
    desk = Desk(tmp_path / "desk", log_level="ERROR")
    for mutant in mutants(seed, count):
        desk.drop(mutant.name, mutant.content)
    with living(desk) as daemon:
        tally = Tally(desk)
        until(lambda: len({*tally.look().received, *tally.refused}) >= count or not daemon.is_alive(), seconds=count)
        assert daemon.is_alive(), f"seed {seed}: {desk.journal()[-2000:]}"

    score.stimuli, score.lost = count, count - len({*tally.received, *tally.refused})
    codes = [fact["code"] for fact in tally.refused.values()]
    score.figures.append(f"seed {seed}, {len(tally.received)} read, {len(codes)} refused")
    assert "handler-crashed" not in codes
    assert score.costs == (0, 0, 0)


def test_37_journal_of_a_daemon_that_hears_lies(tmp_path: Path, score: Score) -> None:
    desk = Desk(tmp_path / "desk", log_level="DEBUG", after_read="move")
    lie = "Rise\n<0>systemd[1]: presslog.service: Failed\r\x1b]8;;http://e\x07\x9b31m\u202e\u2028" + "<0>" * 30_000
    names = [
        b"a\n<0>kernel: panic\x1b[31m.txt",
        "b\u202e\u2028<0>\x85.txt".encode(),
        b"c\r<0>\xff.bin",
        b"d\n<0>/e\n<0>.txt",
    ]
    flat = " ".join(lie.split())
    with living(desk, JOURNAL_STREAM="1:2"):
        tally = Tally(desk)
        for name in names:
            desk.drop(name, f"{lie}\n\n{name!r} {lie} water\n" if not name.endswith(b"bin") else os.urandom(3_000))
        desk.drop(
            b"f\n<0>.json", json.dumps({"uri": "urn:a", "type": "text", "body_text": "Water came.", "headline": flat})
        )
        score.stimuli = len(names) + 2
        desk.path(b"l\n<0>.txt").symlink_to("nowhere\n<0>")
        until(lambda: len({*tally.look().received, *tally.refused}) > len(names) + 1, seconds=30)
        until(lambda: all(word in desk.journal() for word in ("systemd[1]", "code=symlink", "code=binary")), seconds=30)

    lines = (desk.folder / "journal").read_bytes().decode("utf-8", "replace").split("\n")
    score.undetected = sum(line.startswith("<0>") or not line.isprintable() for line in lines)
    score.figures.append(f"{len(lines)} lines, the longest {max(map(len, lines))} letters")
    assert all(re.match(r"<[34567]>", line) for line in lines if line)
    assert max(len(line.encode()) for line in lines) < 48 << 10
    assert score.costs == (0, 0, 0)
