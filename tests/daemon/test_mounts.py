"""Mounts: their types, what stands below a root, and that what an unmount hides is not gone."""

import os
import subprocess
from pathlib import Path

import pytest
from desks import Desk
from processes import printed

from presslog.daemon.ground import opened
from presslog.daemon.mounts import Mounts

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


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("ext4 /dev/vda rw", True),
        ("xfs /dev/vdb rw", True),
        ("nfs4 host:/export rw", False),
        ("cifs //host/press rw", False),
        ("fuse.sshfs host: rw", False),
        ("overlay overlay rw,lowerdir=/a - b", False),
    ],
)
def test_type_of_the_mount_says_whether_a_folder_is_local(tmp_path: Path, line: str, expected: bool) -> None:
    with opened(bytes(tmp_path)) as handle:
        table = tmp_path / "mountinfo"
        table.write_bytes(b"1 0 0:1 / / rw - proc proc rw\n%d 1 0:2 / /caf\xe9 rw shared:1 - " % number_of(handle))
        with table.open("a") as lines:
            lines.write(line + "\n")

        answer = Mounts(table).is_local(handle)

    assert answer is expected


def test_folder_is_not_local_where_the_table_is_silent(tmp_path: Path) -> None:
    with opened(bytes(tmp_path)) as handle:
        answers = [Mounts(tmp_path / "none").kind(handle), Mounts(tmp_path / "none").is_local(handle)]

    assert answers == ["unknown", False]


def test_mounts_below_a_folder_are_found_by_their_paths(tmp_path: Path) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(
        f"7 1 0:30 / {tmp_path}/wires rw - nfs4 host:/export rw\n"
        f"8 7 0:31 / {tmp_path}/wires/press\\040room rw - cifs //host/press rw\n"
        f"9 1 0:32 / {tmp_path}-2 rw - ext4 /dev/vda rw\n"
    )

    below = Mounts(table).below(tmp_path)

    assert below == {b"wires": 7, b"wires/press room": 8}


def test_table_of_this_machine_names_the_type_of_its_root() -> None:
    with opened(b"/proc") as handle:
        kind = Mounts().kind(handle)

    assert kind == "proc"


def number_of(handle: int) -> int:
    lines = Path(f"/proc/self/fdinfo/{handle}").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("mnt_id:"))
