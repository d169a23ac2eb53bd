"""Rows of log.db that lose their content: the triggers that forbid it stand aside for that one transaction."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from .guards import lifted
from .leaf import erased_meta
from .log import Erasure, Stored, refuse_strangers
from .sqlite import Connection

GUARDS = ("events_are_not_updated", "blobs_are_not_deleted")


@contextmanager
def zeroing(connection: Connection) -> Iterator[None]:
    """Have SQLite write zeros over all that is deleted in the block, also in pages that become free."""
    before = connection.execute("pragma secure_delete").fetchone()[0]
    connection.execute("pragma secure_delete = on")
    try:
        yield
    finally:
        connection.execute(f"pragma secure_delete = {'fast' if before == 2 else before}")


def emptied(connection: Connection, erasure: Erasure, found: Sequence[Stored]) -> None:
    """Erase in the transaction that the caller holds; ``found`` are the events of the stream at those positions."""
    refuse_strangers(erasure, {event.position for event in found})
    empty(connection, found, erasure.digests)


def empty(connection: Connection, events: Sequence[Stored], digests: Sequence[str]) -> None:
    """Take away the content of events, and blobs, in the transaction that the caller holds."""
    with lifted(connection, GUARDS):
        connection.executemany(
            "update events set data = x'', meta = ? where position = ?",
            [(erased_meta(event), event.position) for event in events],
        )
        connection.executemany("delete from blobs where digest = ?", [(bytes.fromhex(each),) for each in digests])
