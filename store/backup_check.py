"""Checks a backup: every byte, every event and every original of it, and whether the living log goes on from it."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Literal, NamedTuple

from .candidate import Progress, ignore_progress
from .errors import NoSuchStore, NotProven, StoreUnsafe
from .events import read_event
from .keys import LogKey, checkpoint_of, keys_of
from .leaf import leaf
from .log import EventLog, Stored
from .log_facts import LogRestored
from .manifest import Manifest, part_of, read_manifest
from .merkle import WIDTH, Tree, grown
from .notary import FILE as NOTARY
from .notary import notarised
from .opening import open_log
from .sqlite import Connection, connect_readonly, translated

LOG = "log.db"
PAGE_EVENTS = 100
TICK_BLOBS = 500
STEP_LEAVES = 5_000

Relation = Literal["prefix", "ahead", "before-restore", "diverged", "other-log"]
"""How the living log stands to a backup.

It goes on from it, lacks events that the backup has, was restored to an earlier position since, or holds other events
without having been restored; or it is another log altogether.
"""


class Contents(NamedTuple):
    """What a copy of a log holds, read and found whole: so many events with their Merkle tree, so many originals."""

    log_id: str
    position: int
    tree: Tree
    blobs: int


def contents_of(folder: Path, progress: Progress = ignore_progress) -> Contents:
    """Read every event and every original of the log in a folder that nobody writes.

    Raises:
        StoreUnsafe: an event is missing, an original is not what its digest says, or the notary knows other events.
    """
    with closing(open_log(folder)) as log, closing(connect_readonly(folder / LOG)) as connection:
        position = log.head()
        with translated(folder / LOG):
            total = position + connection.execute("select count(*) from blobs").fetchone()[0]
        tree = tree_of(log, position, lambda done: progress(done, total))
        blobs = _check_blobs(folder / LOG, connection, lambda done: progress(position + done, total))
        _check_notary(folder, log, tree)
        progress(total, total)
        return Contents(log.log_id, position, tree, blobs)


def check_backup(folder: Path, progress: Progress = ignore_progress) -> tuple[Manifest, Tree]:
    """Check a backup, and nothing outside of it: what its manifest says, and the tree of its events.

    Raises:
        StoreUnsafe: it is damaged, or no backup; the message says what is wrong first.
    """
    manifest = read_manifest(folder)
    if LOG not in {part.name for part in manifest.files}:
        raise _damaged(folder, f"{LOG} is not in its manifest")
    for part in manifest.files:
        if part_of(folder / part.name) != part:
            raise _damaged(folder, f"{part.name} is not the file that was written")
    found = contents_of(folder, progress)
    said = (manifest.log_id, manifest.position, manifest.root, manifest.blobs)
    if (found.log_id, found.position, found.tree.root(found.position).hex(), found.blobs) != said:
        raise _damaged(folder, "its manifest was made for another log")
    with closing(connect_readonly(folder / LOG)) as connection, translated(folder / LOG):
        wrong = connection.execute("pragma integrity_check(1)").fetchone()[0]
    if wrong != "ok":
        raise _damaged(folder, f"its indexes were damaged when it was made: {wrong}")
    if manifest.checkpoint:
        with closing(open_log(folder)) as log:
            _check_note(folder, manifest.checkpoint, keys_of(log), found.tree, manifest.position)
    return manifest, found.tree


def tree_of(log: EventLog, size: int, tell: Callable[[int], None]) -> Tree:
    """The Merkle tree of the first events of a log, computed from them; it takes 32 bytes of memory for each.

    Raises:
        StoreUnsafe: a position is missing.
    """
    tiles: dict[tuple[int, int], bytes] = {}

    def read(level: int, number: int) -> bytes:
        return tiles.get((level, number), b"")

    done, leaves = 0, []
    for event in events_of(log, 0, size):
        leaves.append(leaf(event))
        if len(leaves) == STEP_LEAVES or event.position == size:
            tiles |= grown(read, done, leaves)
            done, leaves = done + len(leaves), []
            tell(done)
    return Tree(read)


def events_of(log: EventLog, after: int, last: int) -> Iterator[Stored]:
    """The events behind a position up to another one; StoreUnsafe where one is missing."""
    while after < last:
        page = log.read(after, min(PAGE_EVENTS, last - after))
        for event in page:
            after += 1
            if event.position != after:
                raise StoreUnsafe(f"event {after} is missing: the log is damaged, see `presslog verify`")
            yield event
        if not page:
            raise StoreUnsafe(f"event {after + 1} is missing: the log is damaged, see `presslog verify`")


def _check_notary(folder: Path, log: EventLog, tree: Tree) -> None:
    """Check that what was signed of these events is what they are."""
    if not (folder / NOTARY).exists():
        return
    head = log.head()
    with closing(notarised(folder)) as notary:
        if notary.size > head or notary.tree.root(notary.size) != tree.root(notary.size):
            raise _damaged(folder, f"{NOTARY} is the tree of other events")
        note = notary.latest()
    if note:
        _check_note(folder, note, keys_of(log), tree, head)


def _check_note(folder: Path, note: str, keys: Sequence[LogKey], tree: Tree, head: int) -> None:
    try:
        signed = checkpoint_of(note, keys)
    except NotProven as error:
        raise _damaged(folder, f"its checkpoint is not to be trusted: {error}") from error
    if signed.size > head or tree.root(signed.size) != signed.root:
        raise _damaged(folder, f"its events are not those that were signed at #{signed.size}")


def _check_blobs(path: Path, connection: Connection, tell: Callable[[int], None]) -> int:
    """Check that every original is what its digest says, and count them; StoreUnsafe names the first that is not."""
    import zstandard

    decompress, count = zstandard.ZstdDecompressor().decompress, 0
    with translated(path):
        for digest, size_bytes, content in connection.execute("select digest, size_bytes, content from blobs"):
            try:
                is_right = hashlib.sha256(decompress(content, max_output_size=size_bytes)).digest() == digest
            except zstandard.ZstdError:
                is_right = False
            if not is_right:
                raise StoreUnsafe(f"the original {digest.hex()} in {path} is damaged: see `presslog verify`")
            count += 1
            if count % TICK_BLOBS == 0:
                tell(count)
    return count


def _damaged(folder: Path, what: str) -> StoreUnsafe:
    return StoreUnsafe(f"{folder} is damaged: {what}; use another backup, and look after the disk")


def relation(backup: Path, tree: Tree, store: Path) -> Relation:
    """How the living log in a store stands to a backup that was checked, which has this tree."""
    with closing(open_log(store)) as live, closing(open_log(backup)) as kept:
        if live.log_id != kept.log_id:
            return "other-log"
        common = min(live.head(), kept.head())
        # Where the notary agrees the log itself is looked at all the same: one that was put back, and has grown as far
        # again, holds other events there.
        agreed = max(0, _agreed(store, tree, common) - WIDTH)
        differing = _first_difference(kept, live, agreed, common)
        if differing is not None and agreed:
            differing = _first_difference(kept, live, 0, differing)
        if differing is None:
            return "prefix" if common == kept.head() else "ahead"
        other = live.read(differing - 1, 1)[0]
        fact = read_event(other).fact
        is_restored = isinstance(fact, LogRestored) and fact.position == differing - 1
        return "before-restore" if is_restored else "diverged"


def _agreed(store: Path, tree: Tree, common: int) -> int:
    """How many events the notary of the store has signed as the backup holds them; 0 where it cannot say."""
    try:
        with closing(notarised(store)) as notary:
            size = min(notary.size, common)
            return size if notary.tree.root(size) == tree.root(size) else 0
    except (StoreUnsafe, NoSuchStore):
        return 0


def _first_difference(one: EventLog, other: EventLog, after: int, last: int) -> int | None:
    """The first position at which two logs hold different events; what was erased in one of them is no difference."""
    pairs = zip(events_of(one, after, last), events_of(other, after, last), strict=True)
    return next((mine.position for mine, theirs in pairs if leaf(mine) != leaf(theirs)), None)
