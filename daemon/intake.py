"""Intake: paths in, one transaction of events out, and every content exactly once."""

import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from presslog.handlers.article import word_count
from presslog.handlers.reading import Reading
from presslog.store.errors import LogUnavailable, Unreadable
from presslog.store.events import Fact, FileDismissed, FileReceived, read_event
from presslog.store.log import EventLog
from presslog.store.registry import Entry, Registry, Stamp

from .batch import Batch, entry_of
from .compose import Composer, Written, is_same_refusal
from .ground import identity_of
from .mounts import Mounts
from .outcome import Outcome
from .places import Folder, Place
from .retire import HELD, Retirer
from .settle import Evidence, Waiting, settle
from .take import Answer, Gone, Refused, Root, Taken, Waits, stamp_of, take
from .waits import Wait, Waitlist

LOST = Waiting("folder-lost", "the feed's folder, or a mount in it, is gone", 5.0)
PAGE_EVENTS = 500
TICK_SECONDS = 0.05
"""More than a tick of any kernel's clock: inode_set_ctime_current(9) takes the time of the last tick."""


class Limits(NamedTuple):
    """What bounds the intake: bytes a file, files a transaction, seconds a file must stand still."""

    limit_bytes: int
    batch_files: int
    settle_seconds: float


class Intake:
    """Turns files into events; one thread calls it."""

    def __init__(
        self,
        log: EventLog,
        registry: Registry,
        *,
        folders: Mapping[str, Folder],
        composer: Composer,
        read: Callable[[bytes, str], Reading],
        limits: Limits,
        waits: Waitlist,
        mounts: Mounts,
        retirer: Retirer | None = None,
    ) -> None:
        self._log = log
        self._registry = registry
        self._folders = folders
        self._composer = composer
        self._reading = read
        self._limits = limits
        self._waits = waits
        self._mounts = mounts
        self._retirer = retirer if retirer and retirer.is_needed else None
        self._untold: list[Outcome] = []

    def process(self, places: Iterable[Place]) -> list[Outcome]:
        """Bring files into the log, many to a transaction; answers in the order asked.

        Raises:
            LogUnavailable: the store took nothing of the last transaction; ask again for the same files.
        """
        batch = self._new_batch()
        batch.outcomes, self._untold = self._untold, []
        try:
            with ExitStack() as stack:
                roots: dict[str, Root | None] = {}
                for place in places:
                    if place.feed not in roots:
                        roots[place.feed] = self._open(place.feed, stack)
                    root = roots[place.feed]
                    entry = self._held(root, place) if root else None
                    if entry:
                        batch.hold(place, entry)
                    else:
                        self._add(batch, place, self._take(root, place))
                batch.commit()
        except LogUnavailable:
            # What was stored before the trouble is told with the next answer: by then it would only be "known".
            self._untold = batch.outcomes
            raise
        return batch.outcomes

    def _held(self, root: Root, place: Place) -> Entry | None:
        """What is known of a file that the log holds as it stands: it need not be read again.

        A stamp alone is no proof. Where a file stays it must not have been closed by a writer just now, and its last
        change must lie clearly before it was read: what changes within one tick of the kernel's clock keeps its stamp.
        Who takes it away compares the bytes.
        """
        is_taken_away = self._folders[place.feed].after_read != "keep"
        if place.is_closed and not is_taken_away:
            return None
        entry = self._registry.entry(place.feed, place.folder, place.name)
        if entry is None or entry.state not in HELD:
            return None
        try:
            found = os.stat(place.name, dir_fd=root.folder(place.folder), follow_symlinks=False)
        except OSError:
            return None
        is_sure = is_taken_away or entry.stamp.ctime_ns / 1e9 + TICK_SECONDS < entry.since_at
        return entry if is_sure and stamp_of(found) == entry.stamp else None

    def offer(self, place: Place, taken: Taken) -> list[Outcome]:
        """Bring bytes into the log that lie in no folder: standard input."""
        batch = self._new_batch()
        self._add(batch, place, taken)
        batch.commit()
        return batch.outcomes

    def _new_batch(self) -> Batch:
        most_files = self._limits.batch_files
        return Batch(self._log, self._registry, self._waits, most_files=most_files, retirer=self._retirer)

    def _open(self, feed: str, stack: ExitStack) -> Root | None:
        """The root of a feed; None where it is gone, or is another folder than the one that was looked through."""
        try:
            root = stack.enter_context(Root(self._folders[feed].root))
        except OSError:
            return None
        return root if self._registry.mounts(feed).get(b"") in (None, root.identity) else None

    def _take(self, root: Root | None, place: Place) -> Answer:
        if root is None:
            return Waits(LOST, Stamp(0, 0, 0, 0))

        def is_settled(handle: int, stamp: Stamp) -> Waiting | None:
            is_local = self._mounts.is_local(root.folder(place.folder))
            age = time.time() - stamp.ctime_ns / 1e9
            evidence = Evidence(place.is_closed, is_local, self._waits.still_seconds(place, stamp), age)
            return settle(handle, evidence, settle_seconds=self._limits.settle_seconds)

        return take(root, place, limit_bytes=self._limits.limit_bytes, is_settled=is_settled)

    def _add(self, batch: Batch, place: Place, answer: Answer) -> None:
        batch.make_way([place.stream])
        match answer:
            case Waits(waiting, stamp):
                self._wait(batch, place, waiting, stamp)
            case Refused(code, reason, stamp):
                self._refuse(batch, place, stamp, Unreadable(code, reason))
            case Gone():
                self._remove(batch, place)
            case Taken():
                self._receive(batch, place, answer)

    def _wait(self, batch: Batch, place: Place, waiting: Waiting, stamp: Stamp) -> None:
        wait, is_news = self._waits.add(place, stamp, waiting)
        if wait.is_worth_a_row:
            batch.note(self._waiting(wait))
        if is_news:
            code, reason = waiting.code, waiting.reason
            batch.add(Outcome(place, "waiting", code=code, reason=reason, attempts=wait.attempts))

    def _waiting(self, wait: Wait) -> Entry:
        """What is remembered of a file that waits; a daemon that was started anew goes on counting its time."""
        place, waiting = wait.place, wait.waiting
        entry = entry_of(place, wait.stamp, "waiting", code=waiting.code, reason=waiting.reason)
        known = self._registry.entry(place.feed, place.folder, place.name)
        is_same = known is not None and (known.state, known.code) == ("waiting", waiting.code)
        since_at = known.since_at if known and is_same else wait.since_at
        return entry._replace(attempts=wait.attempts, since_at=since_at)

    def _refuse(self, batch: Batch, place: Place, stamp: Stamp, error: Unreadable, taken: Taken | None = None) -> None:
        digest = taken.digest if taken else ""
        entry = entry_of(place, stamp, "refused", digest=digest, code=error.code, reason=str(error))
        position, last = self._last(place.stream)
        refused = self._composer.refusal(place, stamp, error, stage="read" if taken else "take", digest=digest)
        outcome = Outcome(place, "refused", code=error.code, reason=str(error))
        if is_same_refusal(last, refused):
            batch.add(outcome._replace(kind="known"), entry=entry)
            return
        append = self._composer.refused(place, refused, after=position)
        batch.add(outcome, [append], entry=entry, blobs=[taken.content] if taken else [])

    def _last(self, stream: str) -> tuple[int, Fact | None]:
        """Where a file's stream ends, and what happened to the file last: that somebody dismissed it is not of it."""
        stored = self._log.last(stream)
        if stored is None:
            return 0, None
        fact = read_event(stored).fact
        if isinstance(fact, FileDismissed):
            facts = (fact for _, fact in reversed(self._history(stream)))
            fact = next((fact for fact in facts if not isinstance(fact, FileDismissed)), None)
        return stored.position, fact

    def _remove(self, batch: Batch, place: Place) -> None:
        is_known = self._registry.entry(place.feed, place.folder, place.name) is not None
        if is_known and self._is_hidden(place):
            self._wait(batch, place, LOST, Stamp(0, 0, 0, 0))
            return
        self._waits.forget(place)
        if is_known:
            batch.forget(place)
        elif self._folders[place.feed].after_read != "keep":
            # What was moved or deleted here rings as well; it is no loss.
            return
        last = self._log.last(place.stream)
        if last and last.type != "file-removed":
            batch.add(Outcome(place, "removed"), [self._composer.removed(place, after=last.position)])

    def _is_hidden(self, place: Place) -> bool:
        """Whether a mount below the root, on which the file lay, is not what it was: then the file may be there."""
        folder = self._folders[place.feed]
        return any(
            point and place.path.startswith(point + b"/") and identity_of(folder.path(point)) != identity
            for point, identity in self._registry.mounts(place.feed).items()
        )

    def _receive(self, batch: Batch, place: Place, taken: Taken) -> None:
        first = batch.first_stream(taken.digest)
        if not first:
            self._read(batch, place, taken, after=0)
            return
        history = self._history(place.stream)
        held = next((fact for _, fact in reversed(history) if isinstance(fact, FileReceived)), None)
        after, last = history[-1] if history else (0, None)
        if first == place.stream and held and held.digest != taken.digest:
            # A path that holds again what it held before other bytes brings a version like any other, no copy.
            self._read(batch, place, taken, after=after)
            return
        entry = entry_of(place, taken.stamp, "read" if first == place.stream else "copy", digest=taken.digest)
        arrival = (taken.digest, taken.stamp.mtime_ns / 1e9)
        if isinstance(last, FileReceived) and (last.digest, last.modified_at) == arrival:
            batch.add(Outcome(place, "known"), entry=entry)
        else:
            append = self._composer.received(place, taken, copy_of=first, after=after)
            batch.add(Outcome(place, "copy", copy_of=first), [append], entry=entry)

    def _history(self, stream: str) -> list[tuple[int, Fact | None]]:
        """What happened to a file, oldest first: positions and facts; asked only for bytes that the log holds."""
        history: list[tuple[int, Fact | None]] = []
        while events := self._log.read(history[-1][0] if history else 0, PAGE_EVENTS, stream):
            history += [(event.position, read_event(event).fact) for event in events]
        return history

    def _read(self, batch: Batch, place: Place, taken: Taken, *, after: int) -> None:
        try:
            reading = self._reading(taken.content, place.name.decode("utf-8", "replace"))
        except Unreadable as error:
            self._refuse(batch, place, taken.stamp, error, taken)
            return
        written = self._composer.articles(place, taken, reading)
        if batch.make_way(each.append.stream for each in written if each.append):
            written = self._composer.articles(place, taken, reading)
        received = self._composer.received(place, taken, reading, [each.id for each in written], after=after)
        batch.add(
            _outcome(place, written),
            [*(each.append for each in written if each.append), received],
            entry=entry_of(place, taken.stamp, "read", digest=taken.digest),
            blobs=[taken.content, *(blob for each in written for blob in each.blobs)],
            digest=taken.digest,
        )


def _outcome(place: Place, written: Sequence[Written]) -> Outcome:
    """The outcome of a file, told by its first article that is new or changed."""
    lead = next((each for each in written if each.is_news), written[0])
    is_withdrawn = lead.article.status == "canceled"
    kind = "withdrawn" if is_withdrawn else "recorded" if lead.revision == 1 else "revised"
    return Outcome(
        place,
        kind if lead.is_news else "unchanged",
        ids=tuple(each.id for each in written),
        title=lead.article.title,
        source=lead.article.source,
        words=word_count(lead.article.text),
        revision=lead.revision,
    )
