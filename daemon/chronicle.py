"""The chronicle: what a watcher lives through, as events; silences, each once, and a clock that was set."""

import time
from collections.abc import Callable, Mapping

from presslog.store.events import Fact, FolderChanged, Meta, encode, salted
from presslog.store.log import Append, EventLog, NewEvent
from presslog.store.log_facts import ClockStepped
from presslog.store.names import clock_stream, event_id, folder_stream

from .clock import LEAST_SECONDS
from .places import Folder

STEP_SECONDS = 60.0
"""A clock that runs wild is told of once in so long, and how far it went meanwhile; so is one that cannot be told."""


class Chronicle:
    """Appends events of folders and of the clock; ``monotonic`` is the one that never jumps."""

    def __init__(
        self,
        log: EventLog,
        folders: Mapping[str, Folder],
        meta: Meta,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._log = log
        self._folders = folders
        self._meta = meta
        self._monotonic = monotonic
        self._heard_at = dict.fromkeys(folders, monotonic())
        self._quiet_since: dict[str, float] = {}
        self._stepped_seconds = 0.0
        self._told_seconds = 0.0
        self._step: Append | None = None
        self._step_at = monotonic()

    def tell(self, folder: Folder, kind: str, *, reason: str = "", files: int = 0, seconds: float = 0) -> int:
        """Append one event to the stream of a folder and return its position."""
        fact = FolderChanged(feed=folder.feed, folder=str(folder.root), reason=reason, files=files, seconds=seconds)
        return self._log.append([self._append_of(folder_stream(folder.feed), kind, fact)])[0][0]

    def heard(self, feed: str) -> Folder | None:
        """Note that a file arrived; the folder, where that ends a silence that had been told."""
        now, since = self._monotonic(), self._quiet_since.get(feed)
        self._heard_at[feed] = now
        if since is None:
            return None
        folder = self._folders[feed]
        self.tell(folder, "folder-resumed", seconds=now - since)
        del self._quiet_since[feed]
        return folder

    def listen(self) -> list[Folder]:
        """Folders that have just become too quiet; each silence is told once."""
        now, quiet = self._monotonic(), []
        for feed, folder in self._folders.items():
            silence = now - self._heard_at[feed]
            if folder.quiet_seconds and silence >= folder.quiet_seconds and feed not in self._quiet_since:
                self.tell(folder, "folder-quiet", seconds=silence)
                self._quiet_since[feed] = self._heard_at[feed]
                quiet.append(folder)
        return quiet

    def stepped(self, seconds: float) -> float:
        """Record how far the clock was set, 0 where it was not, added to what is not told yet; the seconds told now.

        Raises:
            LogUnavailable: it could not be recorded, and will be by a later call.
        """
        self._stepped_seconds += seconds
        now = self._monotonic()
        if now < self._step_at or not (self._step or abs(self._stepped_seconds) >= LEAST_SECONDS):
            return 0.0
        self._step_at = now + STEP_SECONDS
        if self._step is None:
            self._told_seconds, self._stepped_seconds = round(self._stepped_seconds, 3), 0.0
            fact = ClockStepped(seconds=self._told_seconds)
            self._step = self._append_of(clock_stream(self._meta.host), "clock-stepped", fact)
        # Asked again under the same key until it is known to be stored.
        self._log.append([self._step])
        self._step = None
        return self._told_seconds

    def _append_of(self, stream: str, kind: str, fact: Fact) -> Append:
        event = NewEvent(event_id(), kind, encode(fact), salted(self._meta))
        return Append(stream, [event], None, event.id)
