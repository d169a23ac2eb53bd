"""Checks signed checkpoints: that each has the root that the log had at its size, and the signature of its key then."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from .check_proof import Checkpoint
from .errors import NotProven
from .findings import Findings
from .keys import LogKey, key_at
from .notes import open_note
from .pins import seen_in
from .sqlite import Connection

OURS = "the log was rewritten"
FOREIGN = "the log was rewritten since, by somebody who could sign it anew: believe the checkpoint, and not this log"


class Signed(NamedTuple):
    """A note of somebody who has one: the size that it claims, what people call it, its text.

    ``otherwise`` is what it means where the log has another root at that size.
    """

    size: int
    name: str
    text: str
    otherwise: str = OURS


class Notes:
    """Notes in the order of their sizes; ``judge`` is told the root of the log when it had the size that is ``due``."""

    def __init__(self, origin: str, keys: Sequence[LogKey], findings: Findings) -> None:
        self._origin = origin
        self._keys = keys
        self._findings = findings
        self._coming: Iterator[Signed] = iter(())
        self._next: Signed | None = None
        self.count = 0
        self.newest = 0

    def expect(self, *sources: Iterable[Signed]) -> None:
        """Take notes from several sources, each of which gives them in the order of their sizes."""
        self._coming = heapq.merge(*sources)
        self._advance()

    @property
    def due(self) -> int:
        """The size of the next note; -1 where there is none."""
        return self._next.size if self._next else -1

    def judge(self, root: bytes) -> None:
        """Judge every note of the size that is due."""
        size = self.due
        while self._next and self._next.size == size:
            self.judge_one(self._next, root)
            self._advance()

    def judge_one(self, note: Signed, root: bytes) -> None:
        """Note what is wrong with one, given the root that the log has at its size."""
        checkpoint = self.opened(note)
        if checkpoint and checkpoint.root != root:
            said = f"{note.name} was signed over {note.size} other events than the log holds: {note.otherwise}"
            self._findings.add("notes", said)
        self.count += 1
        self.newest = max(self.newest, note.size)

    def finish(self, size: int) -> None:
        """Note what was signed beyond the end of the log."""
        while self._next:
            note = self._next
            if note.size <= size:
                self._findings.add("notes", f"{note.name} cannot be judged")
            elif self.opened(note):
                said = f"{note.name} was signed over {note.size} events, and the log ends with {size}: it was cut off"
                self._findings.add("notes", said, size + 1)
            self._advance()

    def opened(self, note: Signed) -> Checkpoint | None:
        """The checkpoint in a note, signed by the key that counted at its size; else None, and a finding."""
        origin, key = note.text.partition("\n")[0], key_at(self._keys, note.size)
        if origin != self._origin:
            self._findings.add("notes", f"{note.name} is of {origin}, and this log is {self._origin}")
        elif key is None:
            self._findings.add("notes", f"{note.name} is from before this log had a key")
        else:
            try:
                return open_note(note.text, [key.verifier])
            except NotProven as error:
                self._findings.add("notes", f"{note.name} is not by the key of this log: {error}")
        return None

    def _advance(self) -> None:
        self._next = next(self._coming, None)


def notes_in(notary: Connection, findings: Findings, *, after: int) -> Iterator[Signed]:
    """The notes that the notary keeps of more than ``after`` events, in the order of their sizes."""
    with findings.reading("notes"):
        rows = notary.execute("select size, cast(note as blob) from notes where size > ? order by size", (after,))
        for size, note in rows:
            seen = seen_in(note)
            if seen and seen.size == size:
                yield Signed(size, f"the checkpoint of {size} events", note.decode("utf-8", "replace"))
            else:
                findings.add("notes", f"the checkpoint of {size} events is none: {note[:80]!r}")
