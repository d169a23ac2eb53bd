"""The originals that events name, as a verification asks for them: in the file of a log, or through the log itself."""

from collections.abc import Iterator
from typing import NamedTuple, Protocol

from .errors import StoreUnsafe
from .events import FileReceived, FileRefused
from .findings import UNREADABLE, Findings
from .log import BlobStore
from .sqlite import Connection

PAGE_DIGESTS = 400
NO_BLOB = (1 << 63, "")
MOST_BLOBS = 1 << 30
"""A bit for each takes 128 MiB; a damaged file may claim more."""
MOST_MISSING = 100_000
"""Of so many it is looked up whether they were erased by an order that comes later."""
MOST_SEEN = 100_000
"""So many originals are remembered as good: one that is named again much later is read again."""

Owner = str | FileReceived | FileRefused
"""Whose an original is: an article's by its stream or an order's, or a file's."""


class Named(NamedTuple):
    """An event that names a blob, and whose it is."""

    position: int
    digest: bytes
    owner: Owner

    @property
    def whose(self) -> str:
        """The owner in words for people."""
        return self.owner if isinstance(self.owner, str) else _of_file(self.owner)


class Missing:
    """Originals that were named and not found: an order that comes later may have erased them."""

    def __init__(self, findings: Findings) -> None:
        self.named: list[Named] = []
        self._findings = findings

    def note(self, named: Named) -> None:
        """Keep one for the end; beyond MOST_MISSING it is told at once."""
        if len(self.named) < MOST_MISSING:
            self.named.append(named)
        else:
            self.tell(named)

    def tell(self, named: Named) -> None:
        """Say that the bytes are gone."""
        said = f"the bytes of {named.whose} are gone: no blob {named.digest.hex()}"
        self._findings.add("blobs", said, named.position)


class Originals(Protocol):
    """What events name, looked for as they are passed."""

    missing: Missing

    @property
    def passed(self) -> int | None:
        """How many were read whole in passing; None where that is done elsewhere."""
        ...

    @property
    def first(self) -> int:
        """The lowest row of one that was named; 0 where there are no rows."""
        ...

    @property
    def orphans(self) -> int:
        """How many were named by no event, as far as that can be known."""
        ...

    def name(self, position: int, digest: str, owner: Owner) -> None:
        """Look for the original of this digest, which an event names; soon, or at ``settle``."""
        ...

    def settle(self) -> None:
        """Look for all that were named."""
        ...

    def is_held(self, digest: bytes) -> bool:
        """Whether there is one of this digest."""
        ...


def read_digest(findings: Findings, position: int, digest: str, owner: Owner) -> Named | None:
    """What a digest in hex names; None where there is none, or where it is damaged."""
    try:
        return Named(position, bytes.fromhex(digest), owner) if digest else None
    except ValueError:
        whose = Named(position, b"", owner).whose
        findings.add("blobs", f"{whose} has a digest that is none: {digest!r}", position)
        return None


class FileOriginals:
    """Those in the file of a log: a bit says of each whether it was named; check_blobs reads them."""

    passed = None

    def __init__(self, log: Connection, findings: Findings) -> None:
        self.missing = Missing(findings)
        self._log = log
        self._findings = findings
        self._named: list[Named] = []
        (last,) = log.execute("select ifnull(max(rowid), 0) from blobs").fetchone()
        self._marked = bytearray(min(max(0, last), MOST_BLOBS) // 8 + 1)
        self._blobs = self._blobs_behind(0)
        self._next = self._next_blob()

    @property
    def first(self) -> int:
        """The lowest row of a blob that was named; behind the last one where there is none."""
        place = next((place for place, byte in enumerate(self._marked) if byte), len(self._marked))
        return 8 * place

    @property
    def orphans(self) -> int:
        """How many blobs no event has named."""
        (count,) = self._log.execute("select count(*) from blobs").fetchone()
        return max(0, int(count) - int.from_bytes(self._marked).bit_count())

    def name(self, position: int, digest: str, owner: Owner) -> None:
        """Mark the blob, or keep it to be looked up with others."""
        if digest == self._next[1]:
            # Most originals came with the event that names them: they stand in the same order.
            self._mark(self._next[0])
            self._next = self._next_blob()
        elif named := read_digest(self._findings, position, digest, owner):
            self._named.append(named)
        if len(self._named) >= PAGE_DIGESTS:
            self.settle()

    def settle(self) -> None:
        """Mark the blobs that were named since the last time."""
        digests = [named.digest for named in self._named]
        marks = ", ".join("?" * len(digests))
        rows = dict(self._log.execute(f"select digest, rowid from blobs where digest in ({marks})", digests))
        for named in self._named:
            if row := rows.get(named.digest):
                self._mark(row)
            else:
                self.missing.note(named)
        self._named.clear()
        if (last := max(rows.values(), default=0)) >= self._next[0]:
            self._blobs = self._blobs_behind(last)
            self._next = self._next_blob()

    def is_held(self, digest: bytes) -> bool:
        """Whether there is a blob of this digest."""
        return bool(self._log.execute("select rowid from blobs where digest = ?", (digest,)).fetchone())

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


class LogOriginals:
    """Those that a log gives by their digest: each is read as soon as it is named, and the log verifies it."""

    first = orphans = 0

    def __init__(self, blobs: BlobStore, findings: Findings) -> None:
        self.missing = Missing(findings)
        self.passed = 0
        self._blobs = blobs
        self._findings = findings
        self._seen: dict[str, None] = {}

    def name(self, position: int, digest: str, owner: Owner) -> None:
        """Read it, unless that was done not long ago."""
        if digest not in self._seen and (named := read_digest(self._findings, position, digest, owner)):
            self._read(named)

    def settle(self) -> None:
        """Nothing waits."""

    def is_held(self, digest: bytes) -> bool:
        """Whether the log gives it, be it damaged."""
        try:
            self._blobs.get(digest.hex())
        except KeyError:
            return False
        except StoreUnsafe:
            pass
        return True

    def _read(self, named: Named) -> None:
        digest = named.digest.hex()
        try:
            self._blobs.get(digest)
        except KeyError:
            self.missing.note(named)
        except StoreUnsafe:
            said = f"the bytes of {named.whose} are not what they were: blob {digest} is damaged"
            self._findings.add("blobs", said, named.position)
        else:
            self.passed += 1
            self._seen[digest] = None
            if len(self._seen) > MOST_SEEN:
                del self._seen[next(iter(self._seen))]


def _of_file(fact: FileReceived | FileRefused) -> str:
    articles = fact.articles if isinstance(fact, FileReceived) else ()
    return f"{fact.feed}/{fact.path}" + (f" (article {articles[0]})" if articles else "")
