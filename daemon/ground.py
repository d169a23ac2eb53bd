"""The ground a feed stands on: its root, and what is mounted below it. What lies on lost ground is not gone."""

import errno
import os
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from typing import NamedTuple

from presslog.store.errors import LogUnavailable, PresslogError
from presslog.store.registry import Registry

from .places import Folder

Identity = tuple[int, int]
"""Device and inode of a folder."""
NO_HANDLES = (errno.EMFILE, errno.ENFILE)
"""What says nothing of the folder: this process, or the machine, has too many files open."""


class FolderLost(PresslogError):
    """The root of a feed, or a file system mounted below it, is gone or cannot be listed."""

    def __init__(self, folder: bytes, reason: str) -> None:
        super().__init__(reason)
        self.folder = folder


class Ground(NamedTuple):
    """The folders of a feed on which others stand, by path below the root, as they were when a scan began."""

    folder: Folder
    identities: dict[bytes, Identity]
    lost: dict[bytes, str]

    def holds(self, path: bytes) -> bool:
        """Whether a path does not lie on lost ground."""
        return not any(path == lost or path.startswith(lost + b"/") for lost in self.lost)

    def check(self) -> None:
        """Raise FolderLost where the ground has moved since: what seems to be gone may only be hidden now."""
        for below, identity in self.identities.items():
            if below not in self.lost and identity_of(self.folder.path(below)) != identity:
                shown = os.fsdecode(self.folder.path(below))
                raise FolderLost(below, f"{shown} was taken away while it was looked through")


def survey(folder: Folder, registry: Registry, *, lost: Container[bytes] = ()) -> Ground:
    """Look at the root of a feed and at every mount known below it; what was ``lost`` has to be listed to be found.

    A folder that is another one than before and empty is most likely one whose mount is lost.

    Raises:
        FolderLost: the root is lost.
    """
    known = registry.mounts(folder.feed)
    reason = _trouble(folder, b"", known.get(b""), is_lost=b"" in lost)
    if reason:
        raise FolderLost(b"", reason)
    for below in [below for below in known if below and is_gone(folder.path(below))]:
        del known[below]
        with suppress(LogUnavailable):
            registry.forget_mount(folder.feed, below)
    troubles = {below: _trouble(folder, below, was, is_lost=below in lost) for below, was in known.items() if below}
    hidden = {below: trouble for below, trouble in troubles.items() if trouble}
    ground = Ground(folder, known, hidden)
    for below in known.keys() - hidden.keys() | {b""}:
        now = identity_of(folder.path(below))
        if now:
            learn(ground, registry, below, now)
    return ground


def learn(ground: Ground, registry: Registry, here: bytes, identity: Identity) -> None:
    """Note which folder the root is, or which file system begins at a folder below it."""
    if ground.identities.get(here) != identity:
        ground.identities[here] = identity
        with suppress(LogUnavailable):
            registry.remember_mount(ground.folder.feed, here, identity)


def identity_of(path: bytes) -> Identity | None:
    """Device and inode of the folder at a path; None where none stands there that lets us in."""
    try:
        with opened(path) as handle:
            status = os.fstat(handle)
    except OSError as error:
        if error.errno not in NO_HANDLES:
            return None
        status = os.stat(path)
    return status.st_dev, status.st_ino


@contextmanager
def opened(path: bytes) -> Iterator[int]:
    """A handle of a folder, which its path may reach through links."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield handle
    finally:
        os.close(handle)


def is_gone(path: bytes) -> bool:
    """Whether nothing stands at a path for certain; what cannot be asked is not gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _trouble(folder: Folder, below: bytes, known: Identity | None, *, is_lost: bool) -> str:
    """Why the folder there is not the one that is known; empty where it is, or is a new one with files in it."""
    path, shown = folder.path(below), os.fsdecode(folder.path(below))
    try:
        with opened(path) as handle:
            status = os.fstat(handle)
            is_same = (status.st_dev, status.st_ino) == known
            if is_same and not is_lost:
                return ""
            with os.scandir(handle) as listing:
                is_empty = next(listing, None) is None
    except OSError as error:
        return "" if error.errno in NO_HANDLES else f"{shown}: {error.strerror}"
    is_bare = known and is_empty and not is_same
    return f"{shown}: an empty folder stands where another one was; is it mounted?" if is_bare else ""
