"""Checks what events say: that they decode, that only orders have emptied them, that every original is there."""

from typing import NamedTuple

import msgspec

from .errors import StoreUnsafe
from .events import (
    ARTICLE_TYPES,
    ArticleRecorded,
    ArticleRedacted,
    Fact,
    FileReceived,
    FileRefused,
    decoded,
    read_fact,
)
from .findings import Findings
from .log import Stored, is_erased
from .sqlite import Connection

PAGE_DIGESTS = 400
MOST_BLOBS = 1 << 30
"""A bit for each takes 128 MiB; a damaged file may claim more."""
MOST_MISSING = 100_000
"""Of so many it is looked up whether they were erased by an order that comes later."""


class Named(NamedTuple):
    """An event that names a blob, and whose it is in words for people."""

    position: int
    digest: bytes
    whose: str


class _Apart(msgspec.Struct):
    """Of an article the text that does not stand in its event."""

    text_digest: str = ""


_apart = msgspec.json.Decoder(_Apart)


class Contents:
    """Looks at the events of a log in order; it keeps a bit for each blob, and what was erased or is missing."""

    def __init__(self, log: Connection, findings: Findings, *, after: int = 0, known: int = 0) -> None:
        """Begin behind a position; what comes before it is not looked at.

        Of the first ``known`` events the bytes are compared by their hashes: the words of articles in them are skipped.
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

    def look(self, event: Stored) -> None:
        """Take the next event."""
        if not event.data and is_erased(event):
            self._emptied.add(event.position)
            return
        try:
            if event.type in ARTICLE_TYPES and event.position <= self._known:
                self._name(event.position, decoded(event, _apart).text_digest, event.stream)
            else:
                self._look_into(event.position, event.stream, read_fact(event))
        except StoreUnsafe as error:
            self._findings.add("log", str(error), event.position)

    def _look_into(self, position: int, stream: str, fact: Fact | None) -> None:
        if isinstance(fact, FileReceived | FileRefused):
            self._name(position, fact.digest, _of_file(fact))
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
            if raw := self._raw(digest, position, f"the order #{position}"):
                self._redacted[raw] = position

    def _name(self, position: int, digest: str, whose: str) -> None:
        if raw := self._raw(digest, position, whose):
            self._named.append(Named(position, raw, whose))
        if len(self._named) >= PAGE_DIGESTS:
            self._look_up()

    def _raw(self, digest: str, position: int, whose: str) -> bytes:
        """The bytes of a digest in hex; none where there is none, or where it is damaged."""
        try:
            return bytes.fromhex(digest)
        except ValueError:
            self._findings.add("blobs", f"{whose} has a digest that is none: {digest!r}", position)
            return b""

    def _look_up(self) -> None:
        """Mark the blobs that were named since the last time."""
        digests = [named.digest for named in self._named]
        marks = ", ".join("?" * len(digests))
        rows = dict(self._log.execute(f"select digest, rowid from blobs where digest in ({marks})", digests))
        for named in self._named:
            row = rows.get(named.digest)
            if row is None:
                self._note_missing(named)
            elif 0 < row < 8 * len(self._marked):
                self._marked[row >> 3] |= 1 << (row & 7)
        self._named.clear()

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
