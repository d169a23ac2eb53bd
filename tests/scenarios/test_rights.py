"""A daemon that is not root: files that it may not read, and files that it may read but not lease."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.living import Tally, file_of, living

pytestmark = [
    pytest.mark.scenarios,
    pytest.mark.skipif(os.geteuid() != 0, reason="SKIPPED LOUDLY: only root can be somebody else"),
]

Figure = Callable[[str], None]
NOBODY = 65534
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--inh-caps=-all")


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A desk that belongs to nobody, where nobody can get at it; skipped where nobody can run presslog."""
    tried = [*AS_NOBODY, sys.executable, "-c", "import presslog.daemon.cli"]
    if subprocess.run(tried, capture_output=True, check=False, cwd="/").returncode:
        pytest.skip("SKIPPED LOUDLY: user 65534 cannot run this Python: it lies in a closed folder")
    folder = Path(tempfile.mkdtemp(prefix="presslog-nobody-"))
    desk = Desk(folder / "desk", settle_seconds=1.0)
    for path in (folder, desk.folder, desk.seeds):
        os.chown(path, NOBODY, NOBODY)
    yield desk
    shutil.rmtree(folder)


def test_25_unreadable_then_chmod(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk, around=AS_NOBODY) as daemon:
        outside = desk.folder / "outside"
        outside.write_bytes(a_story("Secret"))
        outside.chmod(0)
        outside.rename(desk.path("secret.txt"))
        until(lambda: file_of(desk, "secret.txt").get("code") == "permission-denied", seconds=20)
        waiting = file_of(desk, "secret.txt")
        desk.path("secret.txt").chmod(0o644)
        seconds = tally.wait_for("secret.txt", seconds=20)
        assert daemon.is_alive()

    figure(f"permission-denied, then read {seconds * 1000:.0f} ms after chmod, no restart")
    assert waiting["state"] == "waiting"
    assert "chmod" in waiting["reason"]
    assert waiting["since_at"]
    assert not tally.refused
    assert seconds < 5


def test_25_no_lease(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk, around=AS_NOBODY):
        with desk.path("slow.txt").open("wb") as file:
            for _ in range(8):
                file.write(b"Rivers rise and rise.\n\n")
                file.flush()
                time.sleep(0.4)
            was_seen = tally.holds("slow.txt")
        seconds = tally.wait_for("slow.txt", seconds=10)

    figure(f"a file of root's: nothing before its close, then whole after {seconds * 1000:.0f} ms")
    assert not was_seen
    assert tally.received[b"slow.txt"] == 1
    assert desk.events("file-received")[0].fact.size_bytes == desk.path("slow.txt").stat().st_size
