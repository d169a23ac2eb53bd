"""The doorbell: a watch on every folder that is looked through, and polls where a watch does not hear all."""

import errno
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import NamedTuple

from .bell import Bell, Scan
from .canary import NAME, Canary
from .ground import identity_of, opened
from .mounts import LOCAL_TYPES, Mounts
from .places import Folder, Ignored
from .polls import Polls
from .scan import Doors
from .watch import Key, Watch

LIMITS = (errno.ENOSPC, errno.EMFILE, errno.ENFILE)
"""What the kernel answers where no more watches (or queues) may be had."""
MORE_WATCHES = "raise fs.inotify.max_user_watches (or fs.inotify.max_user_instances) with sysctl"


class Polled(NamedTuple):
    """A folder that is listed by the clock, the first of its feed for this reason."""

    folder: Folder
    here: bytes
    reason: str
    every_seconds: float


class Doorbell:
    """Decides for each folder that is entered how its changes will be noticed; one thread calls it."""

    def __init__(
        self,
        bell: Bell,
        ignored: Ignored,
        *,
        mounts: Mounts,
        polls: Polls,
        monotonic: Callable[[], float],
        told: Callable[[Polled], None],
    ) -> None:
        self.bell = bell
        self.ignored = ignored
        self._mounts = mounts
        self._polls = polls
        self._told = told
        self._canary = Canary(monotonic)
        self._watch = Watch(bell, ignored, heard=self._hear)
        self._folders: dict[str, Folder] = {}
        self._below: dict[str, dict[bytes, int]] = {}
        self._entered: set[str] = set()
        self._deaf: set[int] = set()
        self._reasons: set[tuple[str, str]] = set()

    @property
    def doors(self) -> Doors:
        """What a scan tells this doorbell."""
        return Doors(self.enter, self.leave, self.refused, self.is_entered)

    def start(self, folders: Iterable[Folder]) -> None:
        """Open the kernel's queue, watch every root, and ask for scans, which enter the folders below."""
        self._folders = {folder.feed: folder for folder in folders}
        self._watch.start()
        for folder in self._folders.values():
            self._below[folder.feed] = self._mounts.below(folder.root)
            with suppress(OSError), opened(folder.path()) as handle:
                self.enter(folder, b"", handle)
            self.bell.ring_scan(Scan(folder.feed, reason="start"))

    def enter(self, folder: Folder, here: bytes, handle: int) -> None:
        """Have an open folder watched under this path before it is listed, and polled where that is not enough."""
        if not here:
            self._enter_root(folder)
        is_new = not self._watch.holds(folder.feed, here)
        error = self._watch.add(folder, here, handle)
        device = os.fstat(handle).st_dev
        reason = self._reason(error, device, self._mounts.kind(handle))
        if reason:
            self._poll(folder, here, reason)
            return
        self._polls.drop(folder.feed, here)
        if is_new and (not here or here in self._below.get(folder.feed, ())):
            self._canary.send((folder.feed, here), handle)

    def leave(self, folder: Folder, here: bytes) -> None:
        """A folder is gone from its path."""
        self._watch.remove(folder.feed, here)
        self._polls.drop(folder.feed, here)

    def refused(self, folder: Folder, here: bytes, error: OSError) -> None:
        """A folder cannot be listed: try again by the clock."""
        self._poll(folder, here, f"cannot be listed ({error.strerror})")

    def is_entered(self, folder: Folder, here: bytes) -> bool:
        """Whether changes in a folder are noticed in one way or the other."""
        return self._watch.holds(folder.feed, here) or self._polls.holds(folder.feed, here)

    def check(self) -> None:
        """Look at what rings by itself nowhere: roots, mounts, canaries, and the thread that listens."""
        if not self._watch.is_alive():
            self._listen_anew()
        for feed in self._replaced():
            self.bell.ring_scan(Scan(feed, reason="replaced"))
        self._check_mounts()
        self._check_canaries()

    def stop(self) -> None:
        """Hear nothing any more."""
        self._watch.stop()

    def _listen_anew(self) -> None:
        """Nothing is watched any more, and no root is another one for that."""
        self._watch.start()
        self._entered.clear()
        for feed in self._folders:
            self.bell.ring_scan(Scan(feed, reason="watch"))

    def _enter_root(self, folder: Folder) -> None:
        self._entered.add(folder.feed)
        self._mounts.refresh()
        if self._watch.is_refused:
            self._watch.start()

    def _reason(self, error: OSError | None, device: int, kind: str) -> str:
        if error:
            remedy = f"; {MORE_WATCHES}" if error.errno in LIMITS else ""
            return f"cannot be watched ({error.strerror}){remedy}"
        if device in self._deaf:
            return f"on {kind}: its events do not arrive here"
        if kind in LOCAL_TYPES:
            return ""
        return f"on {kind}: changes made elsewhere give no event, and a file must stand still"

    def _poll(self, folder: Folder, here: bytes, reason: str) -> None:
        self._polls.add(folder.feed, here)
        if (folder.feed, reason) not in self._reasons:
            self._reasons.add((folder.feed, reason))
            self._told(Polled(folder, here, reason, self._polls.every_seconds))

    def _replaced(self) -> list[str]:
        """Feeds whose root is not the folder that is watched: renamed away, deleted, mounted over, or made anew."""
        watched = [self._folders[feed] for feed in self._entered if not self._polls.holds(feed, b"")]
        return [folder.feed for folder in watched if identity_of(folder.path()) != self._watch.identity(folder.feed)]

    def _check_mounts(self) -> None:
        """Scan where a mount has come or gone below a root."""
        for feed, folder in self._folders.items():
            before, now = self._below.get(feed, {}), self._mounts.below(folder.root)
            changed = {point for point in before.keys() | now.keys() if before.get(point) != now.get(point)}
            if changed:
                self._below[feed] = now
                self._mounts.refresh()
                for point in changed:
                    self.bell.ring_scan(Scan(feed, point, reason="mount"))

    def _check_canaries(self) -> None:
        for (feed, here), is_sure in self._canary.silent():
            if not is_sure:
                with suppress(OSError), opened(self._folders[feed].path(here)) as handle:
                    self._canary.send((feed, here), handle)
                continue
            device = identity_of(self._folders[feed].path(here))
            if device:
                self._deaf.add(device[0])
                self.bell.ring_scan(Scan(feed, here, reason="deaf"))

    def _hear(self, key: Key, name: bytes) -> bool:
        if name == NAME:
            self._canary.heard(key)
            return True
        return False
