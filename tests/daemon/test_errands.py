"""Errands: one thread asks, the drain's thread does it and hands back what came of it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from presslog.daemon.errands import Errands, Later
from presslog.store.errors import LogUnavailable, NotFound

SECONDS = 10.0


class Asking:
    """Errands, and a thread that asks for one."""

    def __init__(self) -> None:
        self.woken = threading.Event()
        self.errands = Errands(self.woken.set)
        self.pool = ThreadPoolExecutor(1)

    def asks(self, function: Callable[[], object], seconds: float = SECONDS) -> Callable[[], object]:
        """Queue a function from another thread; the function that is returned waits for its answer."""
        future = self.pool.submit(self.errands.call, function, seconds)
        assert self.woken.wait(SECONDS)
        return lambda: future.result(SECONDS)


@pytest.fixture
def asking() -> Iterator[Asking]:
    asking = Asking()
    yield asking
    asking.errands.close()
    asking.pool.shutdown()


def test_errand_is_done_by_the_thread_that_runs_them(asking: Asking) -> None:
    answer = asking.asks(threading.get_ident)

    asking.errands.run()

    assert answer() == threading.get_ident()


def test_error_of_an_errand_is_raised_where_it_was_asked_for(asking: Asking) -> None:
    def fail() -> None:
        raise NotFound("nothing there")

    answer = asking.asks(fail)
    asking.errands.run()

    with pytest.raises(NotFound, match="nothing there"):
        answer()


def test_errand_that_nobody_begins_in_time_is_never_done(asking: Asking) -> None:
    done: list[int] = []

    answer = asking.asks(lambda: done.append(1), seconds=0.01)
    with pytest.raises(LogUnavailable, match="nothing was done"):
        answer()
    asking.errands.run()

    assert done == []


def test_errand_that_takes_too_long_is_told_to_go_on(asking: Asking) -> None:
    go_on = threading.Event()
    answer = asking.asks(lambda: go_on.wait(SECONDS), seconds=0.05)
    runner = threading.Thread(target=asking.errands.run)
    runner.start()

    with pytest.raises(LogUnavailable, match="it goes on with it"):
        answer()
    go_on.set()
    runner.join(SECONDS)

    assert not runner.is_alive()


def test_nobody_waits_for_what_is_closed(asking: Asking) -> None:
    answer = asking.asks(lambda: None)

    asking.errands.close()

    with pytest.raises(LogUnavailable, match="stopped"):
        answer()
    with pytest.raises(LogUnavailable, match="stopping"):
        asking.errands.call(lambda: None, SECONDS)


def test_bug_in_an_errand_ends_the_drain_and_not_the_patience_of_who_asked(asking: Asking) -> None:
    answer = asking.asks(lambda: 1 // 0)

    with pytest.raises(ZeroDivisionError):
        asking.errands.run()

    with pytest.raises(LogUnavailable):
        answer()


def test_answer_that_comes_later_holds_up_nobody(asking: Asking) -> None:
    ready = threading.Event()
    later = asking.asks(lambda: Later(ready.is_set, lambda: "later"))
    asking.errands.run()
    asking.errands.run()
    asking.woken.clear()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(asking.errands.call, lambda: "at once", SECONDS)
        assert asking.woken.wait(SECONDS)
        asking.errands.run()
        at_once = other.result(SECONDS)

    ready.set()
    asking.errands.run()

    assert (at_once, later()) == ("at once", "later")


def test_nobody_waits_for_an_answer_that_would_have_come_later(asking: Asking) -> None:
    answer = asking.asks(lambda: Later(lambda: False, lambda: None))
    asking.errands.run()

    asking.errands.close()

    with pytest.raises(LogUnavailable, match="stopped"):
        answer()
