"""kill -9 at any moment: what was dropped is in the log once, and the views are what a rebuild makes."""

import random
from pathlib import Path

import pytest
from desks import Desk
from kills import complaints, counted, finish, killed_again_and_again, rebuilt_digests

KILLS = 50
FILES = 1000
LONGEST_LIFE_SECONDS = 2.0
"""A daemon starts within about half of it, so that kills fall into the start as well as into the work."""


@pytest.mark.crash
@pytest.mark.timeout(400)
@pytest.mark.parametrize("after_read", ["keep", "move", "delete"])
def test_no_file_is_lost_or_doubled_however_often_the_daemon_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], after_read: str
) -> None:
    seed = random.SystemRandom().randrange(1 << 32)
    with capsys.disabled():
        print(f"\nseed={seed}")
    desk = Desk(tmp_path / "desk", after_read=after_read)
    names = [f"{number % 7}/{number}.txt" for number in range(FILES)]

    killed_again_and_again(desk, names, random.Random(seed), kills=KILLS, life=LONGEST_LIFE_SECONDS)
    finish(desk)

    lost, doubled = counted(desk, names)
    with capsys.disabled():
        print(f"kills={KILLS} files={FILES} lost={lost} doubled={doubled}")
    assert (lost, doubled) == (0, 0)
    left = {str(path.relative_to(desk.seeds)) for path in desk.seeds.rglob("*.txt")}
    assert left == {"keep": {*names}, "move": {f"done/{name}" for name in names}, "delete": set()}[after_read]
    assert desk.digests() == rebuilt_digests(desk)
    assert complaints(desk) == []
