"""An archive for tests: a real log with the articles that a test is about, and the real views of them."""

import hashlib
from pathlib import Path
from typing import Any

from presslog.daemon.insight import derive
from presslog.handlers.article import Article, content_hash, identity
from presslog.handlers.views import VIEWS
from presslog.store.article import Author, Origin, Unread
from presslog.store.engines.sqlite import SqliteLog
from presslog.store.entity_facts import ENTITIES, EntityFact, type_of
from presslog.store.events import (
    TYPES,
    ArticleRecorded,
    ArticleRevised,
    ArticleWithdrawn,
    Fact,
    FileReceived,
    FileRefused,
    Meta,
    SearchRemoved,
    SearchSaved,
    encode,
    read_event,
)
from presslog.store.log import ANY, Append, EventLog, NewEvent
from presslog.store.names import article_id, article_stream, event_id, file_stream, search_stream
from presslog.store.views import Views

FEED = "seeds"
NOON = 1641470400.0
"""2022-01-06 12:00 UTC: when everything in an archive was recorded, unless its clock was set."""


class Archive:
    """Writes a store; ``build`` brings its views to the head, ``close`` lets others write.

    Where no ``log`` is given it is the file in the folder; ``clock`` is then the time that is recorded next, in seconds
    since 1970.
    """

    def __init__(self, folder: Path, log: EventLog | None = None) -> None:
        self.folder = folder
        self.clock = NOON
        self.log = log or SqliteLog(folder, now=lambda: self.clock)

    def keep(
        self,
        path: str = "a.txt",
        *,
        content: bytes = b"",
        inside: str = "",
        unread: tuple[Unread, ...] = (),
        authors: tuple[str, ...] = (),
        **fields: Any,
    ) -> str:
        """Record an article as read from a file; the same path or uri again is a revision. Returns its id."""
        said = {"title": "Rivers rise", "text": "The water came at night.", **fields}
        article = Article(**said, authors=tuple(Author(name) for name in authors))
        content = content or repr(article).encode()
        digest = hashlib.sha256(content).hexdigest()
        origin = Origin(feed=FEED, path=path, digest=digest, format="text", inside=inside)
        uri = identity(article, origin)
        stream = article_stream(article_id(uri))
        stored = self.log.last(stream)
        before = read_event(stored).fact if stored else None
        revision = before.revision + 1 if isinstance(before, ArticleRecorded) else 1
        kind = ArticleWithdrawn if article.status == "canceled" else ArticleRevised if revision > 1 else ArticleRecorded
        fact = kind(uri=uri, revision=revision, content_hash=content_hash(article), article=article, origin=origin)
        self._append(stream, next(name for name, each in TYPES.items() if each is kind), fact)
        received = FileReceived(
            feed=FEED,
            path=path,
            digest=digest,
            size_bytes=len(content),
            modified_at=NOON,
            format="text",
            articles=(article_id(uri),),
            unread=unread,
            unread_count=len(unread),
        )
        self._append(file_stream(FEED, path), "file-received", received, blobs=(content,))
        return article_id(uri)

    def copy(self, path: str, of: str) -> None:
        """Record that the bytes of one file came again as another."""
        first = self.log.last(file_stream(FEED, of))
        digest = read_event(first).fact.digest if first else ""
        fact = FileReceived(
            feed=FEED, path=path, digest=digest, size_bytes=1, modified_at=NOON, copy_of=file_stream(FEED, of)
        )
        self._append(file_stream(FEED, path), "file-received", fact)

    def save(self, name: str, query: str) -> None:
        """Record that a query was saved under a name."""
        self._append(search_stream(name), "search-saved", SearchSaved(name=name, query=query))

    def unsave(self, name: str) -> None:
        """Record that a saved search was removed."""
        self._append(search_stream(name), "search-removed", SearchRemoved(name=name))

    def decide(self, fact: EntityFact) -> None:
        """Record a decision about who is who."""
        self._append(ENTITIES, type_of(fact), fact)

    def refuse(self, path: str, code: str = "binary", reason: str = "no text in it") -> None:
        """Record that a file could not be read."""
        fact = FileRefused(feed=FEED, path=path, code=code, reason=reason, stage="read", size_bytes=4, digest="d")
        self._append(file_stream(FEED, path), "file-refused", fact)

    def build(self) -> "Archive":
        """Bring the views to the head of the log."""
        views = Views(self.folder, VIEWS, self.log)
        views.open()
        views.catch_up()
        views.close()
        return self

    def derive(self) -> "Archive":
        """Bring the views to the head of the log, and what articles say as well."""
        derive(self.folder, "rules", self.log)
        return self.build()

    def close(self) -> None:
        self.log.close()

    def _append(self, stream: str, kind: str, fact: Fact, blobs: tuple[bytes, ...] = ()) -> None:
        event = NewEvent(event_id(), kind, encode(fact), encode(Meta(host="desk.example", version="0.1.0")))
        self.log.append([Append(stream, [event], ANY, event.id)], blobs=blobs)
