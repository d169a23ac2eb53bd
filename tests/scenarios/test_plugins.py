"""A format of somebody else fails: its file fails alone, or the service manager begins anew."""

import signal
import time

import pytest
from desks import Desk, a_story
from examples import until
from scenarios.figures import Figure
from scenarios.living import Tally, living, titles
from scenarios.traps import installed

pytestmark = pytest.mark.scenarios

WATCHDOG_SECONDS = 2.0


@pytest.mark.parametrize("how", ["raise", "base", "exit", "interrupt", "recursion", "memory", "nonsense"])
def test_33_handler_bug(desk: Desk, figure: Figure, how: str) -> None:
    tally, name = Tally(desk), f"trap-{how}.txt"

    with living(desk, **installed(desk.folder / "plugins")) as daemon:
        desk.drop(name, a_story("Trap"))
        until(lambda: name.encode() in tally.look().refused or not daemon.is_alive())
        assert daemon.is_alive(), desk.journal()[-500:]
        for number in range(20):
            desk.drop(f"{number}.txt", a_story(f"Story {number}"))
        tally.wait_for(*[f"{number}.txt" for number in range(20)])
        assert daemon.is_alive()

    figure(f"{tally.refused[name.encode()]['code']}, 20 of 20 files after it")
    assert tally.refused[name.encode()]["code"] == "handler-failed"


def test_33_handler_hang(desk: Desk, figure: Figure) -> None:
    tally = Tally(desk)

    with living(desk, WATCHDOG_USEC=str(int(WATCHDOG_SECONDS * 1e6)), **installed(desk.folder / "plugins")) as daemon:
        desk.drop("first.txt", a_story("First"))
        tally.wait_for("first.txt")
        until(lambda: daemon.manager.has("WATCHDOG=1", times=2))
        hung_at = time.monotonic()
        desk.drop("trap-hang.txt", a_story("Trap"))

        def has_given_up() -> bool:
            last = daemon.manager.times("WATCHDOG=1")[-1]
            return time.monotonic() - last > WATCHDOG_SECONDS or b"trap-hang.txt" in tally.look().refused

        until(has_given_up, seconds=30)
        seconds = time.monotonic() - hung_at
        # What systemd does then: WatchdogSignal=SIGABRT, and Restart=on-failure.
        is_refused = b"trap-hang.txt" in tally.look().refused
        if not is_refused:
            daemon.process.send_signal(signal.SIGABRT)
            daemon.process.wait(10)
    desk.path("trap-hang.txt").unlink()
    with living(desk, **installed(desk.folder / "plugins2")):
        desk.drop("after.txt", a_story("After"))
        until(lambda: "After" in titles(desk))

    how = "the file was refused" if is_refused else "the watchdog was not fed any more"
    figure(f"{how} after {seconds:.1f} s, and after a restart it goes on")
    assert tally.look().types["article-recorded"] == 2


def test_35_sigterm_in_the_middle_of_a_file(desk: Desk, figure: Figure) -> None:
    tally, plugins = Tally(desk), installed(desk.folder / "plugins")

    with living(desk, **plugins) as daemon:
        desk.drop("trap-slow.txt", a_story("Trap"))
        time.sleep(1.0)
        began = time.monotonic()
        daemon.process.send_signal(signal.SIGTERM)
        code = daemon.process.wait(15)
        seconds = time.monotonic() - began
        was_finished = tally.holds("trap-slow.txt")
    with living(desk, **plugins):
        tally.wait_for("trap-slow.txt")

    figure(f"ended with {code} in {seconds:.1f} s, the file {'finished' if was_finished else 'untouched'}, then once")
    assert code == 0
    assert seconds < 10
    assert dict(tally.types) == {"article-recorded": 1, "file-received": 1}
