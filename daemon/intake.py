"""Intake: paths in, one transaction of events out, and every content exactly once."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

from presslog.handlers.reading import Reading
from presslog.store.errors import KeyReused, LogUnavailable, Unreadable
from presslog.store.events import FileReceived, read_event
from presslog.store.log import Append, Conflict, EventLog, Receipt
from presslog.store.registry import Entry, Registry, Stamp

from .compose import Composer, Written
from .outcome import Outcome
from .places import Folder, Place
from .settle import Evidence, Waiting, settle
from .take import Answer, Gone, Refused, Root, Taken, Waits, take
from .waits import Waitlist

BATCH_BYTES = 8 << 20
"""A batch is committed when it holds so many bytes, so that memory stays flat whatever the files are."""
LOST_SECONDS = 5.0


class Limits(NamedTuple):
    """What bounds the intake: bytes a file, files a transaction, seconds a file must stand still."""

    limit_bytes: int
    batch_files: int
    settle_seconds: float


class Batch:
    """What will be appended together: the Appends, the bytes, and what to remember and say once they are durable."""

    def __init__(self) -> None:
        self.appends: list[Append] = []
        self.blobs: list[bytes] = []
        self.entries: list[Entry] = []
        self.forgotten: list[Place] = []
        self.streams: set[str] = set()
        self.received: dict[str, str] = {}
        self.outcomes: list[tuple[Outcome, int]] = []
        self.size_bytes = 0

    def add(self, outcome: Outcome, appends: Sequence[Append] = (), *, entry: Entry | None = None) -> None:
        """Take in one file; its outcome is told by its last Append."""
        self.appends += appends
        self.streams.update(append.stream for append in appends)
        if entry:
            self.entries.append(entry)
        self.outcomes.append((outcome, len(self.appends) - 1 if appends else -1))

    def touches(self, streams: Iterable[str]) -> bool:
        """Whether one of these streams gets events from this batch already, which its next event must see."""
        return not self.streams.isdisjoint(streams)


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
    ) -> None:
        self._log = log
        self._registry = registry
        self._folders = folders
        self._composer = composer
        self._reading = read
        self._limits = limits
        self._waits = waits

    def process(self, places: Iterable[Place]) -> list[Outcome]:
        """Bring files into the log, many to a transaction; answers in the order asked.

        Raises:
            LogUnavailable: the store took nothing of the last transaction; ask again for the same files.
        """
        outcomes: list[Outcome] = []
        with ExitStack() as stack:
            roots: dict[str, Root | None] = {}
            batch = Batch()
            for place in places:
                if place.feed not in roots:
                    roots[place.feed] = self._open(place.feed, stack)
                batch = self._settle_into(batch, place, self._take(roots[place.feed], place), outcomes)
                if len(batch.outcomes) >= self._limits.batch_files or batch.size_bytes >= BATCH_BYTES:
                    outcomes += self._commit(batch)
                    batch = Batch()
            outcomes += self._commit(batch)
        return outcomes

    def _open(self, feed: str, stack: ExitStack) -> Root | None:
        try:
            return stack.enter_context(Root(self._folders[feed].root))
        except OSError:
            return None

    def offer(self, place: Place, taken: Taken) -> list[Outcome]:
        """Bring bytes into the log that lie in no folder: standard input."""
        outcomes: list[Outcome] = []
        return outcomes + self._commit(self._settle_into(Batch(), place, taken, outcomes))

    def _take(self, root: Root | None, place: Place) -> Answer:
        if root is None:
            return Waits(Waiting("folder-lost", "the feed's folder is gone", LOST_SECONDS), Stamp(0, 0, 0, 0))
        is_local = self._folders[place.feed].is_local

        def is_settled(handle: int, stamp: Stamp) -> Waiting | None:
            age = time.time() - stamp.ctime_ns / 1e9
            evidence = Evidence(place.is_closed, is_local, self._waits.still_seconds(place, stamp), age)
            return settle(handle, evidence, settle_seconds=self._limits.settle_seconds)

        return take(root, place, limit_bytes=self._limits.limit_bytes, is_settled=is_settled)

    def _settle_into(self, batch: Batch, place: Place, answer: Answer, outcomes: list[Outcome]) -> Batch:
        """Add one file, after committing the batch where the file builds on it; the batch to go on with."""
        if batch.touches([place.stream]):
            outcomes += self._commit(batch)
            batch = Batch()
        match answer:
            case Waits(waiting, stamp):
                self._wait(batch, place, waiting, stamp)
            case Refused(code, reason, stamp):
                self._refuse(batch, place, stamp, Unreadable(code, reason), stage="take")
            case Gone():
                self._remove(batch, place)
            case Taken():
                return self._receive(batch, place, answer, outcomes)
        return batch

    def _wait(self, batch: Batch, place: Place, waiting: Waiting, stamp: Stamp) -> None:
        wait, is_new = self._waits.add(place, stamp, waiting)
        if not is_new:
            return
        entry = _entry(place, stamp, "waiting", code=waiting.code, reason=waiting.reason, attempts=wait.attempts)
        outcome = Outcome(place, "waiting", code=waiting.code, reason=waiting.reason, attempts=wait.attempts)
        batch.add(outcome, entry=entry)

    def _refuse(
        self, batch: Batch, place: Place, stamp: Stamp, error: Unreadable, *, stage: str, digest: str = ""
    ) -> None:
        reason = str(error)
        append = self._composer.refused(place, stamp, code=error.code, reason=reason, stage=stage, digest=digest)
        entry = _entry(place, stamp, "refused", digest=digest, code=error.code, reason=reason)
        batch.add(Outcome(place, "refused", code=error.code, reason=reason), [append], entry=entry)

    def _remove(self, batch: Batch, place: Place) -> None:
        self._waits.forget(place)
        if self._registry.entry(place.feed, place.folder, place.name) is None:
            return
        batch.forgotten.append(place)
        last = self._log.last(place.stream)
        if last and last.type != "file-removed":
            batch.add(Outcome(place, "removed"), [self._composer.removed(place, after=last.position)])

    def _receive(self, batch: Batch, place: Place, taken: Taken, outcomes: list[Outcome]) -> Batch:
        after = 0
        first = batch.received.get(taken.digest) or self._registry.first_stream(taken.digest)
        if first:
            last = self._log.last(place.stream)
            after = last.position if last else 0
            fact = read_event(last).fact if last else None
            before = fact if isinstance(fact, FileReceived) else None
            # A path that holds again what it held before other bytes brings a version like any other, no copy.
            is_reverted = first == place.stream and before is not None and before.digest != taken.digest
            if not is_reverted:
                self._copy(batch, place, taken, first, before=before, after=after)
                return batch
        return self._read(batch, place, taken, outcomes, after=after)

    def _copy(
        self, batch: Batch, place: Place, taken: Taken, first: str, *, before: FileReceived | None, after: int
    ) -> None:
        entry = _entry(place, taken.stamp, "read" if first == place.stream else "copy", digest=taken.digest)
        if before and (before.digest, before.modified_at) == (taken.digest, taken.stamp.mtime_ns / 1e9):
            batch.add(Outcome(place, "known"), entry=entry)
            return
        append = self._composer.received(place, taken, copy_of=first, after=after)
        batch.add(Outcome(place, "copy", copy_of=first), [append], entry=entry)

    def _read(self, batch: Batch, place: Place, taken: Taken, outcomes: list[Outcome], *, after: int) -> Batch:
        try:
            reading = self._reading(taken.content, place.name.decode("utf-8", "replace"))
        except Unreadable as error:
            batch.blobs.append(taken.content)
            batch.size_bytes += len(taken.content)
            self._refuse(batch, place, taken.stamp, error, stage="read", digest=taken.digest)
            return batch
        written = self._compose(place, taken, reading)
        if batch.touches(each.append.stream for each in written if each.append):
            outcomes += self._commit(batch)
            batch, written = Batch(), self._compose(place, taken, reading)
        received = self._composer.received(
            place, taken, format_name=reading.format, articles=[each.id for each in written], after=after
        )
        self._record(batch, place, taken, written, received)
        return batch

    def _compose(self, place: Place, taken: Taken, reading: Reading) -> list[Written]:
        return self._composer.articles(place, taken, format_name=reading.format, articles=reading.articles)

    def _record(self, batch: Batch, place: Place, taken: Taken, written: list[Written], received: Append) -> None:
        batch.blobs += [taken.content, *(blob for each in written for blob in each.blobs)]
        batch.size_bytes += 2 * len(taken.content)
        batch.received[taken.digest] = place.stream
        lead = next((each for each in written if each.append), written[0])
        outcome = Outcome(
            place,
            "unchanged" if lead.append is None else "recorded" if lead.revision == 1 else "revised",
            ids=tuple(each.id for each in written),
            title=lead.article.title,
            source=lead.article.source,
            words=len(lead.article.text.split()),
            revision=lead.revision,
        )
        appends = [*(each.append for each in written if each.append), received]
        batch.add(outcome, appends, entry=_entry(place, taken.stamp, "read", digest=taken.digest))

    def _commit(self, batch: Batch) -> list[Outcome]:
        positions = self._append(batch)
        self._registry.record(batch.entries, list(batch.received.items()), position=max(positions, default=None))
        for place in batch.forgotten:
            self._registry.forget(place.feed, place.folder, place.name)
        outcomes = []
        for outcome, index in batch.outcomes:
            outcomes.append(outcome._replace(position=positions[index]) if index >= 0 else outcome)
            if outcome.kind != "waiting":
                self._waits.forget(outcome.place)
        return outcomes

    def _append(self, batch: Batch) -> list[int]:
        """Positions at which the Appends of a batch end."""
        if not batch.appends:
            return []
        try:
            answers = self._log.append(batch.appends, blobs=batch.blobs)
        except KeyReused:
            answers = [self._append_alone(append, batch.blobs) for append in batch.appends]
        if any(isinstance(answer, Conflict) for answer in answers):
            raise LogUnavailable("another writer was faster: learn from the log what it holds, then ask again")
        return [answer.last for answer in answers if isinstance(answer, Receipt)]

    def _append_alone(self, append: Append, blobs: Sequence[bytes]) -> Receipt | Conflict:
        """Append what a program of another version may have recorded in other words: then its record stands."""
        try:
            return self._log.append([append], blobs=blobs)[0]
        except KeyReused:
            last = self._log.last(append.stream)
            position = last.position if last else 0
            return Receipt(position, position, repeated=True)


def _entry(
    place: Place, stamp: Stamp, state: str, *, digest: str = "", code: str = "", reason: str = "", attempts: int = 1
) -> Entry:
    return Entry(place.feed, place.folder, place.name, stamp, state, digest, code, reason, attempts, time.time())
