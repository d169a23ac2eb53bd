"""The anchor: checkpoints go to a command, once for each size, and no trouble of its is ours."""

import time
from pathlib import Path

import pytest
from desks import Desk, a_story, running_daemon
from examples import until

from presslog.daemon.anchor import Anchor, Unanchored, anchored


def kept(folder: Path) -> tuple[str, ...]:
    """A command that keeps what it gets, with what its environment tells."""
    script = 'cat >> "$1"; echo "$PRESSLOG_CHECKPOINT_SIZE $PRESSLOG_LOG_ID ${NOTIFY_SOCKET-none}" >> "$1"'
    return ("sh", "-c", script, "sh", str(folder / "kept"))


@pytest.fixture
def store(desk: Desk) -> Path:
    """A store with one article, signed."""
    desk.drop("a.txt", a_story())
    desk.drain()
    return desk.store


def test_command_gets_the_checkpoint_and_what_it_is_of(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/systemd/notify")
    note = (store / "checkpoint").read_text()

    given = Anchor(store, kept(tmp_path)).give()

    assert given is not None
    assert (tmp_path / "kept").read_text() == f"{note}3 {given.log_id} none\n"
    assert anchored(store) == given


def test_checkpoint_is_given_once_and_the_next_one_again(desk: Desk, store: Path, tmp_path: Path) -> None:
    anchor = Anchor(store, kept(tmp_path))
    anchor.give()

    again = Anchor(store, kept(tmp_path)).give()
    desk.drop("b.txt", a_story("Bridges hold"))
    desk.drain()
    later = anchor.give()

    assert again is None
    assert later is not None
    assert later.size == 5


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("false",), "ended with status 1"),
        (("sh", "-c", "kill -9 $$"), "ended with signal 9"),
        (("/no/such/command",), "cannot be started"),
        (("sleep", "60"), "did not end within 0.2 s"),
    ],
)
def test_command_that_fails_has_not_taken_it(store: Path, command: tuple[str, ...], words: str) -> None:
    with pytest.raises(Unanchored, match=words):
        Anchor(store, command, timeout_seconds=0.2).give()

    assert anchored(store) is None


def test_command_that_runs_is_ended_with_the_anchor(store: Path) -> None:
    anchor = Anchor(store, ("sleep", "60"))
    anchor.begin()
    began = time.monotonic()

    anchor.close()
    anchor.begin()

    assert time.monotonic() - began < 10
    assert anchored(store) is None


def test_store_in_which_nothing_is_signed_gives_nothing(tmp_path: Path) -> None:
    assert Anchor(tmp_path, ("false",)).give() is None


def test_daemon_gives_what_it_has_signed_once(desk: Desk, tmp_path: Path) -> None:
    desk.configure(anchor=list(kept(tmp_path)), anchor_seconds=1)
    desk.drop("a.txt", a_story())

    with running_daemon(desk):
        until(lambda: "anchored size=3" in desk.journal(), seconds=30)

    assert (tmp_path / "kept").read_text().count("\n3 ") == 1


def test_daemon_tells_of_a_command_that_fails_and_stops_in_time(desk: Desk) -> None:
    desk.configure(anchor=["sh", "-c", "sleep 0.1; exit 3"], anchor_seconds=1)

    with running_daemon(desk) as daemon:
        until(lambda: "checkpoint was not anchored: sh ended with status 3" in desk.journal(), seconds=30)
        daemon.terminate()

        assert daemon.wait(20) == 0
