"""The canary: a file written for a moment where a file system begins, to learn whether the doorbell hears of it."""

import os
from collections.abc import Callable, Iterable

NAME = b".presslog-canary"
SILENT_SECONDS = 2.0
"""Measured: an event is heard within milliseconds, under load within tenths of a second."""
TRIES = 3
"""A canary that is lost in an overflow proves nothing."""

Key = tuple[str, bytes]


class Canary:
    """Canaries that were sent and not heard yet, by feed and folder; ``monotonic`` is the clock that never jumps."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._sent: dict[Key, tuple[float, int]] = {}

    def send(self, key: Key, handle: int) -> None:
        """Write and remove a file in an open folder; where we may not write, nothing can be learnt this way."""
        _, tries = self._sent.pop(key, (0.0, 0))
        self._sent[key] = self._monotonic(), tries + 1
        try:
            canary = os.open(NAME, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=handle)
            os.close(canary)
            os.unlink(NAME, dir_fd=handle)
        except OSError:
            self._sent.pop(key, None)

    def heard(self, key: Key) -> None:
        """The doorbell told of it; any thread may say so."""
        self._sent.pop(key, None)

    def silent(self) -> Iterable[tuple[Key, bool]]:
        """Folders whose canary should have been heard by now; True where it was sent often enough to be sure."""
        now = self._monotonic()
        late = [(key, tries) for key, (sent_at, tries) in list(self._sent.items()) if now - sent_at >= SILENT_SECONDS]
        for key, tries in late:
            is_sure = tries >= TRIES
            if is_sure:
                self._sent.pop(key, None)
            yield key, is_sure
