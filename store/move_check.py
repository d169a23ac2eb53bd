"""Verifies what was moved: every event and every blob read back, and the root of the tree that was signed over them."""

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from .check_proof import Checkpoint
from .check_tree import Frontier
from .errors import NoSuchStore, StoreUnsafe
from .events import ArticleRedacted, read_event
from .keys import checkpoint_of, keys_of
from .leaf import leaf
from .log import EventLog, Stored, is_erased
from .merkle import Tree
from .move_copy import holds, pages
from .notary import notarised
from .pins import seen_in
from .receiver import Receiver, named_in


class Check:
    """Compares the log of a receiver with the one that it comes from, and brings erasures after that happened since."""

    def __init__(self, source: EventLog, receiver: Receiver, store: Path) -> None:
        """Begin with the first event; the notary of the store has signed some of them."""
        self._source = source
        self._receiver = receiver
        self._store = store
        self._at = 0
        self._frontier = Frontier(Tree(lambda *_: b""), 0)
        self._note = _newest_note(store)
        seen = seen_in(self._note.encode())
        self._size = seen.size if seen else 0  # its signature is judged once all keys of the log have arrived
        self._root = b""

    def through(self, head: int, told: Callable[[int], None]) -> None:
        """Go on to a position.

        Raises:
            StoreUnsafe: an event is another one than in the source, or a blob is missing or damaged.
        """
        for theirs in pages(self._source, self._at, head):
            mine = [event for page in pages(self._receiver.log, self._at, theirs[-1].position) for event in page]
            if mine != theirs:
                self._settle(mine, theirs)
            for event in theirs:
                self._frontier.add(leaf(event))
                if self._frontier.size == self._size:
                    self._root = self._frontier.root()
            self._check_blobs(theirs)
            for event in theirs:
                if event.type == "article-redacted":
                    self._follow_order(event)
            self._at = theirs[-1].position
            told(self._at)

    def finish(self) -> None:
        """Compare the tree with what was signed last.

        Raises:
            StoreUnsafe: the log holds other events than those that were signed.
            NotProven: what was signed is damaged.
        """
        signed = self._signed()
        if signed and self._root != signed.root:
            raise StoreUnsafe(
                f"the log is not what was signed as its first {signed.size} events: nothing was switched; see "
                f"`presslog verify --store {self._store}`"
            )

    def _signed(self) -> Checkpoint | None:
        return checkpoint_of(self._note, keys_of(self._receiver.log)) if self._note else None

    def _settle(self, mine: Sequence[Stored], theirs: Sequence[Stored]) -> None:
        """Erase what was erased in the source since it was copied; any other difference is damage."""
        if [event.position for event in mine] != [event.position for event in theirs]:
            raise self._unlike(theirs[0].position)
        pairs = [(one, other) for one, other in zip(mine, theirs, strict=True) if one != other]
        for one, other in pairs:
            if self._receiver.is_finished or not is_erased(other) or leaf(one) != leaf(other):
                raise self._unlike(other.position)
        self._receiver.erase([other for _, other in pairs], ())

    def _unlike(self, position: int) -> StoreUnsafe:
        return StoreUnsafe(
            f"event {position} at {self._receiver.place} is not the one of the log in {self._store}: "
            "nothing was switched; name an empty place and move again"
        )

    def _follow_order(self, event: Stored) -> None:
        """What an order names was perhaps still there when it was copied."""
        fact = read_event(event).fact
        if not isinstance(fact, ArticleRedacted):
            return
        for position in fact.positions:
            mine, theirs = (log.read(position - 1, 1) for log in (self._receiver.log, self._source))
            if mine != theirs:
                self._settle(mine, theirs)
        there = set(fact.digests) - self._receiver.missing(fact.digests)
        gone = [digest for digest in there if not holds(self._source, digest)]
        if gone:
            self._receiver.erase((), gone)

    def _check_blobs(self, events: Sequence[Stored]) -> None:
        for digest in named_in(events):
            if not holds(self._receiver.log, digest) and holds(self._source, digest):
                raise StoreUnsafe(
                    f"the bytes {digest} are missing at {self._receiver.place}: nothing was switched; "
                    "name an empty place and move again"
                )


def _newest_note(store: Path) -> str:
    try:
        with closing(notarised(store)) as notary:
            return notary.latest() or ""
    except NoSuchStore:
        return ""
