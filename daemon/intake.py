"""Intake: paths in, one transaction of events out, and every content exactly once."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice

from presslog.handlers.reading import Reading
from presslog.store.errors import EventTooLarge, LogUnavailable, Unreadable
from presslog.store.events import Fact, FileDismissed, FileReceived, read_event
from presslog.store.log import EventLog, refuse_impossible
from presslog.store.registry import Entry, Registry, Stamp

from .ahead import Read, Seen
from .batch import MOST_BYTES, Batch, entry_of, entry_of_taken
from .compose import Composer, is_same_refusal
from .mounts import Mounts
from .outcome import Outcome, outcome_of
from .pending import READING, Pending
from .places import Folder, Place
from .readers import NoReader, Readers
from .retire import Retirer
from .settle import Waiting
from .sight import LOST, Limits, Sight
from .take import Answer, Gone, Refused, Taken, Waits
from .waits import Wait, Waitlist

PAGE_EVENTS = 500
ERASED = "erased"
MAY_NOT_RETURN = "erased by order: these bytes may not come back, and are not kept; delete the file"


def ignore_beat() -> None:
    """Nobody waits for a sign of life."""


class Intake:
    """Turns files into events; one thread calls it."""

    def __init__(
        self,
        log: EventLog,
        registry: Registry,
        *,
        folders: Mapping[str, Folder],
        composer: Composer,
        readers: Readers,
        pending: Pending,
        limits: Limits,
        waits: Waitlist,
        mounts: Mounts,
        retirer: Retirer | None = None,
    ) -> None:
        self._log = log
        self._registry = registry
        self._folders = folders
        self._composer = composer
        self._readers = readers
        self._limits = limits
        self._waits = waits
        self._sight = Sight(folders, registry, limits=limits, waits=waits, mounts=mounts)
        self._retirer = retirer if retirer and retirer.is_needed else None
        self._untold: list[Outcome] = []
        self.pending = pending

    def process(self, places: Sequence[Place], beat: Callable[[], None] = ignore_beat) -> list[Outcome]:
        """Bring files into the log, many to a transaction, and with them those that readers have finished.

        A file that a reader has to read is left to it, and what it finds is brought in by a later call. ``beat`` is
        called before each file: each is a new piece of work, so that many huge ones do not look like a hang.

        Raises:
            LogUnavailable: nothing is known about the last transaction; ask again for the same files.
        """
        self._registry.keep_up(self._log)
        batch = self._new_batch()
        batch.outcomes, self._untold = self._untold, []
        try:
            self._finish(batch)
            with self._sight:
                self._sight.expect(places)
                for seen in self._seen(batch, places, beat):
                    self._add_all(batch, seen)
                batch.commit()
        except LogUnavailable:
            # What was stored before the trouble is told with the next answer: by then it would only be "known".
            self._untold = batch.outcomes
            raise
        return batch.outcomes

    def bring(self, places: Iterable[Place]) -> list[Outcome]:
        """Process files and wait for the readers; answers in the order asked, for who has nothing else to do."""
        found: list[Outcome] = []
        left = iter(places)
        while portion := list(islice(left, self._limits.batch_files)):
            outcomes = self.wait(self.process(portion))
            asked = {place[:2]: number for number, place in enumerate(portion)}
            found += sorted(outcomes, key=lambda outcome: asked.get(outcome.place[:2], 0))
        return found

    def offer(self, place: Place, taken: Taken) -> list[Outcome]:
        """Bring bytes into the log that lie in no folder: standard input."""
        batch = self._new_batch()
        self._add(batch, place, taken)
        batch.commit()
        return self.wait(batch.outcomes)

    def wait(self, begun: Sequence[Outcome] = ()) -> list[Outcome]:
        """Wait until no reader is at work any more, and bring in what they found; answers with what is told already."""
        outcomes = list(begun)
        while len(self.pending):
            self.pending.wait()
            outcomes += self.process(self.pending.next())
        return [outcome for outcome in outcomes if not outcome.is_being_read]

    def _finish(self, batch: Batch) -> None:
        finished = self.pending.finished()
        for work in finished:
            batch.make_way([work.place.stream])
            self._receive(batch, work.place, work.taken, work.reading.result)
        if finished:
            batch.commit()
            self.pending.close(finished)

    def _seen(self, batch: Batch, places: Sequence[Place], beat: Callable[[], None]) -> Iterator[list[Seen]]:
        """What is to be done about these files, some at a time: as many as may be in memory together."""
        seen: list[Seen] = []
        size_bytes = 0
        for place in places:
            beat()
            answer = self._look(batch, place)
            if answer is None:
                continue
            seen.append((place, answer))
            size_bytes += len(answer.content) if isinstance(answer, Taken) else 0
            if size_bytes > MOST_BYTES:
                yield seen
                seen, size_bytes = [], 0
        if seen:
            yield seen

    def _look(self, batch: Batch, place: Place) -> Answer | None:
        """Take a file, or say why not; None where there is nothing to do but to wait, or to go on as it is."""
        if place in self.pending:
            self._wait(batch, place, READING, self.pending.rang(place, self._sight.stamp(place)))
            return None
        entry = self._sight.held(place)
        if entry:
            batch.hold(place, entry)
            return None
        return self._sight.take(place)

    def _add_all(self, batch: Batch, seen: Sequence[Seen]) -> None:
        batch.expect([answer.digest for _, answer in seen if isinstance(answer, Taken)])
        with self._composer.ahead.of(seen, self._readers, batch.first_stream) as reads:
            for (place, answer), read in zip(seen, reads, strict=True):
                self._add(batch, place, answer, read)

    def _new_batch(self) -> Batch:
        most_files = self._limits.batch_files
        return Batch(self._log, self._registry, self._waits, most_files=most_files, retirer=self._retirer)

    def _add(self, batch: Batch, place: Place, answer: Answer, read: Read | None = None) -> None:
        batch.make_way([place.stream])
        match answer:
            case Waits(waiting, stamp):
                self._wait(batch, place, waiting, stamp)
            case Refused(code, reason, stamp):
                self._refuse(batch, place, stamp, Unreadable(code, reason))
            case Gone():
                self._remove(batch, place)
            case Taken():
                self._receive(batch, place, answer, read)

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
        is_kept = taken is not None and error.code != ERASED
        batch.add(outcome, [append], entry=entry, blobs=[taken.content] if taken and is_kept else [])

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
        if is_known and self._sight.is_hidden(place):
            self._wait(batch, place, LOST, Stamp(0, 0, 0, 0))
            return
        has_waited = self._waits.forget(place)
        if is_known:
            batch.forget(place)
        last = self._log.last(place.stream)
        if last is None or last.type == "file-removed":
            # Nothing of it can be recorded, and who dropped it should not look for it in vain.
            if place.is_closed or has_waited:
                batch.add(Outcome(place, "vanished", reason="it went before it was read"))
        elif is_known or self._folders[place.feed].after_read == "keep":
            # Else what was moved or deleted here rings as well; it is no loss.
            batch.add(Outcome(place, "removed"), [self._composer.removed(place, after=last.position)])

    def _receive(self, batch: Batch, place: Place, taken: Taken, read: Read | None = None) -> None:
        if self._registry.is_erased(taken.digest):
            self._refuse(batch, place, taken.stamp, Unreadable(ERASED, MAY_NOT_RETURN), taken)
            return
        first = batch.first_stream(taken.digest)
        if not first:
            self._read(batch, place, taken, read, after=0)
            return
        history = self._history(place.stream)
        held = next((fact for _, fact in reversed(history) if isinstance(fact, FileReceived)), None)
        after, last = history[-1] if history else (0, None)
        if first == place.stream and held and held.digest != taken.digest:
            # A path that holds again what it held before other bytes brings a version like any other, no copy.
            self._read(batch, place, taken, read, after=after)
            return
        entry = entry_of_taken(place, taken, "read" if first == place.stream else "copy")
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

    def _read(self, batch: Batch, place: Place, taken: Taken, read: Read | None, *, after: int) -> None:
        """Bring in what a reader has found, or read what needs none; else leave it to one."""
        name = place.name.decode("utf-8", "replace")
        try:
            reading = read() if read else self._readers.read_here(taken.content, name)
            if reading:
                self._write(batch, place, taken, reading, after=after)
                return
        except Unreadable as error:
            self._refuse(batch, place, taken.stamp, error, taken)
            return
        except NoReader as error:
            self._wait(batch, place, Waiting("no-reader", str(error), 5.0), taken.stamp)
            return
        if not self.pending.put_off(place, taken.digest):
            self.pending.begin(place, taken, self._readers.submit(taken.content, name))
        self._wait(batch, place, READING, taken.stamp)

    def _write(self, batch: Batch, place: Place, taken: Taken, reading: Reading, *, after: int) -> None:
        written = self._composer.articles(place, taken, reading)
        if batch.make_way(each.append.stream for each in written if each.append):
            written = self._composer.articles(place, taken, reading)
        received = self._composer.received(place, taken, reading, [each.id for each in written], after=after)
        appends = [*(each.append for each in written if each.append), received]
        try:
            for append in appends:
                refuse_impossible(append, self._log.max_event_bytes)
        except EventTooLarge as error:
            raise Unreadable("too-large", f"one article of it says more than an event holds: {error}") from error
        batch.add(
            outcome_of(place, written),
            appends,
            entry=entry_of_taken(place, taken, "read"),
            blobs=[taken.content, *(blob for each in written for blob in each.blobs)],
            digest=taken.digest,
        )
