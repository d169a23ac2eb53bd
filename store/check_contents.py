"""Checks what events say: that they decode, that only orders have emptied them, that every original is there."""

from collections.abc import Callable

from .check_originals import Originals, read_digest
from .errors import StoreUnsafe
from .events import (
    ARTICLE_TYPES,
    ArticleRecorded,
    ArticleRedacted,
    Fact,
    FileReceived,
    FileRefused,
    read_fact,
)
from .findings import Findings
from .log import Stored, is_erased

APART = b'"text_digest":'
"""In the JSON of an article whose text is a blob; in the words of one a quotation mark has a backslash before it."""


class Contents:
    """Looks at the events of a log in order; it keeps what was erased, and ``originals`` what is missing."""

    def __init__(self, originals: Originals, findings: Findings, *, after: int = 0, known: int = 0) -> None:
        """Begin behind a position; what comes before it is not looked at.

        Of the first ``known`` events the bytes are compared by their hashes: articles in them are not decoded.
        """
        self._originals = originals
        self._after = after
        self._known = known
        self._findings = findings
        self._emptied: set[int] = set()
        self._ordered: dict[int, int] = {}
        self._redacted: dict[bytes, int] = {}

    def look(self, event: Stored) -> None:
        """Take the next event."""
        if not event.data and is_erased(event):
            self._emptied.add(event.position)
            return
        if event.type in ARTICLE_TYPES and event.position <= self._known and APART not in event.data:
            return
        try:
            self._look_into(event.position, event.stream, read_fact(event))
        except StoreUnsafe as error:
            self._findings.add("log", str(error), event.position)

    def _look_into(self, position: int, stream: str, fact: Fact | None) -> None:
        if isinstance(fact, FileReceived | FileRefused):
            self._originals.name(position, fact.digest, fact)
        elif isinstance(fact, ArticleRedacted):
            self._note_order(position, fact)
        elif isinstance(fact, ArticleRecorded):
            self._originals.name(position, fact.text_digest, stream)

    def finish(self, is_emptied: Callable[[int], bool]) -> None:
        """Say what only the whole log shows: what is missing, emptied without an order, or ordered and still there.

        ``is_emptied`` says whether an event is by now that was not when it was looked at.
        """
        self._originals.settle()
        # An order may stand among events that are gone or changed: then those are the first that are bad.
        is_log_good = not self._findings.counts.get("log")
        for position in sorted(self._emptied - self._ordered.keys()):
            said = f"event {position} was emptied, and no event orders it"
            self._findings.add("log", said, position if is_log_good else 0)
        for position in sorted(self._ordered.keys() - self._emptied):
            if position > self._after and not is_emptied(position):
                order = self._ordered[position]
                self._findings.add("log", f"event {position} was to be erased by {order}, and is still there", position)
        self._finish_originals(is_log_good=is_log_good)

    def _finish_originals(self, *, is_log_good: bool) -> None:
        missing = self._originals.missing
        for named in missing.named:
            if named.digest not in self._redacted:
                missing.tell(named if is_log_good else named._replace(position=0))
        for digest, order in self._redacted.items():
            if self._originals.is_held(digest):
                said = f"blob {digest.hex()} was to be erased by event {order}, and is still there"
                self._findings.add("blobs", said, order)

    def _note_order(self, position: int, fact: ArticleRedacted) -> None:
        self._ordered |= dict.fromkeys(fact.positions, position)
        for digest in fact.digests:
            if named := read_digest(self._findings, position, digest, f"the order #{position}"):
                self._redacted[named.digest] = position
