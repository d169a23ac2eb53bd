"""A store that refuses for a while: files are kept in hand, the owner is told, nothing is lost."""

import os
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest
from desks import Desk, a_story
from examples import until
from processes import printed

from presslog.store.sqlite import BUSY_SECONDS, connect

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED without root: this needs a mount")

ON_A_FULL_DISK = """
    import os, sys, threading
    from pathlib import Path
    from desks import Desk, a_story
    from examples import until

    desk = Desk(Path(sys.argv[1]))
    with desk.assembled() as (parts, outcomes):
        ballast = desk.store / "ballast"
        with ballast.open("wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass
        for number in range(40):
            desk.drop(f"{number}.txt", a_story(f"Title {number}", os.urandom(5000).hex()))

        drained = threading.Thread(target=parts.drain.once, args=[threading.Event()])
        drained.start()
        until(lambda: bool(desk.storage))
        print("told", desk.storage[0].startswith("full: "), "check disk space" in desk.storage[0])
        ballast.unlink()
        drained.join()
    print("cleared", desk.storage[-1] == "")
    desk.drain()
    print("articles", desk.rows("select count(*) from articles"), len(desk.events("article-recorded")))
"""


def test_store_locked_by_another_connection_is_asked_again(desk: Desk) -> None:
    desk.drain()
    desk.drop("a.txt", a_story())
    with closing(connect(desk.store / "log.db")) as other:
        other.execute("begin immediate")
        drained = threading.Thread(target=desk.drain)
        drained.start()

        until(lambda: bool(desk.storage), seconds=BUSY_SECONDS + 5)
        other.execute("rollback")
        drained.join()

    assert desk.storage[0].startswith("unavailable: ")
    assert desk.storage[-1] == ""
    assert desk.rows("select title from articles") == [("Rivers rise",)]


def test_locked_registry_is_asked_again_and_no_fact_is_doubled_or_left_untold(desk: Desk) -> None:
    desk.drain()
    desk.drop("a.txt", a_story())
    with desk.assembled() as (parts, outcomes), closing(connect(desk.store / "intake.db")) as other:
        other.execute("begin immediate")
        drained = threading.Thread(target=parts.drain.once, args=[threading.Event()])
        drained.start()

        until(lambda: bool(desk.storage), seconds=BUSY_SECONDS + 5)
        other.execute("rollback")
        drained.join()

    assert desk.storage[-1] == ""
    assert [event.type for event in desk.events()] == ["article-recorded", "file-received"]
    assert [outcome.kind for outcome in outcomes] == ["recorded", "known"]


@AS_ROOT
def test_full_disk_holds_files_back_until_there_is_room(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    desk.store.mkdir()
    around = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs -o size=16m none "$0" && exec "$@"', str(desk.store))
    if subprocess.run([*around, "true"], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: this machine lets not even root mount a tmpfs")

    lines = printed(ON_A_FULL_DISK, desk.folder, around=around).splitlines()

    assert lines == ["told True True", "cleared True", "articles [(40,)] 40"]
