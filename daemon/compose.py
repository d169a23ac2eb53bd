"""From what was read to what is appended: the events of one file, each with its idempotency key."""

import hashlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from presslog.handlers.article import Article, changed_fields, content_hash, identity
from presslog.handlers.reading import Reading
from presslog.store.errors import Unreadable
from presslog.store.events import (
    ArticleRecorded,
    ArticleRevised,
    Fact,
    FileDismissed,
    FileReceived,
    FileRefused,
    FileRemoved,
    Meta,
    Origin,
    encode,
    read_event,
)
from presslog.store.log import Append, EventLog, NewEvent
from presslog.store.names import article_id, article_stream, event_id
from presslog.store.registry import Stamp

from .places import Place
from .take import Taken

TEXT_BYTES_INLINE = 512 * 1024
"""A longer text goes into the blob store: every engine takes events of 768 KiB (docs/decisions/0004)."""


class Written(NamedTuple):
    """What becomes of one article of a file: ``append`` is None where its newest revision says the same already."""

    article: Article
    id: str
    revision: int
    append: Append | None
    blobs: tuple[bytes, ...] = ()


class Composer:
    """Makes the Appends of files; ``meta`` is what every event of this daemon carries."""

    def __init__(self, log: EventLog, meta: Meta, *, new_id: Callable[[], str] = event_id) -> None:
        self._log = log
        self._meta = meta
        self._new_id = new_id

    def articles(self, place: Place, taken: Taken, reading: Reading) -> list[Written]:
        """One Append an article that is new or changed; of two readings of one article in a file the last counts."""
        readings = {}
        for number, article in enumerate(reading.articles, 1):
            member = number if len(reading.articles) > 1 else 0
            origin = Origin(
                feed=place.feed, path=place.shown, digest=taken.digest, format=reading.format, member=member
            )
            readings[identity(article, origin)] = article, origin
        return [self._article(uri, article, origin) for uri, (article, origin) in readings.items()]

    def _article(self, uri: str, article: Article, origin: Origin) -> Written:
        identifier = article_id(uri)
        stream = article_stream(identifier)
        stored = self._log.last(stream)
        fact = read_event(stored, self._log.blobs).fact if stored else None
        before = fact if isinstance(fact, ArticleRecorded) else None
        version, blobs = _without_long_text(_version(uri, article, origin, before))
        if before and before.content_hash == version.content_hash:
            return Written(article, identifier, before.revision, None)
        expected = stored.position if stored else 0
        kind = "article-revised" if before else "article-recorded"
        key = f"{origin.digest}:{origin.member}:{expected}"
        append = self._append(stream, kind, version, key=key, expected=expected)
        return Written(article, identifier, version.revision, append, blobs)

    def received(
        self,
        place: Place,
        taken: Taken,
        format_name: str = "",
        articles: Sequence[str] = (),
        *,
        copy_of: str = "",
        after: int,
    ) -> Append:
        """Bytes arrived: read as these articles, or held by the log since the stream ``copy_of``.

        ``after`` is the last position of this file's stream where the log holds the bytes already, else 0: then the key
        is made of path and digest alone, and no repetition of the work can add a second event.
        """
        fact = FileReceived(
            feed=place.feed,
            path=place.shown,
            digest=taken.digest,
            size_bytes=taken.stamp.size_bytes,
            modified_at=taken.stamp.mtime_ns / 1e9,
            format=format_name,
            articles=tuple(articles),
            copy_of=copy_of,
        )
        key = f"{taken.digest}:{taken.stamp.mtime_ns}:{after}"
        return self._append(place.stream, "file-received", fact, key=key, expected=after or None)

    def refusal(self, place: Place, stamp: Stamp, error: Unreadable, *, stage: str, digest: str) -> FileRefused:
        """The fact that a file cannot be read as an article."""
        return FileRefused(
            feed=place.feed,
            path=place.shown,
            code=error.code,
            reason=str(error),
            stage=stage,
            size_bytes=stamp.size_bytes,
            modified_at=stamp.mtime_ns / 1e9,
            digest=digest,
        )

    def refused(self, place: Place, fact: FileRefused, *, after: int) -> Append:
        """A refusal; ``after`` is the last position of the file's stream."""
        key = f"refused:{fact.code}:{fact.digest}:{after}"
        return self._append(place.stream, "file-refused", fact, key=key, expected=after)

    def dismissed(self, place: Place, reason: str, *, actor: str, after: int) -> Append:
        """Somebody wants to hear no more of a refused file; ``after`` is the last position of its stream."""
        fact = FileDismissed(feed=place.feed, path=place.shown, reason=reason)
        key = f"dismissed:{after}"
        return self._append(place.stream, "file-dismissed", fact, key=key, expected=after, actor=actor)

    def removed(self, place: Place, *, after: int) -> Append:
        """The file is gone from its folder; ``after`` is the last position of its stream."""
        fact = FileRemoved(feed=place.feed, path=place.shown)
        return self._append(place.stream, "file-removed", fact, key=f"removed:{after}", expected=after)

    def _append(
        self, stream: str, kind: str, fact: Fact, *, key: str, expected: int | None = None, actor: str = ""
    ) -> Append:
        meta = msgspec.structs.replace(self._meta, actor=actor) if actor else self._meta
        return Append(stream, (NewEvent(self._new_id(), kind, encode(fact), encode(meta)),), expected, key)


def is_same_refusal(before: Fact | None, now: FileRefused) -> bool:
    """Whether a file was refused before in the same state for the same reason, in whatever words."""
    if not isinstance(before, FileRefused):
        return False
    return (before.code, before.digest, before.modified_at) == (now.code, now.digest, now.modified_at)


def _version(uri: str, article: Article, origin: Origin, before: ArticleRecorded | None) -> ArticleRecorded:
    said = content_hash(article)
    if before is None:
        return ArticleRecorded(uri=uri, revision=1, content_hash=said, article=article, origin=origin)
    return ArticleRevised(
        uri=uri,
        revision=before.revision + 1,
        content_hash=said,
        article=article,
        origin=origin,
        changed=changed_fields(before.article, article),
    )


def _without_long_text(fact: ArticleRecorded) -> tuple[ArticleRecorded, tuple[bytes, ...]]:
    if len(fact.article.text) * 4 <= TEXT_BYTES_INLINE:
        return fact, ()
    text = fact.article.text.encode()
    if len(text) <= TEXT_BYTES_INLINE:
        return fact, ()
    short = msgspec.structs.replace(fact.article, text="")
    return msgspec.structs.replace(fact, article=short, text_digest=hashlib.sha256(text).hexdigest()), (text,)
