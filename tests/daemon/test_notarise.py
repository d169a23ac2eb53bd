"""The notary's thread: what happened is signed within a second or two, at the end, and never over another history."""

from contextlib import closing
from pathlib import Path

import pytest
from desks import Desk, a_story, running_daemon
from examples import until
from notaries import a_notary, grow

from presslog.daemon.control import call
from presslog.daemon.notarise import Notariser
from presslog.daemon.rotation import RotateKey
from presslog.store.engines.memory import MemoryLog
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.errors import StorageFull
from presslog.store.keys import keys_of
from presslog.store.notary import Notary, notarised
from presslog.store.pins import bytes_of, seen_in
from presslog.store.sqlite import connect
from presslog.store.verify import Wanted, verify


def signed(store: Path) -> int:
    """How many events are signed."""
    seen = seen_in(bytes_of(store / "checkpoint"))
    return seen.size if seen else 0


def test_first_event_of_a_log_names_its_key(desk: Desk) -> None:
    desk.drain()

    with closing(SqliteLog(desk.store, readonly=True)) as log:
        assert [(event.position, event.type) for event in log.read(0, 10)] == [(1, "key-made")]
    assert signed(desk.store) == 1


def test_run_once_leaves_all_of_it_signed(desk: Desk) -> None:
    desk.drop("a.txt", a_story())

    desk.drain()

    assert signed(desk.store) == 3
    assert verify(desk.store, Wanted()).findings == ()


def test_daemon_signs_what_arrives_and_what_is_left_at_its_end(desk: Desk) -> None:
    with running_daemon(desk) as daemon:
        desk.drop("a.txt", a_story())
        until(lambda: signed(desk.store) == 3, seconds=30)
        desk.drop("b.txt", a_story("Bridges hold"))
        until(lambda: len(desk.events()) == 4, seconds=20)
        daemon.terminate()
        assert daemon.wait(20) == 0

    assert signed(desk.store) == 5


def test_burst_is_signed_at_most_once_a_second(desk: Desk) -> None:
    with running_daemon(desk) as daemon:
        until(desk.is_served, seconds=20)
        for number in range(40):
            desk.drop(f"{number}.txt", a_story(f"Story {number}"))
            daemon.poll()
        until(lambda: signed(desk.store) == 81, seconds=60)

    with closing(notarised(desk.store)) as notary:
        assert len(list(notary.checkpoints())) < 40


def test_killed_daemon_signs_at_its_next_start(desk: Desk) -> None:
    with running_daemon(desk) as daemon:
        until(desk.is_served, seconds=20)
        desk.drop("a.txt", a_story())
        until(lambda: len(desk.events()) == 2, seconds=20)
        daemon.kill()
    (desk.store / "checkpoint").unlink(missing_ok=True)

    with running_daemon(desk):
        until(lambda: signed(desk.store) == 3, seconds=30)

    assert verify(desk.store, Wanted()).findings == ()


def test_daemon_does_not_run_over_a_log_that_was_changed(desk: Desk) -> None:
    desk.drop("a.txt", a_story())
    desk.drain()
    with closing(connect(desk.store / "notary.db")) as notary:
        notary.execute("update tiles set hashes = zeroblob(length(hashes))")

    with running_daemon(desk) as daemon:
        code = daemon.wait(30)

    assert code == 5
    assert "notary.db" in desk.journal()


def test_daemon_takes_a_new_key_and_goes_on_signing(desk: Desk) -> None:
    with running_daemon(desk):
        until(desk.is_served, seconds=20)
        answer = call(desk.store, "rotate-key", RotateKey())
        desk.drop("a.txt", a_story())
        until(lambda: signed(desk.store) == 4, seconds=30)

    with closing(SqliteLog(desk.store, readonly=True)) as log:
        keys = keys_of(log)
    assert [key.verifier for key in keys][1:] == [answer["verifier"]]
    assert verify(desk.store, Wanted()).findings == ()


def test_log_that_is_gone_with_its_process_is_signed_by_nobody(desk: Desk) -> None:
    desk.configure(engine="memory")
    desk.store.mkdir()
    desk.drop("a.txt", a_story())

    with desk.assembled() as (parts, _):
        assert parts.notariser is None
        parts.ring()

    assert signed(desk.store) == 0


def test_disk_that_refuses_is_told_once_and_asked_again(folder: Path) -> None:
    log = MemoryLog()
    folder.mkdir()
    notary = a_notary(folder, log)
    notariser = Notariser(lambda: notary)
    grow(log, 3)
    locker = connect(folder / "notary.db")
    locker.execute("begin immediate")
    notariser.close()

    locker.execute("rollback")
    locker.close()
    again: Notary = a_notary(folder, log)
    Notariser(lambda: again).close()

    assert signed(folder) == 4


def test_connection_that_the_disk_has_failed_is_not_used_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, opened = MemoryLog(), []
    folder.mkdir()

    def another() -> Notary:
        opened.append(a_notary(folder, log))
        return opened[-1]

    notariser = Notariser(another)
    grow(log, 3)
    with monkeypatch.context() as failing:
        failing.setattr(opened[0], "advance", _refused)
        notariser.close()
    notariser.close()

    assert len(opened) == 2
    assert signed(folder) == 4


def _refused() -> int:
    raise StorageFull("no room")
