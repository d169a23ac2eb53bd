"""Checks the originals: that each is what its digest says, and whose it is where it is not."""

import hashlib
from collections.abc import Callable
from typing import Any

from .findings import Findings
from .sqlite import Connection

TICK_BLOBS = 500
BLOBS = "select rowid, digest, size_bytes, content from blobs where rowid > ? order by rowid"
NAMING = "select position, stream from events where instr(data, ?) order by position limit 1"


def check_blobs(log: Connection, findings: Findings, *, after: int, tick: Callable[[int], None]) -> int:
    """Read every blob whose row comes after ``after``; how many there were. ``tick`` is told now and then."""
    import zstandard

    decompress = zstandard.ZstdDecompressor().decompress
    count = 0
    with findings.reading("blobs"):
        for row, digest, size_bytes, content in log.execute(BLOBS, (after,)):
            count += 1
            try:
                original = decompress(content, max_output_size=size_bytes)
                is_right = hashlib.sha256(original).digest() == digest and len(original) == size_bytes
            except (zstandard.ZstdError, TypeError, ValueError, OverflowError, MemoryError):
                is_right = False
            if not is_right:
                _tell(log, findings, row, digest)
                if findings.is_full("blobs"):
                    break
            if count % TICK_BLOBS == 0:
                tick(count)
    return count


def _tell(log: Connection, findings: Findings, row: int, digest: Any) -> None:
    """Name the first event that names a blob; its digest itself may be what was changed."""
    named = digest.hex() if isinstance(digest, bytes) else f"in row {row}"
    found = log.execute(NAMING, (named.encode(),)).fetchone()
    position, stream = found or (0, "nobody")
    findings.add("blobs", f"the bytes of {stream} are not what they were: blob {named} is damaged", position)
