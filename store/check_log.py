"""The pass over the events: each is hashed, compared with the notary's tree and looked into; notes are judged too."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

from .check_contents import Contents
from .check_notes import FOREIGN, Notes, Signed, notes_in
from .check_proof import Checkpoint, Refused, verify_consistency
from .check_source import source_of
from .check_tree import Ledger
from .errors import NotProven, StoreUnsafe
from .findings import Findings
from .keys import LogKey, keys_of
from .leaf import leaf
from .log import EventLog
from .merkle import Read, Tree
from .notary import FILE, Notarised
from .notes import origin_of
from .pins import CHECKPOINT, bytes_of, seen_in
from .sqlite import Connection, connect_readonly, still

TICK_EVENTS = 500


class Kept(NamedTuple):
    """A checkpoint that somebody keeps: what people call it, and its text."""

    name: str
    text: str


class Wanted(NamedTuple):
    """What of a log is to be checked: what came ``since`` a position or a checkpoint, and ``against`` which others."""

    since: int | Kept = 0
    against: Sequence[Kept] = ()

    def refuse_nonsense(self) -> None:
        """Raise NotProven for a text that is no checkpoint: whoever gave it has named another file."""
        for kept in (*self.against, *([self.since] if isinstance(self.since, Kept) else [])):
            signed_in(kept)


class Passed(NamedTuple):
    """What a pass has seen: events behind ``after`` up to ``head``, keys and notes, and blobs.

    ``first_blob`` is the lowest row of a blob that these events name, ``orphans`` counts those that none does, and
    ``originals`` those that were read in passing, None where that is done beside it.
    """

    after: int
    head: int
    keys: Sequence[LogKey]
    notes: int
    newest: int
    first_blob: int
    orphans: int
    originals: int | None


class _Notary(NamedTuple):
    """What the notary of a log has: its hashes, of how many events, and its file, None where there is none."""

    read: Read
    size: int = 0
    file: Connection | None = None


def check_log(
    folder: Path, log: EventLog, wanted: Wanted, findings: Findings, tick: Callable[[int, int], None]
) -> Passed:
    """Pass over the events of a log; ``tick`` is told now and then how many were passed, and of how many."""
    keys = _keys(log, findings)
    notes = Notes(origin_of(log.log_id), keys, findings)
    with ExitStack() as stack:
        # First the notary's file: its tree is not longer than the log that is looked at later.
        notary = _notary(folder, log, findings, stack)
        source = source_of(folder, log, findings, stack)
        after = _trusted(wanted.since, notary, notes, findings)
        others = sorted(_elsewhere(folder, wanted.against, findings))
        for note in others:
            if note.size <= after:
                notes.judge_one(note, _root_under(Tree(notary.read), note.size, after))
        held = notes_in(notary.file, findings, after=after) if notary.file else ()
        notes.expect(held, [note for note in others if note.size > after])
        ledger = Ledger(notary.read, notary.size, notes, findings, after=after)
        contents = Contents(source.originals, findings, after=after, known=notary.size)
        head = log.head()
        for event in source.events(after):
            try:
                ledger.add(event.position, leaf(event))
            except StoreUnsafe as error:
                findings.add("log", str(error), event.position)
            contents.look(event)
            if event.position % TICK_EVENTS == 0:
                tick(event.position - after, head - after)
        ledger.finish()
        contents.finish(source.is_emptied)
        blobs = (source.originals.first, source.originals.orphans, source.originals.passed)
    return Passed(after, ledger.size, keys, notes.count, notes.newest, *blobs)


def _keys(log: EventLog, findings: Findings) -> list[LogKey]:
    with findings.reading("notes"):
        return keys_of(log)
    return []


def _notary(folder: Path, log: EventLog, findings: Findings, stack: ExitStack) -> _Notary:
    if not (folder / FILE).exists():
        if log.last("notary"):
            findings.add("tree", f"{FILE} is gone: nothing says any more what was signed; `presslog run` makes it anew")
        return _Notary(_nothing)
    with findings.reading("tree"):
        file = stack.enter_context(closing(connect_readonly(folder / FILE)))
        stack.enter_context(still(file))
        notarised = Notarised(folder / FILE, file)
        if notarised.log_id != log.log_id:
            findings.add("tree", f"{FILE} is of log {notarised.log_id}, and this is {log.log_id}")
        return _Notary(_guarded(notarised.tile, findings), notarised.size, file)
    return _Notary(_nothing)


def _nothing(level: int, number: int) -> bytes:  # noqa: ARG001  it stands for a tree
    return b""


def _guarded(read: Read, findings: Findings) -> Read:
    """Tiles that cannot be read are empty, and findings."""

    def guarded(level: int, number: int) -> bytes:
        with findings.reading("tree"):
            return read(level, number)
        return b""

    return guarded


def _trusted(since: int | Kept, notary: _Notary, notes: Notes, findings: Findings) -> int:
    """How many events need not be looked at: those under a good note of this size or less."""
    note = signed_in(since) if isinstance(since, Kept) else _newest_by(since, notary, findings)
    checkpoint = notes.opened(note) if note else None
    if not note or not checkpoint:
        return 0
    if note.size > notary.size or Tree(notary.read).root(note.size) != checkpoint.root:
        findings.add("notes", f"{note.name} was signed over {note.size} other events than the notary knows: {FOREIGN}")
        return 0
    return note.size


def _newest_by(position: int, notary: _Notary, findings: Findings) -> Signed | None:
    """The notary's newest note of at most so many events."""
    if not position or not notary.file:
        return None
    with findings.reading("notes"):
        row = notary.file.execute("select ifnull(max(size), 0) from notes where size <= ?", (position,)).fetchone()
        return next(notes_in(notary.file, findings, after=row[0] - 1), None)
    return None


def _elsewhere(folder: Path, against: Sequence[Kept], findings: Findings) -> Iterator[Signed]:
    """The notes that are kept elsewhere, and the one in the file that others copy."""
    for kept in against:
        yield signed_in(kept)
    seen = seen_in(note := bytes_of(folder / CHECKPOINT))
    if seen:
        yield Signed(seen.size, f"the file {CHECKPOINT}", note.decode("utf-8", "replace"))
    elif note:
        findings.add("notes", f"the file {CHECKPOINT} is none: {note[:80]!r}")


def signed_in(kept: Kept) -> Signed:
    """A checkpoint that somebody keeps, as a note.

    Raises:
        NotProven: it is none of ours.
    """
    seen = seen_in(kept.text.encode("utf-8", "replace"))
    if seen is None:
        raise NotProven(f"{kept.name} is no checkpoint of presslog: `presslog checkpoint` writes one")
    return Signed(seen.size, kept.name, kept.text, FOREIGN)


def _root_under(tree: Tree, size: int, trusted: int) -> bytes:
    """The root of the first ``size`` events, as the tree of the first ``trusted`` of them holds it; else nothing."""
    old, new = (Checkpoint("", each, tree.root(each)) for each in (size, trusted))
    try:
        verify_consistency(old, new, tree.consistency(size, trusted))
    except Refused:
        return b""
    return old.root
