"""Checks what events say: that they decode, that only orders have emptied them, that every original is there."""

from collections.abc import Iterator
from typing import NamedTuple

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
from .findings import UNREADABLE, Findings
from .log import Stored, is_erased
from .sqlite import Connection

PAGE_DIGESTS = 400
NO_BLOB = (1 << 63, "")
MOST_BLOBS = 1 << 30
"""A bit for each takes 128 MiB; a damaged file may claim more."""
MOST_MISSING = 100_000
"""Of so many it is looked up whether they were erased by an order that comes later."""


class Named(NamedTuple):
    """An event that names a blob, and whose it is: a file's, an article's by its stream, or an order's."""

    position: int
    digest: bytes
    owner: "str | FileReceived | FileRefused"

    @property
    def whose(self) -> str:
        """The owner in words for people."""
        return self.owner if isinstance(self.owner, str) else _of_file(self.owner)


APART = b'"text_digest":'
"""In the JSON of an article whose text is a blob; in the words of one a quotation mark has a backslash before it."""


class Contents:
    """Looks at the events of a log in order; it keeps a bit for each blob, and what was erased or is missing."""

    def __init__(self, log: Connection, findings: Findings, *, after: int = 0, known: int = 0) -> None:
        """Begin behind a position; what comes before it is not looked at.

        Of the first ``known`` events the bytes are compared by their hashes: articles in them are not decoded.
        """
        self._log = log
        self._after = after
        self._known = known
        self._findings = findings
        self._named: list[Named] = []
        self._missing: list[Named] = []
        self._emptied: set[int] = set()
        self._ordered: dict[int, int] = {}
        self._redacted: dict[bytes, int] = {}
        (last,) = log.execute("select ifnull(max(rowid), 0) from blobs").fetchone()
        self._marked = bytearray(min(max(0, last), MOST_BLOBS) // 8 + 1)
        self._blobs = self._blobs_behind(0)
        self._next = self._next_blob()

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
            self._name(position, fact.digest, fact)
        elif isinstance(fact, ArticleRedacted):
            self._note_order(position, fact)
        elif isinstance(fact, ArticleRecorded):
            self._name(position, fact.text_digest, stream)

    def finish(self) -> None:
        """Say what only the whole log shows: what is missing, emptied without an order, or ordered and still there."""
        self._look_up()
        # An order may stand among events that are gone or changed: then those are the first that are bad.
        is_log_good = not self._findings.counts.get("log")
        for position in sorted(self._emptied - self._ordered.keys()):
            said = f"event {position} was emptied, and no event orders it"
            self._findings.add("log", said, position if is_log_good else 0)
        for position in sorted(self._ordered.keys() - self._emptied):
            if position > self._after:
                order = self._ordered[position]
                self._findings.add("log", f"event {position} was to be erased by {order}, and is still there", position)
        for named in self._missing:
            if named.digest not in self._redacted:
                self._tell_missing(named if is_log_good else named._replace(position=0))
        for digest, order in self._redacted.items():
            if self._row_of(digest):
                said = f"blob {digest.hex()} was to be erased by event {order}, and is still there"
                self._findings.add("blobs", said, order)

    @property
    def first_blob(self) -> int:
        """The lowest row of a blob that an event has named; behind the last one where there is none."""
        place = next((place for place, byte in enumerate(self._marked) if byte), len(self._marked))
        return 8 * place

    @property
    def orphans(self) -> int:
        """How many blobs no event has named."""
        (count,) = self._log.execute("select count(*) from blobs").fetchone()
        return max(0, int(count) - int.from_bytes(self._marked).bit_count())

    def _note_order(self, position: int, fact: ArticleRedacted) -> None:
        self._ordered |= dict.fromkeys(fact.positions, position)
        for digest in fact.digests:
            if named := self._read(position, digest, f"the order #{position}"):
                self._redacted[named.digest] = position

    def _name(self, position: int, digest: str, owner: "str | FileReceived | FileRefused") -> None:
        if digest == self._next[1]:
            # Most originals came with the event that names them: they stand in the same order.
            self._mark(self._next[0])
            self._next = self._next_blob()
        elif named := self._read(position, digest, owner):
            self._named.append(named)
        if len(self._named) >= PAGE_DIGESTS:
            self._look_up()

    def _read(self, position: int, digest: str, owner: "str | FileReceived | FileRefused") -> Named | None:
        """What a digest in hex names; None where there is none, or where it is damaged."""
        try:
            return Named(position, bytes.fromhex(digest), owner) if digest else None
        except ValueError:
            whose = Named(position, b"", owner).whose
            self._findings.add("blobs", f"{whose} has a digest that is none: {digest!r}", position)
            return None

    def _look_up(self) -> None:
        """Mark the blobs that were named since the last time."""
        digests = [named.digest for named in self._named]
        marks = ", ".join("?" * len(digests))
        rows = dict(self._log.execute(f"select digest, rowid from blobs where digest in ({marks})", digests))
        for named in self._named:
            if row := rows.get(named.digest):
                self._mark(row)
            else:
                self._note_missing(named)
        self._named.clear()
        if (last := max(rows.values(), default=0)) >= self._next[0]:
            self._blobs = self._blobs_behind(last)
            self._next = self._next_blob()

    def _mark(self, row: int) -> None:
        if 0 < row < 8 * len(self._marked):
            self._marked[row >> 3] |= 1 << (row & 7)

    def _blobs_behind(self, row: int) -> Iterator[tuple[int, str]]:
        query = "select rowid, lower(hex(digest)) from blobs where rowid > ? order by rowid"
        return iter(self._log.execute(query, (row,)))

    def _next_blob(self) -> tuple[int, str]:
        """The next blob as they stand; none where it cannot be read, which the check of the blobs tells."""
        try:
            return next(self._blobs, NO_BLOB)
        except UNREADABLE:
            return NO_BLOB

    def _note_missing(self, named: Named) -> None:
        if len(self._missing) < MOST_MISSING:
            self._missing.append(named)
        else:
            self._tell_missing(named)

    def _tell_missing(self, named: Named) -> None:
        said = f"the bytes of {named.whose} are gone: no blob {named.digest.hex()}"
        self._findings.add("blobs", said, named.position)

    def _row_of(self, digest: bytes) -> int | None:
        row = self._log.execute("select rowid from blobs where digest = ?", (digest,)).fetchone()
        return row[0] if row else None


def _of_file(fact: FileReceived | FileRefused) -> str:
    articles = fact.articles if isinstance(fact, FileReceived) else ()
    return f"{fact.feed}/{fact.path}" + (f" (article {articles[0]})" if articles else "")
