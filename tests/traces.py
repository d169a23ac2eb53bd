"""Traces of an article: pieces of its words and of its packed bytes, looked for by plain means in every byte."""

import re
from contextlib import closing
from pathlib import Path

from presslog.store.engines.sqlite import SqliteLog
from presslog.store.events import ArticleRecorded, read_event
from presslog.store.names import article_stream

PIECE_BYTES = 24
STEP_BYTES = 96
LAST = 1 << 62
PACKED = "select content from blobs where digest = ?"


def pieces_of(store: Path, identifier: str, *digests: str) -> set[bytes]:
    """Pieces of an article in the log: words of all its versions, and its original bytes as they are packed."""
    with closing(SqliteLog(store, readonly=True)) as log:
        events = [read_event(stored, log.blobs) for stored in log.read(0, LAST, article_stream(identifier))]
        facts = [event.fact for event in events if isinstance(event.fact, ArticleRecorded)]
        digests = (*digests, *(fact.origin.digest for fact in facts), *(fact.text_digest for fact in facts))
        packed = [
            content[16:]
            for digest in set(digests) - {""}
            for (content,) in log._reader.execute(
                "select content from blobs where digest = ?", (bytes.fromhex(digest),)
            )
        ]
    words = [part for fact in facts for said in (fact.article.title, fact.article.text) for part in plain(said)]
    return {
        content[start : start + PIECE_BYTES]
        for content in [*words, *packed]
        for start in range(0, max(1, len(content) - PIECE_BYTES), STEP_BYTES)
        if len(content) - start >= PIECE_BYTES
    }


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
