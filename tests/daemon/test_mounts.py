"""A feed on a mount of its own: what an unmount hides is not gone."""

import os
import subprocess
from pathlib import Path

import pytest
from desks import Desk
from processes import printed

AS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TESTED without root: this needs a mount")

UNMOUNTED = """
    import subprocess, sys
    from pathlib import Path
    from desks import Desk, a_story

    desk = Desk(Path(sys.argv[1]))
    for number in range(3):
        desk.drop(f"{number}.txt", a_story(f"Title {number}"))
    print("recorded", len([outcome for outcome in desk.drain() if outcome.kind == "recorded"]))
    subprocess.run(["umount", desk.seeds], check=True)
    desk.drain()
    print("removed", len(desk.events("file-removed")))
"""


@AS_ROOT
def test_files_hidden_by_an_unmount_are_not_removed(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "desk")
    around = ("unshare", "--mount", "sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"', str(desk.seeds))
    if subprocess.run([*around, "true"], capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: this machine lets not even root mount a tmpfs")

    lines = printed(UNMOUNTED, desk.folder, around=around).splitlines()

    assert lines == ["recorded 3", "removed 0"]
