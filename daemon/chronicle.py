"""The chronicle of folders: what a watcher lived through, as events; silence is told once, and its end."""

import time
from collections.abc import Callable, Mapping

from presslog.store.events import FolderChanged, Meta, encode, salted
from presslog.store.log import Append, EventLog, NewEvent
from presslog.store.names import event_id, folder_stream

from .places import Folder


class Chronicle:
    """Appends folder events; ``monotonic`` is the clock that never jumps."""

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

    def tell(self, folder: Folder, kind: str, *, reason: str = "", files: int = 0, seconds: float = 0) -> int:
        """Append one event to the stream of a folder and return its position."""
        fact = FolderChanged(feed=folder.feed, folder=str(folder.root), reason=reason, files=files, seconds=seconds)
        event = NewEvent(event_id(), kind, encode(fact), salted(self._meta))
        answer = self._log.append([Append(folder_stream(folder.feed), [event], None, event.id)])[0]
        return answer[0]

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
