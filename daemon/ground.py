"""The ground a feed stands on: its root, and what is mounted below it. What lies on lost ground is not gone."""

import os
from contextlib import suppress
from typing import NamedTuple

from presslog.store.errors import LogUnavailable, PresslogError
from presslog.store.registry import Registry

from .places import Folder

Identity = tuple[int, int]
"""Device and inode of a folder."""


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


def survey(folder: Folder, registry: Registry) -> Ground:
    """Look at the root of a feed and at every mount known below it.

    A folder that is another one than before and empty is most likely one whose mount is lost.

    Raises:
        FolderLost: the root is lost.
    """
    known = registry.mounts(folder.feed)
    reason = _trouble(folder, b"", known.get(b""))
    if reason:
        raise FolderLost(b"", reason)
    for below in [below for below in known if below and is_gone(folder.path(below))]:
        del known[below]
        with suppress(LogUnavailable):
            registry.forget_mount(folder.feed, below)
    lost = {below: trouble for below, was in known.items() if below and (trouble := _trouble(folder, below, was))}
    for below in known.keys() - lost.keys() | {b""}:
        now = identity_of(folder.path(below))
        if now and now != known.get(below):
            known[below] = now
            with suppress(LogUnavailable):
                registry.remember_mount(folder.feed, below, now)
    return Ground(folder, known, lost)


def learn(ground: Ground, registry: Registry, here: bytes, identity: Identity) -> None:
    """Note that another file system begins at a folder below the root."""
    if ground.identities.get(here) != identity:
        ground.identities[here] = identity
        with suppress(LogUnavailable):
            registry.remember_mount(ground.folder.feed, here, identity)


def identity_of(path: bytes) -> Identity | None:
    """Device and inode of what stands at a path; None where nothing answers."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def is_gone(path: bytes) -> bool:
    """Whether nothing stands at a path for certain; what cannot be asked is not gone."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _trouble(folder: Folder, below: bytes, known: Identity | None) -> str:
    """Why the folder there is not the one that is known; empty where it is, or is a new one with files in it."""
    path, shown = folder.path(below), os.fsdecode(folder.path(below))
    try:
        status = os.stat(path)
        if (status.st_dev, status.st_ino) == known:
            return ""
        with os.scandir(path) as listing:
            is_empty = next(listing, None) is None
    except OSError as error:
        return f"{shown}: {error.strerror}"
    return f"{shown}: an empty folder stands where another one was; is it mounted?" if known and is_empty else ""
