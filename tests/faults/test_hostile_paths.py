"""Folders that change under the daemon's eyes: what was never dropped is never read, named, moved or deleted."""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from textwrap import dedent

import pytest
from desks import Desk, a_story
from examples import until
from faults.conftest import Score, times
from scenarios.living import Tally, living

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.sqlite import connect_readonly

pytestmark = pytest.mark.faults

SWAPS = times(500, 10_000)
ATTACK = """
    import ctypes, os, sys, time
    from pathlib import Path

    feed, den, swaps, pause = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    libc = ctypes.CDLL(None, use_errno=True)

    def exchange(one, other):
        return libc.renameat2(-100, os.fsencode(one), -100, os.fsencode(other), 2) == 0

    def story(path, number):
        path.write_text(f"Decoy {path.name} {number}\\n\\nThe water came at night, {number}.\\n")

    SPINS = 20
    made = 0
    for number in range(swaps):
        for name, lure in (("file.txt", "link"), ("linked.txt", "hard")):
            # A decoy that is as long as the secret, with the same times: only the inode tells them apart.
            story(den / "fresh", number)
            os.replace(den / "fresh", feed / name)
            if not (den / lure).is_symlink():
                (den / lure).unlink(missing_ok=True)
                os.link(den / "secret.txt", den / lure)
            # So fast that a look and the opening after it meet different files.
            made += sum(exchange(feed / name, den / lure) for _ in range(2 * SPINS))
        story(feed / "folder" / "secret.txt", number) if not (feed / "folder").is_symlink() else None
        for folder in ("folder", "folder/deep"):
            made += exchange(feed / folder, den / folder.replace("/", "-"))
            time.sleep(pause / 2)
            made += exchange(feed / folder, den / folder.replace("/", "-"))
        time.sleep(pause)
    print(made)
"""


class Trap:
    """Secrets outside of a feed, and links to them that wait to take the place of what was dropped."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self.den, self.house = folder / "den", folder / "house"
        self.token, self.name = secrets.token_hex(16), f"{secrets.token_hex(16)}.txt"
        for path in (self.den, self.house / "deep", desk.seeds / "folder" / "deep"):
            path.mkdir(parents=True)
        for path in (self.house / self.name, self.house / "secret.txt", self.house / "deep" / "secret.txt"):
            path.write_bytes(a_story(f"Secret {self.token}"))
        (self.den / "secret.txt").write_bytes(a_story(f"Secret {self.token}"))
        (self.den / "secret.txt").chmod(0o600)
        (self.den / "link").symlink_to(self.house / "secret.txt")
        (self.den / "folder").symlink_to(self.house)
        (self.den / "folder-deep").symlink_to(self.house / "deep")
        # Anyone may drop here, so that who links may not be who can read.
        desk.seeds.chmod(0o1777)

    def spring(self, desk: Desk, swaps: int) -> int:
        """Swap so often, beside the daemon; how many swaps there were."""
        words = [desk.seeds, self.den, swaps, 0.002]
        command = [sys.executable, "-c", dedent(ATTACK), *map(str, words)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=1800, check=False)
        assert ended.returncode == 0, ended.stderr
        return int(ended.stdout)

    def leaks(self, desk: Desk) -> list[str]:
        """Where a secret, or the name of a file that nobody dropped, is found in store and journal."""
        needles = (self.token.encode(), self.name.encode())
        return [place for place, content in kept(desk) if any(needle in content for needle in needles)]

    @property
    def is_untouched(self) -> bool:
        """Whether everything outside stands as it stood."""
        files = [path for path in self.house.rglob("*") if path.is_file()]
        return len(files) == 3 and all(self.token.encode() in path.read_bytes() for path in files)


def kept(desk: Desk) -> Iterator[tuple[str, bytes]]:
    """Every file of a store, every blob of its log as it was before it was packed, and the journal."""
    for path in [*desk.store.rglob("*"), desk.folder / "journal"]:
        if path.is_file() and not path.is_symlink():
            yield path.name, path.read_bytes()
    with closing(SqliteLog(desk.store, readonly=True)) as log, closing(connect_readonly(desk.store / "log.db")) as rows:
        for (digest,) in rows.execute("select hex(digest) from blobs"):
            yield f"blob {digest}", log.blobs.get(digest.lower())


@contextmanager
def trapped(folder: Path, **settings: object) -> Iterator[tuple[Desk, Trap]]:
    desk = Desk(folder / "desk", batch_files=20, **settings)
    trap = Trap(folder, desk)
    try:
        yield desk, trap
    finally:
        shutil.rmtree(trap.den, ignore_errors=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: a folder in which others link to our files needs root")
@pytest.mark.parametrize("after_read", ["keep", "move", "delete"])
def test_36_links_that_are_swapped_in_while_the_daemon_reads(tmp_path: Path, score: Score, after_read: str) -> None:
    with trapped(tmp_path, after_read=after_read) as (desk, trap):
        tally = Tally(desk)
        with living(desk) as daemon:
            score.stimuli = trap.spring(desk, SWAPS // 6)
            desk.drop("last.txt", a_story("Last"))
            until(lambda: tally.holds("last.txt"), seconds=60)
            assert daemon.is_alive(), desk.journal()
        leaks, decoys = trap.leaks(desk), tally.types["article-recorded"] + tally.types["article-revised"]

        score.undetected, score.lost = len(leaks), 0 if trap.is_untouched else 1
        refused = sum(fact["code"] == "symlink" for fact in tally.refused.values())
        score.figures.append(f"{decoys} decoys read, {refused} links refused, 0 bytes of a secret: {not leaks}")
        assert leaks == []
        assert trap.is_untouched
        assert decoys > 0
        assert score.costs == (0, 0, 0)


@pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: a folder in which others link to our files needs root")
def test_36_search_for_the_secret_finds_one_that_was_read(tmp_path: Path, score: Score) -> None:
    with trapped(tmp_path) as (desk, trap):
        shutil.copy(trap.house / "secret.txt", desk.seeds / "copied.txt")
        desk.drain()

        score.stimuli = 1
        assert trap.leaks(desk)
        assert score.costs == (0, 0, 0)
