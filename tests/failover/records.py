"""The messages in the files of one JetStream node: what its own copy holds, which no request can ask for."""

import hashlib
import struct
from collections.abc import Iterator
from pathlib import Path

HEAD = struct.Struct("<IQqH")
"""Length with a bit for headers, sequence with two bits for what is no message, time, length of the subject: the record
of a message block of nats-server, server/filestore.go."""
HAS_HEADERS = 1 << 31
NO_MESSAGE = 3 << 62
CHECKSUM_BYTES = 8


def digest(store: Path) -> str:
    """The SHA-256 of all messages of all streams in a store: sequence, time, subject, headers and content of each.

    Empty where there is no message.
    """
    found, count = hashlib.sha256(), 0
    for messages in sorted((store / "jetstream").glob("$G/streams/*/msgs")):
        found.update(messages.parent.name.encode())
        blocks = sorted(messages.glob("*.blk"), key=lambda path: int(path.stem))
        for record in (record for block in blocks for record in _records(block.read_bytes())):
            found.update(record)
            count += 1
    return found.hexdigest() if count else ""


def _records(block: bytes) -> Iterator[bytes]:
    at = 0
    while at + HEAD.size <= len(block):
        length, sequence, _, _ = HEAD.unpack_from(block, at)
        end = at + (length & ~HAS_HEADERS)
        if not sequence & NO_MESSAGE:
            yield block[at : end - CHECKSUM_BYTES]
        at = max(end, at + HEAD.size)
