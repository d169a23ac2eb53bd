"""Traces of an article: pieces of its words and of its packed bytes, looked for by plain means in every byte."""

import re
from contextlib import closing
from pathlib import Path

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ArticleRecorded, read_event
from presslog.store.names import article_stream

PIECE_BYTES = 24
STEP_BYTES = 96
MOST_PIECES = 100
"""Of what is long only so many are looked for: each is, in every byte of a store."""
LAST = 1 << 62
PACKED = "select content from blobs where digest = ?"


def pieces_of(store: Path, identifier: str) -> set[bytes]:
    """Pieces of an article in the log: words of all its versions, and its original bytes as they are packed."""
    with closing(SqliteLog(store, readonly=True)) as log:
        events = [read_event(stored, log.blobs) for stored in log.read(0, LAST, article_stream(identifier))]
        facts = [event.fact for event in events if isinstance(event.fact, ArticleRecorded)]
        digests = {digest for fact in facts for digest in (fact.origin.digest, fact.text_digest) if digest}
        rows = [log._reader.execute(PACKED, (bytes.fromhex(digest),)).fetchone() for digest in sorted(digests)]
    words = [part for fact in facts for said in (fact.article.title, fact.article.text) for part in plain(said)]
    return cut(words) | cut([packed[16:] for (packed,) in rows])


def cut(contents: list[bytes]) -> set[bytes]:
    """Pieces of these contents, spread over all of them."""
    pieces = [
        content[start : start + PIECE_BYTES]
        for content in contents
        for start in range(0, len(content) - PIECE_BYTES + 1, STEP_BYTES)
    ]
    return set(pieces[:: 1 + len(pieces) // MOST_PIECES])


def plain(text: str) -> list[bytes]:
    """A text cut where JSON writes it otherwise."""
    return re.split(rb'[\x00-\x1f"\\]+', text.encode())


def traces(store: Path, pieces: set[bytes]) -> list[tuple[str, bytes]]:
    """Each file of a store, at any depth, with a piece that stands in it."""
    return [
        (str(path.relative_to(store)), piece)
        for path in store.rglob("*")
        if path.is_file() and not path.is_symlink()
        for content in [path.read_bytes()]
        for piece in pieces
        if piece in content
    ]
