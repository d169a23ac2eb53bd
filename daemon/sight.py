"""Sight of the feeds' folders: each root is opened once a batch, and a file is taken only where it is complete."""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import NamedTuple

from presslog.store.registry import Entry, Registry, Stamp

from .ground import identity_of
from .mounts import Mounts
from .places import Folder, Place
from .retire import HELD
from .settle import Evidence, Waiting, settle
from .take import Answer, Root, Waits, stamp_of, take
from .waits import Waitlist

Key = tuple[str, bytes, bytes]
"""A file by its feed, folder and name."""

LOST = Waiting("folder-lost", "the feed's folder, or a mount in it, is gone", 5.0)
TICK_SECONDS = 0.05
"""More than a tick of any kernel's clock: inode_set_ctime_current(9) takes the time of the last tick."""


class Limits(NamedTuple):
    """What bounds the intake: bytes a file, files a transaction, seconds a file must stand still."""

    limit_bytes: int
    batch_files: int
    settle_seconds: float


class Sight:
    """Looks at files, within a ``with`` block that holds the roots open; one thread uses it."""

    def __init__(
        self, folders: Mapping[str, Folder], registry: Registry, *, limits: Limits, waits: Waitlist, mounts: Mounts
    ) -> None:
        self._folders = folders
        self._registry = registry
        self._limits = limits
        self._waits = waits
        self._mounts = mounts
        self._stack = ExitStack()
        self._roots: dict[str, Root | None] = {}
        self._expected: dict[Key, Entry | None] = {}

    def __enter__(self) -> "Sight":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._roots.clear()
        self._expected.clear()
        self._stack.close()

    def expect(self, places: Sequence[Place]) -> None:
        """Learn what is known of files that are looked at next: one question a folder, not one a file."""
        names: dict[tuple[str, bytes], list[bytes]] = {}
        for place in places:
            if self._may_be_held(place):
                names.setdefault((place.feed, place.folder), []).append(place.name)
        for (feed, folder), here in names.items():
            known = self._registry.chosen(feed, folder, here)
            self._expected |= {(feed, folder, name): known.get(name) for name in here}

    def stamp(self, place: Place) -> Stamp | None:
        """The stamp of a file as it stands; None where it cannot be seen."""
        root = self._root(place.feed)
        if root is None:
            return None
        try:
            return stamp_of(os.stat(place.name, dir_fd=root.folder(place.folder), follow_symlinks=False))
        except OSError:
            return None

    def held(self, place: Place) -> Entry | None:
        """What is known of a file that the log holds as it stands: it need not be read again.

        A stamp alone is no proof. Where a file stays it must not have been closed by a writer just now, and its last
        change must lie clearly before it was read: what changes within one tick of the kernel's clock keeps its stamp.
        Who takes it away compares the bytes.
        """
        if not self._may_be_held(place):
            return None
        entry = self._entry(place)
        if entry is None or entry.state not in HELD:
            return None
        is_sure = self._is_taken_away(place) or entry.stamp.ctime_ns / 1e9 + TICK_SECONDS < entry.since_at
        return entry if is_sure and self.stamp(place) == entry.stamp else None

    def _may_be_held(self, place: Place) -> bool:
        return not place.is_closed or self._is_taken_away(place)

    def _is_taken_away(self, place: Place) -> bool:
        return self._folders[place.feed].after_read != "keep"

    def _entry(self, place: Place) -> Entry | None:
        key = place.feed, place.folder, place.name
        # Once only: of a file that comes twice more may be known by then.
        return self._expected.pop(key) if key in self._expected else self._registry.entry(*key)

    def take(self, place: Place) -> Answer:
        """Take a file's bytes, or say why not."""
        root = self._root(place.feed)
        if root is None:
            return Waits(LOST, Stamp(0, 0, 0, 0))

        def is_settled(handle: int, stamp: Stamp) -> Waiting | None:
            is_local = self._mounts.is_local(root.folder(place.folder))
            age = time.time() - stamp.ctime_ns / 1e9
            evidence = Evidence(place.is_closed, is_local, self._waits.still_seconds(place, stamp), age)
            return settle(handle, evidence, settle_seconds=self._limits.settle_seconds)

        return take(root, place, limit_bytes=self._limits.limit_bytes, is_settled=is_settled)

    def is_hidden(self, place: Place) -> bool:
        """Whether a mount below the root, on which the file lay, is not what it was: then the file may be there."""
        folder = self._folders[place.feed]
        return any(
            point and place.path.startswith(point + b"/") and identity_of(folder.path(point)) != identity
            for point, identity in self._registry.mounts(place.feed).items()
        )

    def _root(self, feed: str) -> Root | None:
        """The root of a feed; None where it is gone, or is another folder than the one that was looked through."""
        if feed not in self._roots:
            self._roots[feed] = self._open(feed)
        root = self._roots[feed]
        if root:
            root.tidy()
        return root

    def _open(self, feed: str) -> Root | None:
        try:
            root = self._stack.enter_context(Root(self._folders[feed].root))
        except OSError:
            return None
        return root if self._registry.mounts(feed).get(b"") in (None, root.identity) else None
