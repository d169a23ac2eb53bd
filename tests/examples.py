"""Small builders of examples: a test states only the value that it is about."""

import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from presslog.store.article import Article
from presslog.store.log import ANY, Append, NewEvent, Stored
from presslog.store.names import event_id

POLL_SECONDS = 0.005


def an_event(data: bytes = b"{}", *, event_type: str = "note", meta: bytes = b"") -> NewEvent:
    return NewEvent(event_id(), event_type, data, meta)


def an_append(
    *data: bytes,
    stream: str = "article/a",
    events: Sequence[NewEvent] = (),
    expected: int | None = ANY,
    key: str = "",
) -> Append:
    """One event for each of ``data``, one event where nothing is given; a key of its own where none is given."""
    chosen = tuple(events) or tuple(an_event(each) for each in data or (b"{}",))
    return Append(stream, chosen, expected, key or event_id())


def an_article(**changes: Any) -> Article:
    return Article(**{"title": "Rivers rise", "text": "The water came at night.", **changes})


def a_stored(data: bytes = b"{}", *, event_type: str = "note", meta: bytes = b"") -> Stored:
    return Stored(1, "article/a", "k", 0, 1641442471.5, event_id(), event_type, data, meta)


def until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for a condition; fail where it does not come true in time."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline, f"not so within {seconds} s"
        pause.wait(POLL_SECONDS)


class Clock:
    """A clock that stands until it is moved; ``seconds`` since 1970, or since anything."""

    def __init__(self, seconds: float = 1_641_442_471.0) -> None:
        self.seconds = seconds

    def __call__(self) -> float:
        return self.seconds
