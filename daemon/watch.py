"""The watch: the kernel's events ring the bell, and only ring. What they miss, the scan finds.

Every folder that a scan enters is watched before it is listed, so that nothing falls between the two. watchdog's own
observer is not used: it throws events away when the queue overflows, holds all of them back for half a second when a
file is moved out, and gives up a whole tree when one folder of it cannot be watched (measured, watchdog 7.1).
"""

import errno
import os
import threading
from collections.abc import Callable

from watchdog.observers.inotify_c import CallbackId, InotifyConstants, InotifyEvent, InotifyFD, Mask, WatchDescriptor

from .bell import Bell, Scan
from .ground import Identity
from .places import Folder, Ignored, Place

_ARRIVED = InotifyConstants.IN_CLOSE_WRITE | InotifyConstants.IN_MOVED_TO
_SELF = InotifyConstants.IN_DELETE_SELF | InotifyConstants.IN_MOVE_SELF | InotifyConstants.IN_UNMOUNT
MASK = Mask(
    _ARRIVED
    | _SELF
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_MOVED_FROM
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_ONLYDIR
    | InotifyConstants.IN_EXCL_UNLINK
)
"""Narrow on purpose: with opens and modifications the kernel's queue of 16,384 overflows after 4,096 files."""

NOBODY = (-1, -1)
"""The identity of no folder."""

Key = tuple[str, bytes]


class _Ringer:
    """Translates the events of one folder into rings; it never raises, or the reading thread would die for ever."""

    __slots__ = ("folder", "here", "identity", "number", "watch")

    def __init__(self, watch: "Watch", folder: Folder, here: bytes, identity: Identity) -> None:
        self.watch = watch
        self.folder = folder
        self.here = here
        self.identity = identity
        self.number = WatchDescriptor(-1)

    @property
    def key(self) -> Key:
        return self.folder.feed, self.here

    @property
    def numbered(self) -> tuple[WatchDescriptor, str]:
        """The kernel gives a folder one number; several feeds may hold it, each under a path of its own."""
        return self.number, self.folder.feed

    def on_event(self, event: InotifyEvent) -> None:
        """Ring for what happened in the folder, or to it."""
        feed, name = self.folder.feed, event.name
        if not name:
            if event.mask & _SELF:
                self.watch.moved(self)
            return
        if self.watch.overhears(self.key, name):
            return
        path = self.here + b"/" + name if self.here else name
        if self.folder.is_done(path):
            return
        if event.is_directory:
            self.watch.bell.ring_scan(Scan(feed, path, reason="folder"))
        else:
            self.watch.bell.ring(Place(feed, path, is_closed=bool(event.mask & _ARRIVED)))

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:  # noqa: ARG002  the signature is watchdog's
        """The kernel has dropped the watch: the folder is deleted or unmounted."""
        self.watch.dropped(self)

    def on_queue_overflow(self) -> None:
        """Events were lost: look through the whole feed."""
        self.watch.bell.ring_scan(Scan(self.folder.feed, reason="overflow"))


class Watch:
    """Watches folders one by one; ``heard`` is told of names that the bell must not ring for, and says so."""

    def __init__(self, bell: Bell, ignored: Ignored, *, heard: Callable[[Key, bytes], bool]) -> None:
        self.bell = bell
        self._ignored = ignored
        self._heard = heard
        self._inotify: InotifyFD | None = None
        self._trouble: OSError | None = None
        self._lock = threading.Lock()
        self._ringers: dict[Key, _Ringer] = {}
        self._by_number: dict[tuple[WatchDescriptor, str], _Ringer] = {}

    def start(self) -> None:
        """Open the kernel's queue; where there is none to be had, every folder is refused with the reason."""
        self._ringers, self._by_number, self._trouble = {}, {}, None
        try:
            self._inotify = InotifyFD()
        except OSError as error:
            self._inotify, self._trouble = None, error
        else:
            self._inotify.start()

    def add(self, folder: Folder, here: bytes, handle: int) -> OSError | None:
        """Watch an open folder under this path from now on; the reason where that cannot be."""
        status = os.fstat(handle)
        known = self._ringers.get((folder.feed, here))
        if known and known.identity == (status.st_dev, status.st_ino):
            return None
        if self._inotify is None:
            return self._trouble or OSError(errno.ESHUTDOWN, "the watch is not started")
        if known:
            self.remove(folder.feed, here)
        return self._add(self._inotify, _Ringer(self, folder, here, (status.st_dev, status.st_ino)), handle)

    def _add(self, inotify: InotifyFD, ringer: _Ringer, handle: int) -> OSError | None:
        try:
            # The handle was reached without following a link; its name in /proc leads to that very folder.
            ringer.number = inotify.add_callback(b"/proc/self/fd/%d" % handle, MASK, ringer, CallbackId(id(ringer)))
        except OSError as error:
            return error
        if ringer.number < 0:
            # watchdog keeps silent of EACCES.
            return OSError(errno.EACCES, os.strerror(errno.EACCES))
        with self._lock:
            # A folder that was moved inside the tree keeps its number: the old path is no longer its own.
            before = self._by_number.get(ringer.numbered)
            if before:
                self._ringers.pop(before.key, None)
            self._ringers[ringer.key] = self._by_number[ringer.numbered] = ringer
        if before:
            inotify.remove_callbacks([(before.number, CallbackId(id(before)))])
        return None

    def remove(self, feed: str, here: bytes) -> None:
        """Watch a folder and all below it no more: it is gone from there."""
        with self._lock:
            if (feed, here) not in self._ringers:
                return
            below = here + b"/" if here else b""
            keys = [key for key in self._ringers if key[0] == feed and (key[1] == here or key[1].startswith(below))]
            ringers = [self._ringers.pop(key) for key in keys]
            for ringer in ringers:
                self._by_number.pop(ringer.numbered, None)
        if self._inotify:
            self._inotify.remove_callbacks([(ringer.number, CallbackId(id(ringer))) for ringer in ringers])

    def holds(self, feed: str, here: bytes) -> bool:
        """Whether a folder is watched."""
        return (feed, here) in self._ringers

    def identity(self, feed: str) -> Identity | None:
        """Device and inode of the root that is watched; None where it is not, or no more."""
        ringer = self._ringers.get((feed, b""))
        return ringer.identity if ringer else None

    def moved(self, ringer: _Ringer) -> None:
        """A folder was renamed, deleted or unmounted: whatever stands under its path from now on is another one."""
        ringer.identity = NOBODY
        self.bell.ring_scan(Scan(ringer.folder.feed, ringer.here, reason="folder" if ringer.here else "replaced"))

    def dropped(self, ringer: _Ringer) -> None:
        """Forget a watch that the kernel has dropped."""
        with self._lock:
            if self._ringers.get(ringer.key) is ringer:
                del self._ringers[ringer.key]
            if self._by_number.get(ringer.numbered) is ringer:
                del self._by_number[ringer.numbered]

    def overhears(self, key: Key, name: bytes) -> bool:
        """Whether a name is none of the bell's business."""
        return self._heard(key, name) or name in self._ignored

    @property
    def is_refused(self) -> bool:
        """Whether the kernel gave no queue when it was asked."""
        return self._trouble is not None

    def is_alive(self) -> bool:
        """Whether the thread that reads the kernel's queue runs, where there is a queue."""
        return self._inotify is None or self._inotify.is_alive()

    def stop(self) -> None:
        """Watch nothing any more, and wait for the thread."""
        if self._inotify and self._inotify.is_alive():
            self._inotify.stop()
            self._inotify.join(timeout=5.0)
        self._inotify = None
