"""Raw bytes in the PostgreSQL that keeps a log: a table of their own, by their digest."""

from presslog.store.blobs import BlobRow, compressed, opened

from .postgres_session import Session, one, writable


class PostgresBlobs:
    """The blobs table of a log."""

    def __init__(self, reading: Session, writing: Session | None) -> None:
        self._reading = reading
        self._writing = writing

    def put(self, content: bytes) -> str:
        """Keep bytes in a transaction of their own and return their SHA-256."""
        [row] = compressed([content])
        with writable(self._writing).used() as connection:
            connection.execute("insert into presslog.blobs values (%b, %b, %b) on conflict do nothing", row)
        return row.digest.hex()

    def get(self, digest: str) -> bytes:
        """Return the bytes of a digest, verified; KeyError where it is unknown."""
        query = "select digest, size_bytes, content from presslog.blobs where digest = %b"
        row = one(self._reading, query, (bytes.fromhex(digest),))
        if row is None:
            raise KeyError(digest)
        return opened(BlobRow._make(row))
