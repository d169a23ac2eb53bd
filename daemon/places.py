"""Places: the watched folders, and files in them as the parts of the daemon hand them on."""

import fnmatch
import os
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from presslog.store.names import escape_path, file_stream

OURS = b".presslog-"
"""How names begin that presslog keeps for itself inside watched folders; whatever is ignored, they are."""


class Folder(NamedTuple):
    """A watched folder of a feed.

    ``after_read`` is ``keep``, ``move`` or ``delete``; ``done`` is the path below the root that files are moved to.
    """

    feed: str
    root: Path
    quiet_seconds: float = 0.0
    after_read: str = "keep"
    done: bytes = b""

    def path(self, below: bytes = b"") -> bytes:
        """The whole path of what lies below the root."""
        root = os.fsencode(self.root)
        return os.path.join(root, below) if below else root

    def is_done(self, path: bytes) -> bool:
        """Whether a path below the root belongs to what was moved away after it was read."""
        return bool(self.done) and (path + b"/").startswith(self.done + b"/")


class Place(NamedTuple):
    """A file of a feed: ``path`` is bytes below its root. ``is_closed`` says that its writer was seen to finish."""

    feed: str
    path: bytes
    is_closed: bool = False

    @property
    def folder(self) -> bytes:
        """The folder part of the path; empty for the root."""
        return os.path.dirname(self.path)

    @property
    def name(self) -> bytes:
        """The last part of the path."""
        return os.path.basename(self.path)

    @property
    def shown(self) -> str:
        """The path as text that is safe everywhere and keeps every byte."""
        return escape_path(self.path)

    @property
    def stream(self) -> str:
        """The stream of this file in the log."""
        return file_stream(self.feed, self.shown)


class Ignored:
    """Names that are never read, from patterns as the shell has them.

    >>> b".notes.swp" in Ignored(["*.swp"])
    True
    """

    def __init__(self, patterns: Sequence[str]) -> None:
        self._patterns = patterns

    @cached_property
    def _expression(self) -> re.Pattern[bytes]:
        either = "|".join(fnmatch.translate(pattern) for pattern in (f"{OURS.decode()}*", *self._patterns))
        return re.compile(either.encode(), re.DOTALL)

    def __contains__(self, name: bytes) -> bool:
        return self._expression.match(name) is not None

    def holds(self, path: bytes) -> bool:
        """Whether any part of a path is ignored."""
        return any(part in self for part in path.split(b"/"))


def place_of(path: str, folders: Sequence[Folder], *, outside: str) -> Place:
    """The place of an absolute path: in the innermost watched folder that holds it, else in the feed ``outside``."""
    whole = os.fsencode(path)
    roots = {os.fsencode(os.path.realpath(folder.root)).rstrip(b"/") + b"/": folder.feed for folder in folders}
    holding = max((root for root in roots if whole.startswith(root)), key=len, default=None)
    if holding is None:
        return Place(outside, whole.lstrip(b"/"), is_closed=True)
    return Place(roots[holding], whole.removeprefix(holding), is_closed=True)
