"""What a path that somebody wrote means: a file on the disk, or FEED/PATH as presslog writes it."""

import os
from typing import TYPE_CHECKING

from .ingest import FEED

if TYPE_CHECKING:
    from presslog.config.settings import Settings
    from presslog.daemon.places import Place


def place_on_disk(path: str, settings: "Settings") -> "Place | None":
    """The place of a path that is absolute or exists, also as FEED/PATH; `ingest` where no watched folder holds it."""
    from pathlib import Path

    from presslog.daemon.places import Folder, place_of

    if not (os.path.isabs(path) or os.path.lexists(path)):
        feed, _, below = path.partition("/")
        if not (below and feed in settings.feeds and os.path.lexists(os.path.join(settings.feeds[feed].folder, below))):
            return None
        path = os.path.join(settings.feeds[feed].folder, below)
    roots = [Folder(name, Path(feed.folder)) for name, feed in settings.feeds.items()]
    # The folder on the way may be a link, the file itself may not.
    above, name = os.path.split(path)
    whole = f"{os.path.realpath(path)}/" if os.path.isdir(path) else os.path.join(os.path.realpath(above or "."), name)
    place = place_of(whole, roots, outside=FEED)
    return place._replace(path=place.path.rstrip(b"/"))


def is_outside(place: "Place") -> bool:
    """Whether no watched folder holds it."""
    return place.feed == FEED


def why_unseen(place: "Place", settings: "Settings") -> tuple[str, str]:
    """State and reason of a file on the disk of which presslog has nothing to tell."""
    from presslog.daemon.places import Ignored
    from presslog.store.lock import owner

    if is_outside(place):
        return "outside", "it lies in no watched folder: move it into one, or `presslog ingest` it"
    for name in place.path.split(b"/"):
        pattern = next((pattern for pattern in settings.ignore if name in Ignored([pattern])), None)
        if pattern:
            return "ignored", f"`ignore` holds {pattern!r}: rename it, or change that setting"
    if owner(settings.store_folder) is None:
        return "unseen", "no daemon runs: `presslog run`"
    return "unseen", "not looked at yet, or just being written: ask again in a moment"
