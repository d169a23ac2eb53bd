"""Long texts stand apart from their events: as blobs, by their digest (docs/decisions/0004)."""

import hashlib

import msgspec

from presslog.store.events import ArticleRecorded

TEXT_BYTES_INLINE = 512 * 1024
"""A longer text goes into the blob store: every engine takes events of 768 KiB."""


def without_long_text(fact: ArticleRecorded) -> tuple[ArticleRecorded, tuple[bytes, ...]]:
    """A version as its event holds it, and the text that stands apart, where there is one."""
    if len(fact.article.text) * 4 <= TEXT_BYTES_INLINE:
        return fact, ()
    text = fact.article.text.encode()
    if len(text) <= TEXT_BYTES_INLINE:
        return fact, ()
    short = msgspec.structs.replace(fact.article, text="")
    return msgspec.structs.replace(fact, article=short, text_digest=hashlib.sha256(text).hexdigest()), (text,)
