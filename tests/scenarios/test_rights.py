"""A daemon that is not root: files that it may not read, and files that it may read but not lease."""

import time
from collections.abc import Iterator

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, file_of, living
from scenarios.somebody import AS_NOBODY, WITH_NOBODY, nobodys_desk

pytestmark = [
    pytest.mark.scenarios,
    WITH_NOBODY,
]


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A desk of somebody who is not root."""
    with nobodys_desk() as desk:
        yield desk


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
