"""Errands: work that other threads hand to the drain's thread, which alone writes registry and files' events."""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from presslog.store.errors import LogUnavailable, PresslogError

_T = TypeVar("_T")


class Later(NamedTuple):
    """The answer of a function that is begun, and that nobody should wait for: asked for once it ``is_ready``."""

    is_ready: Callable[[], bool]
    answer: Callable[[], Any]


class Errands:
    """Functions that wait for the drain; ``wake`` ends its sleep."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._waiting: deque[_Errand] = deque()
        self._begun: list[_Errand] = []
        self._lock = threading.Lock()
        self._is_closed = False

    def call(self, function: Callable[[], _T | Later], timeout_seconds: float) -> _T:
        """Have a function called by the drain, wait for it and return its answer, or that of its Later.

        For any other thread.

        Raises:
            PresslogError: what the function raised.
            LogUnavailable: the drain did not come to its end in time, or the daemon stops; ask again.
        """
        errand = _Errand(function)
        with self._lock:
            if self._is_closed:
                raise LogUnavailable("the daemon is stopping: ask again when it runs")
            self._waiting.append(errand)
        self._wake()
        if not errand.is_done.wait(timeout_seconds):
            self._withdraw(errand, timeout_seconds)
        if errand.error:
            raise errand.error
        answer: _T = errand.answer
        return answer

    def run(self) -> None:
        """Do all that waits, and what is begun and ready now; the drain's thread calls it between batches."""
        self._begun = [errand for errand in self._begun if not errand.do()]
        while True:
            with self._lock:
                if not self._waiting:
                    return
                errand = self._waiting.popleft()
            if not errand.do():
                self._begun.append(errand)

    def close(self) -> None:
        """Let nobody wait any more for what will not be done."""
        with self._lock:
            self._is_closed = True
            left, self._waiting = self._waiting, deque()
        for errand in [*left, *self._begun]:
            errand.is_done.set()

    def _withdraw(self, errand: "_Errand", seconds: float) -> None:
        with self._lock:
            has_begun = errand not in self._waiting
            if not has_begun:
                self._waiting.remove(errand)
        if has_begun and errand.is_done.is_set():
            return
        rest = "it goes on with it" if has_begun else "nothing was done"
        raise LogUnavailable(f"the daemon is busy since {seconds:g} s, {rest}: see `presslog status`, then ask again")


class _Errand:
    """One function with its answer; until it has ended, the error that says so."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self.is_done = threading.Event()
        self.answer: Any = None
        self.error: PresslogError | None = LogUnavailable("the daemon stopped before it was done: ask again")

    def do(self) -> bool:
        """Do it, or go on with it; False while its answer is to come later."""
        is_over = True
        try:
            answer = self._function()
            if isinstance(answer, Later):
                is_over, self._function = False, lambda: answer.answer() if answer.is_ready() else answer
            else:
                self.answer, self.error = answer, None
        except PresslogError as error:
            self.error = error
        finally:
            if is_over:
                self.is_done.set()
        return is_over
