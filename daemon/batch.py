"""A batch: the files that share one transaction, and what is remembered and told once they are durable."""

import os
import time
from collections.abc import Iterable, Mapping, Sequence

from presslog.store.errors import KeyReused, Overtaken
from presslog.store.log import Append, Conflict, EventLog, Receipt, Stored
from presslog.store.registry import Entry, Registry, Stamp

from .outcome import Outcome
from .places import Place
from .retire import Key, Retirer, key_of
from .take import Taken
from .waits import Waitlist

MOST_BYTES = 8 << 20
"""A batch is committed when it holds so many bytes, so that memory stays flat whatever the files are."""


class Batch:
    """Gathers files and commits them together, again and again; ``outcomes`` holds those that are done."""

    def __init__(
        self, log: EventLog, registry: Registry, waits: Waitlist, *, most_files: int, retirer: Retirer | None = None
    ) -> None:
        self._log = log
        self._registry = registry
        self._waits = waits
        self._most_files = most_files
        self._retirer = retirer
        self._firsts: dict[str, str] = {}
        self.outcomes: list[Outcome] = []
        self._clear()

    def _clear(self) -> None:
        self._appends: list[Append] = []
        self._blobs: list[bytes] = []
        self._entries: list[Entry] = []
        self._held: list[Entry] = []
        self._forgotten: list[Key] = []
        self._streams: set[str] = set()
        self._received: dict[str, str] = {}
        self._files: list[tuple[Outcome, int]] = []
        self._size_bytes = 0

    def add(
        self,
        outcome: Outcome,
        appends: Sequence[Append] = (),
        *,
        entry: Entry | None = None,
        blobs: Sequence[bytes] = (),
        digest: str = "",
    ) -> None:
        """Take in one file: its outcome is told by its last Append; ``digest`` is of bytes that are new to the log."""
        self._appends += appends
        self._blobs += blobs
        self._streams.update(append.stream for append in appends)
        self._size_bytes += 2 * sum(map(len, blobs))
        if entry:
            self._entries.append(entry)
        if digest:
            self._received[digest] = outcome.place.stream
        self._files.append((outcome, len(self._appends) - 1 if appends else -1))
        if len(self._files) >= self._most_files or self._size_bytes >= MOST_BYTES:
            self.commit()

    def note(self, entry: Entry) -> None:
        """Remember something of a file of which there is nothing to tell, with the next commit."""
        self._entries.append(entry)

    def hold(self, place: Place, entry: Entry) -> None:
        """Take in a file that the log holds as it stands: there is nothing to read, but where files leave it is due."""
        self._held.append(entry)
        self.add(Outcome(place, "known"))

    def forget(self, place: Place) -> None:
        """Drop what the registry knows of a file, with the next commit."""
        self._forgotten.append(place[:2])

    def expect(self, digests: Sequence[str]) -> None:
        """Learn in one question who brought these bytes first, which are asked for next."""
        self._firsts = dict.fromkeys(digests, "") | self._registry.first_streams(digests)

    def first_stream(self, digest: str) -> str:
        """The stream of the file that brought these bytes first; empty where they are new."""
        if digest in self._received:
            return self._received[digest]
        return self._firsts[digest] if digest in self._firsts else self._registry.first_stream(digest)

    def make_way(self, streams: Iterable[str]) -> bool:
        """Commit where one of these streams has events in the batch, which its next event must see; True where done."""
        if self._streams.isdisjoint(streams):
            return False
        self.commit()
        return True

    def commit(self) -> None:
        """Append everything in one transaction, then remember it.

        Raises:
            LogUnavailable: nothing is known about what was stored; learn from the log, then ask for the files again.
            Overtaken: of some files nothing was stored, for another writer was faster; likewise.
        """
        receipts = self._append()
        due = self._retirer.due([*self._held, *self._entries]) if self._retirer else {}
        for outcome, index in self._files:
            self.outcomes.append(outcome._replace(position=receipts[index].last) if index >= 0 else outcome)
            if outcome.kind != "waiting" and outcome.place[:2] not in due:
                self._waits.forget(outcome.place)
        # What is to be retired is forgotten before it goes: then, whatever fails, it never looks like a lost file.
        self._registry.record(
            [entry for entry in self._entries if key_of(entry) not in due] if due else self._entries,
            list(self._received.items()),
            forgotten=[(feed, *os.path.split(path)) for feed, path in [*self._forgotten, *due]],
            reached=self._reached(receipts),
        )
        if self._retirer and due:
            self._retire(self._retirer, due)
        self._firsts |= self._received
        self._clear()

    def _retire(self, retirer: Retirer, due: Mapping[Key, Entry]) -> None:
        """Move or delete what the log holds now; what stays is remembered, what changed is looked at again."""
        fates = retirer.retire(due)
        for number in range(len(self.outcomes) - len(self._files), len(self.outcomes)):
            outcome = self.outcomes[number]
            self.outcomes[number] = outcome._replace(retired=fates.retired.get(outcome.place[:2], ""))
        for key, entry in due.items():
            if key in fates.again:
                self._waits.add(Place(*key), entry.stamp, fates.again[key])
            else:
                self._waits.forget(Place(*key))
        if left := [entry for key, entry in due.items() if key not in fates.retired]:
            self._registry.record(left)

    def _append(self) -> list[Receipt]:
        """Where the Appends stand."""
        if not self._appends:
            return []
        try:
            answers = self._log.append(self._appends, blobs=self._blobs)
        except KeyReused:
            answers = [self._append_alone(append) for append in self._appends]
        if any(isinstance(answer, Conflict) for answer in answers):
            raise Overtaken("another writer was faster: learn from the log what it holds, then ask again")
        return [answer for answer in answers if isinstance(answer, Receipt)]

    def _reached(self, receipts: Sequence[Receipt]) -> Stored | None:
        """The last of the events that are known now, unless others have appended among them: those are learnt first."""
        new = [receipt for receipt in receipts if not receipt.repeated]
        last = max((receipt.last for receipt in new), default=0)
        if not new or last - self._registry.position != sum(each.last - each.first + 1 for each in new):
            return None
        return next(iter(self._log.read(last - 1, 1)), None)

    def _append_alone(self, append: Append) -> Receipt | Conflict:
        """Append what a program of another version may have recorded in other words: then its record stands."""
        try:
            return self._log.append([append], blobs=self._blobs)[0]
        except KeyReused:
            last = self._log.last(append.stream)
            position = last.position if last else 0
            return Receipt(position, position, repeated=True)


def entry_of(place: Place, stamp: Stamp, state: str, *, digest: str = "", code: str = "", reason: str = "") -> Entry:
    """What the registry remembers of a file from now on."""
    return Entry(place.feed, place.folder, place.name, stamp, state, digest, code, reason, 1, time.time())


def entry_of_taken(place: Place, taken: Taken, state: str) -> Entry:
    """What it remembers of bytes, from when they were taken on: what changed later than that is not what was read."""
    entry = entry_of(place, taken.stamp, state, digest=taken.digest)
    return entry._replace(since_at=taken.taken_at)
