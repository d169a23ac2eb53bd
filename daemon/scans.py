"""The scans in hand: what was asked for, in its order, and the feeds and mounts that were found lost on the way."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from presslog.store.errors import LogUnavailable

from .bell import Bell, Scan
from .ground import FolderLost, Ground, survey
from .outcome import Outcome
from .places import Folder, Place
from .polls import Polls
from .scan import Scanner

LONGEST_SECONDS = 0.1
"""What rings meanwhile does not wait longer for folders in which nothing is new."""

MOST_BEGUN = 8
"""Each scan under way holds a folder open."""
TOLD = ("overflow", "replaced")

Told = Callable[[Folder, str, str, int], None]
"""A folder, what happened to it, why, and how many files were recovered."""


@dataclass(eq=False, slots=True)
class Scanning:
    """A scan that was asked for; it looks at nothing before its first chunk is taken."""

    asked: Scan
    folders: list[bytes] | None = None
    chunks: Iterator[list[Place]] | None = None
    recovered: int = 0
    is_over: bool = False


class Scans:
    """Chunks of files from all scans and polls; one thread calls it.

    ``told`` hears what happened to folders; ``recover`` brings back what a crash has left half-way out of a feed.
    """

    def __init__(
        self,
        bell: Bell,
        folders: Mapping[str, Folder],
        *,
        scanner: Scanner,
        polls: Polls,
        told: Told,
        recover: Callable[[str], None],
    ) -> None:
        self._bell = bell
        self._folders = folders
        self._scanner = scanner
        self._polls = polls
        self._told = told
        self._recover = recover
        self._waiting: dict[Scan, Scanning] = {}
        self._begun: deque[Scanning] = deque()
        self._counting: list[Scanning] = []
        self._lost: set[tuple[str, bytes]] = set()

    def __len__(self) -> int:
        """How many scans are asked for or under way."""
        return len(self._waiting) + len(self._begun)

    def next_seconds(self) -> float | None:
        """Seconds until folders are to be polled again; None where none are."""
        return self._polls.next_seconds()

    def look_for_lost(self) -> None:
        """Ask for a scan of every root and mount that is lost: nothing rings when it is back."""
        for feed, below in self._lost:
            self._bell.ring_scan(Scan(feed, below, reason="lost"))

    def take(self, limit: int) -> list[Place] | None:
        """About so many files that are new, changed or gone, from all scans in turn; None where there are none in hand.

        Many small folders share an answer; none of them waits behind a large one.

        Raises:
            LogUnavailable: intake.db refused; the scan in hand is begun anew, and none is lost.
        """
        self._gather()
        if not len(self):
            return None
        found: list[Place] = []
        until = time.monotonic() + LONGEST_SECONDS
        while len(self) and len(found) < limit and time.monotonic() < until:
            self._begin_more()
            current = self._begun.popleft()
            try:
                found += self._advance(current)
            except LogUnavailable:
                current.chunks = None
                self._begun.append(current)
                if not found:
                    raise
                break
        return found

    def recovered(self, outcomes: Sequence[Outcome]) -> None:
        """Count what became events of what the scans after an overflow have found."""
        for scanning in self._counting:
            scanning.recovered += sum(
                1
                for outcome in outcomes
                if (outcome.position or outcome.is_being_read) and outcome.place.feed == scanning.asked.feed
            )
        for scanning in [each for each in self._counting if each.is_over]:
            self._counting.remove(scanning)
            self._told(self._folders[scanning.asked.feed], "folder-overflowed", "", scanning.recovered)

    def _advance(self, current: Scanning) -> list[Place]:
        """The next chunk of one scan, which then goes to the end of the line of those that are begun."""
        try:
            if current.chunks is None:
                current.chunks = self._begin(current)
            chunk = next(current.chunks, None)
        except FolderLost as error:
            self._lose(self._folders[current.asked.feed], error.folder, str(error))
            chunk = None
        if chunk is None:
            self._end(current)
        else:
            self._begun.append(current)
        return chunk or []

    def _gather(self) -> None:
        while asked := self._bell.take_scan():
            # Why a folder is looked through matters only where it is told; else one scan is as good as two.
            key = asked if asked.reason in TOLD else asked._replace(reason="")
            self._waiting.setdefault(key, Scanning(asked))
        due = self._polls.begin()
        if due:
            poll = Scan(due[0], reason="poll")
            self._waiting[poll] = Scanning(poll, due[1])

    def _begin_more(self) -> None:
        """Take up what waits; two scans of one folder at a time would find the same files twice."""
        under_way = {each.asked[:2] for each in self._begun}
        for key in list(islice(self._waiting, MOST_BEGUN)):
            if len(self._begun) < MOST_BEGUN and key[:2] not in under_way:
                under_way.add(key[:2])
                self._begun.append(self._waiting.pop(key))

    def _begin(self, scanning: Scanning) -> Iterator[list[Place]]:
        folder = self._folders[scanning.asked.feed]
        if scanning.asked.reason == "overflow" and scanning not in self._counting:
            self._counting.append(scanning)
        lost = {below for feed, below in self._lost if feed == folder.feed}
        ground = survey(folder, self._scanner.registry, lost=lost)
        if scanning.asked.reason == "replaced":
            self._lose(folder, b"", f"{folder.root}: another folder stands where the watched one was")
        self._compare(ground)
        if not scanning.asked.folder and scanning.folders is None:
            self._recover(folder.feed)
        if scanning.folders is not None:
            return self._scanner.poll(ground, scanning.folders)
        return self._scanner.walk(ground, scanning.asked.folder)

    def _end(self, scanning: Scanning) -> None:
        if scanning.asked.reason == "poll":
            self._polls.done(scanning.asked.feed)
        scanning.is_over = True

    def _compare(self, ground: Ground) -> None:
        """Tell which mounts of a feed are lost, and which are back."""
        for below, reason in ground.lost.items():
            self._lose(ground.folder, below, reason)
        for feed, below in sorted(self._lost):
            if feed == ground.folder.feed and below not in ground.lost:
                self._lost.remove((feed, below))
                self._told(_part(ground.folder, below), "folder-restored", "", 0)

    def _lose(self, folder: Folder, below: bytes, reason: str) -> None:
        if (folder.feed, below) not in self._lost:
            self._lost.add((folder.feed, below))
            self._told(_part(folder, below), "folder-lost", reason, 0)


def _part(folder: Folder, below: bytes) -> Folder:
    """The folder of a feed on which the fate of a mount is told."""
    return folder._replace(root=Path(os.fsdecode(folder.path(below)))) if below else folder
